"""A server in this process: the same routes over a store in a folder, without a port, for `clusterkg.open`."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from clusterkg.cache import folder as cache_folder
from clusterkg.cache import shipped_key
from clusterkg.errors import UsageError, text

if TYPE_CHECKING:
    from fastapi import FastAPI

ADDRESS = "http://localhost/"
"""What the server in this process believes to be called."""

_KEPT = 3  # stores of what ships; others may still be reading the one before


class InProcess(httpx.BaseTransport):
    """Carries requests to an ASGI application that runs in a thread of its own."""

    def __init__(self, app: FastAPI, *left_behind: AbstractContextManager[object]) -> None:
        """`left_behind` are left when the transport is closed."""
        self._stack = ExitStack()
        for one in left_behind:
            self._stack.enter_context(one)
        self._portal: BlockingPortal = self._stack.enter_context(start_blocking_portal())
        self._stack.enter_context(self._portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        self._inner = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as a whole."""
        return self._portal.call(self._answer, request)

    def close(self) -> None:
        """End the application, which closes its store."""
        self._stack.close()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)


def in_process(folder: Path | None, settings: dict[str, Any]) -> tuple[InProcess, str]:
    """The server over the store in a folder, or over the shipped graph, and a token that may write to it.

    Raises:
        UsageError: where the server's libraries are missing, or the folder cannot be used.
    """
    try:
        from clusterkg.server.app import create_app
        from clusterkg.server.operation.tokens import Tokens
        from clusterkg.server.settings import Settings
    except ImportError as error:
        raise UsageError(
            text("Para esto hace falta el servidor.", "This needs the server."),
            hint=text('pip install "clusterkg[server,client]"', 'pip install "clusterkg[server,client]"'),
        ) from error
    from clusterkg.store import EmbeddedStore

    place = folder or shipped_store()
    secrets = tempfile.TemporaryDirectory(prefix="clusterkg-")
    tokens = Path(secrets.name) / "tokens.json"
    token = Tokens(tokens).add("this-process", "write")
    chosen = Settings(**{"store": str(place), "tokens": tokens, **settings})
    store = EmbeddedStore(place, read_only=folder is None)  # what is in the cache belongs to everybody
    return InProcess(create_app(chosen, store), secrets), token


def shipped_store() -> Path:
    """The folder of a store that holds the shipped graph, kept in the cache folder as long as what ships is the same."""
    from clusterkg.store import EmbeddedStore
    from clusterkg.store.loading import shipped_file

    place = cache_folder() / f"shipped-{shipped_key()[:32]}"
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="filling-", dir=place.parent))
    try:
        store = EmbeddedStore(aside / "store")
        with shipped_file() as file:
            store.fill(file, diagnose=False)
        store.close()
        try:
            (aside / "store").rename(place)
        except OSError:  # another process was quicker
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _forget_old(place.parent)
    return place


def _forget_old(folder: Path) -> None:
    """Remove all but the newest few stores of what shipped at some time."""
    stores = sorted(folder.glob("shipped-*"), key=lambda one: one.stat().st_mtime)
    for old in stores[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
