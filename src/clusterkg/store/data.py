"""The data that a writer works on: named graphs, and a default graph that is their union, each statement once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from clusterkg.namespaces import PREFIXES
from clusterkg.store.base import APART, DEFAULT_GRAPH
from clusterkg.store.holding import in_use

Triples = set[ox.Triple]
_APART = frozenset(map(ox.NamedNode, APART))
_PATIENCE = 10.0  # seconds to wait for a writer that is just ending


class Data:
    """A data folder, open for writing. `before` is always the published state that the data came from."""

    def __init__(self, folder: Path) -> None:
        """Open or make it. Raises StoreUnavailable where another writer holds it."""
        self.store = opened(folder)

    def update(self, sparql: str, base: str | None) -> None:
        """One update, as a transaction. Raises as pyoxigraph does."""
        self.store.update(sparql, base_iri=base, prefixes=PREFIXES)

    def fill(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in bulk; those without a graph go to DEFAULT_GRAPH."""
        self.store.bulk_extend(_united(quads))

    def graphs(self) -> list[str]:
        """The named graphs."""
        return [graph.value for graph in self.store.named_graphs() if isinstance(graph, ox.NamedNode)]

    def quads(self, graph: str) -> list[ox.Quad]:
        """The statements of a named graph."""
        return quads_of(self.store, graph)

    def figures(self, graph: str) -> tuple[int, str]:
        """How many statements a graph has and the SHA-256 of their N-Triples, lines sorted; (0, "") for one that is not there."""
        node = ox.NamedNode(graph)
        if not self.store.contains_named_graph(node):
            return 0, ""
        lines = (self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=node) or b"").splitlines(keepends=True)
        return len(lines), sha256(b"".join(sorted(lines))).hexdigest()

    def put(self, graphs: Mapping[str, Iterable[ox.Triple]]) -> list[str]:
        """Make these graphs hold just these statements; an empty one goes. Returns those that were other before."""
        other = []
        for graph, triples in graphs.items():
            before, wanted = triples_of(self.store, graph), set(triples)
            if before != wanted:
                node = ox.NamedNode(graph)
                self.store.remove_graph(node)
                self.store.extend(ox.Quad(t.subject, t.predicate, t.object, node) for t in wanted)
                self._unite(before ^ wanted)
                other.append(graph)
        return other

    def follow(self, graphs: Iterable[str], before: Mapping[str, Triples]) -> None:
        """Have the default graph follow changes of named graphs, of which `before` tells what they were."""
        for graph in graphs:
            self._unite(before[graph] ^ triples_of(self.store, graph))

    def settle_default_graph(self, previous: ox.Store) -> None:
        """Take what an update wrote to the default graph, which is only a copy, as written to DEFAULT_GRAPH."""
        before, now = triples_of(previous, None), triples_of(self.store, None)
        own = ox.NamedNode(DEFAULT_GRAPH)
        for t in before - now:
            self.store.remove(ox.Quad(t.subject, t.predicate, t.object, own))
        self.store.extend(ox.Quad(t.subject, t.predicate, t.object, own) for t in now - before)
        self._unite(before ^ now)

    def _unite(self, triples: Iterable[ox.Triple]) -> None:
        """Make the default graph hold those of these statements that some named graph holds, and no others of them."""
        added = []
        for triple in triples:
            found = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
            holders = {quad.graph_name for quad in found} - _APART
            here = ox.DefaultGraph() in holders
            alone = ox.Quad(triple.subject, triple.predicate, triple.object)
            if not here and holders:
                added.append(alone)
            elif here and len(holders) == 1:
                self.store.remove(alone)
        self.store.extend(added)


def triples_of(store: ox.Store, graph: str | None) -> Triples:
    """The statements of a named graph, or of the default graph."""
    node = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, node)}


def quads_of(store: ox.Store, graph: str) -> list[ox.Quad]:
    """The statements of a named graph, with its name."""
    return list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))


def graph_of(quad: ox.Quad) -> ox.NamedNode:
    """Where a quad is kept: in its named graph, or in DEFAULT_GRAPH."""
    return quad.graph_name if isinstance(quad.graph_name, ox.NamedNode) else ox.NamedNode(DEFAULT_GRAPH)


def opened(folder: Path) -> ox.Store:
    """A folder's store for writing. Raises StoreUnavailable where another writer holds it."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return ox.Store(str(folder))
        except OSError as error:
            if time.monotonic() > until or "lock" not in str(error).lower():
                raise in_use() from error
            time.sleep(0.05)


def _united(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Every statement in its graph and, but for those apart, in the default graph."""
    for quad in quads:
        graph = graph_of(quad)
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        if graph not in _APART:
            yield ox.Quad(quad.subject, quad.predicate, quad.object)
