"""A server in a process of its own, over a store that holds the shipped graph, and a token that may write to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clusterkg.client import Client
from clusterkg.client.embedded import shipped_store
from clusterkg.server.operation.tokens import Tokens

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Served:
    address: str  # without a slash at its end
    token: str

    @property
    def sparql(self) -> str:
        return f"{self.address}/sparql"

    def client(self, **options) -> Client:
        return Client(self.address, token=self.token, **options)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(shipped_store(), folder / "store")
    token = Tokens(folder / "tokens.json").add("tests", "write")
    command = [sys.executable, "-m", "clusterkg", "serve", "--port", "0", "--log-format", "text"]
    command += ["--store", str(folder / "store"), "--tokens", str(folder / "tokens.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "CLUSTERKG_LANG": "en"}
    log = (folder / "log.txt").open("w")
    with log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment) as process:
        try:
            yield Served(_announced(process, folder / "log.txt").rstrip("/"), token)
        finally:
            process.terminate()
            process.wait(30)


def _announced(process: subprocess.Popen[str], log: Path) -> str:
    """The address that the server says it has; a server that ends before says why in its log."""
    assert process.stdout is not None
    for line in process.stdout:
        if address := next((word for word in line.split() if word.startswith("http://")), None):
            return address
    raise RuntimeError(log.read_text())
