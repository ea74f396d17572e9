"""What only the embedded store does: its folder, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterkg.errors import StoreUnavailable, UsageError
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import DropGraph, PutGraph
from clusterkg.store.layout import Layout


def put(number: int) -> PutGraph:
    return PutGraph("http://x/g", f'<http://x/s> <http://x/p> "{number}" .\n'.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_a_folder_that_may_not_be_entered_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Layout) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Layout, "exists", refuse)
    with pytest.raises(UsageError, match="may not be entered") as caught:
        EmbeddedStore(folder)
    assert caught.value.file == str(folder)


def test_a_folder_of_other_things_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.docx").write_bytes(b"x")
    with pytest.raises(UsageError, match="not empty"):
        EmbeddedStore(folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.docx"]


def test_where_there_is_no_store_there_is_nothing_to_read(folder: Path) -> None:
    with pytest.raises(UsageError, match="no store"):
        EmbeddedStore(folder, read_only=True)
    assert not folder.exists()


def test_a_store_of_another_layout_is_not_touched(folder: Path) -> None:
    EmbeddedStore(folder).close()
    head = folder / "clusterkg-store.json"
    head.write_text(head.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(UsageError, match="another version"):
        EmbeddedStore(folder)


def test_a_damaged_pointer_is_an_error_and_no_new_store(folder: Path) -> None:
    store = EmbeddedStore(folder)
    store.write([put(1)])
    store.close()
    (folder / "current").write_text("seven")
    with pytest.raises(StoreUnavailable, match="damaged"):
        EmbeddedStore(folder).state()


def test_old_states_go_and_the_latest_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EmbeddedStore(folder)
    for number in range(8):
        store.write([put(number)])
    assert len(list((folder / "states").glob("*.json"))) == 9, "readers may still open what was published a moment ago"
    store.close()
    monkeypatch.setattr("clusterkg.store.layout._KEPT_SECONDS", -1.0)
    layout = Layout(folder)
    layout.publish(layout.read_state(layout.number()))
    assert sorted(path.stem for path in (folder / "states").glob("*.json")) == ["000000007", "000000008", "000000009"]


def test_readers_elsewhere_see_what_a_writer_publishes(folder: Path) -> None:
    writer, reader = EmbeddedStore(folder), EmbeddedStore(folder, read_only=True)
    try:
        writer.write([put(1)])
        assert reader.graph("http://x/g") == put(1).ntriples
        writer.write([DropGraph("http://x/g")])
        assert reader.graph("http://x/g") is None
        with pytest.raises(UsageError):
            reader.write([put(2)])
    finally:
        reader.close()
        writer.close()
