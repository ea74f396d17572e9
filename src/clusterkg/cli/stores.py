"""Which store a command works on, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clusterkg.cli.failures import said
from clusterkg.errors import UsageError

if TYPE_CHECKING:
    from clusterkg.store import Store

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_PATIENT = 3600.0  # seconds: whoever types a command can stop it


def store_option(function: Decorated) -> Decorated:
    """`--store`: a folder or an address."""
    return click.option(
        "--store",
        "place",
        envvar="CLUSTERKG_STORE",
        default="",
        metavar="FOLDER|ADDRESS",
        help="Folder of the store, or address of a SPARQL 1.1 service. Default: CLUSTERKG_STORE, else your data folder.",
    )(function)


@contextmanager
def opened(place: str, *, read_only: bool = True, seconds: float = _PATIENT) -> Iterator[Store]:
    """The store for one command. `seconds` is the deadline of a query.

    Raises:
        UsageError: where there is no store to read.
    """
    from clusterkg.store import StoreSettings, open_store

    settings = StoreSettings(workers=1, query_seconds=seconds, write_seconds=_PATIENT, answer_bytes=1 << 62)
    store = open_store(place, settings, read_only=read_only)
    try:
        yield store
    finally:
        store.close()


def shown(place: str) -> str:
    """How a store is called before users: the address or the folder."""
    from clusterkg.store import default_folder

    return place or str(default_folder())


def local_folder(place: str) -> Path:
    """The folder of an embedded store. Raises UsageError for the address of a service."""
    from clusterkg.store import default_folder

    if place.startswith(("http://", "https://")):
        raise UsageError(said("error.store-folder", store=place))
    return Path(place) if place else default_folder()
