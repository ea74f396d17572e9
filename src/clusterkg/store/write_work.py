"""What the one writing process of an embedded store does: it changes the data, renews what follows from it, publishes the new state.

See layout.py for why nothing half-done is ever seen, data.py for how the default graph is kept, upkeep.py for the diagnoses.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from clusterkg.cache import shipped_key
from clusterkg.errors import StoreUnavailable, text
from clusterkg.namespaces import DIAGNOSIS_BASE, PREFIXES
from clusterkg.sparql_names import standalone
from clusterkg.sparql_targets import Targets, targets
from clusterkg.sparql_text import refuse_unsafe_update, with_using
from clusterkg.store.base import (
    DEFAULT_GRAPH,
    Change,
    DropGraph,
    GraphState,
    PutGraph,
    Receipt,
    State,
    Update,
)
from clusterkg.store.data import Data, graph_of, quads_of, triples_of
from clusterkg.store.holding import held
from clusterkg.store.layout import Layout
from clusterkg.store.query_work import not_carried_out, parsed, query_error
from clusterkg.store.upkeep import Upkeep, graphs_with_descriptions
from clusterkg.workers.child import ReplyWriter


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
    """The writer. Holds the lock of the store for as long as it lives."""

    _data: Data
    _upkeep: Upkeep

    def __init__(self, config: WriteConfig) -> None:
        self._config = config
        self._layout = Layout(Path(config.folder))
        self._layout.create()
        self._lock = held(self._layout.folder)
        if self._layout.is_dirty():
            self._take_published()
        self._open()
        self._layout.discard_unpublished()
        self._state = self._layout.read_state(self._layout.number())
        if not self._state.number:
            self._publish([])

    def work(self, request: Write | Fill | Renew, reply: ReplyWriter) -> Receipt:
        """Carry one request out as a whole, or not at all. Raises as Store.write does."""
        try:
            if isinstance(request, Write):
                return self._write(request.changes, reply)
            if isinstance(request, Fill):
                return self._fill(request, reply)
            return self._renew(request, reply)
        except (SyntaxError, ValueError) as error:
            raise query_error(str(error)) from error
        except RuntimeError as error:
            raise not_carried_out(str(error)) from error
        except OSError as error:
            if not self._config.services:
                raise _disk_fails() from error
            raise not_carried_out(str(error)) from error
        finally:
            if self._layout.is_dirty():
                self._roll_back()

    def _write(self, changes: Sequence[Change], reply: ReplyWriter) -> Receipt:
        free = [change for change in changes if isinstance(change, Update)]
        stated = [change.graph for change in changes if not isinstance(change, Update)]
        existed = frozenset(graph for graph in stated if (graph or DEFAULT_GRAPH) in self._state.graphs)
        sparql = " ;\n".join(self._as_update(change, alone=len(changes) == 1) for change in changes)
        self._layout.mark_dirty()
        self._data.update(sparql, free[0].base if free else None)
        written, previous = self._written(changes), self._previous()
        if written.default:
            self._data.settle_default_graph(previous)
        named = {*self._data.graphs(), *self._state.graphs} if written.graphs is None else written.graphs
        changed = [graph for graph in sorted(named) if self._data.figures(graph) != self._known_figures(graph)]
        self._data.follow(changed, {graph: triples_of(previous, graph) for graph in changed})
        if self._config.diagnose:
            changed += self._renew_diagnoses(changed, previous)
        reply.committed()
        return Receipt(self._publish(changed), existed)

    def _written(self, changes: Sequence[Change]) -> Targets:
        """The graphs that these changes may have written to."""
        found = Targets(frozenset({DEFAULT_GRAPH}), False)
        for change in changes:
            if isinstance(change, Update):
                found |= targets(change.sparql, PREFIXES)
            else:
                found |= Targets(frozenset({change.graph or DEFAULT_GRAPH}), False)
        return found

    def _as_update(self, change: Change, *, alone: bool) -> str:
        """A change in SPARQL Update, so that the store makes all of them as one transaction."""
        if isinstance(change, Update):
            refuse_unsafe_update(change.sparql, allowed=self._config.services)
            sparql = with_using(change.sparql, change.using) + "\n"
            return sparql if alone else standalone(sparql, change.base)
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
        old = self._data
        self._data = Data(folder)
        self._upkeep = Upkeep(self._data.quads)
        replaced = {graph_of(quad).value for quad in _nquads(request.nquads)}
        kept = [] if request.replace_all else [graph for graph in self._state.graphs if graph not in replaced]
        self._data.fill(quad for graph in kept for quad in old.quads(graph))
        self._data.fill(_nquads(request.nquads))
        if request.diagnose and self._config.diagnose:
            self._renew_all()
        reply.committed()
        self._layout.use_data(folder.name)
        return Receipt(self._publish({*self._data.graphs(), *self._state.graphs}))

    def _renew(self, request: Renew, reply: ReplyWriter) -> Receipt:
        if self._config.diagnose and (request.always or self._state.program != shipped_key()):
            self._layout.mark_dirty()
            changed = self._renew_all()
            reply.committed()
            self._publish(changed)
        return Receipt(self._state)

    def _renew_all(self) -> list[str]:
        """Make all diagnoses anew, and let go of those whose description is gone. Returns the graphs that changed."""
        old: dict[str, list[ox.Triple]] = {name: [] for name in self._data.graphs() if name.startswith(DIAGNOSIS_BASE)}
        return self._data.put(old | self._upkeep.everything(graphs_with_descriptions(self._data.store)))

    def _renew_diagnoses(self, changed: Iterable[str], previous: ox.Store) -> list[str]:
        """Renew the diagnoses that changed graphs call for; what somebody else wrote in place of one is undone."""
        meddled = [graph for graph in changed if graph.startswith(DIAGNOSIS_BASE)]
        restored = self._data.put({graph: triples_of(previous, graph) for graph in meddled})
        spoken_of = {*graphs_with_descriptions(previous), *graphs_with_descriptions(self._data.store)}
        described = [graph for graph in changed if graph in spoken_of]
        if not described:
            return restored

        def before() -> Iterator[tuple[str, list[ox.Quad]]]:
            return ((graph, quads_of(previous, graph)) for graph in graphs_with_descriptions(previous))

        return [*restored, *self._data.put(self._upkeep.renewed(described, before))]

    def _publish(self, changed: Iterable[str]) -> State:
        """Publish what the data hold; `changed` names every graph that differs from the state before."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        graphs = dict(self._state.graphs)
        for graph in changed:
            triples, digest = self._data.figures(graph)
            graphs.pop(graph, None)
            if digest:
                graphs[graph] = GraphState(triples, digest, now)
        content = sha256("".join(f"{name} {graph.sha256}\n" for name, graph in sorted(graphs.items())).encode())
        number = self._state.number + 1
        total = sum(graph.triples for graph in graphs.values())
        self._data.store.backup(str(self._layout.state_folder(number)))
        self._state = State(number, content.hexdigest(), now, total, shipped_key(), graphs)
        self._layout.publish(self._state)
        self._layout.mark_clean()
        return self._state

    def _known_figures(self, graph: str) -> tuple[int, str]:
        found = self._state.graphs.get(graph)
        return (found.triples, found.sha256) if found else (0, "")

    def _previous(self) -> ox.Store:
        """The state before this write."""
        return ox.Store.read_only(str(self._layout.state_folder(self._state.number)))

    def _open(self) -> None:
        self._data = Data(self._layout.data())
        self._upkeep = Upkeep(self._data.quads)

    def _roll_back(self) -> None:
        """Let go of what was changed since the published state. Where that fails, the next request tries it again."""
        try:
            self._take_published()
            self._open()
        except OSError as error:
            raise _disk_fails() from error

    def _take_published(self) -> None:
        """Make the published state the data; what a write that did not end left there is let go."""
        published = self._layout.number()
        folder = self._layout.next_data()
        shutil.rmtree(folder, ignore_errors=True)
        if published:
            ox.Store.read_only(str(self._layout.state_folder(published))).backup(str(folder))
        self._layout.use_data(folder.name)
        self._layout.mark_clean()


def _disk_fails() -> StoreUnavailable:
    return StoreUnavailable(
        text("El disco no admite la escritura; nada cambió.", "The disk does not take the write; nothing was changed."),
        hint=text("Avise a quien opera el servicio: ¿está lleno?", "Tell whoever runs the service: is it full?"),
    )


def _nquads(file: str) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(path=file, format=ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise query_error(str(error)) from error
