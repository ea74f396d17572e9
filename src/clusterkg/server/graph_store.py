"""SPARQL 1.1 Graph Store Protocol: `/rdf-graph-store`. Reading is open; writing needs a token with the scope `write`.

A graph is named by `?graph=IRI`, by `?default`, or by its own address below the store's. `?default` is what somebody wrote to the
default graph itself, not the union of all graphs that queries see: what is read here is what a PUT would replace.
PATCH is not offered: `/sparql/update` does what it would, in one step for any number of graphs.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from clusterkg.errors import InputError, text
from clusterkg.server import parsing, protocol
from clusterkg.server.app import services
from clusterkg.server.openapi_sparql import GRAPH_STORE
from clusterkg.server.operation.audit import audited
from clusterkg.server.operation.tokens import Identity
from clusterkg.server.parsing import Document
from clusterkg.server.permissions import may_write
from clusterkg.server.problems import Problem
from clusterkg.server.protocol import GRAPH_TYPES, Sent, received
from clusterkg.server.update import writer
from clusterkg.store.base import (
    DEFAULT_GRAPH,
    JSON_LD,
    NTRIPLES,
    RDF_XML,
    TURTLE,
    AddToGraph,
    DropGraph,
    PutGraph,
    State,
)

PATH = "/rdf-graph-store"
_MULTIPART = "multipart/form-data"
_INPUTS = (TURTLE, NTRIPLES, RDF_XML, JSON_LD)
_ENDINGS = {
    ".ttl": TURTLE,
    ".nt": NTRIPLES,
    ".rdf": RDF_XML,
    ".owl": RDF_XML,
    ".xml": RDF_XML,
    ".jsonld": JSON_LD,
    ".json": JSON_LD,
}
_PARTS = 100  # of a multipart form


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    parsing.close(app)


router = APIRouter(tags=["SPARQL"], lifespan=_lifespan)


@dataclass(frozen=True, slots=True)
class Part:
    """One RDF document of a request. `media_type` is empty where none was given."""

    media_type: str
    body: bytes
    name: str = ""


async def documents(request: Request, sent: Annotated[Sent, Depends(received)]) -> list[Part]:
    """The documents that were sent: the body, or the files of a multipart form.

    Raises:
        Problem: 400 for a form that is broken, or holds no files.
    """
    if sent.media_type != _MULTIPART:
        return [Part(sent.media_type, sent.body)]
    found = []
    async with request.form(max_files=_PARTS, max_fields=_PARTS) as form:
        for _, value in form.multi_items():
            if not isinstance(value, UploadFile):
                detail = text(
                    "Cada parte del formulario ha de ser un archivo.", "Each part of the form has to be a file."
                )
                raise Problem(400, detail)
            declared = (value.content_type or "").partition(";")[0].strip().lower()
            found.append(Part(declared, await value.read(), value.filename or ""))
    if not found:
        raise Problem(400, text("El formulario no trae archivos.", "The form holds no files."))
    return found


def graph_of(request: Request, sent: Sent) -> str | None:
    """The IRI of the graph that a request names; None for the default graph.

    Raises:
        Problem: 400 where it names none, or more than one.
    """
    named = sent.values("graph")
    below = _below(request)
    if len(named) + len(sent.values("default")) + bool(below) != 1:
        raise Problem(
            400,
            text("Hace falta nombrar exactamente un grafo.", "Exactly one graph has to be named."),
            hint=text("Con ?graph=IRI o con ?default.", "By ?graph=IRI or by ?default."),
        )
    if below:
        return protocol.absolute(protocol.public_address(request, below))
    return protocol.absolute(named[0]) if named else None


def _below(request: Request) -> str:
    """The path of a graph that is named by its own address, as it was written; empty for the store itself."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    path = bytes(raw).decode("latin-1").partition("?")[0]
    start = path.find(PATH)
    below = path[start:]
    return "" if below.rstrip("/") == PATH else below


def get(request: Request, sent: Annotated[Sent, Depends(received)]) -> Response:
    """Answer the statements of one graph."""
    graph = graph_of(request, sent)
    wanted = protocol.wanted(request, GRAPH_TYPES)
    if wanted is None:
        raise protocol.not_acceptable(list(GRAPH_TYPES))
    state = services(request).store.state()
    headers = _standing(state, graph, wanted)
    if graph in state.graphs and protocol.unchanged(request, headers.get("ETag", "")):
        return Response(status_code=304, headers=headers)
    form = GRAPH_TYPES[wanted]
    content = services(request).store.graph(graph, protocol.stored_format(form))
    if content is None:
        raise _absent(graph)
    return protocol.answer(request, protocol.in_format(request, content, form), wanted, headers)


