"""Requests to a SPARQL service: one deadline for the whole of a request, a limit of bytes, and credentials that go nowhere else.

A thread of its own runs the connections, since only there a request can be given up at any point: while it connects, waits, or
receives a byte a second. Redirects are not followed, so that neither a query nor a credential reaches a host that nobody named.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from clusterkg import __version__
from clusterkg.errors import Busy, StoreUnavailable, UsageError, text
from clusterkg.workers.child import too_large
from clusterkg.workers.process import deadline_exceeded

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_CONNECTIONS = 32
_ERROR_BYTES = 1 << 16  # of an answer that is no success; the rest of it helps nobody

Form = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks. `scheme`: "basic", "digest" or "bearer", or "" for nobody. Never shown."""

    scheme: str = ""
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered. `whole`: whether its length was stated, so that a cut-off body cannot pass for a whole one."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool = True

    @property
    def media_type(self) -> str:
        """The media type, in lower case and without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class Connection:
    """Sends forms to a service. Safe to use from several threads."""

    def __init__(self, credentials: Credentials = Credentials(), *, patience: float = 5.0) -> None:
        """`patience`: seconds that a request may wait for a free connection."""
        self._credentials = credentials
        self._patience = patience
        self._loop = asyncio.new_event_loop()
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._thread = threading.Thread(target=self._run, name="clusterkg-store", daemon=True)
        self._closed = False
        self._lock = threading.Lock()
        self._thread.start()

    def post(self, address: str, form: Form, accept: str, *, seconds: float, most: int) -> Reply:
        """Post a form and receive the answer whole.

        Raises:
            DeadlineExceeded: after `seconds`, wherever the request is by then.
            AnswerTooLarge: for a successful answer above `most` bytes.
            Busy: when no connection comes free.
            StoreUnavailable: when the service cannot be reached, or breaks off.
        """
        with self._lock:
            if self._closed:
                raise StoreUnavailable(text("El almacén está cerrado.", "The store is closed."))
            found = asyncio.run_coroutine_threadsafe(self._within(seconds, address, form, accept, most), self._loop)
        try:
            return found.result()
        except TimeoutError:
            raise deadline_exceeded(seconds) from None
        except httpx.PoolTimeout:
            raise _busy() from None
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise unreachable(address, type(error).__name__) from None
        except CancelledError:
            raise StoreUnavailable(text("El almacén se está cerrando.", "The store is being closed.")) from None

    def close(self) -> None:
        """Break off what is under way and let go of every connection."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _within(self, seconds: float, address: str, form: Form, accept: str, most: int) -> Reply:
        async with asyncio.timeout(seconds):
            return await self._post(address, form, accept, most)

    async def _post(self, address: str, form: Form, accept: str, most: int) -> Reply:
        client = self._client(address)
        async with client.stream("POST", address, data=dict(form), headers={"Accept": accept}) as answer:
            headers = dict(answer.headers)
            limit = most if answer.is_success else _ERROR_BYTES
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > limit:
                    if answer.is_success:
                        raise too_large(most)
                    break
            whole = "content-length" in headers or "transfer-encoding" in headers
            return Reply(answer.status_code, headers, bytes(body), whole)

    def _client(self, address: str) -> httpx.AsyncClient:
        """The client for an address: proxies and certificates as the environment says, but none between this machine and itself."""
        outside = urlsplit(address).hostname not in _LOOPBACK
        if outside not in self._clients:
            self._clients[outside] = httpx.AsyncClient(
                auth=_auth(self._credentials),
                headers=_headers(self._credentials),
                follow_redirects=False,
                timeout=httpx.Timeout(None, pool=self._patience),
                limits=httpx.Limits(max_connections=_CONNECTIONS),
                trust_env=outside,
            )
        return self._clients[outside]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for client in self._clients.values():
            await client.aclose()


def checked_address(address: str) -> str:
    """The address of a service. Raises UsageError, without repeating it, for one that is none or that holds a credential."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(text("La dirección del almacén no es válida.", "The store's address is not valid."))
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            text(
                "La dirección del almacén no debe llevar usuario ni contraseña.",
                "The store's address must hold no user or password.",
            ),
            hint=text(
                "Dígalos en CLUSTERKG_STORE_USER y CLUSTERKG_STORE_PASSWORD.",
                "Give them in CLUSTERKG_STORE_USER and CLUSTERKG_STORE_PASSWORD.",
            ),
        )
    return address


def unreachable(address: str, reason: str) -> StoreUnavailable:
    """The error for a service that does not answer; `reason` is the name of what happened."""
    host = urlsplit(address).netloc
    return StoreUnavailable(
        text(
            f"El servicio SPARQL en {host} no responde ({reason}).",
            f"The SPARQL service at {host} does not answer ({reason}).",
        ),
        hint=text(
            "Revise que esté en marcha y que la dirección sea la correcta.",
            "See that it is running and that its address is right.",
        ),
    )


def _auth(credentials: Credentials) -> httpx.Auth | None:
    if credentials.scheme == "digest":
        return httpx.DigestAuth(credentials.user, credentials.secret)
    if credentials.scheme == "basic":
        return httpx.BasicAuth(credentials.user, credentials.secret)
    return None


def _headers(credentials: Credentials) -> dict[str, str]:
    headers = {"User-Agent": f"clusterkg/{__version__}"}
    if credentials.scheme == "bearer":
        headers["Authorization"] = f"Bearer {credentials.secret}"
    return headers


def _busy() -> Busy:
    return Busy(
        text("Hay demasiadas peticiones en espera del almacén.", "Too many requests are waiting for the store."),
        hint=text("Repítala dentro de unos segundos.", "Repeat it in some seconds."),
    )
