"""The as-of view: RDF that says what holds for one description on one date.

The queries are data (`shapes/view/*.rq`, run in the order of their names; `shapes/schema.rq` draws what they need from the vocabulary).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from clusterkg.descriptions import Description
from clusterkg.errors import ConfigurationError, UsageError, text
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, GRAPH_BASE, NOW, PREFIXES, RDF
from clusterkg.vocabulary import Vocabulary

SCHEMA_GRAPH = ox.NamedNode(GRAPH_BASE + "schema")
OTHERS_GRAPH = ox.NamedNode(GRAPH_BASE + "others")


@dataclass(frozen=True)
class View:
    """One description's view. `triples` are sorted; `as_of` is a day."""

    description: str
    as_of: str
    triples: tuple[ox.Triple, ...]

    @cached_property
    def index(self) -> Index:
        """Look-ups by subject and predicate."""
        return Index(self.triples)

    @property
    def before_founding(self) -> bool:
        """Whether the as-of date lies before the founding: then nothing is decided."""
        return bool(self.index.objects(ox.NamedNode(self.description), NOW.beforeFounding))

    @property
    def period(self) -> str:
        """Where the as-of date lies: "earlier", "own" or "later" than the description's date."""
        return self.index.text(ox.NamedNode(self.description), NOW.period)


class Viewer:
    """Makes views. Holds one in-memory store with the vocabulary's part; not to be shared between threads."""

    def __init__(self, vocabulary: Vocabulary, shapes: Path, queries: dict[str, str] | None = None) -> None:
        """Read the queries below `shapes`, or take the given ones (name → text)."""
        self._queries = queries if queries is not None else view_queries(shapes)
        self._store = ox.Store()
        schema = vocabulary.store.query(
            (shapes / "schema.rq").read_text(), prefixes=PREFIXES, use_default_graph_as_union=True
        )
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, SCHEMA_GRAPH) for t in schema)  # type: ignore[union-attr]

    def view(self, description: Description, as_of: str, others: Iterable[ox.Triple] = ()) -> View:
        """The view of `description` on `as_of` (a day, month or year; the last day that it can mean is taken).

        `others` are triples about other descriptions' clusters (see `neighbour_triples`).

        Raises:
            ConfigurationError: when a view query is broken.
        """
        day = last_day(as_of)
        store = self._store
        node = ox.NamedNode(description.iri)
        try:
            store.extend(ox.Quad(q.subject, q.predicate, q.object, ox.DefaultGraph()) for q in description.quads)
            store.extend(ox.Quad(t.subject, t.predicate, t.object, OTHERS_GRAPH) for t in others)
            store.add(ox.Quad(node, NOW.asOf, ox.Literal(day)))
            for name, query in self._queries.items():
                self._derive(name, query)
            quads = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
            triples = sorted((q.triple for q in quads), key=str)
            return View(description.iri, day, tuple(triples))
        finally:
            store.clear_graph(ox.DefaultGraph())
            store.remove_graph(OTHERS_GRAPH)

    def _derive(self, name: str, query: str) -> None:
        try:
            derived = list(self._store.query(query, prefixes=PREFIXES))  # type: ignore[arg-type]
        except SyntaxError as error:
            raise ConfigurationError(
                text(f"La consulta de la vista está rota: {error}", f"The view query is broken: {error}"), file=name
            ) from error
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in derived)


def view_queries(shapes: Path) -> dict[str, str]:
    """The view's queries by file name, in the order in which they run."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((shapes / "view").glob("*.rq"))}


def last_day(date: str) -> str:
    """The last day that a date text can mean, as text ("2004" → "2004-12-31", "2004-02" → "2004-02-31": compared as text only).

    Raises:
        UsageError: when it is no date.
    """
    parts = date.split("-")
    lengths = [len(part) for part in parts]
    if lengths not in ([4], [4, 2], [4, 2, 2]) or not all(part.isascii() and part.isdigit() for part in parts):
        raise UsageError(
            text(f"«{date}» no es una fecha.", f"“{date}” is no date."),
            hint=text("Escriba 2021-03-01, 2021-03 o 2021.", "Write 2021-03-01, 2021-03 or 2021."),
        )
    return date + {1: "-12-31", 2: "-31", 3: ""}[len(parts)]


def neighbour_triples(description: Description) -> list[ox.Triple]:
    """What rules may see of another description: its clusters with their fields and the areas of their territories."""
    index = Index(q.triple for q in description.quads)
    found: list[ox.Triple] = []
    for cluster in index.nodes(ox.NamedNode(description.initiative), CKG.serves):
        found.append(ox.Triple(cluster, RDF.type, CKG.Cluster))
        found += [ox.Triple(cluster, CKG.field, field) for field in index.objects(cluster, CKG.field)]
        for territory in index.nodes(cluster, CKG.territory):
            for area in index.nodes(territory, CKG.area):
                found.append(ox.Triple(cluster, CKG.area, area))
                found += _ancestors(index, area)
    return found


def meeting_points(triples: Iterable[ox.Triple]) -> tuple[frozenset[str], frozenset[str]]:
    """The fields and the places that such triples name: rules find two clusters together only where they share one of each."""
    named = [(t.predicate, t.object.value) for t in triples if isinstance(t.object, ox.NamedNode)]
    fields = frozenset(node for predicate, node in named if predicate == CKG.field)
    return fields, frozenset(node for predicate, node in named if predicate in (CKG.area, CKG.partOf))


def _ancestors(index: Index, area: ox.NamedNode | ox.BlankNode) -> list[ox.Triple]:
    return [t for t in index.reachable(area) if t.predicate == CKG.partOf]
