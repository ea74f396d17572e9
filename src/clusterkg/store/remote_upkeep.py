"""Diagnoses kept in step on a remote store: what upkeep.py does, over what a service says that it holds.

The descriptions are read anew for each write that touches one, since others may write to a service too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyoxigraph as ox

from clusterkg.namespaces import CKG
from clusterkg.store.base import DEFAULT_GRAPH, AddToGraph, Change, PutGraph, Update
from clusterkg.store.remote_answers import Row
from clusterkg.store.upkeep import Upkeep

Graphs = dict[str, list[ox.Quad]]

_DESCRIPTIONS = (
    f"SELECT DISTINCT ?g ?s ?p ?o WHERE {{ GRAPH ?g {{ ?description {CKG.described} ?date }} GRAPH ?g {{ ?s ?p ?o }} }}"
)


class RemoteUpkeep:
    """Knows nothing between two writes. `select` asks the service and gives the rows."""

    def __init__(self, select: Callable[[str], list[Row]]) -> None:
        self._select = select

    def descriptions(self) -> Graphs:
        """The graphs that hold a description, as they are now."""
        graphs: Graphs = {}
        for row in self._select(_DESCRIPTIONS):
            name = ox.NamedNode(row["g"].value)
            graphs.setdefault(name.value, []).append(ox.Quad(row["s"], row["p"], row["o"], name))
        return graphs

    def ahead(self, changes: Sequence[tuple[Change, Sequence[ox.Triple]]]) -> dict[str, list[ox.Triple]]:
        """The diagnoses that these changes of whole graphs, with what they put or add, will call for."""
        before = self.descriptions()
        after = {name: list(quads) for name, quads in before.items()}
        touched: set[str] = set()
        for change, triples in changes:
            assert not isinstance(change, Update)
            name = ox.NamedNode(change.graph or DEFAULT_GRAPH)
            quads = [ox.Quad(t.subject, t.predicate, t.object, name) for t in triples]
            if isinstance(change, AddToGraph) and any(t.predicate == CKG.described for t in triples):
                after.setdefault(name.value, self._graph(name))
            if isinstance(change, AddToGraph):
                after.setdefault(name.value, []).extend(quads)
            else:
                after[name.value] = quads if isinstance(change, PutGraph) else []
            touched.add(name.value)
        return _renewed(before, after, touched)

    def after(self, before: Graphs) -> dict[str, list[ox.Triple]]:
        """The diagnoses that an update called for which is made already; `before` is what the descriptions were."""
        after = self.descriptions()
        changed = {name for name in {*before, *after} if set(before.get(name, ())) != set(after.get(name, ()))}
        return _renewed(before, after, changed)

    def everything(self) -> dict[str, list[ox.Triple]]:
        """The diagnoses of all descriptions."""
        graphs = self.descriptions()
        return Upkeep(lambda name: graphs.get(name, [])).everything(sorted(graphs))

    def _graph(self, name: ox.NamedNode) -> list[ox.Quad]:
        rows = self._select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}")
        return [ox.Quad(row["s"], row["p"], row["o"], name) for row in rows]


def _renewed(before: Graphs, after: Graphs, touched: set[str]) -> dict[str, list[ox.Triple]]:
    described = {
        name
        for name in touched
        if any(q.predicate == CKG.described for q in (*before.get(name, ()), *after.get(name, ())))
    }
    if not described:
        return {}
    return Upkeep(lambda name: after.get(name, [])).renewed(sorted(described), before.items)
