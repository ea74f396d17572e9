"""A few processes that work for many threads: with a deadline, a limit of memory, a limit of the answer's size, and a queue.

A request waits for a free process, never longer than the queue allows. At its deadline the process that works on it is killed
and another is started; nothing is left behind.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from clusterkg.errors import Busy, ClusterkgError, DeadlineExceeded, ServiceError, StoreUnavailable, text
from clusterkg.workers import frames
from clusterkg.workers.child import OUT_OF_MEMORY, too_much_memory

_LONGEST = 7 * 86_400.0  # seconds; as good as no deadline
_PATIENCE = 30.0  # seconds that a new process may take until it is ready


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


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request gave: what the work said of it, and its bytes."""

    said: Any
    body: bytes


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


class WorkFault(RuntimeError):
    """The work has a fault of ours; the text is its traceback, for the log and nobody else."""


class Pool:
    """Processes of one kind. Safe to use from several threads."""

    def __init__(self, settings: PoolSettings) -> None:
        self.settings = settings
        self.figures = Figures()
        self._idle: deque[_Process] = deque()
        self._alive: set[_Process] = set()
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

    def run(self, request: object, *, seconds: float | None = None, answer_bytes: int | None = None) -> Reply:
        """Have one request worked on.

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
            reply = process.ask(request, limit, most)
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
            self._free.notify_all()
        for process in alive:
            process.kill()

    def pids(self) -> list[int]:
        """The processes that are alive now."""
        with self._free:
            return sorted(process.pid for process in self._alive)

    def _taken(self) -> _Process:
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
                process = self._idle.popleft() if self._idle else None
            finally:
                self.figures.waiting -= 1
        try:
            return process or self._started()
        except BaseException:
            with self._free:
                self.figures.busy -= 1
                self._free.notify()
            raise

    def _give_back(self, process: _Process, reusable: bool) -> None:
        if not reusable:
            process.kill()
        with self._free:
            if not reusable:
                self._alive.discard(process)
            spare = None if reusable or self._closed else self._started_quietly()
            if reusable and not self._closed:
                self._idle.append(process)
            elif spare is not None:
                self._idle.append(spare)
            self.figures.busy -= 1
            self._free.notify()

    def _started_quietly(self) -> _Process | None:
        """The next process, started already so that the next request need not wait for it."""
        try:
            return self._started()
        except OSError:
            return None

    def _started(self) -> _Process:
        process = _Process(self.settings)
        self._alive.add(process)
        self.figures.started += 1
        return process


class _Process:
    """One process and its two pipes."""

    def __init__(self, settings: PoolSettings) -> None:
        command = [sys.executable, "-m", "clusterkg.workers", settings.work, str(settings.memory)]
        self._popen = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )
        self._to = cast(BinaryIO, self._popen.stdin)
        self._from = cast(BinaryIO, self._popen.stdout)
        self._ready = False
        self._late = False
        self._killing = threading.Lock()
        self.usable = True
        self.requests = 0
        self.pid = self._popen.pid
        self._send(pickle.dumps(settings.config))

    def await_ready(self) -> None:
        """Wait until the process has loaded what it needs. Raises what its work's class raised."""
        if self._ready:
            return
        with _Alarm(_PATIENCE, self._stop_late):
            frame = frames.read_frame(self._from)
        if frame is None or frame[0] != frames.READY:
            self.usable = False
            raise pickle.loads(frame[1]) if frame else self._ended()
        self._ready = True

    def ask(self, request: object, seconds: float, most: int) -> Reply:
        """One request. Raises as Pool.run does; `usable` says whether the process can serve again."""
        self.requests += 1
        self._late = False
        body = bytearray()
        alarm = _Alarm(min(seconds, _LONGEST), self._stop_late)
        with alarm:
            self._send(pickle.dumps((request, most)))
            while (frame := frames.read_frame(self._from)) is not None:
                tag, payload = frame
                if tag == frames.CHUNK:
                    body += payload
                elif tag == frames.COMMITTED:
                    alarm.cancel()
                elif tag == frames.DONE:
                    return Reply(pickle.loads(payload), bytes(body))
                elif tag == frames.FAILED:
                    raise pickle.loads(payload)
                elif tag == frames.FAULT:
                    raise WorkFault(payload.decode("utf-8", "replace"))
        self.usable = False
        raise deadline_exceeded(seconds) if self._late else self._ended()

    def kill(self) -> None:
        """End the process at once and close its pipes; a second time does nothing."""
        with self._killing:
            self.usable = False
            if self._popen.poll() is None:
                self._popen.kill()
            self._popen.wait()
        for stream in (self._to, self._from):
            try:
                stream.close()
            except OSError:
                continue

    def _stop_late(self) -> None:
        self._late = True
        self._popen.kill()

    def _send(self, payload: bytes) -> None:
        try:
            frames.write_frame(self._to, frames.REQUEST, payload)
        except OSError:
            self.usable = False  # it has died; reading from it says how

    def _ended(self) -> ServiceError:
        """Why the process is gone: a failed allocation ends it, and so does a fault of the parser."""
        self.usable = False
        code = self._popen.wait()
        if code in (-signal.SIGABRT, OUT_OF_MEMORY):
            return too_much_memory()
        return StoreUnavailable(
            text("El proceso que atendía la petición se cayó.", "The process that worked on the request has died."),
            hint=text(
                "Ya hay otro en su lugar; puede repetir la petición.",
                "Another has taken its place; the request may be repeated.",
            ),
        )


def _environment() -> dict[str, str]:
    """This process's, in which the same package is found wherever it was imported from."""
    here = str(Path(__file__).resolve().parents[2])
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    # One arena: every other one reserves addresses that count against the limit of memory.
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "1"}


class _Alarm:
    """Does something after some seconds, unless the block is left before; never after it."""

    def __init__(self, seconds: float, action: Callable[[], None]) -> None:
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._action = action
        self._over = False
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Let the block take as long as it needs."""
        with self._lock:
            self._over = True
        self._timer.cancel()

    def _ring(self) -> None:
        with self._lock:
            if not self._over:
                self._action()

    def __enter__(self) -> _Alarm:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


def deadline_exceeded(seconds: float) -> DeadlineExceeded:
    """The error for work that took longer than it may."""
    return DeadlineExceeded(
        text(
            f"La petición no terminó en {seconds:g} s y se detuvo.",
            f"The request did not end within {seconds:g} s and was stopped.",
        ),
        hint=text(
            "Acótela, o pida un plazo mayor a quien opera el servicio.",
            "Narrow it, or ask whoever runs the service for a longer deadline.",
        ),
    )


def _busy() -> Busy:
    return Busy(
        text("Hay demasiadas peticiones en espera.", "Too many requests are waiting."),
        hint=text("Repítala dentro de unos segundos.", "Repeat it in some seconds."),
    )
