"""A store that is killed at random moments loses no acknowledged write, shows no half of one, and opens again each time.

Seeded; `CLUSTERKG_KILLS=200 python -m pytest tests/store/test_kills.py -s` runs the full number of rounds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clusterkg.store import EmbeddedStore
from clusterkg.store.base import Update

WRITER = Path(__file__).with_name("writer_under_fire.py")
ROUNDS = int(os.environ.get("CLUSTERKG_KILLS", "25"))
SEED = 20261121
SAYS = "<http://example.org/says>"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills process groups by POSIX signals")


def test_killed_at_random_it_loses_nothing_acknowledged(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    folder, acknowledged, writes = tmp_path / "store", 0, 0
    for _ in range(ROUNDS):
        last = _round(folder, acknowledged + 1, rng)
        writes += last - acknowledged
        acknowledged = _verified(folder, last)
    print(f"{ROUNDS} kills, {writes} acknowledged writes, none lost")
    assert writes > ROUNDS, "too few writes were acknowledged for the kills to mean anything"


def _round(folder: Path, first: int, rng: random.Random) -> int:
    """Start the writer, kill it at a random moment, and return the last number that it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), str(first)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    opened = process.stdout.readline()
    assert opened == b"open\n", process.stderr.read().decode()
    seen = [] if rng.random() < 0.2 else [process.stdout.readline()]  # most kills come once it is at work
    time.sleep(rng.uniform(0, 0.5))
    # All of it at once, as a machine's out-of-memory killer may; or the parent alone, and its processes have to notice.
    if rng.random() < 0.5:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    numbers = b"".join([*seen, process.stdout.read()]).split(b"\n")[:-1]
    process.stdout.close()
    process.stderr.close()
    process.wait()
    return max([first - 1, *map(int, numbers)])


def _verified(folder: Path, acknowledged: int) -> int:
    """Open the store for writing, look at what is there, and return the number that it holds: the acknowledged one, or one more."""
    store = EmbeddedStore(folder)
    try:
        store.write(
            [
                Update(
                    "INSERT DATA { GRAPH <http://example.org/probe> { <http://example.org/x> a <http://example.org/Y> } }"
                )
            ]
        )
        left, right = (
            _numbers(store, f"GRAPH <http://example.org/{side}> {{ ?s {SAYS} ?n }}") for side in ("left", "right")
        )
        assert left == right, "half of a write is there"
        found = max(left, default=0)
        assert found in (acknowledged, acknowledged + 1)
        log = _numbers(store, f"GRAPH <http://example.org/log> {{ ?s {SAYS} ?n }}")
        assert log == list(range(1, found + 1)), "a write is missing, or stands twice"
        described = [number for number in log if number % 3 == 1]
        labels = _rows(
            store,
            'SELECT ?n { ?c a ckg:Cluster ; rdfs:label ?n . FILTER(STRSTARTS(?n, "n ")) }',
        )
        assert labels == [f"n {described[-1]}"] if described else labels == []
        _diagnosis_in_step(store, described)
        assert _numbers(store, f"<http://example.org/default> {SAYS} ?n") == [n for n in log if n % 3 == 2]
        _default_graph_is_the_union(store)
        return found
    finally:
        store.close()


def _diagnosis_in_step(store: EmbeddedStore, described: list[int]) -> None:
    graph = "https://w3id.org/clusterkg/graph/diagnosis/under-fire"
    years = _rows(
        store,
        f"SELECT DISTINCT (STR(YEAR(?d)) AS ?n) {{ GRAPH <{graph}> {{ ?x ckg:asOf ?d }} }}",
    )
    assert years == ([str(2000 + described[-1] % 20)] if described else [])


def _default_graph_is_the_union(store: EmbeddedStore) -> None:
    for pattern in (
        "?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } }",
        "GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o }",
    ):
        assert json.loads(store.query(f"ASK {{ {pattern} }}").body)["boolean"] is False


def _numbers(store: EmbeddedStore, pattern: str) -> list[int]:
    return sorted(int(row) for row in _rows(store, f"SELECT ?n {{ {pattern} }}"))


def _rows(store: EmbeddedStore, sparql: str) -> list[str]:
    answer = json.loads(store.query(sparql).body)
    return [row["n"]["value"] for row in answer["results"]["bindings"]]
