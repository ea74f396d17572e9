"""Diagnoses kept in step with what a store holds.

A change to a description renews its own diagnosis, and those of every description whose rules can see something through it:
rules that look across clusters meet the other cluster's field and areas (see view.neighbour_triples), so they can only find what
names a node that the description names too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

import pyoxigraph as ox

from clusterkg.descriptions import Description, descriptions_of
from clusterkg.diagnosis import Settings
from clusterkg.diagnosis.checker import Checker, is_illustration
from clusterkg.diagnosis.run import report_of
from clusterkg.errors import ClusterkgError
from clusterkg.namespaces import CKG, GRAPH_BASE, ID_BASE, RDF
from clusterkg.reading import Document
from clusterkg.reading.lint import require_clean
from clusterkg.reading.skolem import Skolemiser
from clusterkg.rendering.triples import triples_of
from clusterkg.view import neighbour_triples

DIAGNOSIS_BASE = GRAPH_BASE + "diagnosis/"
_FEW = 2  # with so few clusters, one more or less decides whether rules that look across clusters apply at all

ReadGraph = Callable[[str], list[ox.Quad]]
Described = Callable[[], Iterable[tuple[str, list[ox.Quad]]]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is remembered of a description: its graph, its clusters, what others see of it, and the nodes that it names."""

    graph: str
    clusters: frozenset[str]
    offered: tuple[ox.Triple, ...]
    nodes: frozenset[str]
    illustration: bool


class Upkeep:
    """Knows the descriptions of one store. Not shared between threads."""

    def __init__(self, read: ReadGraph) -> None:
        self._read = read
        self._seen: dict[str, _Seen] | None = None
        self._checker: Checker | None = None

    def renewed(self, changed: Iterable[str], described: Described) -> dict[str, list[ox.Triple]]:
        """The diagnosis graphs that these changed graphs call for; an empty list for one that is to go.

        `described` gives the graphs that held a description before the change, as they were; it is asked once.
        """
        if self._seen is None:
            self._seen = {}
            for graph, quads in described():
                self._remember(graph, quads)
        graphs = [graph for graph in changed if not graph.startswith(DIAGNOSIS_BASE)]
        before = self._of_graphs(graphs)
        for iri in before:
            del self._seen[iri]
        after = {iri for graph in graphs for iri in self._remember(graph, self._read(graph))}
        touched = set(before) | after
        affected = touched | set(self._affected(before, {iri: self._seen[iri] for iri in after}))
        judged = {iri: self._judged(iri) for iri in sorted(affected)}
        return {diagnosis_graph(iri): triples for iri, triples in judged.items()}

    def everything(self, holding: Iterable[str]) -> dict[str, list[ox.Triple]]:
        """The diagnosis graphs of all descriptions."""
        self._seen = {}
        for graph in holding:
            self._remember(graph, self._read(graph))
        return {diagnosis_graph(iri): self._judged(iri) for iri in sorted(self._seen)}

    def _of_graphs(self, graphs: Iterable[str]) -> dict[str, _Seen]:
        wanted = set(graphs)
        return {iri: seen for iri, seen in self._known().items() if seen.graph in wanted}

    def _affected(self, before: Mapping[str, _Seen], after: Mapping[str, _Seen]) -> Iterator[str]:
        """Descriptions that were not touched themselves, but can see that something has changed."""
        changed = {str(triple) for seen in before.values() for triple in _offers(seen)} ^ {
            str(triple) for seen in after.values() for triple in _offers(seen)
        }
        if not changed:
            return
        nodes = {node for seen in (*before.values(), *after.values()) for node in _named_by(seen.offered)}
        untouched = {iri: seen for iri, seen in self._known().items() if iri not in after}
        few = min(len(_clusters({**untouched, **state})) for state in (before, after)) <= _FEW
        for iri, seen in untouched.items():
            if few or nodes & seen.nodes:
                yield iri

    def _judged(self, iri: str) -> list[ox.Triple]:
        """The diagnosis of a description as RDF; nothing for one that is gone or that cannot be diagnosed."""
        seen = self._known().get(iri)
        if seen is None:
            return []
        checker = self._ready()
        document = document_of(seen.graph, self._read(seen.graph))
        others = [
            triple
            for other in self._known().values()
            if not other.illustration and not other.clusters & seen.clusters
            for triple in other.offered
        ]
        try:
            require_clean(document, checker.vocabulary)
            own = next(one for one in descriptions_of(document, checker.vocabulary) if one.iri == iri)
            if own.unchecked is not None:
                return []
            judged = checker.diagnose(own, others)
        except ClusterkgError:
            return []  # asking for the diagnosis says why
        return triples_of(replace(report_of(checker, [document], (), [judged]), inputs=()))

    def _remember(self, graph: str, quads: list[ox.Quad]) -> list[str]:
        found = [_seen(one, graph) for one in self._descriptions(graph, quads)]
        self._known().update(found)
        return [iri for iri, _ in found]

    def _descriptions(self, graph: str, quads: list[ox.Quad]) -> list[Description]:
        if not any(quad.predicate == CKG.described for quad in quads):
            return []
        try:
            return descriptions_of(document_of(graph, quads), self._ready().vocabulary)
        except ClusterkgError:
            return []

    def _known(self) -> dict[str, _Seen]:
        if self._seen is None:
            self._seen = {}
        return self._seen

    def _ready(self) -> Checker:
        """The checker of the default profile; made at the first need, since it takes half a second."""
        if self._checker is None:
            self._checker = Checker(Settings())
        return self._checker


def document_of(graph: str, quads: Iterable[ox.Quad]) -> Document:
    """A stored graph as the document that it may have been; blank nodes named, statements in the order of their texts."""
    ordered = sorted(quads, key=str)
    digest = sha256("".join(f"{quad}\n" for quad in ordered).encode()).hexdigest()
    return Document(graph, digest, "nquads", Skolemiser(digest).quads(ordered))


def diagnosis_graph(description: str) -> str:
    """The graph of a description's diagnosis: `…/graph/diagnosis/slug` for `…/id/description/slug`, a hash for IRIs of others."""
    if description.startswith(ID_BASE):
        return DIAGNOSIS_BASE + description.removeprefix(ID_BASE).removeprefix("description/")
    return DIAGNOSIS_BASE + sha256(description.encode()).hexdigest()[:20]


def graphs_with_descriptions(store: ox.Store) -> list[str]:
    """The named graphs in which something has a description's date; sorted."""
    found = {quad.graph_name for quad in store.quads_for_pattern(None, CKG.described, None, None)}
    return sorted(graph.value for graph in found if isinstance(graph, ox.NamedNode))


def _seen(description: Description, graph: str) -> tuple[str, _Seen]:
    nodes = frozenset(_named_by(quad.triple for quad in description.quads))
    offered = tuple(neighbour_triples(description)) if description.unchecked is None else ()
    clusters = frozenset(description.clusters)
    return description.iri, _Seen(graph, clusters, offered, nodes, is_illustration(description))


def _clusters(seen: Mapping[str, _Seen]) -> set[str]:
    return {cluster for one in seen.values() if not one.illustration for cluster in one.clusters}


def _offers(seen: _Seen) -> tuple[ox.Triple, ...]:
    return () if seen.illustration else seen.offered


def _named_by(triples: Iterable[ox.Triple]) -> Iterator[str]:
    """The nodes that statements speak of, types left out: every cluster is a cluster."""
    for triple in triples:
        if triple.predicate != RDF.type and isinstance(triple.object, ox.NamedNode):
            yield triple.object.value
