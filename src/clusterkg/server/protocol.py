"""What the three SPARQL protocols have in common: what was sent, where the server is, which format is wanted, which methods there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.responses import Response
from werkzeug.http import parse_etags, parse_options_header
from werkzeug.urls import iri_to_uri

from clusterkg.errors import Text, UsageError, text
from clusterkg.server import parsing
from clusterkg.server.app import services
from clusterkg.server.negotiation import best_type
from clusterkg.server.problems import Problem
from clusterkg.store.base import CSV_RESULTS, JSON_LD, NTRIPLES, RDF_XML, TSV_RESULTS, TURTLE, Dataset

FORM = "application/x-www-form-urlencoded"
GRAPH_TYPES = {
    TURTLE: TURTLE,
    NTRIPLES: NTRIPLES,
    RDF_XML: RDF_XML,
    JSON_LD: JSON_LD,
    "application/xml": RDF_XML,
    "application/json": JSON_LD,
}
"""Media types that a reader may ask for, the default first, and the format each is answered with."""

_FIELDS = 1_000  # that a form may have
_TEXTS = frozenset({TURTLE, NTRIPLES, CSV_RESULTS, TSV_RESULTS})
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")

Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request brought: its media type ("" for none) with its options, the fields of address and form, the body."""

    media_type: str
    options: Mapping[str, str]
    fields: Mapping[str, list[str]]
    body: bytes = field(repr=False)

    def values(self, name: str) -> list[str]:
        """The values of a field, in their order."""
        return self.fields.get(name, [])


async def received(request: Request) -> Sent:
    """What the request brought, wholly read; its size is limited before it gets here.

    Raises:
        Problem: 400 for an address or a form that is not UTF-8, or has too many fields.
    """
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    media_type = media_type.lower()
    body = await request.body() if request.method not in ("GET", "HEAD", "OPTIONS") else b""
    fields: dict[str, list[str]] = {}
    sources = [bytes(request.scope.get("query_string", b""))]
    if media_type == FORM:
        require_utf8(options)
        sources.append(body)
    for source in sources:
        for name, value in _pairs(source):
            fields.setdefault(name, []).append(value)
    return Sent(media_type, options, fields, body)


