"""Diagnoses that are renewed one by one are what a whole run over everything would say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from clusterkg.namespaces import DIAGNOSIS_BASE
from clusterkg.reading import find_documents, read_document
from clusterkg.resources import resource
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import Change, DropGraph, PutGraph
from clusterkg.store.loading import description_changes

SEED = 7


@pytest.fixture(scope="module")
def descriptions() -> list[PutGraph]:
    paths = find_documents([resource("data", "clusters"), resource("data", "illustrations")])
    return description_changes(read_document(path) for path in paths)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "store")


def diagnoses(store: EmbeddedStore) -> dict[str, str]:
    return {name: graph.sha256 for name, graph in store.state().graphs.items() if name.startswith(DIAGNOSIS_BASE)}


def test_after_every_change_all_diagnoses_are_as_if_made_anew(
    store: EmbeddedStore, descriptions: list[PutGraph]
) -> None:
    rng = random.Random(SEED)
    try:
        chosen = rng.sample(descriptions, 14)
        for step in range(18):
            if step % 4 == 3:  # a writer that has just opened the store knows nothing yet of what is there
                store.close()
                store = EmbeddedStore(store.folder)
            store.write(_some_change(rng, chosen, set(store.state().graphs)))
            kept = diagnoses(store)
            store.renew()
            assert diagnoses(store) == kept, f"after step {step}"
        assert len(diagnoses(store)) > 5
    finally:
        store.close()


def _some_change(rng: random.Random, descriptions: list[PutGraph], present: set[str]) -> list[Change]:
    """Put one or two descriptions, move one to where another is, or drop one."""
    first, second = rng.sample(descriptions, 2)
    kind = rng.random()
    if kind < 0.6 or first.graph not in present:
        return [first, second] if rng.random() < 0.5 else [first]
    if kind < 0.8:
        return [DropGraph(first.graph)]
    return [PutGraph(first.graph, first.ntriples + _places(second.ntriples, first.ntriples))]


def _places(other: bytes, own: bytes) -> bytes:
    """The field and territory of another's cluster, as the own cluster's too, so that they overlap."""
    ours = next((line.split(b" ")[2] for line in own.splitlines() if b"ontology#serves>" in line), None)
    theirs = next((line.split(b" ")[2] for line in other.splitlines() if b"ontology#serves>" in line), None)
    if not ours or not theirs:
        return b""
    wanted = (b"ontology#field>", b"ontology#territory>", b"ontology#area>")
    lines = [line for line in other.splitlines() if any(word in line for word in wanted)]
    return b"".join(line.replace(theirs, ours) + b"\n" for line in lines)


def test_a_description_that_goes_takes_its_diagnosis_along(store: EmbeddedStore, descriptions: list[PutGraph]) -> None:
    try:
        store.write(descriptions[:3])
        assert len(diagnoses(store)) == 3
        store.write([DropGraph(descriptions[0].graph)])
        assert len(diagnoses(store)) == 2
    finally:
        store.close()


def test_what_is_written_in_place_of_a_diagnosis_is_undone(store: EmbeddedStore, descriptions: list[PutGraph]) -> None:
    try:
        store.write(descriptions[:1])
        kept = diagnoses(store)
        (name,) = kept
        store.write([PutGraph(name, b"<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n")])
        assert diagnoses(store) == kept
    finally:
        store.close()
