"""`clusterkg export`: what the store holds, as RDF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterkg.cli.failures import said
from clusterkg.cli.options import format_option, lang_option, out_option
from clusterkg.cli.output import emit
from clusterkg.cli.stores import opened, store_option
from clusterkg.errors import UsageError
from clusterkg.rendering.language import Language

if TYPE_CHECKING:
    from clusterkg.store import Store

_FORMATS = {
    "nquads": "application/n-quads",
    "trig": "application/trig",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
}
_WITHOUT_GRAPHS = ("turtle", "ntriples", "rdfxml")


@click.command(
    epilog="""\b
Examples:
  clusterkg export --out everything.nq
  clusterkg export --format trig --out everything.trig
  clusterkg export --graph https://w3id.org/clusterkg/graph/rules --format turtle"""
)
@click.option("--graph", metavar="IRI", help="This graph alone. Default: all of them.")
@format_option(*_FORMATS)
@store_option
@lang_option
@out_option
def export(*, graph: str | None, form: str, place: str, speaks: Language, out: Path | None) -> None:
    """Write what the store holds. Turtle, N-Triples and RDF/XML name no graphs: all become one."""
    with opened(place) as store:
        emit(_graph(store, graph, form) if graph else _everything(store, form), out)


def _graph(store: Store, graph: str, form: str) -> bytes:
    from clusterkg.store.base import NTRIPLES

    found = store.graph(graph, NTRIPLES)
    if found is None:
        raise UsageError(said("error.no-graph", graph=graph))
    return _converted(found, NTRIPLES, form, graph)


def _everything(store: Store, form: str) -> bytes:
    from clusterkg.store.base import NQUADS

    buffer = io.BytesIO()
    store.dump(buffer)
    return buffer.getvalue() if form == "nquads" else _converted(buffer.getvalue(), NQUADS, form, None)


def _converted(data: bytes, media_type: str, form: str, graph: str | None) -> bytes:
    """The same statements in another syntax; those of one graph stay in it where the syntax names graphs."""
    import pyoxigraph as ox

    from clusterkg.namespaces import PREFIXES

    wanted = ox.RdfFormat.from_media_type(_FORMATS[form])
    given = ox.RdfFormat.from_media_type(media_type)
    assert wanted is not None
    quads = ox.parse(data, format=given)
    if form in _WITHOUT_GRAPHS:
        triples = dict.fromkeys(quad.triple for quad in quads)
        return ox.serialize(triples, format=wanted, prefixes=PREFIXES) or b""
    home = ox.NamedNode(graph) if graph else None
    placed = (ox.Quad(q.subject, q.predicate, q.object, home) if home else q for q in quads)
    return ox.serialize(placed, format=wanted, prefixes=PREFIXES) or b""
