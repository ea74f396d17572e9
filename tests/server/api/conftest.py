"""The server in this process: over the shipped graph, which nobody may change, or over a store of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from clusterkg.client.embedded import InProcess, shipped_store
from clusterkg.reading import read_document
from clusterkg.server.app import create_app
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import Store
from clusterkg.store.loading import description_changes

ROOT = Path(__file__).resolve().parents[3]
Serve = Callable[..., AbstractContextManager[httpx.Client]]


@contextmanager
def serving(store: Store, **settings) -> Iterator[httpx.Client]:
    """A client of the server over a store, which is closed at the end."""
    app = create_app(Settings(**settings), store)
    with httpx.Client(transport=InProcess(app), base_url="http://test", timeout=60) as client:
        client.app = app
        client.store = store
        yield client


@pytest.fixture(scope="session")
def shipped() -> Iterator[httpx.Client]:
    """Everything that ships."""
    with serving(EmbeddedStore(shipped_store(), read_only=True)) as client:
        yield client


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A store that holds nothing, and lets 1 MiB be sent."""
    with serving(EmbeddedStore(tmp_path_factory.mktemp("empty") / "store"), upload_size=1) as client:
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
        with serving(store, **settings) as client:
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
