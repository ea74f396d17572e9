"""A server in this process: the same routes over a store in a folder, without a port, for `clusterkg.open`."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
import threading
from collections.abc import Coroutine, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from clusterkg.cache import folder as cache_folder
from clusterkg.cache import shipped_key
from clusterkg.errors import UsageError, did_you_mean, nearest, text

if TYPE_CHECKING:
    from fastapi import FastAPI

T = TypeVar("T")
ADDRESS = "http://localhost/"
"""What the server in this process believes to be called."""

_KEPT = 3  # stores of what ships; others may still be reading the one before


class InProcess(httpx.BaseTransport):
    """Carries requests to an ASGI application, which runs in a thread of its own that never keeps a program from ending."""

    def __init__(self, app: FastAPI, left_behind: ExitStack) -> None:
        """`left_behind` is closed with the transport, after the application."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="clusterkg", daemon=True)
        self._thread.start()
        self._closing = left_behind
        self._closing.callback(self._stop)
        self._lifespan = app.router.lifespan_context(app)
        self._run(self._lifespan.__aenter__())
        self._closing.callback(lambda: self._run(self._lifespan.__aexit__(None, None, None)))
        self._inner = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        atexit.register(self.close)  # for those who forget

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as a whole."""
        return self._run(self._answer(request))

    def close(self) -> None:
        """End the application, which closes its store."""
        atexit.unregister(self.close)
        self._closing.close()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def in_process(folder: Path | None, settings: dict[str, Any]) -> tuple[InProcess, str]:
    """The server over the store in a folder, or over the shipped graph, and a token that may write to it.

    Raises:
        UsageError: where the server's libraries are missing, or the folder cannot be used.
    """
    try:
        from clusterkg.server.app import create_app
        from clusterkg.server.operation.tokens import Tokens
        from clusterkg.server.serve import load_settings, store_settings
    except ImportError as error:
        raise UsageError(
            text("Para esto hace falta el servidor.", "This needs the server."),
            hint=text('pip install "clusterkg[server,client]"', 'pip install "clusterkg[server,client]"'),
        ) from error
    from clusterkg.store import EmbeddedStore

    _known(settings)
    with ExitStack() as stack:
        place = folder or shipped_store()
        secrets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clusterkg-")))
        token = Tokens(secrets / "tokens.json").add("this-process", "write")
        chosen = load_settings(None, {**settings, "store": str(place), "tokens": secrets / "tokens.json"})
        # What is in the cache belongs to everybody.
        store = EmbeddedStore(place, store_settings(chosen), read_only=folder is None)
        stack.callback(store.close)
        return InProcess(create_app(chosen, store), stack.pop_all()), token


def _known(settings: Mapping[str, object]) -> None:
    """Raise UsageError for a setting that there is not."""
    from clusterkg.server.settings import Settings

    for name in settings:
        if name not in Settings.model_fields:
            near = nearest(name, Settings.model_fields)
            message = text(f"No hay ningún ajuste «{name}».", f"There is no setting “{name}”.")
            raise UsageError(message, hint=did_you_mean(near) if near else None)


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
