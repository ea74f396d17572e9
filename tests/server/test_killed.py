"""A server that is killed in the middle of writes has every write that it answered, and starts again.

Seeded; `CLUSTERKG_KILLS=200 python -m pytest tests/server/test_killed.py -s` runs the full number of rounds. How the store bears kills is
looked at more closely in tests/store/test_kills.py.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from clusterkg.server.operation.tokens import Tokens

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("CLUSTERKG_KILLS", "5"))
GRAPHS = {"one": "http://example.org/one", "two": "http://example.org/two"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills process groups by POSIX signals")


class Server:
    """`clusterkg serve` in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "clusterkg", "serve", "--port", "0", "--store", str(folder / "store")]
        command += ["--tokens", str(folder / "tokens.json"), "--lang", "en"]
        self._log = (folder / "log").open("ab")
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True, env=environment, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, (folder / "log").read_text()[-2000:]
        self.address = next(word for word in line.split() if word.startswith("http://")).rstrip("/")

    def kill(self, everything: bool) -> None:
        if everything:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait()
        self._log.close()


def test_what_it_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    token = Tokens(tmp_path / "tokens.json").add("tests", "write")
    acknowledged: dict[str, int] = {}
    written = 0
    for _ in range(ROUNDS):
        server = Server(tmp_path)
        try:
            for name, number in acknowledged.items():
                assert _number(server, GRAPHS[name]) >= number, f"a write to {name} is lost"
            before = sum(acknowledged.values())
            writers = [threading.Thread(target=_write, args=(server, token, name, acknowledged)) for name in GRAPHS]
            for writer in writers:
                writer.start()
            _wait(lambda before=before: sum(acknowledged.values()) > before)
            time.sleep(rng.uniform(0, 0.5))
        finally:
            server.kill(everything=rng.random() < 0.5)
        for writer in writers:
            writer.join()
        written += sum(acknowledged.values()) - before
    print(f"{ROUNDS} kills of a server, {written} acknowledged writes, none lost")
    assert written > ROUNDS


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


def _write(server: Server, token: str, name: str, acknowledged: dict[str, int]) -> None:
    """Put one number after the other into a graph, until the server is gone."""
    number = acknowledged.get(name, 0)
    with httpx.Client(
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}, timeout=30
    ) as client:
        while True:
            number += 1
            try:
                body = f"<http://example.org/s> <http://example.org/p> {number} ."
                answer = client.put(f"{server.address}/rdf-graph-store", params={"graph": GRAPHS[name]}, content=body)
            except httpx.HTTPError:
                return
            if answer.status_code >= 500:
                return
            assert answer.status_code in (201, 204), answer.text
            acknowledged[name] = number


def _number(server: Server, graph: str) -> int:
    query = f"SELECT ?n {{ GRAPH <{graph}> {{ ?s ?p ?n }} }}"
    rows = httpx.get(f"{server.address}/sparql", params={"query": query}, timeout=30).json()["results"]["bindings"]
    (found,) = [int(row["n"]["value"]) for row in rows]
    return found