def _standing(state: State, graph: str | None, media_type: str) -> dict[str, str]:
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    found = state.graphs.get(graph or DEFAULT_GRAPH)
    if found and found.sha256:
        headers["ETag"] = f'W/"{found.sha256[:32]}-{media_type.rpartition("/")[2]}"'
    if found and found.modified:
        headers["Last-Modified"] = format_datetime(datetime.fromisoformat(found.modified).astimezone(UTC), usegmt=True)
    return headers


def _absent(graph: str | None) -> Problem:
    shown = graph or DEFAULT_GRAPH
    return Problem(404, text(f"No hay un grafo {shown}.", f"There is no graph {shown}."), headers={"Vary": "Accept"})


def put(
    request: Request,
    identity: Annotated[Identity, Depends(writer)],
    sent: Annotated[Sent, Depends(received)],
    parts: Annotated[list[Part], Depends(documents)],
) -> Response:
    """Have one graph hold what was sent, and nothing else."""
    if "content-range" in request.headers:
        raise Problem(400, text("Content-Range no se admite.", "Content-Range is not supported."))
    if sent.media_type == _MULTIPART:
        raise protocol.unsupported(_INPUTS)
    return _written(request, identity, graph_of(request, sent), parts, PutGraph)


def post(
    request: Request,
    identity: Annotated[Identity, Depends(writer)],
    sent: Annotated[Sent, Depends(received)],
    parts: Annotated[list[Part], Depends(documents)],
) -> Response:
    """Add what was sent to one graph; sent to the store itself, make a new graph of it."""
    if not sent.values("graph") and not sent.values("default") and not _below(request):
        graph: str | None = protocol.public_address(request, f"{PATH}/{uuid.uuid4()}")
    else:
        graph = graph_of(request, sent)
    if not any(part.body for part in parts):
        return Response(status_code=204)
    return _written(request, identity, graph, parts, AddToGraph)


def delete(
    request: Request, identity: Annotated[Identity, Depends(writer)], sent: Annotated[Sent, Depends(received)]
) -> Response:
    """Remove one graph."""
    graph = graph_of(request, sent)
    may_write(request, [graph])
    store = services(request).store
    if graph is not None and graph not in store.state().graphs:
        raise _absent(graph)
    with audited(request, identity, "delete", [graph]) as entry:
        entry.done(store.write([DropGraph(graph)]))
    return Response(status_code=204)


def _written(
    request: Request,
    identity: Identity,
    graph: str | None,
    parts: list[Part],
    change: Callable[[str | None, bytes], PutGraph | AddToGraph],
) -> Response:
    may_write(request, [graph])
    base = graph or protocol.public_address(request, PATH)
    found = [Document(_input_type(part), part.body, base, part.name) for part in parts]
    try:
        ntriples = parsing.parsed(request.app, services(request).settings, found)
    except InputError as error:
        place = {"file": error.file, "line": error.line, "column": error.column}
        raise Problem(400, error.message, extra={name: at for name, at in place.items() if at is not None}) from error
    with audited(request, identity, request.method.lower(), [graph]) as entry:
        receipt = services(request).store.write([change(graph, ntriples)])
        entry.done(receipt)
    if graph in receipt.existed:
        return Response(status_code=204)
    location = protocol.location(graph) if graph else protocol.public_address(request, f"{PATH}?default")
    return Response(status_code=201, headers={"Location": location})


def _input_type(part: Part) -> str:
    """The format of a document: as stated, else by its name, else RDF/XML, which the protocol (5) takes a body for that states none."""
    if part.media_type in _INPUTS:
        return part.media_type
    if part.name and part.media_type in ("", "application/octet-stream", "text/plain"):
        by_name = _ENDINGS.get(PurePosixPath(part.name).suffix.lower())
        if by_name:
            return by_name
    if not part.media_type and not part.name:
        return RDF_XML
    raise protocol.unsupported(_INPUTS)


_HANDLERS: dict[str, protocol.Handler] = {"GET": get, "HEAD": get, "PUT": put, "POST": post, "DELETE": delete}
protocol.serve(router, PATH, _HANDLERS, GRAPH_STORE)
protocol.serve(router, PATH + "/{graph:path}", _HANDLERS)
