"""SPARQL 1.1 Protocol, query: `/sparql`. Without a query it answers with its service description.

ASK is answered in XML or JSON only: CSV and TSV are defined for solutions alone (SPARQL 1.1 Query Results CSV and TSV, 1), so a
reader who accepts nothing else gets 406, like one who wants Turtle of a SELECT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from clusterkg import __version__
from clusterkg.errors import QueryError, text
from clusterkg.server import protocol, service_description
from clusterkg.server.app import services
from clusterkg.server.openapi_sparql import QUERY_GET, QUERY_POST
from clusterkg.server.problems import Problem
from clusterkg.server.protocol import GRAPH_TYPES, Sent, received
from clusterkg.sparql_text import is_constant, query_form, refuse_unsafe, with_base
from clusterkg.store.base import CSV_RESULTS, JSON_RESULTS, TSV_RESULTS, XML_RESULTS, Accepted, Dataset, State

QUERY = "application/sparql-query"
_MOST = 1 << 20  # characters of a query
_BOOLEANS = {
    JSON_RESULTS: JSON_RESULTS,
    XML_RESULTS: XML_RESULTS,
    "application/json": JSON_RESULTS,
    "application/xml": XML_RESULTS,
    "text/xml": XML_RESULTS,
}
OFFERS: Mapping[str, Mapping[str, str]] = {
    "bindings": {**_BOOLEANS, CSV_RESULTS: CSV_RESULTS, TSV_RESULTS: TSV_RESULTS},
    "boolean": _BOOLEANS,
    "graph": GRAPH_TYPES,
}
"""By kind of answer: what may be asked for, the default first, and the format that it is answered with."""
_HEADERS = {"Vary": "Accept", "Cache-Control": "no-cache"}
_DATASET = ("default-graph-uri", "named-graph-uri")

router = APIRouter(tags=["SPARQL"])


def query_by_get(request: Request, sent: Annotated[Sent, Depends(received)]) -> Response:
    """Answer the query in the address, or describe the service where there is none."""
    if not any(sent.values(name) for name in ("query", "update", *_DATASET)):
        return service_description.answer(request)
    return _answered(request, replace(sent, media_type="", body=b""))


def query_by_post(request: Request, sent: Annotated[Sent, Depends(received)]) -> Response:
    """Answer the query in the form or in the body."""
    if sent.media_type not in (QUERY, protocol.FORM):
        raise protocol.unsupported([QUERY, protocol.FORM])
    return _answered(request, sent)


def _answered(request: Request, sent: Sent) -> Response:
    if "update" in sent.fields:
        raise Problem(
            400,
            text("Aquí solo se consulta.", "This is for queries only."),
            hint=text("Las actualizaciones van por POST a /sparql/update.", "Updates are posted to /sparql/update."),
        )
    sparql = protocol.sparql_text(sent, "query", QUERY)
    if len(sparql) > _MOST:
        raise Problem(413, text("La consulta pasa de 1 MiB.", "The query exceeds 1 MiB."))
    dataset = protocol.dataset(sent, *_DATASET)
    refuse_unsafe(sparql, services(request).settings.allowed_services)
    shown = {kind: protocol.wanted(request, offers) for kind, offers in OFFERS.items()}
    form = query_form(sparql)
    if form and shown[form] is None:
        raise protocol.not_acceptable(list(OFFERS[form]))
    headers = dict(_HEADERS)
    if request.method != "POST" and is_constant(sparql):
        etag = _etag(services(request).store.state(), sparql, dataset, shown)
        if etag:
            headers["ETag"] = etag
        if protocol.unchanged(request, etag):
            return Response(status_code=304, headers=headers)
    return _run(request, sparql, dataset, shown, headers)


def _run(
    request: Request, sparql: str, dataset: Dataset, shown: Mapping[str, str | None], headers: Mapping[str, str]
) -> Response:
    formats = {kind: OFFERS[kind][media] if media else None for kind, media in shown.items()}
    graph = formats["graph"]
    accepted = Accepted(formats["bindings"], formats["boolean"], graph and protocol.stored_format(graph))
    based = with_base(sparql, protocol.public_address(request, "/sparql"))
    try:
        found = services(request).store.query(based, accepted=accepted, dataset=dataset)
    except QueryError as error:
        if error.line is not None and based != sparql:
            error.line -= 1  # the line with the base is not the reader's
        raise
    media_type = shown[found.kind]
    if found.media_type is None or media_type is None:
        raise protocol.not_acceptable(list(OFFERS[found.kind]))
    body = protocol.in_format(request, found.body, graph) if found.kind == "graph" and graph else found.body
    return protocol.answer(request, body, media_type, headers)


def _etag(state: State, sparql: str, dataset: Dataset, shown: Mapping[str, str | None]) -> str:
    """Names the answer by what it comes from; weak, since the same solutions may come in another order. Empty where it is not known."""
    if not state.sha256:
        return ""
    parts = (__version__, state.number, state.sha256, sparql, dataset.default, dataset.named, sorted(shown.items()))
    return f'W/"{sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


protocol.serve(
    router,
    "/sparql",
    {"GET": query_by_get, "HEAD": query_by_get, "POST": query_by_post},
    {"GET": QUERY_GET, "POST": QUERY_POST},
)
