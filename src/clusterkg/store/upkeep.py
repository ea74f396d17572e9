"""Diagnoses kept in step with what a store holds.

A change to a description renews its own diagnosis, and those of every description whose rules can see something through it
(see diagnosis/surroundings.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

import pyoxigraph as ox

from clusterkg.dataset import diagnosis_graph
from clusterkg.descriptions import Description, descriptions_of
from clusterkg.diagnosis import Settings
from clusterkg.diagnosis.checker import Checker
from clusterkg.diagnosis.run import report_of
from clusterkg.diagnosis.surroundings import Presence, Surroundings, presence_of
from clusterkg.errors import ClusterkgError
from clusterkg.namespaces import CKG, DIAGNOSIS_BASE
from clusterkg.reading import Document
from clusterkg.reading.lint import require_clean
from clusterkg.reading.skolem import Skolemiser
from clusterkg.rendering.triples import triples_of

ReadGraph = Callable[[str], list[ox.Quad]]
Described = Callable[[], Iterable[tuple[str, list[ox.Quad]]]]


@dataclass(frozen=True, slots=True)
class _Known:
    """A description that the store holds: its graph, and how it is present among others."""

    graph: str
    presence: Presence


class Upkeep:
    """Knows the descriptions of one store. Not shared between threads."""

    def __init__(self, read: ReadGraph) -> None:
        self._read = read
        self._known: dict[str, _Known] | None = None
        self._surroundings = Surroundings()
        self._checker: Checker | None = None

    def renewed(self, changed: Iterable[str], described: Described) -> dict[str, list[ox.Triple]]:
        """The diagnosis graphs that these changed graphs call for; an empty list for one that is to go.

        `described` gives the graphs that held a description before the change, as they were; it is asked once.
        """
        known = self._known
        if known is None:
            known = self._learn(described())
        graphs = {graph for graph in changed if not graph.startswith(DIAGNOSIS_BASE)}
        before = {iri: one.presence for iri, one in known.items() if one.graph in graphs}
        for iri in before:
            self._forget(iri)
        after = {
            iri: known[iri].presence for graph in sorted(graphs) for iri in self._remember(graph, self._read(graph))
        }
        affected = {*before, *after, *self._surroundings.who_sees(before, after)}
        return {diagnosis_graph(iri).value: self._judged(iri) for iri in sorted(affected)}

    def everything(self, holding: Iterable[str]) -> dict[str, list[ox.Triple]]:
        """The diagnosis graphs of all descriptions."""
        known = self._learn((graph, self._read(graph)) for graph in holding)
        return {diagnosis_graph(iri).value: self._judged(iri) for iri in sorted(known)}

    def _learn(self, described: Iterable[tuple[str, list[ox.Quad]]]) -> dict[str, _Known]:
        self._known, self._surroundings = {}, Surroundings()
        for graph, quads in described:
            self._remember(graph, quads)
        return self._known

    def _remember(self, graph: str, quads: list[ox.Quad]) -> list[str]:
        assert self._known is not None
        found = self._descriptions(graph, quads)
        for one in found:
            if one.iri in self._known:
                self._forget(one.iri)
            self._known[one.iri] = _Known(graph, presence_of(one))
            self._surroundings.add(self._known[one.iri].presence)
        return [one.iri for one in found]

    def _forget(self, iri: str) -> None:
        assert self._known is not None
        del self._known[iri]
        self._surroundings.remove(iri)

    def _judged(self, iri: str) -> list[ox.Triple]:
        """The diagnosis of a description as RDF; nothing for one that is gone or that cannot be diagnosed."""
        assert self._known is not None
        known = self._known.get(iri)
        if known is None:
            return []
        checker = self._ready()
        document = document_of(known.graph, self._read(known.graph))
        try:
            require_clean(document, checker.vocabulary)
            own = next(one for one in descriptions_of(document, checker.vocabulary) if one.iri == iri)
            if own.unchecked is not None:
                return []
            judged = checker.diagnose(own, self._surroundings.seen_by(known.presence))
        except ClusterkgError:
            return []  # asking for the diagnosis says why
        return triples_of(replace(report_of(checker, [document], (), [judged]), inputs=()))

    def _descriptions(self, graph: str, quads: list[ox.Quad]) -> list[Description]:
        if not any(quad.predicate == CKG.described for quad in quads):
            return []
        try:
            return descriptions_of(document_of(graph, quads), self._ready().vocabulary)
        except ClusterkgError:
            return []

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


def graphs_with_descriptions(store: ox.Store) -> list[str]:
    """The named graphs in which something has a description's date; sorted."""
    found = {quad.graph_name for quad in store.quads_for_pattern(None, CKG.described, None, None)}
    return sorted(graph.value for graph in found if isinstance(graph, ox.NamedNode))
