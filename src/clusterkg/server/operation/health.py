"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from clusterkg import __version__
from clusterkg.server.app import services

router = APIRouter(tags=["operation"])

_PATIENCE = 3.0  # seconds that the store may take to say that it is ready
_FRESH = {"Cache-Control": "no-store"}


@router.get("/health/live", summary="Whether the process answers at all")
async def live() -> JSONResponse:
    """Answers as long as the event loop runs; says nothing about the store."""
    return JSONResponse({"status": "pass"}, headers=_FRESH)


@router.get("/health/ready", summary="Whether a query would be answered now", responses={503: {}})
async def ready(request: Request) -> JSONResponse:
    """503 while the store does not answer."""
    return _told(request, await _store_answers(request))


@router.get("/health", summary="Both", responses={503: {}})
async def health(request: Request) -> JSONResponse:
    """Liveness and readiness in one document."""
    return _told(request, await _store_answers(request), live=True)


def _told(request: Request, answers: bool, **more: bool) -> JSONResponse:
    checks = {"store": answers} | more
    shown = {name: {"status": "pass" if good else "fail"} for name, good in sorted(checks.items())}
    status = "pass" if all(checks.values()) else "fail"
    content = {"status": status, "version": __version__, "checks": shown}
    return JSONResponse(content, 200 if status == "pass" else 503, headers=_FRESH)


async def _store_answers(request: Request) -> bool:
    """Asked in a thread of its own: those of the routes may all be waiting for the very store that is asked about."""
    limiter = _limiter(request)
    with anyio.move_on_after(_PATIENCE):
        return await to_thread.run_sync(services(request).store.ready, abandon_on_cancel=True, limiter=limiter)
    return False


def _limiter(request: Request) -> CapacityLimiter:
    """At most two such threads: a store that hangs is not asked again and again."""
    state = request.app.state
    if not hasattr(state, "health_limiter"):
        state.health_limiter = CapacityLimiter(2)
    found: CapacityLimiter = state.health_limiter
    return found
