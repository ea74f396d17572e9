"""Triples in every format: the same triples in each, and the same bytes for the same triples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from clusterkg.errors import Text, text
from clusterkg.namespaces import PREFIXES
from clusterkg.rendering.rdf import turtle
from clusterkg.server.linked_data.jsonld import jsonld, mistakable
from clusterkg.server.problems import Problem
from clusterkg.store.base import NTRIPLES, Limits, Store

_RDF = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML, "jsonld": RdfFormat.JSON_LD}
_COMPACTED = 40_000  # triples; beyond, JSON-LD is written as it comes, expanded
_NAME = re.compile(r"[^\W\d][\w.-]*\Z")  # how an XML name ends; QNames need such an end
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(ending: str, triples: Iterable[Triple], roots: Sequence[str] = ()) -> bytes:
    """The triples in the format of that ending, those about `roots` first.

    Raises:
        Problem: 406 for RDF/XML of what RDF/XML cannot say.
    """
    ordered = arranged(triples, roots)
    if ending in ("jsonld", "rdf") and any(isinstance(one.object, Triple) for one in ordered):
        raise _unwritable(text("una tripleta dentro de otra", "a triple within a triple"))
    if ending == "nt":
        return serialize(ordered, format=RdfFormat.N_TRIPLES) or b""
    if ending == "ttl":
        return turtle(ordered).encode()
    if ending == "jsonld" and not mistakable(ordered):
        return jsonld(ordered, roots).encode()
    if ending == "jsonld":
        return serialize(ordered, format=RdfFormat.JSON_LD) or b""
    return _rdf_xml(ordered)


def makers_of(html: Callable[[], str], data: Callable[[str], bytes]) -> dict[str, Callable[[], str | bytes]]:
    """By ending, what makes a document of each format: the page, and what writes the data for a given ending."""
    return {"html": html} | {ending: partial(data, ending) for ending in _RDF}


def whole_graph(ending: str, store: Store, iri: str) -> bytes:
    """A whole graph in the format of that ending; nothing where there is no such graph."""
    content = store.graph(iri, NTRIPLES, limits=Limits(own=True)) or b""
    if ending == "nt":
        return content
    triples = [quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)]
    if ending != "jsonld" or len(triples) <= _COMPACTED:
        return written(ending, triples)
    return serialize(triples, format=RdfFormat.JSON_LD) or b""


def arranged(triples: Iterable[Triple], roots: Sequence[str] = ()) -> list[Triple]:
    """Each triple once, sorted, those about `roots` first; blank nodes are named by the order in which they come up."""
    places: dict[object, int] = {NamedNode(iri): place for place, iri in enumerate(roots)}
    found: list[Triple] = []
    seen: set[Triple] = set()
    blank: dict[BlankNode, list[Triple]] = {}
    for triple in sorted(set(triples), key=lambda one: (places.get(one.subject, len(places)), _key(one))):
        if isinstance(triple.subject, BlankNode):
            blank.setdefault(triple.subject, []).append(triple)
        else:
            found.append(triple)
    ordered: list[Triple] = []
    for start in (*found, *(one for own in blank.values() for one in own)):
        queue = [start]
        while queue:
            triple = queue.pop(0)
            if triple in seen:
                continue
            seen.add(triple)
            ordered.append(triple)
            if isinstance(triple.object, BlankNode):
                queue[:0] = blank.get(triple.object, [])
    return _renamed(ordered)


def _key(triple: Triple) -> tuple[str, str, str]:
    """Sorts by what has a name; a blank node's own label says nothing."""
    shown = [
        "_" if isinstance(term, BlankNode) else str(term) for term in (triple.subject, triple.predicate, triple.object)
    ]
    return shown[0], shown[1], shown[2]


def _renamed(triples: Sequence[Triple]) -> list[Triple]:
    names: dict[BlankNode, BlankNode] = {}

    def named(term: BlankNode) -> BlankNode:
        return names.setdefault(term, BlankNode(f"b{len(names) + 1}"))

    found = []
    for triple in triples:
        subject, value = triple.subject, triple.object
        subject = named(subject) if isinstance(subject, BlankNode) else subject
        value = named(value) if isinstance(value, BlankNode) else value
        found.append(Triple(subject, triple.predicate, value))
    return found


def _rdf_xml(triples: Sequence[Triple]) -> bytes:
    for triple in triples:
        value = triple.object
        if not _has_qname(triple.predicate.value):
            raise _unwritable(_same(f"<{triple.predicate.value}>"))
        if isinstance(value, Literal) and _NOT_XML.search(value.value):
            raise _unwritable(_same(f"U+{ord(_NOT_XML.findall(value.value)[0]):04X}"))
    content = serialize(triples, format=RdfFormat.RDF_XML, prefixes=PREFIXES) or b""
    return content.replace(b"\r", b"&#xD;")  # XML reads a bare one as a line feed


def _has_qname(iri: str) -> bool:
    """Whether the end of an IRI can be an XML name: RDF/XML writes predicates as elements, and has no other way."""
    tail = re.split(r"[^\w.-]", iri)[-1]
    return any(_NAME.match(tail[start:]) for start in range(len(tail)))


def _unwritable(what: Text) -> Problem:
    return Problem(
        406,
        text(f"Este formato no puede expresar {what['es']}.", f"This format cannot express {what['en']}."),
        hint=text("Pida Turtle o N-Triples.", "Ask for Turtle or N-Triples."),
        headers={"Vary": "Accept"},
    )


def _same(word: str) -> dict[str, str]:
    return text(word, word)
