"""What the one writing process of an embedded store does: it changes the data, renews what follows from it, publishes the new state.

See layout.py for why nothing half-done is ever seen. In the data, the default graph is the union of all named graphs, each
statement once; it is kept so here, and what somebody writes to the default graph itself goes to the graph DEFAULT_GRAPH.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from clusterkg.cache import shipped_key
from clusterkg.errors import StoreUnavailable, text
from clusterkg.namespaces import PREFIXES
from clusterkg.sparql_targets import Targets, targets
from clusterkg.sparql_text import refuse_unsafe_update, with_using
from clusterkg.store.base import (
    APART,
    DEFAULT_GRAPH,
    Change,
    DropGraph,
    GraphState,
    PutGraph,
    Receipt,
    State,
    Update,
)
from clusterkg.store.layout import Layout
from clusterkg.store.query_work import not_carried_out, parsed, query_error
from clusterkg.store.upkeep import DIAGNOSIS_BASE, Upkeep, graphs_with_descriptions
from clusterkg.workers.child import ReplyWriter

_APART = frozenset(map(ox.NamedNode, APART))
_PATIENCE = 10.0  # seconds to wait for a writer that is just ending


@dataclass(frozen=True, slots=True)
class WriteConfig:
    """`folder` of the store; `diagnose`: whether diagnoses are kept; `services` that updates may ask with SERVICE or LOAD."""

    folder: str
    diagnose: bool = True
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """Changes, all or none. Replies with a Receipt."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Fill:
    """Replace the graphs that an N-Quads file names (`replace_all`: everything) in bulk. Replies with a Receipt.

    With `diagnose` the diagnoses of all descriptions are made anew afterwards; else those in the file are taken.
    """

    nquads: str
    replace_all: bool = False
    diagnose: bool = True


@dataclass(frozen=True, slots=True)
class Renew:
    """Make every diagnosis anew where the program has changed since, or where `always`. Replies with a Receipt."""

    always: bool = False


