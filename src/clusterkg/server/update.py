"""SPARQL 1.1 Protocol, update: `/sparql/update`. For bearers of a token with the scope `write`; off where there are no tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from clusterkg.errors import QueryError
from clusterkg.server import protocol
from clusterkg.server.app import services
from clusterkg.server.openapi_sparql import UPDATE_POST
from clusterkg.server.operation.audit import audited
from clusterkg.server.operation.tokens import Identity, require
from clusterkg.server.permissions import may_update
from clusterkg.server.protocol import Sent, received
from clusterkg.sparql_text import refuse_unsafe_update, with_using
from clusterkg.store.base import Update

UPDATE = "application/sparql-update"

router = APIRouter(tags=["SPARQL"])


_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="A token of `clusterkg token`.")


def writer(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Identity:
    """Who writes. Raises Problem (401, 403) for those who may not."""
    return require(request, "write")


def update(
    request: Request, identity: Annotated[Identity, Depends(writer)], sent: Annotated[Sent, Depends(received)]
) -> Response:
    """Carry an update out as a whole, or not at all."""
    if sent.media_type not in (UPDATE, protocol.FORM):
        raise protocol.unsupported([UPDATE, protocol.FORM])
    sparql = protocol.sparql_text(sent, "update", UPDATE)
    using = protocol.dataset(sent, "using-graph-uri", "using-named-graph-uri")
    refuse_unsafe_update(sparql, services(request).settings.allowed_services)
    with_using(sparql, using)  # raises where the update names a dataset itself
    may_update(request, sparql)
    base = protocol.public_address(request, "/sparql/update")
    try:
        with audited(request, identity, "update") as entry:
            entry.done(services(request).store.write([Update(sparql, using, base)]))
    except QueryError as error:
        _keep_within(sparql, error)
        raise
    return Response(status_code=204)


def _keep_within(sparql: str, error: QueryError) -> None:
    """An error at the end of the text is at the end of the reader's, whatever a store has put after it."""
    lines = sparql.split("\n")
    if error.line is not None and error.line > len(lines):
        error.line, error.column = len(lines), len(lines[-1]) + 1


protocol.serve(router, "/sparql/update", {"POST": update}, {"POST": UPDATE_POST})
