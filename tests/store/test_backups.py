"""A backup is one whole state, whatever happens meanwhile."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import pytest

from clusterkg.errors import StoreUnavailable
from clusterkg.store import EmbeddedStore, StoreSettings
from clusterkg.store.backups import HEAD, restore, write_backup
from clusterkg.store.base import PutGraph, State

SETTINGS = StoreSettings(workers=1, diagnose=False)


def put(number: int) -> PutGraph:
    lines = "".join(f'<http://example.org/{number}> <http://example.org/p> "{n}" .\n' for n in range(number + 1))
    return PutGraph(f"http://example.org/graph/{number}", lines.encode())


def test_a_backup_during_writes_is_a_state_that_was(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store", SETTINGS)
    states = {store.write([put(0)]).state.sha256}
    stop = threading.Event()

    def write() -> None:
        number = 1
        while not stop.is_set():
            states.add(store.write([put(number % 7)]).state.sha256)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            store.backup(tmp_path / f"copy-{number}")
    finally:
        stop.set()
        writer.join()
        store.close()
    for number in range(4):
        head = json.loads((tmp_path / f"copy-{number}" / HEAD).read_bytes())
        state = restore(tmp_path / f"copy-{number}", tmp_path / "restored")
        assert state.sha256 == head["sha256"]
        assert state.sha256 in states


def test_half_a_backup_is_none(tmp_path: Path) -> None:
    def dump(output: io.BufferedIOBase) -> None:
        output.write(b"<http://example.org/a> <http://example.org/p> <http://example.org/b> <http://example.org/g> .\n")
        raise StoreUnavailable({"es": "Se fue.", "en": "Gone."})

    with pytest.raises(StoreUnavailable):
        write_backup(tmp_path / "copy", State(1, "", "", 2), dump)
    assert not (tmp_path / "copy").exists()
