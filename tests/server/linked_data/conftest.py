"""The server in this process over the shipped graph, and over a small store of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from anyio.from_thread import start_blocking_portal

from clusterkg.client.embedded import shipped_store
from clusterkg.server.app import create_app
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import PutGraph, Store

from ..in_process import InProcess

Serve = Callable[[dict[str, str]], httpx.Client]


@contextmanager
def serving(store: Store) -> Iterator[httpx.Client]:
    """A client of the server over a store, which is closed at the end."""
    app = create_app(Settings(), store)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
        httpx.Client(transport=InProcess(app, portal), base_url="http://test", timeout=60) as client,
    ):
        client.store = store
        yield client


@pytest.fixture(scope="session")
def shipped() -> Iterator[httpx.Client]:
    """Everything that ships."""
    with serving(EmbeddedStore(shipped_store(), read_only=True)) as client:
        yield client


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Serve]:
    """A server over graphs in Turtle, by IRI."""
    with ExitStack() as left_behind:

        def call(graphs: dict[str, str]) -> httpx.Client:
            store = EmbeddedStore(tmp_path / "store")
            client = left_behind.enter_context(serving(store))
            puts = []
            for iri, turtle in graphs.items():
                triples = [quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]
                puts.append(PutGraph(iri, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)))
            store.write(puts)
            return client

        yield call
