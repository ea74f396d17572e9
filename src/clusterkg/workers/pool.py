"""A few processes that work for many threads: with a deadline, a limit of memory, a limit of the answer's size, and a queue.

A request waits for a free process, never longer than the queue allows. At its deadline the process that works on it is killed
and another is started; nothing is left behind.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

from clusterkg.errors import (
    Busy,
    ClusterkgError,
    DeadlineExceeded,
    ServiceError,
    StoreUnavailable,
    text,
)
from clusterkg.workers.process import Process, Reply, Sink, WorkFault


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """What a pool is. `work` names a class as "module:Class", made in each process with `config` (anything that can be pickled).

    `memory` is in bytes (0: no limit), `seconds` the deadline of a request, `queue` how many may wait and `patience` how many seconds.
    A process is replaced after `requests` requests, since memory once used is seldom given back.
    """

    work: str
    config: object = None
    size: int = 2
    memory: int = 2 << 30
    seconds: float = 20.0
    answer_bytes: int = 64 << 20
    queue: int = 32
    patience: float = 5.0
    requests: int = 10_000


@dataclass(slots=True)
class Figures:
    """What a pool has done so far, for metrics."""

    served: int = 0
    failed: int = 0
    killed: int = 0
    refused: int = 0
    started: int = 0
    busy: int = 0
    waiting: int = 0


class Pool:
    """Processes of one kind. Safe to use from several threads."""

    def __init__(self, settings: PoolSettings) -> None:
        self.settings = settings
        self.figures = Figures()
        self._idle: deque[Process] = deque()
        self._alive: set[Process] = set()
        self._free = threading.Condition()
        self._closed = False

    def start(self) -> None:
        """Start every process now rather than at the first requests. Raises what the work's class raises."""
        processes = [self._started() for _ in range(self.settings.size)]
        for process in processes:
            process.await_ready()
        with self._free:
            self._idle.extend(processes)
            self._free.notify_all()

    def run(
        self,
        request: object,
        *,
        seconds: float | None = None,
        answer_bytes: int | None = None,
        sink: Sink | None = None,
    ) -> Reply:
        """Have one request worked on. With a `sink` the answer's bytes go there as they come, and what it raises ends the request.

        Raises:
            Busy: when too many wait.
            DeadlineExceeded, MemoryExceeded, AnswerTooLarge: when it costs too much.
            StoreUnavailable: when the pool is closed, or its process died for another reason.
            ClusterkgError: what the work raised.
            WorkFault: where the work has a fault.
        """
        process = self._taken()
        reusable = False
        try:
            limit = self.settings.seconds if seconds is None else seconds
            most = self.settings.answer_bytes if answer_bytes is None else answer_bytes
            process.await_ready()
            reply = process.ask(request, limit, most, sink)
            reusable = True
            self.figures.served += 1
            return reply
        except ServiceError as error:
            self.figures.failed += 1
            reusable = process.usable
            self.figures.killed += isinstance(error, DeadlineExceeded)
            raise
        except (ClusterkgError, WorkFault):
            self.figures.failed += 1
            reusable = process.usable
            raise
        finally:
            self._give_back(process, reusable and process.requests < self.settings.requests)

    def close(self) -> None:
        """Stop every process, those at work too."""
        with self._free:
            self._closed = True
            alive = list(self._alive)
            self._alive.clear()
            self._idle.clear()
            self._free.notify_all()
        for process in alive:
            process.kill()

    def pids(self) -> list[int]:
        """The processes that are alive now."""
        with self._free:
            return sorted(process.pid for process in self._alive)

    def _taken(self) -> Process:
        """A process for this thread alone: an idle one, a new one, or one that comes free in time."""
        until = time.monotonic() + self.settings.patience
        with self._free:
            if (
                not self._idle
                and self.figures.busy >= self.settings.size
                and self.figures.waiting >= self.settings.queue
            ):
                self.figures.refused += 1
                raise _busy()
            self.figures.waiting += 1
            try:
                while not self._closed and self.figures.busy >= self.settings.size:
                    if not self._free.wait(until - time.monotonic()):
                        self.figures.refused += 1
                        raise _busy()
                if self._closed:
                    raise StoreUnavailable(text("El servicio se está cerrando.", "The service is shutting down."))
                self.figures.busy += 1
                process = self._living()
            finally:
                self.figures.waiting -= 1
        try:
            return process or self._started()
        except BaseException:
            with self._free:
                self.figures.busy -= 1
                self._free.notify()
            raise

    def _living(self) -> Process | None:
        """An idle process that is still there; rather one that has worked before than one that may still be starting."""
        while self._idle:
            process = self._idle.pop()
            if process.is_alive():
                return process
            process.kill()
            self._alive.discard(process)
        return None

    def _give_back(self, process: Process, reusable: bool) -> None:
        if not reusable:
            process.kill()
        with self._free:
            if not reusable:
                self._alive.discard(process)
            spare = None if reusable or self._closed else self._started_quietly()
            if reusable and not self._closed:
                self._idle.append(process)
            elif spare is not None:
                self._idle.appendleft(spare)
            self.figures.busy -= 1
            self._free.notify()

    def _started_quietly(self) -> Process | None:
        """The next process, started already so that the next request need not wait for it."""
        try:
            return self._started()
        except OSError:
            return None

    def _started(self) -> Process:
        process = Process(self.settings.work, self.settings.config, self.settings.memory)
        self._alive.add(process)
        self.figures.started += 1
        return process


def _busy() -> Busy:
    return Busy(
        text("Hay demasiadas peticiones en espera.", "Too many requests are waiting."),
        hint=text("Repítala dentro de unos segundos.", "Repeat it in some seconds."),
    )
