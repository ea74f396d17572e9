"""The folder of an embedded store.

    clusterkg-store.json    version of this layout, and the name of the writer's data folder
    data-N/                 what the writer works on; nobody else opens it
    states/N/               a whole published state, for readers; files are shared with data-N as long as they are the same
    states/N.json           its figures
    current                 the number of the state that readers open
    writer.lock             held by the one process that writes (holding.py)
    dirty                   there while a write is under way: what data-N holds is then not to be trusted

A write changes data-N, publishes it as a new state and moves `current` by a rename. After a crash in between, data-N is
made anew from the state that `current` names: what was not acknowledged has not happened.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import asdict
from pathlib import Path

from clusterkg.errors import StoreUnavailable, UsageError, text
from clusterkg.store.base import GraphState, State

FORMAT = 1
_KEPT = 3  # states; and those of the last seconds, so that a reader still finds the one that it was told to open
_KEPT_SECONDS = 20.0


class Layout:
    """Paths in a store's folder, and the few steps that must happen as one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.states = folder / "states"
        self._head = folder / "clusterkg-store.json"
        self._current = folder / "current"
        self._dirty = folder / "dirty"

    def exists(self) -> bool:
        """Whether a store has been made here and has published a state."""
        return self._current.is_file()

    def create(self) -> None:
        """Make the folder. Raises UsageError for one that holds something else, or where nothing can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not self._head.exists() and any(self.folder.iterdir()):
                raise UsageError(
                    text("La carpeta no está vacía y no es un almacén.", "The folder is not empty and is no store."),
                    file=str(self.folder),
                )
            self.states.mkdir(exist_ok=True)
            if not self._head.exists():
                self.use_data("data-1")
        except OSError as error:
            raise UsageError(
                text("No se puede escribir en la carpeta del almacén.", "The store's folder cannot be written."),
                file=str(self.folder),
            ) from error

    def data(self) -> Path:
        """The writer's data folder; it need not exist yet. Raises UsageError for a layout that this program does not know."""
        head = self._read_head()
        if head.get("format") != FORMAT:
            raise UsageError(
                text(
                    "El almacén es de otra versión del programa.",
                    "The store was made by another version of the program.",
                ),
                file=str(self.folder),
                hint=text(
                    "Expórtelo con aquella versión y cárguelo con esta.",
                    "Export it with that one and load it with this.",
                ),
            )
        return self.folder / Path(str(head["data"])).name

    def next_data(self) -> Path:
        """A name for a new data folder."""
        number = int(self.data().name.removeprefix("data-")) + 1
        return self.folder / f"data-{number}"

    def use_data(self, name: str) -> None:
        """Make another data folder the writer's; every other one goes."""
        _write(self._head, json.dumps({"format": FORMAT, "data": name}).encode())
        for other in self.folder.glob("data-*"):
            if other.name != name:
                shutil.rmtree(other, ignore_errors=True)

    def is_dirty(self) -> bool:
        """Whether a write was under way when the last writer ended."""
        return self._dirty.exists()

    def mark_dirty(self) -> None:
        """Note, for good, that a write begins."""
        _write(self._dirty, b"")

    def mark_clean(self) -> None:
        """Note that data and the published state agree."""
        self._dirty.unlink(missing_ok=True)
        _sync_folder(self.folder)

    def number(self) -> int:
        """The number of the published state; 0 before the first. Raises StoreUnavailable where `current` is damaged."""
        try:
            return int(self._current.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise StoreUnavailable(
                text("El almacén está dañado.", "The store is damaged."),
                file=str(self._current),
                hint=text("Restáurelo de un respaldo.", "Restore it from a backup."),
            ) from error

    def state_folder(self, number: int) -> Path:
        """The folder of a published state."""
        return self.states / f"{number:09d}"

    def read_state(self, number: int) -> State:
        """The figures of a published state; those of an empty store for 0."""
        if not number:
            return State(0, "", "", 0)
        found = json.loads(self.state_folder(number).with_suffix(".json").read_bytes())
        graphs = {name: GraphState(*values) for name, values in found.pop("graphs").items()}
        return State(**found, graphs=graphs)

    def publish(self, state: State) -> None:
        """Make a state, whose folder is complete, the one that readers open; then let go of old ones."""
        content = asdict(state)
        content["graphs"] = {name: [g.triples, g.sha256, g.modified] for name, g in sorted(state.graphs.items())}
        _write(self.state_folder(state.number).with_suffix(".json"), json.dumps(content).encode())
        _sync_folder(self.states)
        _write(self._current, str(state.number).encode())
        recent = time.time() - _KEPT_SECONDS
        for figures in sorted(self.states.glob("*.json"))[:-_KEPT]:
            if figures.stat().st_mtime < recent:
                shutil.rmtree(figures.with_suffix(""), ignore_errors=True)
                figures.unlink(missing_ok=True)

    def discard_unpublished(self) -> None:
        """Remove what a crash left of a state that was never published."""
        for entry in self.states.glob("*"):
            number = entry.name.split(".")[0]
            if number.isdecimal() and int(number) > self.number():
                shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes on disk, files that several folders share counted once."""
        seen: dict[tuple[int, int], int] = {}
        for path in self.folder.rglob("*"):
            try:
                found = path.stat()
            except OSError:
                continue
            if path.is_file():
                seen[found.st_dev, found.st_ino] = found.st_size
        return sum(seen.values())

    def _read_head(self) -> dict[str, object]:
        try:
            head: dict[str, object] = json.loads(self._head.read_bytes())
        except (OSError, ValueError) as error:
            raise UsageError(
                text("Ahí no hay un almacén.", "There is no store there."),
                file=str(self.folder),
                hint=text("«clusterkg load» crea uno.", "“clusterkg load” makes one."),
            ) from error
        return head


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or as it was, also after a power cut."""
    aside = path.with_name(path.name + ".new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
