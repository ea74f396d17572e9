"""`clusterkg status`: what the store holds, in figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterkg.cli.options import format_option, lang_option, out_option
from clusterkg.cli.output import emit
from clusterkg.cli.stores import opened, shown, store_option
from clusterkg.rendering.language import Language
from clusterkg.rendering.plain import plain

if TYPE_CHECKING:
    from clusterkg.store import Store


@click.command(
    epilog="""\b
Examples:
  clusterkg status
  clusterkg status --store /srv/clusterkg --format json"""
)
@format_option("text", "json")
@store_option
@lang_option
@out_option
def status(*, form: str, place: str, speaks: Language, out: Path | None) -> None:
    """Tell what the store holds: graphs, descriptions, diagnoses, its state and its size."""
    with opened(place) as store:
        figures = _figures(store, shown(place))
    if form == "json":
        emit(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", out)
        return
    rows = [(speaks(f"status.{name}"), _told(value, speaks)) for name, value in figures.items() if value is not None]
    width = max(len(label) for label, _ in rows)
    emit("".join(plain(f"{label + ':':<{width + 1}} {value}") + "\n" for label, value in rows), out)


def _figures(store: Store, name: str) -> dict[str, Any]:
    """The figures by name; None for one that this kind of store does not tell."""
    from clusterkg.cache import shipped_key
    from clusterkg.namespaces import DESCRIPTION_BASE, DIAGNOSIS_BASE
    from clusterkg.store import EmbeddedStore
    from clusterkg.store.layout import FORMAT

    state = store.state()
    described, judged = (
        {graph.removeprefix(start) for graph in state.graphs if graph.startswith(start)}
        for start in (DESCRIPTION_BASE, DIAGNOSIS_BASE)
    )
    embedded = isinstance(store, EmbeddedStore)
    return {
        "store": name,
        "format": FORMAT if embedded else None,
        "state": state.number,
        "modified": state.modified or None,
        "triples": state.triples,
        "graphs": len(state.graphs),
        "descriptions": len(described),
        "diagnoses": len(judged),
        "undiagnosed": sorted(described - judged),
        "inStep": state.program == shipped_key() if state.program else None,
        "bytes": store.size() if isinstance(store, EmbeddedStore) else None,
        "sha256": state.sha256 or None,
    }


def _told(value: object, speaks: Language) -> str:
    if isinstance(value, bool):
        return speaks("status.yes" if value else "status.no")
    if isinstance(value, list):
        return ", ".join(value) or speaks("status.none")
    return str(value)
