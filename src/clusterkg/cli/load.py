"""`clusterkg load`: descriptions into the store, one named graph each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from clusterkg.cli.check import UNUSABLE, read_all
from clusterkg.cli.failures import report_error, said, tell
from clusterkg.cli.options import lang_option
from clusterkg.cli.output import emit
from clusterkg.cli.stores import opened, shown, store_option
from clusterkg.errors import ClusterkgError, InputError, UsageError
from clusterkg.rendering.language import Language
from clusterkg.rendering.plain import plain

if TYPE_CHECKING:
    from clusterkg.reading import Document
    from clusterkg.store import Store
    from clusterkg.store.base import PutGraph


@click.command(
    epilog="""\b
Examples:
  clusterkg load --shipped
  clusterkg load my-cluster.yaml portfolio/
  clusterkg load my-cluster.yaml --store /srv/clusterkg"""
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--shipped", is_flag=True, help="The shipped knowledge graph, unless it is there already.")
@click.option("--input-format", metavar="FORMAT", help="Syntax of the input, where ending and content do not tell it.")
@store_option
@lang_option
def load(*, paths: tuple[str, ...], shipped: bool, input_format: str | None, place: str, speaks: Language) -> int:
    """Put descriptions into the store: files, folders, or - for standard input.

    Each description replaces what the store holds of it; its diagnosis is renewed in the same step. What cannot be
    used is reported and left out.
    """
    if not paths and not shipped:
        raise UsageError(said("error.no-paths"))
    changes: list[PutGraph] = []
    failures: list[ClusterkgError] = []
    if paths:
        documents, failures = read_all(paths, input_format)
        for document, change in _usable(documents, failures):
            changes.append(change)
            tell(plain(speaks("load.graph", file=document.path, graph=change.graph)))
        for failure in failures:
            report_error(failure, speaks)
        if not failures and not changes:
            raise UsageError(said("error.nothing-to-load"))
    if changes or shipped:
        with opened(place, read_only=False) as store:
            if shipped:
                put_shipped(store, speaks)
            _put(store, changes, place, speaks)
    return UNUSABLE if failures else 0


def put_shipped(store: Store, speaks: Language) -> None:
    """Load the shipped graph where it is not there yet, and say what is being done."""
    from clusterkg.store.shipped import holds_shipped, load_shipped

    if holds_shipped(store):
        tell(speaks("load.shipped-there"))
        return
    tell(speaks("load.shipped"))
    tell(speaks.count("load.shipped-done", load_shipped(store)))


def _put(store: Store, changes: Sequence[PutGraph], place: str, speaks: Language) -> None:
    if not changes:
        return
    tell(speaks("load.writing"))
    state = store.write(changes).state
    emit(plain(speaks.count("load.done", len(changes), store=shown(place), state=state.number)) + "\n")


def _usable(documents: Sequence[Document], failures: list[ClusterkgError]) -> Iterator[tuple[Document, PutGraph]]:
    """The graphs of the documents that can be used, each once; what is wrong with the others goes to `failures`."""
    from clusterkg.reading.lint import require_clean
    from clusterkg.store.loading import description_changes
    from clusterkg.vocabulary import shipped_vocabulary

    taken: dict[str | None, str] = {}
    for document in documents:
        try:
            require_clean(document, shipped_vocabulary())
            changes = description_changes([document])
        except ClusterkgError as error:
            failures.append(error)
            continue
        twice = next((change.graph for change in changes if change.graph in taken), None)
        if twice is not None:
            failures.append(InputError(said("error.twice", graph=twice, other=taken[twice]), file=document.path))
            continue
        for change in changes:
            taken[change.graph] = document.path
            yield document, change
