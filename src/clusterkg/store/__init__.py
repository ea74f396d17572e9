"""Where the graph is kept: one interface (base.py), an embedded store and a remote one.

layout.py, query_work.py, write_work.py, embedded.py    Oxigraph in a folder
remote.py                                               a SPARQL 1.1 service
upkeep.py                                               diagnoses kept in step with what is stored
loading.py                                              descriptions and the shipped graph, made ready for a store
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from clusterkg.store.base import Store
from clusterkg.store.embedded import EmbeddedStore, StoreSettings

__all__ = ["EmbeddedStore", "Store", "StoreSettings", "default_folder", "open_store"]


def open_store(address: str = "", settings: StoreSettings = StoreSettings(), *, read_only: bool = False) -> Store:
    """The store that `address` names: a folder, or the address of a SPARQL 1.1 service; empty: the user's own folder.

    Raises:
        UsageError: where it cannot be opened.
    """
    if re.match(r"https?://", address):
        from clusterkg.store.remote import RemoteStore

        return RemoteStore.open(address, settings, read_only=read_only)
    return EmbeddedStore(Path(address) if address else default_folder(), settings, read_only=read_only)


def default_folder() -> Path:
    """The store in the user's data folder."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "clusterkg"
