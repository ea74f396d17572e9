"""What the shipped data states about named things, statement by statement, with the place that backs each.

Shared by the scripts here and by the tests in tests/graph. A passage backs what stands in its graph. In a description the nearest
citation counts: on the node itself, or on the part of it that only this statement points at; else on what points at the node, step by
step; else on the description as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from clusterkg.descriptions import descriptions_of
from clusterkg.graph import Index, Term
from clusterkg.namespaces import CKG, DCTERMS, ID_BASE, RDF, SOURCE
from clusterkg.reading import Document, find_documents, read_document
from clusterkg.resources import resource
from clusterkg.vocabulary import shipped_vocabulary

LANGUAGES = ("es", "en")


class Backing(StrEnum):
    """How near the place stands that backs a statement."""

    PASSAGE = "passage"
    NODE = "node"
    ABOVE = "above"
    DESCRIPTION = "description"
    NOTHING = "nothing"


@dataclass(frozen=True, order=True)
class Place:
    """A place in a document that a reader can find again: the document's key, the locator in both languages."""

    document: str
    es: str
    en: str

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.document and self.es and self.en)


@dataclass(frozen=True)
class Statement:
    """One statement of the data, the places that back it, and how near they stand. `part` is the passage or description."""

    triple: Triple
    part: str
    file: str
    places: tuple[Place, ...] = ()
    backing: Backing = Backing.NOTHING


@dataclass(frozen=True)
class Passage:
    """A passage with what its graph states; `place` is incomplete where the passage does not say where it stands."""

    iri: str
    file: str
    place: Place
    triples: tuple[Triple, ...] = field(repr=False)


@dataclass(frozen=True)
class Data:
    """The shipped documents, read once."""

    documents: tuple[Document, ...] = field(repr=False)

    @staticmethod
    @cache
    def shipped() -> Data:
        """Everything below data/ but the register of sources, in the order of the paths."""
        paths = [path for path in find_documents([resource("data")]) if path.name != "sources.ttl"]
        return Data(tuple(read_document(path) for path in sorted(paths)))

    def below(self, folder: str) -> Iterator[Document]:
        """The documents of one folder of data/."""
        return (one for one in self.documents if Path(one.path).is_relative_to(resource("data", folder)))

    @cached_property
    def index(self) -> Index:
        """Look-ups over every statement of every document and of the vocabulary."""
        return Index(
            [*(q.triple for one in self.documents for q in one.quads), *(q.triple for q in shipped_vocabulary().store)]
        )

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every named graph below data/passages, and every passage that states nothing."""
        return tuple(passage for one in self.below("passages") for passage in _passages(one))

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What passages and descriptions state; made-up descriptions (data/illustrations) are left out."""
        found = [
            Statement(triple, one.iri, one.file, (one.place,) if one.place.complete else (), Backing.PASSAGE)
            for one in self.passages
            for triple in one.triples
        ]
        return (*found, *(statement for one in self.below("clusters") for statement in _described(one)))


def place_of(index: Index, node: Term) -> Place:
    """Where a citation or a passage points to."""
    documents = [one.value for one in index.nodes(node, CKG.document) if isinstance(one, NamedNode)]
    locator = index.texts(node, CKG.locator)
    return Place(SOURCE.local_name(documents[0]) if documents else "", locator.get("es", ""), locator.get("en", ""))


def is_named(node: object) -> bool:
    """Whether this is a thing with an identifier of its own below the id base."""
    return isinstance(node, NamedNode) and node.value.startswith(ID_BASE)


def _passages(document: Document) -> Iterator[Passage]:
    index = Index(quad.triple for quad in document.quads if isinstance(quad.graph_name, DefaultGraph))
    graphs: dict[str, list[Triple]] = {one.value: [] for one in index.subjects(RDF.type, CKG.Passage)}
    for quad in document.quads:
        if isinstance(quad.graph_name, NamedNode):
            graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    for iri, triples in graphs.items():
        yield Passage(iri, Path(document.path).name, place_of(index, NamedNode(iri)), tuple(triples))


def _described(document: Document) -> Iterator[Statement]:
    for one in descriptions_of(document, shipped_vocabulary()):
        backed = _Backed(NamedNode(one.iri), one.quads)
        for quad in one.quads:
            if backed.is_statement(quad):
                places, backing = backed.of(quad)
                yield Statement(quad.triple, one.iri, Path(document.path).name, places, backing)


class _Backed:
    """The citations of one description, found from any of its statements."""

    def __init__(self, root: NamedNode, quads: Iterable[Quad]) -> None:
        self.root = root
        self.index = Index(quad.triple for quad in quads)
        self.citations = set(self.index.subjects(RDF.type, CKG.Citation))
        self.above: dict[Term, list[Term]] = {}
        for quad in quads:
            if not isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
                self.above.setdefault(quad.object, []).append(quad.subject)

    def is_statement(self, quad: Quad) -> bool:
        """Not what a description says of itself, nor the citations."""
        return quad.subject not in {self.root, *self.citations} and quad.predicate != DCTERMS.source

    def of(self, quad: Quad) -> tuple[tuple[Place, ...], Backing]:
        """The nearest places that back a statement."""
        part = quad.object
        if isinstance(part, NamedNode) and self.above.get(part) == [quad.subject] and (own := self._own(part)):
            return own, Backing.NODE
        seen: set[Term] = {self.root}
        level: list[Term] = [quad.subject]
        backing = Backing.NODE
        while level:
            found = tuple(dict.fromkeys(place for node in level for place in self._own(node)))
            if found:
                return found, backing
            seen.update(level)
            level = [node for below in level for node in self.above.get(below, ()) if node not in seen]
            backing = Backing.ABOVE
        found = self._own(self.root)
        return found, Backing.DESCRIPTION if found else Backing.NOTHING

    def _own(self, node: object) -> tuple[Place, ...]:
        cited = [one for one in self.index.nodes(node, DCTERMS.source) if isinstance(one, NamedNode)]
        return tuple(place for one in cited if (place := place_of(self.index, one)).complete)


def source_texts(folder: str) -> dict[str, Path]:
    """The source documents in a folder, by the key that its README.md gives each file. Raises OSError where there is none."""
    listed = re.findall(
        r"^\| `(\w+)` \| `([^`]+)`", (Path(folder) / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {key: Path(folder) / name for key, name in listed}
