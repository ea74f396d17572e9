"""Every store that the contract is for, empty at the start of each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from clusterkg.store import EmbeddedStore, StoreSettings
from clusterkg.store.base import DropGraph, Store
from clusterkg.store.remote import RemoteStore

from . import services
from .differences import DIFFERENCES

ENGINES = ("embedded", "oxigraph", "virtuoso")
SECONDS = 5.0


class Engines:
    """Opens each store once, when it is first asked for."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._stack = ExitStack()
        self._stores: dict[str, Store] = {}
        self.settings = {}

    def store(self, name: str) -> Store:
        """The store over that engine, without any graph."""
        if name not in self._stores:
            self._stores[name] = self._opened(name)
        store = self._stores[name]
        graphs = list(store.state().graphs)
        if graphs:
            store.write([DropGraph(graph) for graph in graphs])
        return store

    def close(self) -> None:
        """Stop everything."""
        self._stack.close()

    def _opened(self, name: str) -> Store:
        folder = self._folders.mktemp(name)
        if name == "embedded":
            store: Store = EmbeddedStore(folder / "store", StoreSettings(query_seconds=SECONDS, diagnose=False))
        else:
            service = self._stack.enter_context(getattr(services, name)(folder))
            self.settings[name] = replace(service, query_seconds=SECONDS, diagnose=False)
            store = RemoteStore(self.settings[name])
        self._stack.callback(store.close)
        return store


@pytest.fixture(scope="module")  # a service goes on with a query that nobody waits for any more, until it is stopped
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    found = Engines(tmp_path_factory)
    yield found
    found.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    known = DIFFERENCES.get((request.param, request.function.__name__))
    if known:
        request.applymarker(pytest.mark.xfail(reason=known, strict=True))
    return request.param


@pytest.fixture
def each_store(engine: str, engines: Engines) -> Store:
    return engines.store(engine)
