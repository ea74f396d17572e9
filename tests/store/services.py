"""Real SPARQL services, started on free loopback ports: `oxigraph serve` and Virtuoso 7."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clusterkg.store.http import Credentials
from clusterkg.store.remote_settings import RemoteSettings

SECRET = "a-s3cret-f0r-tests"
_PATIENCE = 60  # seconds
_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
NumberOfBuffers = 2000
MaxDirtyBuffers = 1500
MaxQueryMem = 200M
ThreadsPerQuery = 1
AsyncQueueMaxThreads = 2

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 8
MaxClientConnections = 8
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = {rows}
"""


@contextmanager
def oxigraph(folder: Path) -> Iterator[RemoteSettings]:
    """`oxigraph serve` of the PyPI package of that name."""
    program = shutil.which("oxigraph", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if program is None:
        _missing("oxigraph (PyPI package oxigraph)")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [program, "serve", "--location", "data", "--bind", f"127.0.0.1:{port}"]
    with _running(command, folder, f"{address}/query"):
        yield RemoteSettings(f"{address}/query", f"{address}/update")


@contextmanager
def virtuoso(folder: Path, rows: int = 50_000) -> Iterator[RemoteSettings]:
    """Virtuoso with small buffers; updates want digest authentication. It cuts answers after so many rows."""
    program = shutil.which("virtuoso-t")
    if program is None:
        _missing("virtuoso-t (Debian packages virtuoso-opensource-7 and virtuoso-opensource-7-bin)")
    http, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(http=http, sql=sql, rows=rows), encoding="ascii")
    command = [program, "+configfile", "virtuoso.ini", "+foreground"]
    passwords = ["+pwdold", "dba", "+pwddba", SECRET, "+pwddav", SECRET]
    subprocess.run([*command, *passwords], cwd=folder, check=True, capture_output=True, timeout=_PATIENCE)
    address = f"http://127.0.0.1:{http}"
    with _running(command, folder, f"{address}/sparql"):
        yield RemoteSettings(f"{address}/sparql", f"{address}/sparql-auth", Credentials("digest", "dba", SECRET))


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], folder: Path, address: str) -> Iterator[None]:
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        _await(process, address, folder)
        yield
    finally:
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], address: str, folder: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with opener.open(f"{address}?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D", timeout=2):
                return
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"{command_name(process)} did not start: {(folder / 'output.txt').read_text(errors='replace')[-500:]}")


def command_name(process: subprocess.Popen[bytes]) -> str:
    """The program's name."""
    return Path(process.args[0]).name


def _missing(what: str) -> None:
    """Where the whole check runs, everything has to be there; elsewhere what is missing is said and skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")
