"""Two writers of one folder: the second waits, and never takes the data of the first."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from clusterkg.errors import QueryError
from clusterkg.store import EmbeddedStore, StoreSettings
from clusterkg.store.base import Update

SETTINGS = StoreSettings(workers=1, diagnose=False)


def test_the_second_does_not_slip_in_where_the_first_moves_to_another_data_folder(tmp_path: Path) -> None:
    with_first = EmbeddedStore(tmp_path / "store", SETTINGS)
    second = EmbeddedStore(tmp_path / "store", SETTINGS)
    told: list[object] = []

    def interfere() -> None:
        try:
            told.append(second.write([Update("INSERT DATA { <x:second> <x:p> 1 }")]))
        except Exception as error:
            told.append(error)

    thread = threading.Thread(target=interfere)
    try:
        with_first.write([Update("INSERT DATA { <x:first> <x:p> 0 }")])
        thread.start()
        for number in range(1, 12):
            with pytest.raises(QueryError):  # rolled back: the data are made anew in another folder
                with_first.write([Update("CREATE GRAPH <x:g> ; CREATE GRAPH <x:g>")])
            thread.join(0.3)
            with_first.write([Update(f"INSERT DATA {{ <x:first> <x:p> {number} }}")])
            if not thread.is_alive():
                break
        thread.join(30)
        found = with_first.query("SELECT (COUNT(*) AS ?n) { <x:first> ?p ?o }").body
        assert f'"{number + 1}"'.encode() in found
        assert [type(one).__name__ for one in told] == ["StoreUnavailable"]
    finally:
        thread.join(30)
        second.close()
        with_first.close()
