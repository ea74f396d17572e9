"""Requests to an application in the test's own process."""

from __future__ import annotations

import httpx
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI


class InProcess(httpx.BaseTransport):
    """Carries requests to an application in this process, whose event loop runs in a thread. What it raises is raised."""

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        self._inner, self._portal = httpx.ASGITransport(app=app), portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
