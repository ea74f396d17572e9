"""The shipped graph in a store: loaded once, and again when the program brings another one.

What was loaded is noted in the store's folder, so that a second call is quick and what somebody has changed since stays changed.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from clusterkg.cache import shipped_key
from clusterkg.errors import StoreUnavailable, text
from clusterkg.namespaces import DESCRIPTION_BASE
from clusterkg.store import EmbeddedStore, Store
from clusterkg.store.base import APART, Change, DropGraph, Limits, PutGraph
from clusterkg.store.loading import shipped_file

_NOTE = "shipped.json"
_LONG = Limits(seconds=3600)


def holds_shipped(store: Store) -> bool:
    """Whether this program's shipped graph was loaded already, and none of its graphs is missing since."""
    note = _note(store)
    return note.get("key") == shipped_key() and set(note["graphs"]) <= set(store.state().graphs)


def load_shipped(store: Store) -> int:
    """Put the shipped graph into a store, in place of an earlier one; other graphs stay. Returns how many graphs it has.

    Raises:
        StoreUnavailable: when the store does not take it.
    """
    earlier = set(_note(store).get("graphs", ()))
    with shipped_file() as file:
        graphs = _graphs_of(file)
        gone: list[Change] = [DropGraph(graph) for graph in sorted(earlier - set(graphs))]
        if isinstance(store, EmbeddedStore):
            others = (
                {graph for graph in store.state().graphs if graph.startswith(DESCRIPTION_BASE)} - set(graphs) - earlier
            )
            # Among none but its own descriptions, the diagnoses that it brings are those that the store would make.
            store.fill(file, diagnose=bool(others))
        else:
            put = [
                PutGraph(graph, ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"")
                for graph, found in graphs.items()
                if graph not in APART  # a service unites all of its graphs
            ]
            store.write(put, limits=_LONG)
    if gone:
        store.write(gone, limits=_LONG)
    _take_note(store, sorted(graphs))
    return len(graphs)


def _graphs_of(file: Path) -> dict[str, list[ox.Triple]]:
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(path=file, format=ox.RdfFormat.N_QUADS):
        assert isinstance(quad.graph_name, ox.NamedNode)
        graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    return graphs


def _note(store: Store) -> dict[str, Any]:
    """What was noted; nothing where there is no note to be read: then it is loaded again."""
    if not isinstance(store, EmbeddedStore):
        return {}
    try:
        found: dict[str, Any] = json.loads((store.folder / _NOTE).read_bytes())
        return found if isinstance(found.get("graphs"), list) else {}
    except (OSError, ValueError, AttributeError):
        return {}


def _take_note(store: Store, graphs: list[str]) -> None:
    if not isinstance(store, EmbeddedStore):
        return
    try:
        with tempfile.NamedTemporaryFile("w", dir=store.folder, prefix=f".{_NOTE}.", delete=False) as file:
            json.dump({"key": shipped_key(), "graphs": graphs}, file)
        Path(file.name).replace(store.folder / _NOTE)
    except OSError as error:
        message = text("No se puede escribir en la carpeta del almacén.", "The store's folder cannot be written.")
        raise StoreUnavailable(message, file=str(store.folder)) from error
