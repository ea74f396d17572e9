"""Applications over a real, small store, with routes that a test can have behave as it likes."""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, StreamingResponse

from clusterkg.server.app import create_app
from clusterkg.server.operation import logs
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore, StoreSettings
from clusterkg.store.base import PutGraph

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it announces another client that it would rather have
    from starlette.testclient import TestClient

GRAPH = "http://example.org/graph"


SMALL = StoreSettings(workers=1, diagnose=False)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store's folder, to be copied."""
    folder = tmp_path_factory.mktemp("filled") / "store"
    store = EmbeddedStore(folder, SMALL)
    store.write([PutGraph(GRAPH, b'<http://example.org/a> <http://example.org/p> "1" .\n')])
    store.close()
    return folder


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[EmbeddedStore]:
    shutil.copytree(filled, tmp_path / "store")
    opened = EmbeddedStore(tmp_path / "store", SMALL)
    yield opened
    opened.close()


@pytest.fixture
def client(store: EmbeddedStore, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """`client(rate="2/minute", address="1.2.3.4")`: an application with these settings, asked from that address."""
    with ExitStack() as stack:

        def made(address: str = "192.0.2.7", **settings: object) -> TestClient:
            app = create_app(Settings(store=str(tmp_path / "store"), **settings), store)
            app.router.routes[:0] = _odd().routes  # before those that take every path of ours
            app.include_router(_odd(), prefix="/within")
            return stack.enter_context(TestClient(app, client=(address, 4711), raise_server_exceptions=False))

        yield made


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the log says, as it would be written."""
    caplog.set_level(logging.INFO)
    form = logs.JsonLines()
    others = ("httpx", "asyncio")  # the asking side, which is in the same process here
    return lambda: "".join(form.format(record) + "\n" for record in caplog.records if record.name not in others)


def _odd() -> APIRouter:
    router = APIRouter()

    @router.post("/odd/echo/{name}")
    async def echo(name: str, request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @router.get("/odd/broken")
    def broken() -> None:
        raise RuntimeError("mensaje con datos de una persona")

    @router.get("/odd/half")
    def half() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            yield b"half of "
            raise RuntimeError("mensaje con datos de una persona")

        return StreamingResponse(parts())

    @router.get("/odd/headers")
    def headers() -> PlainTextResponse:
        return PlainTextResponse("own", headers={"Content-Security-Policy": "default-src 'none'"})

    return router
