"""`clusterkg serve` as a process of its own: address, log, shutdown."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@dataclass
class Process:
    popen: subprocess.Popen[str]
    address: str
    log: Path
    words: str = ""
    port: int = field(init=False)

    def __post_init__(self):
        self.port = int(re.search(r":(\d+)/$", self.address)[1])

    def get(self, path: str, **options) -> httpx.Response:
        return httpx.get(self.address.rstrip("/") + path, timeout=20, **options)

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def children(self) -> list[str]:
        return subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.popen.pid)], check=True, capture_output=True, text=True
        ).stdout.split()


@pytest.fixture
def started(filled: Path, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    running = []

    def start(*flags: str, host: str = "127.0.0.1", **settings: object) -> Process:
        shutil.copytree(filled, tmp_path / "store")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CLUSTERKG_")}
        environment |= {"PYTHONPATH": str(ROOT / "src"), "CLUSTERKG_WORKERS": "1", "CLUSTERKG_LANG": "en"}
        environment |= {f"CLUSTERKG_{name.upper()}": str(value) for name, value in settings.items()}
        command = [
            sys.executable,
            "-m",
            "clusterkg",
            "serve",
            "--host",
            host,
            "--port",
            "0",
            "--store",
            str(tmp_path / "store"),
            *flags,
        ]
        log = tmp_path / "log"
        with log.open("w") as errors:
            popen = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, start_new_session=True
            )
        running.append(popen)
        words = popen.stdout.readline()
        found = re.search(r"http://\S+", words)
        assert found, log.read_text()
        return Process(popen, found[0], log, words)

    yield start
    for popen in running:
        popen.kill()
        popen.wait()
        popen.stdout.close()


def test_it_prints_its_address_and_answers(started):
    process = started()
    assert process.words == f"clusterkg serves at {process.address} (Ctrl-C stops it)\n"
    assert process.get("/health/ready").json()["status"] == "pass"
    answer = process.get("/health")
    assert "server" not in answer.headers
    assert "date" in answer.headers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to(started, number):
    process = started()
    process.get("/health/ready")
    children = process.children()
    assert children
    os.killpg(process.popen.pid, number)  # as Ctrl-C in a terminal does
    assert process.popen.wait(10) == 0
    assert "Traceback" not in process.log.read_text()
    for pid in children:
        assert not Path(f"/proc/{pid}").exists()


def test_a_request_under_way_is_answered_first(started):
    process = started(shutdown_seconds=10)
    with closing(socket.create_connection(("127.0.0.1", process.port), timeout=20)) as connection:
        body = b"query=ASK%20%7B%7D"
        head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % len(body) + body[:5])
        time.sleep(0.3)
        process.popen.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert process.popen.poll() is None
        with pytest.raises(httpx.ConnectError):
            process.get("/health")
        connection.sendall(body[5:])
        answer = b""
        while received := connection.recv(65536):
            answer += received
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"boolean":true' in answer
    assert process.popen.wait(10) == 0


def test_one_that_does_not_end_is_not_waited_for(started):
    process = started(shutdown_seconds=1)
    with closing(socket.create_connection(("127.0.0.1", process.port), timeout=20)) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 50\r\n\r\nhalf"
        )
        time.sleep(0.3)
        began = time.monotonic()
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(10) == 0
        assert time.monotonic() - began < 5


def test_a_query_that_runs_on_is_stopped_with_the_server(started):
    process = started(shutdown_seconds=1, query_seconds=60)
    children = process.children()
    endless = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"{{ VALUES ?v{n} {{ {'1 ' * 60} }} }}" for n in range(9)) + " }"
    with closing(socket.create_connection(("127.0.0.1", process.port), timeout=20)) as connection:
        path = str(httpx.URL("/sparql", params={"query": endless}))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(1)
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(10) == 0
    for pid in children:
        assert not Path(f"/proc/{pid}").exists()


def test_the_log_tells_nothing_of_the_reader(started):
    process = started()
    secret = "persona-secreta"
    headers = {"Authorization": f"Bearer {secret}", "User-Agent": secret, "X-Forwarded-For": "203.0.113.99"}
    process.get("/sparql", params={"query": f'ASK {{ ?s ?p "{secret}" }}'}, headers=headers)
    process.get("/sparql", params={"query": f"ASK {{ {secret}"}, headers=headers)
    process.get(f"/id/cluster/{secret}", headers=headers)
    process.popen.send_signal(signal.SIGTERM)
    process.popen.wait(10)
    written = process.log.read_text()
    for word in (secret, "127.0.0.1", "203.0.113.99"):
        assert word not in written
    requests = [line for line in process.lines() if line["logger"] == "clusterkg.requests"]
    assert [(line["method"], line["status"]) for line in requests][:2] == [("GET", 200), ("GET", 400)]
    assert requests[0]["route"] == "/sparql"


def test_forwarded_addresses_only_from_proxies_that_are_trusted(started):
    process = started(rate="1/hour", trusted_proxies="198.51.100.1")
    codes = [process.get("/openapi.json", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(2)]
    assert codes == [200, 429]


def test_a_trusted_proxy_speaks_for_others(started):
    process = started(rate="1/hour", trusted_proxies="127.0.0.1")
    headers = [{"X-Forwarded-For": f"203.0.113.{n}", "X-Forwarded-Proto": "https"} for n in (1, 2, 1)]
    answers = [process.get("/openapi.json", headers=one) for one in headers]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "strict-transport-security" in answers[0].headers


def test_a_port_that_is_taken_is_one_line(tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [
            sys.executable,
            "-m",
            "clusterkg",
            "serve",
            "--port",
            str(taken.getsockname()[1]),
            "--store",
            str(tmp_path / "s"),
        ]
        result = subprocess.run(
            [*command, "--lang", "es"],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
    assert result.returncode == 2
    assert "está ocupado" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_large_upload_over_the_wire(started):
    process = started(upload_size=1)
    with closing(socket.create_connection(("127.0.0.1", process.port), timeout=20)) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99000000\r\n\r\nASK"
        )
        answer = b""
        while received := connection.recv(65536):
            answer += received
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert process.get("/health/ready").status_code == 200
