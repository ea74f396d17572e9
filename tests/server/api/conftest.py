"""The server in this process: over the shipped graph, which nobody may change, or over a store of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from clusterkg.client.embedded import shipped_store
from clusterkg.reading import read_document
from clusterkg.server.app import create_app
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import Store
from clusterkg.store.loading import description_changes

from ..in_process import InProcess

ROOT = Path(__file__).resolve().parents[3]
Serve = Callable[..., AbstractContextManager[httpx.Client]]


@contextmanager
def _serving(store: Store, **settings) -> Iterator[httpx.Client]:
    app = create_app(Settings(**settings), store)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
        httpx.Client(transport=InProcess(app, portal), base_url="http://test", timeout=60) as client,
    ):
        client.app = app
        client.store = store
        yield client


@pytest.fixture(scope="session")
def serving() -> Serve:
    """A client of the server over a store, which is closed at the end, with these settings."""
    return _serving


@pytest.fixture(scope="session")
def shipped_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store's folder with everything that ships; a copy, since the cache forgets old ones."""
    return Path(shutil.copytree(shipped_store(), tmp_path_factory.mktemp("shipped") / "store"))


@pytest.fixture(scope="session")
def shipped(shipped_folder: Path) -> Iterator[httpx.Client]:
    """Everything that ships."""
    with _serving(EmbeddedStore(shipped_folder, read_only=True)) as client:
        yield client


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A store that holds nothing, and lets 1 MiB be sent."""
    with _serving(EmbeddedStore(tmp_path_factory.mktemp("empty") / "store"), upload_size=1) as client:
        yield client


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """A server over a store of the test's own that holds these documents: texts in YAML, or paths below data/."""

    @contextmanager
    def call(*documents: str | Path, **settings) -> Iterator[httpx.Client]:
        store = EmbeddedStore(tmp_path / "store")
        read = [
            read_document(ROOT / "data" / one) if isinstance(one, Path) else read_document(one.encode(), format="yaml")
            for one in documents
        ]
        if read:
            store.write(description_changes(read))
        with _serving(store, **settings) as client:
            yield client

    return call


@pytest.fixture
def description() -> Callable[..., str]:
    """A small description in YAML."""

    def call(name: str = "alpha", date: str = "2024-03-01", label: str = "Alpha", more: str = "") -> str:
        return f"""\
id: description/{name}-{date[:4]}
type: Description
label: {{es: "{label}, {date}", en: "{label}, {date}"}}
described: {date}
assesses:
  id: initiative/{name}
  type: ClusterInitiative
  label: {{es: "Iniciativa {label}", en: "{label} initiative"}}
  serves: {{id: cluster/{name}, type: Cluster, label: {{es: "Clúster {label}", en: "{label} cluster"}}{more}}}
"""

    return call
