"""Documents that ship with the program: the context, JSON Schemas, what the types of problems mean, the style sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, Triple
from starlette.requests import Request
from starlette.responses import Response

import clusterkg
from clusterkg.namespaces import DCTERMS, RDFS, ROOT
from clusterkg.rendering.language import languages
from clusterkg.resources import resource
from clusterkg.server import problems
from clusterkg.server.app import services
from clusterkg.server.linked_data.addresses import Address, address_of, unknown
from clusterkg.server.linked_data.formats import makers_of, written
from clusterkg.server.linked_data.names import Words
from clusterkg.server.linked_data.pages import STATIC, Pages, page_language, style_name
from clusterkg.server.linked_data.replies import (
    CODE_LICENCE,
    DATA_LICENCE,
    Makers,
    Offer,
    answer,
    standing,
    unchanged,
)
from clusterkg.store.base import JSON_LD

_SCHEMAS = Path(clusterkg.__file__).resolve().parent / "schemas"
_SCHEMA_TYPE = "application/schema+json"
_FOREVER = "public, max-age=31536000, immutable"


def context(request: Request) -> Response:
    """The JSON-LD context."""
    return _file(request, resource("ontology", "context.jsonld"), JSON_LD, DATA_LICENCE)


def schema(request: Request, name: str) -> Response:
    """A JSON Schema; part of the program, hence under the program's licence.

    Raises:
        Problem: 404 for one that does not exist.
    """
    known = {path.name: path for path in _SCHEMAS.glob("*.json")}
    path = known.get(name) or known.get(f"{name}.schema.json")
    if path is None:
        raise unknown(f"{ROOT}schema/{name}")
    return _file(request, path, _SCHEMA_TYPE, CODE_LICENCE)


def list_of_schemas(request: Request) -> Response:
    """The JSON Schemas that there are."""
    address = address_of(request)

    def html() -> str:
        pages = Pages(request)
        schemas = [(path.name, _titled(path)) for path in sorted(_SCHEMAS.glob("*.json"))]
        return pages.render(
            "schemas.html.j2", address, title=Words(pages.speaks("menu.schemas")), trail=[], schemas=schemas
        )

    return answer(request, Offer(address, {"html": html}, licence=CODE_LICENCE))


def problem(request: Request, address: Address) -> Response:
    """What a type of problem means, or the list of them.

    Raises:
        Problem: 404 for a type that does not exist.
    """
    name = address.iri.removeprefix(ROOT + "problem").strip("/")
    known = problem_statuses()
    if name and name not in known:
        raise unknown(address.iri)

    def html() -> str:
        pages = Pages(request)
        shown = {one: status for one, status in known.items() if not name or one == name}
        key = f"problem.{name}.title" if name else "problem.types"
        trail = [(Words(pages.speaks("problem.types")), ROOT + "problem")] if name else []
        title = Words(pages.speaks(key))
        return pages.render("problem.html.j2", address, makers, title=title, trail=trail, problems=shown, one=name)

    def data(ending: str) -> bytes:
        return written(ending, _told(address, name), [address.iri])

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers))


def problem_statuses() -> dict[str, int]:
    """The types of problems and the status that each comes with."""
    return {name: status for _, status, name in problems.KINDS} | {"internal": 500}


def problem_page(request: Request, document: Mapping[str, Any]) -> str:
    """A problem document as a page for people."""
    pages = Pages(request)
    title = Words(str(document["title"]))
    address = Address(f"{ROOT}problem/{document['status']}", f"problem/{document['status']}")
    return pages.render("error.html.j2", address, title=title, trail=None, problem=document)


def icon(request: Request) -> Response:
    """The sign that a browser shows beside the title."""
    content = (STATIC / "icon.svg").read_bytes()
    return Response(content, headers={"Cache-Control": "public, max-age=86400"}, media_type="image/svg+xml")


def style(request: Request, name: str) -> Response:
    """The style sheet, which may be kept for ever under its name.

    Raises:
        Problem: 404 for the name of another version.
    """
    if name != style_name():
        raise unknown(f"{ROOT}static/linked-data/{name}")
    content = (STATIC / "style.css").read_bytes()
    return Response(content, headers={"Cache-Control": _FOREVER}, media_type="text/css")


def _told(address: Address, name: str) -> list[Triple]:
    names = [name] if name else list(problem_statuses())
    found = []
    for one in names:
        node = Address(f"{ROOT}problem/{one}", "").node
        for code in languages():
            speaks = page_language(code)
            found.append(Triple(node, RDFS.label, Literal(speaks(f"problem.{one}.title"), language=code)))
            found.append(Triple(node, RDFS.comment, Literal(speaks(f"problem.{one}"), language=code)))
        if not name:
            found.append(Triple(address.node, DCTERMS.hasPart, node))
    return found


def _titled(path: Path) -> tuple[str, str]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return str(content.get("title", path.name)), str(content.get("description", ""))


def _file(request: Request, path: Path, media_type: str, licence: str) -> Response:
    """A file as it is. It does not depend on the store's state, but on the program's version, which every ETag names."""
    headers = standing(request, services(request).store.state(), str(path.stat().st_size))
    headers.pop("Vary")
    headers["Link"] = f'<{licence}>; rel="license"'
    if unchanged(request, headers):
        return Response(status_code=304, headers=headers)
    return Response(path.read_bytes(), headers=headers, media_type=media_type)