def _pairs(source: bytes) -> list[tuple[str, str]]:
    try:
        encoded = source.decode("utf-8")
        return parse_qsl(encoded, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as error:
        raise not_utf8() from error
    except ValueError as error:
        raise Problem(400, text(f"Hay más de {_FIELDS} campos.", f"There are more than {_FIELDS} fields.")) from error


def require_utf8(options: Mapping[str, str]) -> None:
    """Raise Problem (400) where another charset is stated."""
    if options.get("charset", "utf-8").lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii"):
        raise not_utf8()


def not_utf8() -> Problem:
    """What was sent is not UTF-8."""
    return Problem(400, text("Lo enviado no está en UTF-8.", "What was sent is not UTF-8."))


def sparql_text(sent: Sent, name: str, direct: str) -> str:
    """The one query or update that a request holds, in the field `name` or as a body of the media type `direct`.

    Raises:
        Problem: 400 for none, several, or one that is not UTF-8; 415 for a body of another type.
    """
    found = list(sent.values(name))
    if sent.media_type == direct:
        require_utf8(sent.options)
        try:
            found.append(sent.body.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise not_utf8() from error
    elif sent.media_type != FORM and sent.body:
        raise unsupported([direct, FORM])
    if len(found) != 1:
        raise Problem(
            400,
            text(
                f"Hace falta exactamente un «{name}»; llegaron {len(found)}.",
                f"Exactly one “{name}” is needed; {len(found)} came.",
            ),
        )
    return found[0]


def dataset(sent: Sent, default: str, named: str) -> Dataset:
    """The dataset that the fields `default` and `named` state. Raises Problem (400) for what is no absolute IRI."""
    return Dataset(
        tuple(absolute(iri) for iri in sent.values(default)), tuple(absolute(iri) for iri in sent.values(named))
    )


def absolute(iri: str) -> str:
    """The IRI itself. Raises Problem (400) where it is none, or needs a base."""
    try:
        return NamedNode(iri).value
    except ValueError:
        raise Problem(400, text(f"«{iri}» no es un IRI absoluto.", f"“{iri}” is no absolute IRI.")) from None


def public_address(request: Request, path: str) -> str:
    """Where readers reach a path of this server: below its public address, if one is set, else below that of the request."""
    base = services(request).settings.public_url or str(request.base_url)
    return base.rstrip("/") + path


def location(iri: str) -> str:
    """An IRI as HTTP headers take it: ASCII only."""
    return iri_to_uri(iri)


def wanted(request: Request, offers: Mapping[str, str]) -> str | None:
    """The media type to answer with, out of `offers` (the default first); None where none is acceptable."""
    return best_type(request, list(offers))


def not_acceptable(offers: Sequence[str]) -> Problem:
    """Nothing of what is offered is acceptable."""
    known = ", ".join(offers)
    return Problem(
        406,
        text(f"Formatos que hay: {known}.", f"Formats there are: {known}."),
        headers={"Vary": "Accept"},
        extra={"available": list(offers)},
    )


def unsupported(known: Sequence[str]) -> Problem:
    """What was sent has another media type than those that are understood."""
    shown = ", ".join(known)
    return Problem(
        415,
        text(f"Se admiten: {shown}.", f"Supported are: {shown}."),
        headers={"Accept": shown},
        extra={"supported": list(known)},
    )


def unchanged(request: Request, etag: str) -> bool:
    """Whether the reader has the representation with this (weak) entity tag already."""
    given = request.headers.get("if-none-match")
    return bool(given and etag) and parse_etags(given).contains_weak(etag.removeprefix("W/").strip('"'))


def stored_format(media_type: str) -> str:
    """The format in which a store is asked for statements that are wanted in this one."""
    return media_type if media_type in (TURTLE, NTRIPLES) else NTRIPLES


def in_format(request: Request, stored: bytes, media_type: str) -> bytes:
    """Statements as the store gave them (`stored_format`), in the format that is wanted.

    Raises:
        Problem: 406 where that format cannot say them.
    """
    if stored_format(media_type) == media_type:
        return stored
    try:
        return parsing.rewritten(request.app, services(request).settings, stored, media_type)
    except UsageError as error:
        raise Problem(406, error.message, hint=error.hint, headers={"Vary": "Accept"}) from error


def answer(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """A whole answer; to HEAD the same without its body."""
    shown = f"{media_type}; charset=utf-8" if media_type in _TEXTS else media_type
    given = {**headers, "Content-Type": shown, "Content-Length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, headers=given)


def serve(
    router: APIRouter, path: str, handlers: Mapping[str, Handler], documents: Mapping[str, dict[str, Any]] | None = None
) -> None:
    """Put a resource at a path, with and without a slash at its end: one handler a method, OPTIONS, and 405 for every other."""
    known = {**handlers, "OPTIONS": _options([*handlers, "OPTIONS"])}
    others = [method for method in _METHODS if method not in known]
    for place in (path, path + "/") if not path.endswith("}") else (path,):
        for method, handler in known.items():
            document = (documents or {}).get(method) if place == path else None
            shown: dict[str, Any] = {"include_in_schema": document is not None, **(document or {})}
            router.add_api_route(
                place, handler, methods=[method], response_class=Response, response_model=None, **shown
            )
        router.add_api_route(place, _refused(list(known)), methods=others, response_model=None, include_in_schema=False)


def _options(methods: Sequence[str]) -> Handler:
    def options() -> Response:
        return Response(status_code=204, headers={"Allow": ", ".join(methods)})

    return options


def _refused(methods: Sequence[str]) -> Handler:
    def refused() -> Response:
        detail: Text = text(f"Aquí se admiten: {', '.join(methods)}.", f"Supported here: {', '.join(methods)}.")
        raise Problem(405, detail, headers={"Allow": ", ".join(methods)})

    return refused
