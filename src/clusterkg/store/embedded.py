"""The embedded store: Oxigraph in a folder (see layout.py). Queries run in processes that can be killed; one process writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from clusterkg.errors import ProcessCrashed, UsageError, text
from clusterkg.store.backups import write_backup
from clusterkg.store.base import (
    DEFAULT_GRAPH,
    NQUADS,
    NTRIPLES,
    Accepted,
    Answer,
    Change,
    Dataset,
    Limits,
    Receipt,
    State,
)
from clusterkg.store.layout import Layout
from clusterkg.store.query_work import Ask, GetGraph, QueryConfig, StateGone, too_complex
from clusterkg.store.write_work import Fill, Renew, Write, WriteConfig
from clusterkg.workers import Pool, PoolSettings, Reply

_MIB = 1 << 20
_ATTEMPTS = 3
_WHOLE = 1 << 62  # bytes or seconds: no limit


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How a store answers. Seconds and bytes; `services` are the endpoints that SERVICE may ask, `base` resolves relative IRIs."""

    workers: int = 2
    query_seconds: float = 20.0
    query_memory: int = 2048 * _MIB
    answer_bytes: int = 64 * _MIB
    queue: int = 32
    queue_seconds: float = 5.0
    write_seconds: float = 60.0
    services: tuple[str, ...] = ()
    base: str | None = None
    diagnose: bool = True


class EmbeddedStore:
    """A Store in a folder. Processes are started when they are first needed."""

    def __init__(self, folder: Path, settings: StoreSettings = StoreSettings(), *, read_only: bool = False) -> None:
        """Open the store, or make it where there is none yet.

        Raises:
            UsageError: where the folder holds no store and reading only is asked for, or cannot be used.
        """
        self._layout = Layout(folder.resolve())
        self._settings = settings
        self._read_only = read_only
        self._state: State | None = None
        self._readers = Pool(self._reading())
        self._own_readers = Pool(replace(self._reading(), size=max(1, settings.workers // 2)))
        self._writer = Pool(self._writing())
        try:
            if read_only or self._layout.exists():
                self._layout.data()
                return
            self._layout.create()
        except PermissionError as error:
            raise UsageError(
                text("No hay permiso para entrar en la carpeta del almacén.", "The store's folder may not be entered."),
                file=str(folder),
                hint=text("Dele permisos a quien ejecuta el programa.", "Give whoever runs the program the right to."),
            ) from error
        self._change(Renew())

    @property
    def folder(self) -> Path:
        """Where the store lies."""
        return self._layout.folder

    def start(self) -> None:
        """Start every process now, and renew diagnoses that an earlier version of the program made."""
        if not self._read_only:
            self._change(Renew())
        self._readers.start()
        self._own_readers.start()

    def query(
        self,
        sparql: str,
        *,
        accepted: Accepted = Accepted(),
        dataset: Dataset = Dataset(),
        limits: Limits = Limits(),
    ) -> Answer:
        """See Store."""
        reply = self._read(lambda state: Ask(state, sparql, accepted, dataset, self._settings.base), limits)
        kind, media_type = reply.said
        return Answer(kind, media_type, reply.body)

    def write(self, changes: Sequence[Change], *, limits: Limits = Limits()) -> Receipt:
        """See Store."""
        return self._change(Write(tuple(changes)), limits.seconds)

    def fill(self, nquads: Path, *, replace_all: bool = False, diagnose: bool = True) -> Receipt:
        """Replace the graphs that an N-Quads file names, or everything, in bulk: for many or large graphs at once.

        Without `diagnose`, the diagnoses in the file are taken as they are.
        """
        return self._change(Fill(str(nquads.resolve()), replace_all, diagnose), _WHOLE)

    def renew(self) -> Receipt:
        """Make every diagnosis anew."""
        return self._change(Renew(always=True), _WHOLE)

    def graph(self, iri: str | None, media_type: str = NTRIPLES, *, limits: Limits = Limits()) -> bytes | None:
        """See Store."""
        reply = self._read(lambda state: GetGraph(state, iri or DEFAULT_GRAPH, media_type), limits)
        return reply.body if reply.said else None

    def dump(self, output: BinaryIO) -> None:
        """See Store."""
        self._dump(self._layout.number(), output)

    def state(self) -> State:
        """See Store."""
        number = self._layout.number()
        state = self._state
        if state is None or state.number != number:
            state = self._state = self._layout.read_state(number)
        return state

    def backup(self, folder: Path) -> None:
        """See Store."""
        state = self.state()
        write_backup(folder, state, lambda output: self._dump(state.number, output))

    def size(self) -> int:
        """Bytes on disk."""
        return self._layout.size()

    def pools(self) -> Mapping[str, Pool]:
        """The pools of processes by what they do, for metrics."""
        return {"query": self._readers, "own-query": self._own_readers, "write": self._writer}

    def ready(self) -> bool:
        """See Store."""
        try:
            return self.query("ASK {}", limits=Limits(own=True)).body != b""
        except Exception:
            return False

    def close(self) -> None:
        """See Store."""
        for pool in self.pools().values():
            pool.close()

    def _dump(self, number: int, output: BinaryIO) -> None:
        request = GetGraph(str(self._layout.state_folder(number)), None, NQUADS)
        self._readers.run(request, seconds=_WHOLE, answer_bytes=_WHOLE, sink=output.write)

    def _read(self, request: Callable[[str], Ask | GetGraph], limits: Limits) -> Reply:
        """Ask the present state; where it was let go before a process could open it, the one that is present then."""
        pool = self._own_readers if limits.own else self._readers
        for attempt in range(_ATTEMPTS):
            state = str(self._layout.state_folder(self._layout.number()))
            try:
                return pool.run(request(state), seconds=limits.seconds, answer_bytes=limits.answer_bytes)
            except StateGone:
                if attempt == _ATTEMPTS - 1:
                    raise
            except ProcessCrashed as error:
                raise too_complex() from error
        raise AssertionError("the last attempt returns or raises")

    def _change(self, request: Write | Fill | Renew, seconds: float | None = None) -> Receipt:
        if self._read_only:
            raise UsageError(text("El almacén está abierto solo para leer.", "The store is open for reading only."))
        try:
            receipt = self._writer.run(request, seconds=seconds).said
        except ProcessCrashed as error:
            raise too_complex() from error
        assert isinstance(receipt, Receipt)
        return receipt

    def _reading(self) -> PoolSettings:
        given = self._settings
        return PoolSettings(
            work="clusterkg.store.query_work:QueryWork",
            config=QueryConfig(given.services),
            size=given.workers,
            memory=given.query_memory,
            seconds=given.query_seconds,
            answer_bytes=given.answer_bytes,
            queue=given.queue,
            patience=given.queue_seconds,
        )

    def _writing(self) -> PoolSettings:
        given = self._settings
        return replace(
            self._reading(),
            work="clusterkg.store.write_work:WriteWork",
            config=WriteConfig(str(self._layout.folder), given.diagnose, given.services),
            size=1,
            memory=0,
            seconds=given.write_seconds,
            patience=given.write_seconds,
            requests=1 << 40,
        )
