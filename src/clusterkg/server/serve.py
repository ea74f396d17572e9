"""Runs the server until it is told to stop (SIGTERM, Ctrl-C), and then ends it in good order."""

from __future__ import annotations

import errno
import math
import os
import signal
import socket
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from pydantic import ValidationError

from clusterkg.errors import UsageError, did_you_mean, nearest, text
from clusterkg.server.api import diagnosers
from clusterkg.server.app import create_app
from clusterkg.server.operation import logs
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore, Store, StoreSettings, open_store

_KEEP_ALIVE = 15  # seconds that an idle connection is kept; below what proxies keep theirs would give them errors
_HEAD_AT_MOST = 64 << 10  # bytes of a request's head: queries may come in the address
_MIB = 1 << 20


def load_settings(config: Path | None, flags: Mapping[str, Any]) -> Settings:
    """The settings: `flags` (those that are None were not given), then the environment, then the TOML file.

    Raises:
        UsageError: when a setting is unknown or cannot be used, or the file cannot be read.
    """
    file = config or (Path(os.environ["CLUSTERKG_CONFIG"]) if os.environ.get("CLUSTERKG_CONFIG") else None)
    with _config_in_environment(_checked_config(file)):
        try:
            return Settings(**{name: value for name, value in flags.items() if value is not None})
        except ValidationError as error:
            raise _unusable(error) from error


def store_settings(settings: Settings) -> StoreSettings:
    """How the store is to answer."""
    return StoreSettings(
        workers=settings.workers,
        query_seconds=settings.query_seconds,
        query_memory=settings.query_memory * _MIB,
        answer_bytes=settings.answer_size * _MIB,
        queue=settings.queue,
        queue_seconds=settings.queue_seconds,
        write_seconds=settings.write_seconds,
        services=settings.allowed_services,
        base=settings.public_url or None,
    )


def serve(
    settings: Settings, announce: Callable[[str], None], prepare: Callable[[Store], None] = lambda store: None
) -> None:
    """Serve until SIGTERM or Ctrl-C; then requests under way get `shutdown_seconds`.

    `announce` is given the address, once the server is ready; `prepare` the open store, before anything is served.

    Raises:
        UsageError: when a setting cannot be used, or the port is taken.
        StoreUnavailable: when the store cannot be opened.
    """
    logs.configure(settings.log_format)
    with (
        _ended_by_sigterm(),
        closing(_bound(settings)) as listener,
        closing(open_store(settings.store, store_settings(settings))) as store,
    ):
        prepare(store)
        if isinstance(store, EmbeddedStore):
            store.start()
        app = create_app(settings, store)
        diagnosers.start(app)
        server = _Server(_uvicorn(app, settings), lambda: announce(_address(settings.host, listener)))
        server.run_until_told(listener)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Have SIGTERM end the preparations, too, in good order; the first process of a container would not even notice it else."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Server(uvicorn.Server):
    """Says when it is ready, and ends with exit code 0 when it was told to stop."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    def run_until_told(self, listener: socket.socket) -> None:
        """Run. uvicorn raises the signals that stopped it once more when it is done: these handlers then catch them."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.should_exit = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self.run(sockets=[listener])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _uvicorn(app: Any, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws="none",
        lifespan="on",
        log_config=None,  # ours takes what it logs
        access_log=False,  # its lines hold addresses and queries
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
        timeout_keep_alive=_KEEP_ALIVE,
        h11_max_incomplete_event_size=_HEAD_AT_MOST,
    )


def _bound(settings: Settings) -> socket.socket:
    """The socket, taken before anything else is begun; it answers nobody yet. Raises UsageError where it is not to be had."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
        except OSError:
            listener.close()
            raise
        return listener
    except OSError as error:
        raise _not_to_be_had(error, settings) from error


def _not_to_be_had(error: OSError, settings: Settings) -> UsageError:
    place = f"{settings.host}:{settings.port}"
    hint = text("Elija otro con --port; 0 toma uno libre.", "Choose another with --port; 0 takes a free one.")
    if error.errno == errno.EADDRINUSE:
        return UsageError(text(f"El puerto {place} está ocupado.", f"The port {place} is in use."), hint=hint)
    if error.errno == errno.EACCES:
        return UsageError(text(f"Falta el permiso para {place}.", f"Permission is missing for {place}."), hint=hint)
    return UsageError(text(f"No se puede escuchar en {place}.", f"It is not possible to listen on {place}."))


def _address(host: str, listener: socket.socket) -> str:
    """What a browser on this machine would open."""
    port = listener.getsockname()[1]
    if host in ("", "0.0.0.0", "::"):
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _checked_config(file: Path | None) -> Path | None:
    """The file itself, if every word in it is known: a setting misspelt would be one silently not made."""
    if file is None:
        return None
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            text("No se puede leer la configuración.", "The configuration cannot be read."), file=str(file)
        ) from error
    except tomllib.TOMLDecodeError as error:
        message = text("La configuración no es TOML válido.", "The configuration is not valid TOML.")
        raise UsageError(message, file=str(file), hint=text(str(error), str(error))) from error
    for name in content:
        if name not in Settings.model_fields:
            near = nearest(name, Settings.model_fields)
            message = text(f"No hay ningún ajuste «{name}».", f"There is no setting “{name}”.")
            raise UsageError(message, file=str(file), hint=did_you_mean(near) if near else None)
    return file


@contextmanager
def _config_in_environment(file: Path | None) -> Iterator[None]:
    """The settings take the file's name from the environment."""
    before = os.environ.get("CLUSTERKG_CONFIG")
    if file is not None:
        os.environ["CLUSTERKG_CONFIG"] = str(file)
    try:
        yield
    finally:
        if file is not None and before is None:
            del os.environ["CLUSTERKG_CONFIG"]
        elif before is not None:
            os.environ["CLUSTERKG_CONFIG"] = before


def _unusable(error: ValidationError) -> UsageError:
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    shown, variable = f"--{name.replace('_', '-')}", f"CLUSTERKG_{name.upper()}"
    return UsageError(
        text(
            f"El valor de {shown} ({variable}) no sirve: {first['msg']}.",
            f"The value of {shown} ({variable}) cannot be used: {first['msg']}.",
        )
    )
