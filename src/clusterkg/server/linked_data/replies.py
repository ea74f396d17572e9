"""How a description is answered: which format, where it lies, how long it holds, what else there is.

An IRI that names a thing is answered with 303 to a document about it; a document is answered with 200, and says by
Content-Location which of its formats was chosen (https://www.w3.org/TR/cooluris/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from werkzeug.http import is_resource_modified

from clusterkg import __version__
from clusterkg.errors import text
from clusterkg.rendering.language import Language
from clusterkg.server.app import services
from clusterkg.server.linked_data.addresses import ALIASES, ENDINGS, HTML, Address, prefix_of, uri
from clusterkg.server.negotiation import best_type, spoken
from clusterkg.server.problems import Problem
from clusterkg.store.base import State

DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CODE_LICENCE = "https://www.apache.org/licenses/LICENSE-2.0"
_VARY = "Accept, Accept-Language"

Content = str | bytes
Makers = Mapping[str, Callable[[], Content]]
"""By ending, what makes a document of that format."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Which page this is, and whether another follows."""

    page: int = 1
    more: bool = False


@dataclass(slots=True)
class Offer:
    """What can be answered: documents by ending, whether the IRI names a thing that is no document, and what else to link to."""

    address: Address
    makers: Makers
    types: Mapping[str, str] = field(default_factory=lambda: ENDINGS)
    aliases: Mapping[str, str] = field(default_factory=lambda: ALIASES)
    thing: bool = False
    extent: Extent = field(default_factory=Extent)
    links: Sequence[tuple[str, str]] = ()
    licence: str = DATA_LICENCE


def language_of(request: Request) -> Language:
    """The reader's language."""
    return spoken(request, services(request).settings.language)


def page_of(request: Request) -> int:
    """The page asked for by `?page=`.

    Raises:
        Problem: 404 for what is no page number.
    """
    asked = request.query_params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 8 and int(asked)):
        raise Problem(404, text(f"No hay una página «{asked}».", f"There is no page “{asked}”."))
    return int(asked)


def chosen(request: Request, offer: Offer) -> str:
    """The ending of the format to answer with: the one asked for by name, else by the Accept header.

    Raises:
        Problem: 404 for an ending that is not offered, 406 where nothing offered is acceptable.
    """
    if offer.address.ending:
        if offer.address.ending not in offer.makers:
            raise Problem(404, text("Ese formato no existe aquí.", "That format does not exist here."))
        return offer.address.ending
    types = {offer.types[ending]: ending for ending in offer.makers}
    types |= {alias: ending for alias, ending in offer.aliases.items() if ending in offer.makers}
    best = best_type(request, list(types))
    if best is None:
        known = ", ".join(types)
        raise Problem(406, text(f"Formatos que hay: {known}.", f"Formats there are: {known}."), headers={"Vary": _VARY})
    return types[best]


def answer(request: Request, offer: Offer) -> Response:
    """The response to a request for a description.

    Raises:
        Problem: 404 or 406 (see `chosen`).
    """
    ending = chosen(request, offer)
    prefix = prefix_of(request)
    located = uri(f"{prefix}/{offer.address.path}.{ending}") + query_for(request)
    if offer.thing and not offer.address.ending:
        headers = {"Location": located, "Vary": _VARY, "Link": _links(request, offer, "")}
        return Response(status_code=303, headers=headers)
    state = services(request).store.state()
    speaks = language_of(request)
    headers = standing(request, state, ending, speaks.code) | {"Link": _links(request, offer, ending)}
    if not offer.address.ending:
        headers["Content-Location"] = located
    if offer.types[ending] == HTML:
        headers["Content-Language"] = speaks.code
    if unchanged(request, headers):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        return bodiless(headers, offer.types[ending])
    return Response(offer.makers[ending](), headers=headers, media_type=offer.types[ending])


def bodiless(headers: Mapping[str, str], media_type: str) -> Response:
    """The answer to HEAD, for which nothing is made: hence no length is told."""
    response = Response(headers=headers, media_type=media_type)
    del response.headers["Content-Length"]
    return response


def standing(request: Request, state: State, *parts: str) -> dict[str, str]:
    """The headers that say which state a representation is of; `parts` tell it from others of the same path."""
    headers = {"Vary": _VARY, "Cache-Control": "no-cache"}
    if state.sha256:
        told = "\n".join([state.sha256, __version__, request.url.path, request.url.query, *parts])
        headers["ETag"] = f'"{sha256(told.encode()).hexdigest()[:32]}"'
    modified = instant(state)
    if modified is not None:
        headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    return headers


def unchanged(request: Request, headers: Mapping[str, str]) -> bool:
    """Whether the reader has this representation already (RFC 9110, 13.1)."""
    environ = {"REQUEST_METHOD": request.method}
    for name in ("If-None-Match", "If-Modified-Since"):
        if given := request.headers.get(name):
            environ["HTTP_" + name.upper().replace("-", "_")] = given
    if len(environ) == 1:
        return False
    # is_resource_modified compares ETags where If-None-Match is given, else dates, as the RFC asks.
    return not is_resource_modified(environ, headers.get("ETag"), last_modified=headers.get("Last-Modified"))


def instant(state: State) -> datetime | None:
    """When the state came to be, to the second; None where the store cannot tell."""
    try:
        found = datetime.fromisoformat(state.modified)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def _links(request: Request, offer: Offer, ending: str) -> str:
    prefix, address = prefix_of(request), offer.address
    stem = uri(f"{prefix}/{address.path}")
    relation = "describedby" if offer.thing and not ending else "alternate"
    found = [
        f'<{stem}.{other}{query_for(request)}>; rel="{relation}"; type="{offer.types[other]}"'
        for other in offer.makers
        if other != ending
    ]
    found.append(f'<{offer.licence}>; rel="license"')
    if ending and offer.thing:
        found.append(f'<{uri(address.iri)}>; rel="describes"')
    dot = f".{address.ending}" if address.ending else ""
    for relation, page in _neighbours(offer.extent):
        found.append(f'<{stem}{dot}{query_for(request, page)}>; rel="{relation}"')
    found += [f'<{uri(target)}>; rel="{relation}"' for relation, target in offer.links]
    return ", ".join(found)


def _neighbours(extent: Extent) -> list[tuple[str, int]]:
    back = [("first", 1), ("prev", extent.page - 1)] if extent.page > 1 else []
    return [*back, *([("next", extent.page + 1)] if extent.more else [])]


def query_for(request: Request, page: int | None = None) -> str:
    """The request's query, with another page where one is given; nothing where it has none."""
    kept = parse_qsl(request.url.query, keep_blank_values=True)
    if page is not None:
        kept = [(name, value) for name, value in kept if name != "page"]
        kept += [("page", str(page))] if page > 1 else []
    return "?" + urlencode(kept) if kept else ""
