"""How much one address may ask, and how much it may send."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections.abc import Sequence
from contextlib import suppress

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterkg.errors import UsageError, text
from clusterkg.server.problems import Problem, answer_problem

_LINGER = 2.0  # seconds
_FREE = ("/health", "/metrics")
"""Never limited: those who watch the server ask often, and from one address."""


def parse_rate(rate: str) -> list[RateLimitItem]:
    """“600/minute”, or several: “600/minute; 20/second”. Raises UsageError for what is no rate."""
    try:
        return parse_many(rate)
    except ValueError as error:
        message = text(f"«{rate}» no es un límite de peticiones.", f"“{rate}” is no rate of requests.")
        hint = text("Escríbalo así: 600/minute", "Write it like this: 600/minute")
        raise UsageError(message, hint=hint) from error


class RateLimit:
    """Answers 429 to an address that asks too often. Counts are in this process's memory, and forgotten with it."""

    def __init__(self, app: ASGIApp, *, rates: Sequence[RateLimitItem]) -> None:
        self.app = app
        self.rates = rates
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] == "http" and not scope["path"].startswith(_FREE):
            who = _who(scope)
            for rate in self.rates:
                if not self.limiter.hit(rate, who):
                    await self._refuse(rate, who, scope, receive, send)
                    return
        await self.app(scope, receive, send)

    async def _refuse(self, rate: RateLimitItem, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        wait = max(1, math.ceil(self.limiter.get_window_stats(rate, who).reset_time - time.time()))
        detail = text(
            f"Su dirección pasó de {rate.amount} peticiones en {rate.get_expiry()} s.",
            f"Your address has made more than {rate.amount} requests in {rate.get_expiry()} s.",
        )
        hint = text(f"Espere {wait} s.", f"Wait {wait} s.")
        problem = Problem(429, detail, hint=hint, headers={"Retry-After": str(wait)})
        await answer_problem(Request(scope, receive), problem, send)


class UploadLimit:
    """Answers 413 to a request that sends more than `most` bytes: at once where it says so itself, else when they have come."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self.most:
            await self._refuse(scope, receive, send, self._too_large())
            return
        received, started = 0, False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.most:
                    if started:
                        return {"type": "http.disconnect"}
                    raise self._too_large()
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except Problem as problem:
            if started:
                raise
            await self._refuse(scope, receive, send, problem)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, problem: Problem) -> None:
        """Answer, after some of what is still coming has been taken: who is cut off while sending seldom reads the answer."""
        discarded, more = 0, True
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while more and discarded <= self.most:
                    message = await receive()
                    discarded += len(message.get("body", b""))
                    more = message.get("more_body", False)
        await answer_problem(Request(scope, receive), problem, send)

    def _too_large(self) -> Problem:
        shown = f"{self.most / 2**20:g}"
        detail = text(f"El envío pasa de {shown} MiB.", f"What was sent exceeds {shown} MiB.")
        # What is still to come is not read: the connection cannot be used for another request.
        return Problem(413, detail, headers={"Connection": "close"})


def _who(scope: Scope) -> str:
    """The address that asks; for IPv6 its network, since one household or one machine has 2^64 of them."""
    client = scope.get("client")
    if not client:
        return "?"
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
