"""One request seen from outside: its id, how long it took, what it gave; and whatever breaks in it.

What is kept of a request is its method, the route that served it, status, duration and size. Neither address nor query, body,
header or token is kept, so there is nothing in the log to protect.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterkg.server.operation.metrics import Metrics
from clusterkg.server.problems import unexpected

_LOG = logging.getLogger("clusterkg.requests")
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observation:
    """Gives each request an id, and notes it in log and metrics when it is over."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = request_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = name
        begun, size = time.perf_counter(), 0
        status: int | None = None  # none: the reader has gone, or the server had to stop, before an answer began

        async def noted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = name
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        self.metrics.running.inc()
        try:
            await self.app(scope, receive, noted)
        finally:
            self.metrics.running.dec()
            seconds = time.perf_counter() - begun
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = route_of(scope)
            self.metrics.request(method, route, str(status or "left"), seconds, size)
            told = {"method": method, "route": route, "status": status, "bytes": size, "requestId": name}
            _LOG.info("request", extra=told | {"milliseconds": round(seconds * 1000, 1)})


class Guard:
    """Turns what nobody else caught into a problem document; a reader never meets a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            if started:
                raise  # the connection breaks off, so that nobody takes half an answer for a whole one
            response = await unexpected(Request(scope, receive), error)
            with suppress(OSError):
                await response(scope, receive, send)


def request_id(given: str | None) -> str:
    """The id that a proxy gave, where it is one; else a new one."""
    return given if given and _WELL_FORMED.match(given) else uuid.uuid4().hex


def route_of(scope: Scope) -> str:
    """The template of the route that served, as `/id/{kind}/{slug}`; never the path itself, of which there is no end."""
    # A route of an included router knows its own end of the path only; FastAPI keeps the whole of it beside.
    whole = scope.get("fastapi", {}).get("effective_route_context")
    for found in (whole, scope.get("route")):
        template = getattr(found, "path_format", None) or getattr(found, "path", None)
        if template:
            return str(template)
    return "none"
