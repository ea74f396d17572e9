"""The processes that diagnose, shared by the routes of one application and started at the first need."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.requests import Request as HttpRequest

from clusterkg.diagnosis.worker import Request
from clusterkg.errors import ClusterkgError, InputError, StoreUnavailable, text
from clusterkg.server.api.work import Form
from clusterkg.server.settings import Settings
from clusterkg.workers import Pool, PoolSettings

_LOCK = threading.Lock()


class Diagnosers:
    """A pool of diagnosis processes."""

    def __init__(self, settings: Settings) -> None:
        self._closed = False
        self.pool = Pool(
            PoolSettings(
                work="clusterkg.server.api.work:HttpDiagnoser",
                size=settings.diagnosis_workers,
                memory=settings.query_memory << 20,
                seconds=settings.diagnosis_seconds,
                answer_bytes=settings.answer_size << 20,
                queue=settings.queue,
                patience=settings.queue_seconds,
            )
        )

    def run(self, request: Request | Form) -> bytes:
        """The diagnosis, written. Blocks.

        Raises:
            InputError, NothingChecked, UsageError: see clusterkg.diagnosis.worker; InputError, too, where the process died over it.
            Busy, DeadlineExceeded, MemoryExceeded, AnswerTooLarge: when it costs too much.
        """
        try:
            return self.pool.run(request).body
        except StoreUnavailable as error:
            if self._closed:
                raise
            raise InputError(
                text(
                    "La descripción hizo caer el proceso que la leía.",
                    "The description brought down the process that read it.",
                ),
                hint=text(
                    "Ningún otro se vio afectado. ¿Es de verdad una descripción?",
                    "Nothing else was affected. Is it a description at all?",
                ),
            ) from error

    def start(self) -> None:
        """Start every process now; what keeps one from starting is told to the first who needs it."""
        with suppress(ClusterkgError):
            self.pool.start()

    def close(self) -> None:
        """Stop every process."""
        self._closed = True
        self.pool.close()


def diagnosers(request: HttpRequest) -> Diagnosers:
    """Those of the application that a request came to."""
    return _of(request.app)


def start(app: FastAPI) -> None:
    """Start the processes in the background, so that the first diagnosis need not wait for one."""
    threading.Thread(target=_of(app).start, daemon=True).start()


def _of(app: FastAPI) -> Diagnosers:
    state = app.state
    with _LOCK:
        if getattr(state, "diagnosers", None) is None:
            state.diagnosers = Diagnosers(state.services.settings)
        found: Diagnosers = state.diagnosers
        return found


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Stops the processes, if any were started, when the application ends."""
    try:
        yield
    finally:
        with _LOCK:
            found, app.state.diagnosers = getattr(app.state, "diagnosers", None), None
        if found is not None:
            found.close()