class WriteWork:
    """The writer. Holds the lock of the data for as long as it lives."""

    def __init__(self, config: WriteConfig) -> None:
        self._config = config
        self._layout = Layout(Path(config.folder))
        self._layout.create()
        if self._layout.is_dirty():
            _opened(self._layout.data())  # whoever holds the lock is at work; its data are not ours to replace
            self._take_published()
        self._store = _opened(self._layout.data())
        self._layout.discard_unpublished()
        self._state = self._layout.read_state(self._layout.number())
        self._upkeep = Upkeep(self._quads)
        if not self._state.number:
            self._publish([])

    def work(self, request: Write | Fill | Renew, reply: ReplyWriter) -> Receipt:
        """Carry one request out as a whole. Raises as Store.write does."""
        if isinstance(request, Write):
            return self._write(request.changes, reply)
        if isinstance(request, Fill):
            return self._fill(request, reply)
        return self._renew(request, reply)

    def _write(self, changes: Sequence[Change], reply: ReplyWriter) -> Receipt:
        free = [change for change in changes if isinstance(change, Update)]
        stated = [change.graph for change in changes if not isinstance(change, Update)]
        existed = frozenset(graph for graph in stated if (graph or DEFAULT_GRAPH) in self._state.graphs)
        sparql = " ;\n".join(self._as_update(change) for change in changes)
        self._layout.mark_dirty()
        try:
            self._store.update(sparql, base_iri=free[0].base if free else None, prefixes=PREFIXES)
            written = self._written(changes)
            if written.default:
                self._settle_default_graph()
            named = {*self._present(), *self._state.graphs} if written.graphs is None else written.graphs
            changed = [graph for graph in sorted(named) if self._figures(graph) != self._known_figures(graph)]
            before = self._before(changed)
            self._follow(changed, before)
            if self._config.diagnose:
                changed += self._renew_diagnoses(changed, before)
            reply.committed()
            return Receipt(self._publish(changed), existed)
        except (SyntaxError, ValueError) as error:
            self._roll_back()
            raise query_error(str(error)) from error
        except RuntimeError as error:
            self._roll_back()
            raise not_carried_out(str(error)) from error
        except BaseException:
            self._roll_back()
            raise

    def _written(self, changes: Sequence[Change]) -> Targets:
        """The graphs that these changes may have written to."""
        found = Targets(frozenset({DEFAULT_GRAPH}), False)
        for change in changes:
            if isinstance(change, Update):
                found |= targets(change.sparql, PREFIXES)
            else:
                found |= Targets(frozenset({change.graph or DEFAULT_GRAPH}), False)
        return found

    def _as_update(self, change: Change) -> str:
        """A change in SPARQL Update, so that the store makes all of them as one transaction."""
        if isinstance(change, Update):
            refuse_unsafe_update(change.sparql, allowed=self._config.services)
            return with_using(change.sparql, change.using) + "\n"
        graph = str(ox.NamedNode(DEFAULT_GRAPH if change.graph is None else change.graph))
        if isinstance(change, DropGraph):
            return f"DROP SILENT GRAPH {graph}"
        steps = [f"DROP SILENT GRAPH {graph}"] if isinstance(change, PutGraph) else []
        steps.append(f"CREATE SILENT GRAPH {graph}")
        triples = parsed(change.ntriples)
        if triples:
            steps.append(f"INSERT DATA {{ GRAPH {graph} {{\n" + "".join(f"{triple} .\n" for triple in triples) + "} }")
        return " ;\n".join(steps)

    def _fill(self, request: Fill, reply: ReplyWriter) -> Receipt:
        self._layout.mark_dirty()
        folder = self._layout.next_data()
        shutil.rmtree(folder, ignore_errors=True)
        store = ox.Store(str(folder))
        replaced = {_graph_of(quad).value for quad in _nquads(request.nquads)}
        kept = [] if request.replace_all else [graph for graph in self._state.graphs if graph not in replaced]
        store.bulk_extend(_united(quad for graph in kept for quad in self._quads(graph)))
        store.bulk_extend(_united(_nquads(request.nquads)))
        self._store = store
        self._upkeep = Upkeep(self._quads)
        if request.diagnose and self._config.diagnose:
            self._put(self._upkeep.everything(graphs_with_descriptions(store)))
        reply.committed()
        self._layout.use_data(folder.name)
        return Receipt(self._publish({*self._present(), *self._state.graphs}))

    def _renew(self, request: Renew, reply: ReplyWriter) -> Receipt:
        if self._config.diagnose and (request.always or self._state.program != shipped_key()):
            self._layout.mark_dirty()
            changed = self._put(self._upkeep.everything(graphs_with_descriptions(self._store)))
            reply.committed()
            self._publish(changed)
        return Receipt(self._state)

    def _renew_diagnoses(self, changed: Iterable[str], before: Mapping[str, set[ox.Triple]]) -> list[str]:
        """Renew the diagnoses that changed graphs call for; what somebody else wrote in place of one is undone."""
        meddled = [graph for graph in changed if graph.startswith(DIAGNOSIS_BASE)]
        restored = self._put({graph: list(before[graph]) for graph in meddled})
        previous = self._previous()
        renewed = self._put(self._upkeep.renewed(changed, lambda: graphs_with_descriptions(previous)))
        return [*restored, *renewed]

    def _put(self, graphs: Mapping[str, list[ox.Triple]]) -> list[str]:
        """Make these graphs hold just these statements; an empty one goes. Returns those that were other before."""
        before = {graph: self._triples(graph) for graph in graphs}
        other = [graph for graph, triples in graphs.items() if before[graph] != set(triples)]
        for graph in other:
            node = ox.NamedNode(graph)
            self._store.remove_graph(node)
            self._store.extend(ox.Quad(t.subject, t.predicate, t.object, node) for t in graphs[graph])
        self._follow(other, before)
        return other

    def _settle_default_graph(self) -> None:
        """Take what an update wrote to the default graph, which is only a copy, as written to DEFAULT_GRAPH."""
        before, now = _default_graph(self._previous()), _default_graph(self._store)
        own = ox.NamedNode(DEFAULT_GRAPH)
        for t in before - now:
            self._store.remove(ox.Quad(t.subject, t.predicate, t.object, own))
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, own) for t in now - before)
        self._unite(before ^ now)

    def _follow(self, graphs: Iterable[str], before: Mapping[str, set[ox.Triple]]) -> None:
        """Have the default graph follow changes of named graphs."""
        for graph in graphs:
            self._unite(before.get(graph, set()) ^ self._triples(graph))

    def _unite(self, triples: Iterable[ox.Triple]) -> None:
        """Make the default graph hold those of these statements that some named graph holds, and no others of them."""
        added = []
        for triple in triples:
            found = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
            holders = {quad.graph_name for quad in found} - _APART
            here = ox.DefaultGraph() in holders
            alone = ox.Quad(triple.subject, triple.predicate, triple.object)
            if not here and holders:
                added.append(alone)
            elif here and len(holders) == 1:
                self._store.remove(alone)
        self._store.extend(added)

    def _publish(self, changed: Iterable[str]) -> State:
        """Publish what the data hold; `changed` names every graph that differs from the state before."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        graphs = dict(self._state.graphs)
        for graph in changed:
            triples, digest = self._figures(graph)
            graphs.pop(graph, None)
            if digest:
                graphs[graph] = GraphState(triples, digest, now)
        content = sha256("".join(f"{name} {graph.sha256}\n" for name, graph in sorted(graphs.items())).encode())
        number = self._state.number + 1
        total = sum(graph.triples for graph in graphs.values())
        self._store.backup(str(self._layout.state_folder(number)))
        self._state = State(number, content.hexdigest(), now, total, shipped_key(), graphs)
        self._layout.publish(self._state)
        self._layout.mark_clean()
        return self._state

    def _figures(self, graph: str) -> tuple[int, str]:
        """How many statements a graph has now and the SHA-256 of their N-Triples, lines sorted; (0, "") for one that is not there."""
        node = ox.NamedNode(graph)
        if not self._store.contains_named_graph(node):
            return 0, ""
        lines = (self._store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=node) or b"").splitlines(keepends=True)
        return len(lines), sha256(b"".join(sorted(lines))).hexdigest()

    def _known_figures(self, graph: str) -> tuple[int, str]:
        found = self._state.graphs.get(graph)
        return (found.triples, found.sha256) if found else (0, "")

    def _present(self) -> list[str]:
        return [graph.value for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode)]

    def _before(self, graphs: Iterable[str]) -> dict[str, set[ox.Triple]]:
        previous = self._previous()
        return {
            graph: {quad.triple for quad in previous.quads_for_pattern(None, None, None, ox.NamedNode(graph))}
            for graph in graphs
        }

    def _previous(self) -> ox.Store:
        """The state before this write."""
        return ox.Store.read_only(str(self._layout.state_folder(self._state.number)))

    def _quads(self, graph: str) -> list[ox.Quad]:
        return list(self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def _triples(self, graph: str) -> set[ox.Triple]:
        return {quad.triple for quad in self._quads(graph)}

    def _roll_back(self) -> None:
        """Let go of what was changed since the published state."""
        self._take_published()
        self._store = _opened(self._layout.data())
        self._upkeep = Upkeep(self._quads)

    def _take_published(self) -> None:
        """Make the published state the data; what a write that did not end left there is let go."""
        published = self._layout.number()
        folder = self._layout.next_data()
        shutil.rmtree(folder, ignore_errors=True)
        if published:
            ox.Store.read_only(str(self._layout.state_folder(published))).backup(str(folder))
        self._layout.use_data(folder.name)
        self._layout.mark_clean()


def _opened(folder: Path) -> ox.Store:
    """The data for writing. Raises StoreUnavailable where another writer holds them."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return ox.Store(str(folder))
        except OSError as error:
            if time.monotonic() > until or "lock" not in str(error).lower():
                raise StoreUnavailable(
                    text("El almacén está en uso o no se puede abrir.", "The store is in use or cannot be opened."),
                    hint=text(
                        "Un servidor en marcha lo tiene abierto: escriba a través de él.",
                        "A running server holds it: write through that server.",
                    ),
                ) from error
            time.sleep(0.05)


def _default_graph(store: ox.Store) -> set[ox.Triple]:
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}


def _nquads(file: str) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(path=file, format=ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise query_error(str(error)) from error


def _graph_of(quad: ox.Quad) -> ox.NamedNode:
    return quad.graph_name if isinstance(quad.graph_name, ox.NamedNode) else ox.NamedNode(DEFAULT_GRAPH)


def _united(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Every statement in its graph and, but for those apart, in the default graph."""
    for quad in quads:
        graph = _graph_of(quad)
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        if graph not in _APART:
            yield ox.Quad(quad.subject, quad.predicate, quad.object)
