"""Backups of a store: a folder with everything as N-Quads (`dump.nq.gz`) and what it must be (`backup.json`)."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from clusterkg.errors import UsageError, text
from clusterkg.store.base import State

FORMAT = 1
DUMP, HEAD = "dump.nq.gz", "backup.json"


def write_backup(folder: Path, state: State, dump: Callable[[BinaryIO], None]) -> None:
    """Make a backup in a new folder of what `dump` writes: the statements of that state as N-Quads, one on each line.

    Raises:
        UsageError: where the folder is there already, or cannot be written.
    """
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise _not_written(folder) from error
    try:
        with gzip.open(folder / DUMP, "wb", compresslevel=6) as packed:
            counting = _Counting(packed)
            dump(cast(BinaryIO, counting))
        # Counted, rather than taken from the state: a service may have been written to meanwhile.
        head = {"format": FORMAT, **_figures(state), "triples": counting.lines}
        (folder / HEAD).write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)  # half a backup is none
        if isinstance(error, OSError):
            raise _not_written(folder) from error
        raise


def _figures(state: State) -> dict[str, object]:
    return {"number": state.number, "sha256": state.sha256, "modified": state.modified}


class _Counting:
    """Passes bytes on and counts the lines."""

    def __init__(self, output: gzip.GzipFile) -> None:
        self._output = output
        self.lines = 0

    def write(self, data: bytes) -> int:
        self.lines += data.count(b"\n")
        return self._output.write(data)


def restore(backup: Path, folder: Path) -> State:
    """Fill the store in `folder`, made if need be, with a backup; what it held before is gone, in one step.

    Raises:
        UsageError: where `backup` is none, or is damaged; then the store is as it was.
        StoreUnavailable: when somebody else writes to the store.
    """
    from clusterkg.store.embedded import EmbeddedStore  # which itself makes backups

    expected = _expected(backup)
    with _unpacked(backup / DUMP) as nquads:
        with nquads.open("rb") as lines:
            if sum(1 for _ in lines) != expected:
                raise _damaged(backup)
        store = EmbeddedStore(folder)
        try:
            return store.fill(nquads, replace_all=True, diagnose=False).state
        finally:
            store.close()


def _expected(backup: Path) -> int:
    """How many statements the backup has. Raises UsageError where that cannot be read."""
    try:
        head = json.loads((backup / HEAD).read_bytes())
        if head["format"] != FORMAT:
            raise UsageError(
                text(
                    "El respaldo es de otra versión del programa.",
                    "The backup was made by another version of the program.",
                ),
                file=str(backup),
            )
        return int(head["triples"])
    except OSError as error:
        raise UsageError(text("Ahí no hay un respaldo.", "There is no backup there."), file=str(backup)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(backup) from error


@contextmanager
def _unpacked(dump: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        nquads = Path(folder) / "dump.nq"
        try:
            with gzip.open(dump, "rb") as packed, nquads.open("wb") as file:
                shutil.copyfileobj(packed, file)
        except (OSError, EOFError, zlib.error) as error:  # what is cut off or altered fails gzip's checksum
            raise _damaged(dump.parent) from error
        yield nquads


def _not_written(folder: Path) -> UsageError:
    return UsageError(
        text(
            "La carpeta del respaldo ya existe o no se puede escribir.",
            "The backup's folder exists or cannot be written.",
        ),
        file=str(folder),
    )


def _damaged(backup: Path) -> UsageError:
    return UsageError(text("El respaldo está dañado.", "The backup is damaged."), file=str(backup))
