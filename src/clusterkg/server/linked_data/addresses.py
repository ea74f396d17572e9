"""Where an IRI of ours answers on this server, and in which formats.

`https://w3id.org/clusterkg/id/cluster/x` is asked for as `/id/cluster/x`, and its documents are `/id/cluster/x.html`, `.ttl` …
A term of the vocabulary, `…/ontology#Cluster`, is described with all others at `/ontology`, and alone at `/ontology/term/Cluster`.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import unquote

from pyoxigraph import NamedNode
from starlette.requests import Request
from werkzeug.urls import iri_to_uri

from clusterkg.errors import text
from clusterkg.namespaces import ROOT
from clusterkg.server.problems import Problem
from clusterkg.store.base import JSON_LD, NTRIPLES, RDF_XML, TURTLE

HTML = "text/html"

ENDINGS: dict[str, str] = {"html": HTML, "ttl": TURTLE, "jsonld": JSON_LD, "nt": NTRIPLES, "rdf": RDF_XML}
"""The formats of every description, by ending; the first for readers who prefer none."""
ALIASES: dict[str, str] = {"application/xhtml+xml": "html", "application/json": "jsonld", "application/xml": "rdf"}
"""Media types that are answered with the nearest format of ours."""

_LINKED = re.compile(r"(?:id|rule|graph|ontology|now|problem|shapes|queries|schema|catalog|\.well-known)(?:[/#]|\Z)")
_DOTS = re.compile(r"/\.{1,2}(?:/|\Z)|//")
_TERMS = re.compile(r"(ontology|now)#([^/?#]+)\Z")
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """What is asked for: the IRI, the path of its documents without ending, the ending that was asked for ("" for none)."""

    iri: str
    path: str
    ending: str = ""

    @property
    def node(self) -> NamedNode:
        """The IRI as a term."""
        return NamedNode(self.iri)


def prefix_of(request: Request) -> str:
    """The path below which the server is mounted: nothing, or `/kg`."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def address_of(request: Request, endings: Container[str] = ENDINGS) -> Address:
    """What a request asks for, by its path; `endings` are those that name a format.

    Raises:
        Problem: 404 for a path that makes no IRI.
    """
    raw = _raw_path(request).removeprefix(prefix_of(request)).lstrip("/")
    path, dot, ending = raw.rpartition(".")
    if not (dot and ending in endings and path and not path.endswith("/")):
        path, ending = raw, ""
    return Address(checked(ROOT + _readable(path)), path, ending)


def checked(iri: str) -> str:
    """The IRI, if it is one. Raises Problem (404) otherwise: nothing of that name can be."""
    try:
        return NamedNode(iri).value
    except ValueError:
        raise unknown(iri) from None


def unknown(iri: str) -> Problem:
    """Nothing is known of that IRI."""
    return Problem(404, text(f"Aquí no hay nada sobre {iri}.", f"There is nothing here about {iri}."))


def href(iri: str, prefix: str = "") -> str:
    """Where a link to an IRI leads: a path for one of ours, the web for another; nothing where a link would be of no use or of harm."""
    local = iri.removeprefix(ROOT)
    if local == iri:
        return iri if _WEB.match(iri) else ""
    if term := _TERMS.match(local):
        return f"{prefix}/{term[1]}/term/{term[2]}"
    if not local:
        return f"{prefix}/"
    if _DOTS.search("/" + local) or "?" in local or not _LINKED.match(local):
        return ""
    return f"{prefix}/{local}"


def is_external(target: str) -> bool:
    """Whether a link leaves this server."""
    return bool(_WEB.match(target))


def uri(target: str) -> str:
    """An address as HTTP headers take it: ASCII only."""
    return iri_to_uri(target)


def _raw_path(request: Request) -> str:
    raw = request.scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if isinstance(raw, bytes) else request.url.path
    return str(path)


def _readable(path: str) -> str:
    """The path with the characters that an IRI can hold as they are; escapes of others are kept."""

    def decoded(match: re.Match[str]) -> str:
        word = unquote(match[0], errors="strict")
        return word if all(character.isalnum() for character in word) else match[0]

    try:
        return re.sub(r"(?:%[89A-Fa-f][0-9A-Fa-f])+", decoded, path)
    except UnicodeDecodeError:
        return path
