"""Backups of a store: a folder with everything as N-Quads (`dump.nq.gz`) and what it must be (`backup.json`)."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clusterkg.errors import UsageError, text
from clusterkg.store.base import State
from clusterkg.store.embedded import EmbeddedStore

FORMAT = 1
DUMP, HEAD = "dump.nq.gz", "backup.json"


def restore(backup: Path, folder: Path) -> State:
    """Fill the store in `folder`, made if need be, with a backup; what it held before is gone, in one step.

    Raises:
        UsageError: where `backup` is none, or is damaged; then the store is as it was.
        StoreUnavailable: when somebody else writes to the store.
    """
    expected = _expected(backup)
    with _unpacked(backup / DUMP) as nquads:
        with nquads.open("rb") as lines:
            if sum(1 for line in lines if line.strip()) != expected:
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


def _damaged(backup: Path) -> UsageError:
    return UsageError(text("El respaldo está dañado.", "The backup is damaged."), file=str(backup))
