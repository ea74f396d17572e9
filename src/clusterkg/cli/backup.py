"""`clusterkg backup` and `clusterkg restore`."""

from __future__ import annotations

from pathlib import Path

import click

from clusterkg.cli.options import lang_option
from clusterkg.cli.output import emit
from clusterkg.cli.stores import local_folder, opened, store_option
from clusterkg.rendering.language import Language
from clusterkg.rendering.plain import plain


@click.command(
    epilog="""\b
Examples:
  clusterkg backup /var/backups/clusterkg/2026-11-21
  clusterkg backup copy --store /srv/clusterkg"""
)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@store_option
@lang_option
def backup(*, folder: Path, place: str, speaks: Language) -> None:
    """Copy the store's present state to a new FOLDER. A server may be running: it goes on meanwhile."""
    with opened(place) as store:
        state = store.state()
        store.backup(folder)
    emit(plain(speaks("backup.done", folder=folder, state=state.number, triples=state.triples)) + "\n")


@click.command(
    epilog="""\b
Examples:
  clusterkg restore /var/backups/clusterkg/2026-11-21
  clusterkg restore copy --store /srv/clusterkg-new"""
)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@store_option
@lang_option
def restore(*, folder: Path, place: str, speaks: Language) -> None:
    """Fill a store with the backup in FOLDER: everything that it holds is replaced. No server may be running on it."""
    from clusterkg.store.backups import restore as fill

    store = local_folder(place)
    state = fill(folder, store)
    emit(plain(speaks("restore.done", folder=folder, store=store, triples=state.triples)) + "\n")
