"""Diagnoses, clusters and the portfolio over HTTP, below `/api`.

diagnose.py, stored.py              a diagnosis: of what is sent, of what is stored
clusters.py, portfolio.py           clusters; verdicts × clusters
knowledge.py                        profiles, rules, errors
models.py, report.py                what is answered
parameters.py, media.py, upload.py  what is asked and sent
selection.py, rows.py, sparql.py    what the store is asked
work.py, diagnosers.py, page.py     the processes that diagnose, and the page that they write
openapi.py, documented.py           how all this is described
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from clusterkg.server.api import clusters, diagnose, knowledge, openapi, portfolio, stored
from clusterkg.server.api.diagnosers import lifespan
from clusterkg.server.api.parameters import known_parameters


def install(app: FastAPI) -> None:
    """Add the routes, and have the application describe itself."""
    router = APIRouter(prefix="/api", lifespan=lifespan, dependencies=[Depends(known_parameters)])
    for part in (diagnose, clusters, stored, portfolio, knowledge):
        router.include_router(part.router)
        _answer_head(part.router, router)
    app.include_router(router)
    openapi.install(app)


def _answer_head(part: APIRouter, router: APIRouter) -> None:
    """Whatever answers GET answers HEAD (RFC 9110, 9.1); the HTTP server leaves the body out."""
    for route in part.routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            router.add_api_route(
                route.path,
                route.endpoint,
                methods=["HEAD"],
                include_in_schema=False,
                response_class=route.response_class,
                response_model=route.response_model,
            )
