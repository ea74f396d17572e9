"""Puts the parts of the server together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI, Request

from clusterkg import __version__
from clusterkg.server import problems
from clusterkg.server.settings import Settings
from clusterkg.store.base import Store


@dataclass(frozen=True)
class Services:
    """What routes work with; `services(request)` gives it to them."""

    settings: Settings
    store: Store


def services(request: Request) -> Services:
    """The services of the application that a request came to."""
    found: Services = request.app.state.services
    return found


def create_app(settings: Settings, store: Store) -> FastAPI:
    """The application over an open store, which it closes when it ends."""
    from clusterkg.server import operation

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        operation.provide_threads(settings)
        yield
        store.close()

    app = FastAPI(
        title="clusterkg", version=__version__, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan
    )
    app.state.services = Services(settings, store)
    problems.install(app)
    operation.install(app, settings)
    _include_routers(app)
    return app


def _include_routers(app: FastAPI) -> None:
    """Each part of the server has a router; those of linked data come last, since they take every other path of ours."""
    from clusterkg.server import api, cors, graph_store, linked_data, sparql, update

    api.install(app)
    for part in (sparql, update, graph_store, linked_data):
        app.include_router(part.router)
    cors.install(app)
    setattr(app.state, problems.PAGE, linked_data.problem_page)
