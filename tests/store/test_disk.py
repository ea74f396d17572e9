"""A disk that takes no more: the writer says so, and goes on from the published state once there is room again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clusterkg.errors import StoreUnavailable
from clusterkg.store.base import Update
from clusterkg.store.write_work import Write, WriteConfig, WriteWork


class NoReply:
    """Takes what a pool would be told."""

    def committed(self) -> None:
        """Nobody waits for it."""


def full(*_: object, **__: object) -> Any:
    """What RocksDB says then."""
    raise OSError("IO error: No space left on device")


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = WriteWork(WriteConfig(str(tmp_path / "store"), diagnose=False))

    def write(number: int) -> int:
        update = Update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:a> <x:b> {number} }} }}")
        receipt: Any = writer.work(Write((update,)), NoReply())  # type: ignore[arg-type]
        return int(receipt.state.triples)

    assert write(1) == 1
    for place in ("_data.update", "_take_published", "_data.update"):
        with monkeypatch.context() as patched:
            patched.setattr(writer if "." not in place else writer._data, place.rpartition(".")[2], full)
            if place == "_take_published":
                patched.setattr(writer._data, "update", full)
            with pytest.raises(StoreUnavailable, match="disk"):
                write(2)
    assert write(3) == 2
