"""One writer at a time: a lock on the store's folder, which the system lets go of as soon as its holder ends, however it does.

The engine's own lock is on a data folder, and writers move from one such folder to the next (layout.py): whoever has waited for
the lock of a folder that was left meanwhile would hold a folder that no longer counts, and take the next one from its writer.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from clusterkg.errors import StoreUnavailable, text

_PATIENCE = 10.0  # seconds to wait for a writer that is just ending


def held(folder: Path) -> int:
    """Take the lock, for as long as this process lives or the handle is open; where the system has no such locks, the engine's has to do.

    Raises:
        StoreUnavailable: where another writer holds it.
    """
    handle = os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        import fcntl
    except ImportError:
        return handle
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError as error:
            if time.monotonic() > until:
                os.close(handle)
                raise in_use() from error
            time.sleep(0.05)


def in_use() -> StoreUnavailable:
    """Another writer is at work, or nothing can be opened at all."""
    return StoreUnavailable(
        text("El almacén está en uso o no se puede abrir.", "The store is in use or cannot be opened."),
        hint=text(
            "Un servidor en marcha lo tiene abierto: escriba a través de él.",
            "A running server holds it: write through that server.",
        ),
    )
