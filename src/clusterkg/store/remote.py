"""The remote store: any service that speaks SPARQL 1.1 (query, update, protocol), as docs/stores.md says how to set it up.

Every answer is received whole, read and written anew, so that one that was cut off is noticed and every service answers in the
same form. The union of all graphs as default graph is the service's to set up; what differs between services is in dialects.py.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from clusterkg.errors import UsageError, text
from clusterkg.namespaces import PREFIXES
from clusterkg.sparql_text import refuse_unsafe, refuse_unsafe_update, tokens, with_base
from clusterkg.store.backups import write_backup
from clusterkg.store.base import (
    DEFAULT_GRAPH,
    NTRIPLES,
    Accepted,
    AddToGraph,
    Answer,
    Change,
    Dataset,
    DropGraph,
    GraphState,
    Limits,
    PutGraph,
    Receipt,
    State,
    Update,
)
from clusterkg.store.embedded import StoreSettings
from clusterkg.store.query_work import parsed
from clusterkg.store.remote_answers import graph, results, statements
from clusterkg.store.remote_service import Service
from clusterkg.store.remote_settings import RemoteSettings, from_environment
from clusterkg.store.remote_updates import graph_steps, update_step
from clusterkg.store.remote_upkeep import RemoteUpkeep
from clusterkg.store.syntax_work import CheckQuery, CheckUpdate
from clusterkg.workers import Pool, PoolSettings

_WHERE_TO_WRITE = text("CLUSTERKG_STORE_UPDATE dice dónde se escribe.", "CLUSTERKG_STORE_UPDATE says where to write.")
_FRESH = 2.0  # seconds for which the figures of a state are good
_FIGURES = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


class RemoteStore:
    """A Store behind a SPARQL 1.1 service."""

    def __init__(self, settings: RemoteSettings, *, read_only: bool = False) -> None:
        """Nothing is sent before the first request."""
        self._settings = settings
        self._read_only = read_only
        self._service = Service(settings)
        self._syntax = Pool(
            PoolSettings(
                work="clusterkg.store.syntax_work:SyntaxWork",
                size=settings.workers,
                memory=1 << 30,
                seconds=settings.query_seconds,
                patience=settings.patience,
            )
        )
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._writes = 0
        self._state: tuple[float, State] | None = None
        self._upkeep = RemoteUpkeep(self._service.select)

    @classmethod
    def open(cls, address: str, settings: StoreSettings = StoreSettings(), *, read_only: bool = False) -> RemoteStore:
        """The store at an address, set up by the environment (remote_settings.py) and by what holds for every store.

        Raises:
            UsageError: for an address or an environment that cannot be used.
        """
        found = replace(
            from_environment(address),
            query_seconds=settings.query_seconds,
            write_seconds=settings.write_seconds,
            answer_bytes=settings.answer_bytes,
            patience=settings.queue_seconds,
            workers=settings.workers,
            services=settings.services,
            base=settings.base,
            diagnose=settings.diagnose,
        )
        return cls(found, read_only=read_only)

    def start(self) -> None:
        """Start every process now. Raises StoreUnavailable where the service does not answer."""
        self._syntax.start()
        self._service.probe()

    def query(
        self,
        sparql: str,
        *,
        accepted: Accepted = Accepted(),
        dataset: Dataset = Dataset(),
        limits: Limits = Limits(),
    ) -> Answer:
        """See Store."""
        until = time.monotonic() + (limits.seconds or self._settings.query_seconds)
        refuse_unsafe(sparql, allowed=self._settings.services)
        kind = self._syntax.run(CheckQuery(sparql, self._settings.base), seconds=limits.seconds).said
        wanted = {"bindings": accepted.bindings, "boolean": accepted.boolean, "graph": accepted.graph}[kind]
        if wanted is None:
            return Answer(kind, None, b"")
        most = self._settings.answer_bytes if limits.answer_bytes is None else limits.answer_bytes
        left = Limits(max(until - time.monotonic(), 0.001), most)
        reply = self._service.ask(_ready(sparql, self._settings.base), kind, dataset, left)
        if kind == "graph":
            return Answer(kind, wanted, graph(statements(reply), wanted, most))
        return Answer(kind, wanted, results(reply, self._service.dialect(), wanted, most))

    def write(self, changes: Sequence[Change], *, limits: Limits = Limits()) -> Receipt:
        """See Store. All changes are one request, which services make as a whole or not at all. Virtuoso does not: it gets them one by one.

        Diagnoses are renewed in the same request where only whole graphs change. What a free update changes is known only
        afterwards: its diagnoses follow in a second request.
        """
        self._require_writable()
        free = [change for change in changes if isinstance(change, Update)]
        for change in free:
            refuse_unsafe_update(change.sparql, allowed=self._settings.services)
            self._syntax.run(CheckUpdate(change.sparql, change.base or self._settings.base), seconds=limits.seconds)
        made = [(change, _content(change)) for change in changes]
        steps = [list(self._steps(change, triples)) for change, triples in made]
        with self._writing:
            existed = self._existing({c.graph for c in changes if not isinstance(c, Update)}, limits)
            if not self._settings.diagnose:
                self._update(steps, limits)
            elif free:
                before = self._upkeep.descriptions()
                self._update(steps, limits)
                self._update(self._graph_steps(self._upkeep.after(before)), limits)
            else:
                renewed = self._upkeep.ahead(made)
                self._update([*steps, *self._graph_steps(renewed)], limits)
            self._writes += 1
            self._state = None
        return Receipt(self.state(), existed)

    def renew(self) -> Receipt:
        """Make every diagnosis anew."""
        self._require_writable()
        with self._writing:
            self._update(self._graph_steps(self._upkeep.everything()), Limits())
            self._state = None
        return Receipt(self.state())

    def graph(self, iri: str | None, media_type: str = NTRIPLES, *, limits: Limits = Limits()) -> bytes | None:
        """See Store. A graph without statements counts as absent: services forget such graphs, or do not tell."""
        most = self._settings.answer_bytes if limits.answer_bytes is None else limits.answer_bytes
        name = iri or DEFAULT_GRAPH
        found = self._service.statements(name, Limits(limits.seconds or self._settings.query_seconds, most))
        return graph(found, media_type, most) if found or name == DEFAULT_GRAPH else None

    def dump(self, output: BinaryIO) -> None:
        """See Store. Graph by graph: others may write in between. Blank nodes get names that are theirs alone in the whole."""
        for number, name in enumerate(sorted(self._figures())):
            graph_name = ox.NamedNode(name)
            found = (_apart(triple, number) for triple in self._service.statements(name))
            quads = (ox.Quad(one.subject, one.predicate, one.object, graph_name) for one in found)
            output.write(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")

    def state(self) -> State:
        """See Store. Services keep no hash and no date of what they hold: `sha256` and `modified` are empty, `number` counts our writes."""
        with self._lock:
            kept = self._state
        if kept and time.monotonic() - kept[0] < _FRESH:
            return kept[1]
        graphs = {name: GraphState(count, "", "") for name, count in self._figures().items()}
        state = State(self._writes, "", "", sum(found.triples for found in graphs.values()), graphs=graphs)
        with self._lock:
            self._state = (time.monotonic(), state)
        return state

    def backup(self, folder: Path) -> None:
        """See Store."""
        self._state = None  # others may have written since it was asked for
        write_backup(folder, self.state(), self.dump)

    def pools(self) -> Mapping[str, Pool]:
        """The pools of processes by what they do, for metrics."""
        return {"syntax": self._syntax}

    def ready(self) -> bool:
        """See Store."""
        try:
            self._service.probe()
        except Exception:
            return False
        return True

    def close(self) -> None:
        """See Store."""
        self._syntax.close()
        self._service.close()

    def _require_writable(self) -> None:
        if self._read_only or self._settings.update is None:
            raise UsageError(
                text("El almacén está abierto solo para leer.", "The store is open for reading only."),
                hint=None if self._read_only else _WHERE_TO_WRITE,
            )

    def _steps(self, change: Change, triples: Sequence[ox.Triple]) -> Iterable[str]:
        dialect = self._service.dialect()
        if isinstance(change, Update):
            based = change if change.base else replace(change, base=self._settings.base)
            return [update_step(based, dialect)]
        return graph_steps(change, triples, dialect)

    def _update(self, steps: Sequence[Sequence[str]], limits: Limits) -> None:
        """Make the operations of several changes: in one request, or one by one where that is how the service makes them anyway."""
        if self._service.dialect().atomic:
            self._service.update([step for group in steps for step in group], limits)
            return
        for group in steps:
            for step in group:
                self._service.update([step], limits)

    def _graph_steps(self, graphs: Mapping[str, Sequence[ox.Triple]]) -> list[list[str]]:
        """The operations that make graphs hold these statements; those without any go."""
        changes = [
            (PutGraph(name, b"") if triples else DropGraph(name), triples) for name, triples in sorted(graphs.items())
        ]
        return [list(self._steps(change, triples)) for change, triples in changes]

    def _existing(self, names: Iterable[str | None], limits: Limits) -> frozenset[str | None]:
        by_name = {name or DEFAULT_GRAPH: name for name in names}
        if not by_name:
            return frozenset()
        values = " ".join(str(ox.NamedNode(name)) for name in by_name)
        rows = self._service.select(
            f"SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }}", limits
        )
        return frozenset(by_name[row["g"].value] for row in rows)

    def _figures(self) -> dict[str, int]:
        found = {row["g"].value: int(row["n"].value) for row in self._service.select(_FIGURES) if row["g"] is not None}
        return {name: count for name, count in found.items() if name not in self._service.dialect().hidden}


def _content(change: Change) -> list[ox.Triple]:
    return parsed(change.ntriples) if isinstance(change, (PutGraph, AddToGraph)) else []


def _ready(sparql: str, base: str | None) -> str:
    return _with_prefixes(with_base(sparql, base) if base else sparql)


def _with_prefixes(sparql: str) -> str:
    """A query that declares our prefixes where it uses them and declares none of its own by that name."""
    found = tokens(sparql)
    declared = {found[i + 1].text for i, token in enumerate(found[:-1]) if token.is_word("PREFIX")}
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    missing = [name for name in sorted(used & PREFIXES.keys()) if name + ":" not in declared]
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in missing) + sparql


def _apart(triple: ox.Triple, number: int) -> ox.Triple:
    """A statement of the graph of that number, its blank nodes named so that no other graph has the same."""
    first, last = triple.subject, triple.object
    if isinstance(first, ox.BlankNode):
        first = ox.BlankNode(f"g{number}x{first.value}")
    if isinstance(last, ox.BlankNode):
        last = ox.BlankNode(f"g{number}x{last.value}")
    return ox.Triple(first, triple.predicate, last)
