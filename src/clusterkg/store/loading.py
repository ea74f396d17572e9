"""What goes into a store: the shipped graph, and descriptions from documents, one named graph each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from clusterkg.cache import kept, shipped_key
from clusterkg.dataset import graph_quads, rule_quads, shipped_documents
from clusterkg.entailments import available, entailed_quads
from clusterkg.namespaces import RULES_GRAPH, VOCABULARY_GRAPH
from clusterkg.reading import Document
from clusterkg.store.base import PutGraph
from clusterkg.store.upkeep import Upkeep, graphs_with_descriptions
from clusterkg.vocabulary import shipped_vocabulary


def shipped_nquads() -> bytes:
    """Everything shipped, with its diagnoses and, where the reasoner is installed, what follows from it; kept in the cache."""
    return kept("store", f"{'entailed' if available() else 'plain'}{shipped_key()}", "nq", _shipped)


@contextmanager
def shipped_file() -> Iterator[Path]:
    """The shipped graph as an N-Quads file, for `EmbeddedStore.fill`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "shipped.nq"
        file.write_bytes(shipped_nquads())
        yield file


def description_changes(documents: Iterable[Document]) -> list[PutGraph]:
    """The documents as changes of a store: each description replaces its graph. Raises InputError for a broken description."""
    graphs: dict[str, list[ox.Triple]] = {}
    for document in documents:
        for quad in graph_quads(document, shipped_vocabulary()):
            assert isinstance(quad.graph_name, ox.NamedNode)
            graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    return [
        PutGraph(graph, ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"") for graph, found in graphs.items()
    ]


def _shipped() -> bytes:
    documents = shipped_documents()
    vocabulary = shipped_vocabulary()
    store = ox.Store()
    store.bulk_extend(_within(vocabulary.store, ox.NamedNode(VOCABULARY_GRAPH)))
    store.bulk_extend(_within(rule_quads(), ox.NamedNode(RULES_GRAPH)))
    store.bulk_extend(quad for document in documents for quad in graph_quads(document, vocabulary))
    if available():
        store.extend(entailed_quads(store))
    judged = Upkeep(lambda graph: list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph))))
    for graph, triples in judged.everything(graphs_with_descriptions(store)).items():
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(graph)) for t in triples)
    return store.dump(format=ox.RdfFormat.N_QUADS) or b""


def _within(quads: Iterable[ox.Quad], graph: ox.NamedNode) -> Iterator[ox.Quad]:
    return (ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
