"""Diagnoses on a remote store are those that the embedded store makes of the same descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from clusterkg.namespaces import DIAGNOSIS_BASE
from clusterkg.reading import find_documents, read_document
from clusterkg.resources import resource
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import Change, DropGraph, PutGraph, Store, Update
from clusterkg.store.loading import description_changes
from clusterkg.store.remote import RemoteStore

from .conftest import Engines

FEW = 3


@pytest.fixture(scope="module")
def descriptions() -> list[PutGraph]:
    paths = find_documents([resource("data", "clusters")])[:FEW]
    return description_changes(read_document(path) for path in paths)


@pytest.fixture(params=["oxigraph", "virtuoso"])
def remote(request: pytest.FixtureRequest, engines: Engines) -> Iterator[Store]:
    engines.store(request.param)
    store = RemoteStore(replace(engines.settings[request.param], diagnose=True))
    yield store
    store.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Store]:
    store = EmbeddedStore(tmp_path / "store")
    yield store
    store.close()


def diagnoses(store: Store) -> dict[str, int]:
    """How many statements each diagnosis has."""
    return {name: graph.triples for name, graph in store.state().graphs.items() if name.startswith(DIAGNOSIS_BASE)}


def statements(store: Store, graph: str) -> list[str]:
    found = ox.Dataset(ox.parse(store.graph(graph) or b"", ox.RdfFormat.N_TRIPLES))
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(str(quad) for quad in found)


def test_each_write_leaves_the_same_diagnoses(remote: Store, embedded: Store, descriptions: list[PutGraph]) -> None:
    last = descriptions[-1].graph
    assert last is not None
    steps: list[list[Change]] = [
        list(descriptions),
        [DropGraph(last)],
        [Update(f"DELETE WHERE {{ GRAPH <{descriptions[0].graph}> {{ ?s ?p ?o }} }}")],
        [descriptions[0], PutGraph("http://example.org/other", b"<http://e/s> <http://e/p> <http://e/o> .\n")],
    ]
    for step in steps:
        remote.write(step)
        embedded.write(step)
        assert diagnoses(remote) == diagnoses(embedded) != {}
        for graph in diagnoses(embedded):
            assert statements(remote, graph) == statements(embedded, graph)


def test_all_can_be_made_anew(remote: Store, embedded: Store, descriptions: list[PutGraph]) -> None:
    remote.write(descriptions)
    embedded.write(descriptions)
    remote.write([DropGraph(graph) for graph in diagnoses(embedded)])
    assert isinstance(remote, RemoteStore)
    remote.renew()
    assert diagnoses(remote) == diagnoses(embedded)
