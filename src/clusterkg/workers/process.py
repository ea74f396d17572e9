"""One process that works for a pool, and the alarm that ends it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from clusterkg.errors import (
    ClusterkgError,
    DeadlineExceeded,
    MemoryExceeded,
    ProcessCrashed,
    ServiceError,
    StoreUnavailable,
    text,
)
from clusterkg.workers import frames
from clusterkg.workers.child import OUT_OF_MEMORY, too_much_memory

Sink = Callable[[bytes], object]
"""What takes the bytes of an answer as they come, where it is too large to be kept whole."""
_LONGEST = 7 * 86_400.0  # seconds; as good as no deadline
_PATIENCE = 30.0  # seconds that a new process may take until it is ready


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request gave: what the work said of it, and its bytes."""

    said: Any
    body: bytes


class WorkFault(RuntimeError):
    """The work has a fault of ours; the text is its traceback, for the log and nobody else."""


class Process:
    """One process and its two pipes."""

    def __init__(self, work: str, config: object, memory: int) -> None:
        """Start it; see PoolSettings for what these mean."""
        command = [sys.executable, "-m", "clusterkg.workers", work, str(memory)]
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
        self._send(pickle.dumps(config))

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

    def ask(self, request: object, seconds: float, most: int, sink: Sink | None = None) -> Reply:
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
                    sink(payload) if sink else body.extend(payload)
                elif tag == frames.COMMITTED:
                    alarm.cancel()
                elif tag == frames.DONE:
                    return Reply(pickle.loads(payload), bytes(body))
                elif tag == frames.FAILED:
                    raise self._failure(payload)
                elif tag == frames.FAULT:
                    raise WorkFault(payload.decode("utf-8", "replace"))
        self.usable = False
        raise deadline_exceeded(seconds) if self._late else self._ended()

    def is_alive(self) -> bool:
        """Whether the process is there; one that idles may have been killed by somebody else."""
        return self._popen.poll() is None

    def _failure(self, payload: bytes) -> ClusterkgError:
        error: ClusterkgError = pickle.loads(payload)
        self.usable = not isinstance(error, MemoryExceeded)  # it ends itself after that
        return error

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
        kind = ProcessCrashed if code in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL) else StoreUnavailable
        return kind(
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
