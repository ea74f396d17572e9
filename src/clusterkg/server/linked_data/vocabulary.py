"""The whole vocabulary: as data, one graph; as a page, every term with an anchor, so that `…/ontology#Cluster` leads to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode
from starlette.requests import Request
from starlette.responses import Response

from clusterkg.namespaces import CKG, NOW, OWL, RDF, RDFS, SKOS, VOCABULARY_GRAPH
from clusterkg.rendering.language import Language
from clusterkg.server.app import services
from clusterkg.server.linked_data.addresses import Address
from clusterkg.server.linked_data.asking import Asker
from clusterkg.server.linked_data.formats import makers_of, whole_graph
from clusterkg.server.linked_data.names import LABELS, Words, pick
from clusterkg.server.linked_data.pages import Pages
from clusterkg.server.linked_data.remembering import remembered
from clusterkg.server.linked_data.replies import Makers, Offer, answer
from clusterkg.server.linked_data.views import sort_key
from clusterkg.store.base import Store

_MEANINGS = (SKOS.definition, RDFS.comment)
_SHOWN = (RDF.type, *LABELS, *_MEANINGS, SKOS.inScheme, SKOS.notation, OWL.deprecated)
_CLASSES, _PROPERTIES, _LISTS, _OTHERS = "classes", "properties", "lists", "others"
_SECTIONS: tuple[tuple[str, tuple[NamedNode, ...]], ...] = (
    (_CLASSES, (OWL.Class, RDFS.Class)),
    (_PROPERTIES, (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)),
    (_LISTS, (SKOS.ConceptScheme,)),
)


@dataclass(slots=True)
class Entry:
    """A term: its texts by language, and what tells where it belongs."""

    iri: str
    labels: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    schemes: set[str] = field(default_factory=set)
    deprecated: bool = False

    @property
    def name(self) -> str:
        """What follows the `#`."""
        return self.iri.partition("#")[2]


@dataclass(frozen=True, slots=True)
class Shown:
    """A term as the page shows it, with the members of a list."""

    iri: str
    name: str
    words: Words
    meaning: Words
    deprecated: bool
    members: tuple[Shown, ...] = ()


def whole_vocabulary(request: Request, address: Address) -> Response:
    """The vocabulary, or that of the as-of view."""
    store = services(request).store

    def html() -> str:
        pages = Pages(request)
        entries = {iri: one for iri, one in terms(store).items() if iri.startswith(address.iri + "#")}
        title = Words(pages.speaks("vocabulary.title" if address.iri == str(CKG)[:-1] else "vocabulary.view"))
        return pages.render(
            "vocabulary.html.j2",
            address,
            makers,
            title=title,
            trail=[],
            sections=sections(entries, pages.speaks),
            modules=modules(store),
            now=str(NOW)[:-1],
            own=str(CKG)[:-1],
        )

    def data(ending: str) -> bytes:
        return remembered(store, f"vocabulary.{ending}", lambda: whole_graph(ending, store, VOCABULARY_GRAPH))

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers))


def terms(store: Store) -> Mapping[str, Entry]:
    """Every term of ours by IRI."""

    def read() -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        shown = ", ".join(str(one) for one in _SHOWN)
        for stem in (CKG, NOW):
            query = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{VOCABULARY_GRAPH}> {{ ?s ?p ?o }} "
            query += f"FILTER(?p IN ({shown})) FILTER(STRSTARTS(STR(?s), {Literal(str(stem))})) }}"
            for row in Asker(store).rows(query):
                subject, predicate = row["s"], row["p"]
                assert isinstance(subject, NamedNode)
                assert isinstance(predicate, NamedNode)
                _note(found.setdefault(subject.value, Entry(subject.value)), predicate, row["o"])
        return found

    return remembered(store, "terms", read)


def modules(store: Store) -> Sequence[str]:
    """The parts of the vocabulary, sorted."""
    query = f"SELECT DISTINCT ?s WHERE {{ GRAPH <{VOCABULARY_GRAPH}> {{ ?s a owl:Ontology }} }} ORDER BY ?s"
    return remembered(
        store,
        "modules",
        lambda: [row["s"].value for row in Asker(store).rows(query) if isinstance(row["s"], NamedNode)],
    )


def sections(entries: Mapping[str, Entry], speaks: Language) -> list[tuple[str, list[Shown]]]:
    """The terms by what they are, each section sorted by name; members of a list stand below it."""
    members: dict[str, list[Entry]] = {}
    left: dict[str, list[Entry]] = {key: [] for key in (_CLASSES, _PROPERTIES, _LISTS, _OTHERS)}
    for entry in entries.values():
        section = next((key for key, kinds in _SECTIONS if any(kind.value in entry.types for kind in kinds)), _OTHERS)
        home = next((scheme for scheme in sorted(entry.schemes) if scheme in entries), "")
        if section == _OTHERS and home and home != entry.iri:
            members.setdefault(home, []).append(entry)
        else:
            left[section].append(entry)
    return [(key, _arranged(ones, members, speaks)) for key, ones in left.items() if ones]


def _arranged(entries: Sequence[Entry], members: Mapping[str, list[Entry]], speaks: Language) -> list[Shown]:
    found = [_shown(entry, members, speaks) for entry in entries]
    return sorted(found, key=lambda one: (sort_key(one.words.text), one.iri))


def _shown(entry: Entry, members: Mapping[str, list[Entry]], speaks: Language) -> Shown:
    words = pick(entry.labels, speaks) if entry.labels else Words(entry.name, code=True)
    meaning = pick(entry.meanings, speaks) if entry.meanings else Words("")
    below = _arranged(members.get(entry.iri, []), {}, speaks)
    return Shown(entry.iri, entry.name, words, meaning, entry.deprecated, tuple(below))


def _note(entry: Entry, predicate: NamedNode, value: object) -> None:
    if isinstance(value, Literal) and predicate in LABELS:
        entry.labels.setdefault(value.language or "", value.value)
    elif isinstance(value, Literal) and predicate in _MEANINGS:
        entry.meanings.setdefault(value.language or "", value.value)
    elif isinstance(value, NamedNode) and predicate == RDF.type:
        entry.types.add(value.value)
    elif isinstance(value, NamedNode) and predicate == SKOS.inScheme:
        entry.schemes.add(value.value)
    elif isinstance(value, Literal) and predicate == OWL.deprecated:
        entry.deprecated = value.value in ("true", "1")
