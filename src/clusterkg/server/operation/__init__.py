"""What running the server takes, whatever it serves.

    health.py        /health, /health/live, /health/ready
    metrics.py       /metrics, for Prometheus
    observation.py   one request from outside: its id, how long it took, what it gave; and whatever breaks in it
    logs.py          how the log is written
    limits.py        how much one address may ask, and how much it may send
    headers.py       headers that keep browsers safe
    tokens.py        who may write
    audit.py         a line for every write

Middlewares are plain ASGI, so that answers stream and a reader who leaves is noticed.
"""

from __future__ import annotations

from anyio import to_thread
from fastapi import FastAPI

from clusterkg.server.operation import health, metrics
from clusterkg.server.operation.audit import AuditLog, audit_path
from clusterkg.server.operation.headers import SecurityHeaders
from clusterkg.server.operation.limits import RateLimit, UploadLimit, parse_rate
from clusterkg.server.operation.metrics import Metrics
from clusterkg.server.operation.observation import Guard, Observation
from clusterkg.server.operation.tokens import Tokens
from clusterkg.server.settings import Settings

__all__ = ["install", "provide_threads"]

_SPARE = 16  # threads beyond those that can wait for processes, so that pages are answered meanwhile


def provide_threads(settings: Settings) -> None:
    """As many threads for routes as requests can wait for a process; called when the event loop runs."""
    waiting = settings.workers + settings.queue + settings.diagnosis_workers + settings.queue
    to_thread.current_default_thread_limiter().total_tokens = waiting + _SPARE


def install(app: FastAPI, settings: Settings) -> None:
    """Put all of this around an application whose services are there already.

    Raises:
        UsageError: when a setting cannot be used: a rate that is none, a file of tokens that others may change.
    """
    gauge = Metrics(app.state.services.store)
    app.state.metrics = gauge
    app.state.tokens = Tokens(settings.tokens) if settings.tokens else None
    app.state.audit = AuditLog(audit_path(settings))
    app.include_router(health.router)
    app.include_router(metrics.router)
    # The last one added is the outermost: what is refused is counted, and wears the headers, as everything else.
    if settings.rate:
        app.add_middleware(RateLimit, rates=parse_rate(settings.rate))
    app.add_middleware(UploadLimit, most=settings.upload_size << 20)
    app.add_middleware(Guard)
    app.add_middleware(SecurityHeaders, secure=settings.public_url.startswith("https:"))
    app.add_middleware(Observation, metrics=gauge)
