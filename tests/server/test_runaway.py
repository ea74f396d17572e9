"""Queries that would never end, or would fill the machine, are ended in time; nothing of them is left behind.

`CLUSTERKG_RUNAWAYS=200 python -m pytest tests/server/test_runaway.py -s` runs the full number.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from clusterkg.errors import MemoryExceeded
from clusterkg.server.app import create_app
from clusterkg.server.settings import Settings
from clusterkg.store.base import Limits, PutGraph
from clusterkg.store.embedded import EmbeddedStore, StoreSettings

RUNAWAYS = int(os.environ.get("CLUSTERKG_RUNAWAYS", "100"))
DEADLINE = 0.6
MEMORY = 400 << 20
NODES = 400

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at handles and memory through /proc")

KINDS = {
    "a triple cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a memory bomb": 'SELECT (STRLEN(?z) AS ?n) { BIND("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" AS ?v) BIND(REPLACE(?v, "a", ?v) AS ?w) '
    'BIND(REPLACE(?w, "a", ?w) AS ?x) BIND(REPLACE(?x, "a", ?x) AS ?z) }',
    "everything sorted": "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY DESC(?i) ?f ?c",
    "an endless path": "SELECT (COUNT(*) AS ?n) { ?a (<http://x/p>|!<http://x/q>)* ?b . ?c (<http://x/p>|!<http://x/q>)+ ?d . "
    "?e <http://x/p>* ?f }",
    "a text bomb": 'SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g)); separator=",") AS ?t) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }',
    "distinct of everything": "SELECT DISTINCT ?a ?c ?d ?f ?g ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
}


_OTHERS: set[int] = set()
"""Processes of tests that ran before in this one."""


class Server:
    """The application on a free port of this machine, in a thread."""

    def __init__(self, store: EmbeddedStore) -> None:
        app = create_app(Settings(), store)
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)

    def stop(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()


def circle() -> PutGraph:
    lines = (f"<http://x/{n}> <http://x/p> <http://x/{(n * 7 + 1) % NODES}> .\n" for n in range(NODES))
    return PutGraph("http://x/circle", "".join(lines).encode())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    _OTHERS.update(_children())
    made = EmbeddedStore(
        tmp_path / "s", StoreSettings(query_seconds=DEADLINE, query_memory=MEMORY, answer_bytes=1 << 20)
    )
    circle = "".join(f"<http://x/{n}> <http://x/p> <http://x/{(n * 7 + 1) % NODES}> .\n" for n in range(NODES))
    made.start()
    made.write([PutGraph("http://x/circle", circle.encode())])
    yield made
    made.close()


def test_runaways_in_a_row_leave_nothing_behind(store: EmbeddedStore) -> None:
    server = Server(store)
    try:
        for kind in KINDS:  # everything that is made once, is made
            _run_away(server, kind)
        workers, handles, memory = set(store.pools()["query"].pids()), _handles(), _memory()
        slowest, outcomes = 0.0, dict.fromkeys((503, 504, 413), 0)
        for number in range(RUNAWAYS):
            status, seconds = _run_away(server, list(KINDS)[number % len(KINDS)])
            slowest = max(slowest, seconds)
            outcomes[status] += 1
        _settle(store)
        print(
            f"{RUNAWAYS} runaway queries: slowest {slowest:.2f} s at a deadline of {DEADLINE} s; by status {outcomes}"
        )
        assert len(store.pools()["query"].pids()) == len(workers) == 2
        assert _children() == {pid for pool in store.pools().values() for pid in pool.pids()}
        assert _handles() <= handles + 4
        assert _memory() <= memory + (24 << 20)
        assert outcomes[504] > RUNAWAYS / 5
    finally:
        server.stop()
    assert not set(store.pools()["query"].pids())


def _run_away(server: Server, kind: str) -> tuple[int, float]:
    """One runaway query, its answer looked at, and the next query."""
    begun = time.monotonic()
    answer = server.client.get("/sparql", params={"query": KINDS[kind]})
    seconds = time.monotonic() - begun
    assert answer.status_code in (503, 504, 413), (kind, answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert ("retry-after" in answer.headers) == (answer.status_code != 413)
    assert "Traceback" not in answer.text
    assert seconds < DEADLINE + 1, f"{kind} took {seconds:.2f} s"
    following = server.client.get("/sparql", params={"query": "ASK { <http://x/1> <http://x/p> ?o }"})
    assert following.status_code == 200, following.text
    assert following.json()["boolean"] is True
    return answer.status_code, seconds


def _settle(store: EmbeddedStore) -> None:
    """Let the processes that were started in place of the killed ones come up."""
    gc.collect()
    until = time.monotonic() + 5
    while time.monotonic() < until and len(_children()) > 4:
        time.sleep(0.1)


def _handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def _memory() -> int:
    """Resident memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _children() -> set[int]:
    """The processes of the test's own store."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for path in found for pid in path.read_text().split()} - _OTHERS


def test_a_flood_of_runaways_leaves_pages_and_health_alone(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "s", StoreSettings(query_seconds=8, query_memory=MEMORY))
    store.write([circle()])
    store.start()
    server = Server(store)
    over = threading.Event()

    def flood() -> None:
        with httpx.Client(base_url=server.client.base_url, timeout=30) as client:
            while not over.is_set():
                client.get("/sparql", params={"query": KINDS["a triple cross product"]})

    threads = [threading.Thread(target=flood) for _ in range(12)]
    try:
        for thread in threads:
            thread.start()
        for _ in range(5):
            for path in ("/health/ready", "/api/clusters", "/graph"):
                assert server.client.get(path).status_code == 200, path
    finally:
        over.set()
        for thread in threads:
            thread.join()
        server.stop()


def test_a_memory_bomb_with_time_enough_meets_the_limit_of_memory(store: EmbeddedStore) -> None:
    for kind in ("a memory bomb", "everything sorted", "distinct of everything"):
        with pytest.raises(MemoryExceeded):
            store.query(KINDS[kind], limits=Limits(seconds=60, answer_bytes=1 << 40))
        assert b"true" in store.query("ASK { <http://x/1> <http://x/p> ?o }").body


def test_a_killed_process_is_no_zombie(store: EmbeddedStore) -> None:
    server = Server(store)
    try:
        _run_away(server, "a triple cross product")
        states = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] for pid in _children()]
        assert "Z" not in states
    finally:
        server.stop()
