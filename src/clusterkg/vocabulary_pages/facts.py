"""What the vocabulary says of a thing, and what points at it, as fields of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from clusterkg.graph import Term
from clusterkg.namespaces import CKG, DCTERMS, OWL, RDF, RDFS, SH, SKOS
from clusterkg.rules import sources_of
from clusterkg.vocabulary_pages.catalogue import TOLD_BY_KIND, Catalogue, Entry, local_name, sort_key
from clusterkg.vocabulary_pages.expressions import expression, list_items
from clusterkg.vocabulary_pages.speaking import Field, Part, Speaker, Value

# Said first and in this order; what is not named here follows, by name.
_FIRST = (
    RDF.type,
    RDFS.subClassOf,
    OWL.equivalentClass,
    RDFS.subPropertyOf,
    RDFS.domain,
    RDFS.range,
    CKG.expectedDatatype,
    OWL.inverseOf,
    OWL.propertyChainAxiom,
    OWL.disjointWith,
    SKOS.notation,
    SKOS.altLabel,
    SKOS.inScheme,
    SKOS.broader,
    SKOS.related,
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
)
# Said elsewhere on the page.
_ELSEWHERE = {
    RDFS.label,
    SKOS.prefLabel,
    SKOS.definition,
    SKOS.topConceptOf,
    RDFS.comment,
    SKOS.editorialNote,
    DCTERMS.title,
    DCTERMS.description,
    DCTERMS.source,
    RDFS.isDefinedBy,
    CKG.origin,
    CKG.code,
    OWL.imports,
}
_PROSE = (SKOS.definition, DCTERMS.description, RDFS.comment, SKOS.scopeNote)
_NOTES = (SKOS.editorialNote, SKOS.note, SKOS.changeNote, SKOS.historyNote)
# A thing that says this of another is not told again from the other's side.
_ONE_WAY = {RDFS.isDefinedBy, SKOS.topConceptOf, SKOS.inScheme, CKG.origin, CKG.role, SH.targetObjectsOf, OWL.imports}
_SYMMETRIC = {OWL.disjointWith, SKOS.related, SKOS.exactMatch, SKOS.closeMatch, SKOS.relatedMatch, OWL.inverseOf}


class Facts:
    """The fields of an entry, in one language."""

    def __init__(self, catalogue: Catalogue, speaker: Speaker) -> None:
        self._catalogue = catalogue
        self._index = catalogue.index
        self._say = speaker
        self._by_class: dict[ox.NamedNode, dict[str, list[Entry]]] = {}

    def prose(self, entry: Entry) -> list[Part]:
        """Definition, description, comment."""
        return self._texts(entry, _PROSE)

    def notes(self, entry: Entry) -> list[Part]:
        """Notes of the editors."""
        return self._texts(entry, _NOTES)

    def is_ours(self, entry: Entry) -> bool:
        """Whether no document stands behind it and the vocabulary says so."""
        return bool(self._index.objects(entry.node, CKG.origin))

    def sources(self, entry: Entry) -> tuple[Value, ...]:
        """Documents and places in them."""
        return self._say.all_cited(sources_of(self._index, entry.node))

    def modules(self, entry: Entry) -> list[Part]:
        """The modules that define it."""
        found = [self._catalogue.get(node) for node in self._index.nodes(entry.node, RDFS.isDefinedBy)]
        return [self._say.link(one) for one in found if one is not None and one.kind == "module"]

    def stated(self, entry: Entry, without: Iterable[ox.NamedNode] = ()) -> list[Field]:
        """What is said of it: a field for each predicate."""
        grouped: dict[ox.NamedNode, list[Term]] = {}
        for triple in self._index.about(entry.node):
            grouped.setdefault(triple.predicate, []).append(triple.object)
        for predicate in _SYMMETRIC:
            known = [p for p in self._pointing(entry, predicate) if p not in grouped.get(predicate, [])]
            if known:
                grouped.setdefault(predicate, []).extend(known)
        skipped = _ELSEWHERE | set(without)
        fields = []
        for predicate in sorted((p for p in grouped if p not in skipped), key=_rank):
            values = tuple(self._values(predicate, grouped[predicate]))
            if values:
                fields.append(Field(self._say.predicate(predicate.value), values))
        return fields

    def pointed(self, entry: Entry, without: Iterable[ox.NamedNode] = ()) -> list[Field]:
        """What points at it: a field for each predicate."""
        skipped = _ONE_WAY | _SYMMETRIC | set(without)
        grouped: dict[ox.NamedNode, list[ox.NamedNode]] = {}
        for predicate, subject in self._catalogue.pointing_at.get(entry.iri, []):
            if predicate not in skipped:
                grouped.setdefault(predicate, []).append(subject)
        return [
            Field(self._inverse(predicate), tuple((part,) for part in self.refs(n.value for n in grouped[predicate])))
            for predicate in sorted(grouped, key=_rank)
        ]

    def refs(self, iris: Iterable[str]) -> list[Part]:
        """Links to things, each once, by code or name."""
        parts = {iri: self._say.ref(iri) for iri in iris}
        return [self._with_code(iri, part) for iri, part in sorted(parts.items(), key=lambda pair: self._order(*pair))]

    def properties(self, entry: Entry, side: ox.NamedNode) -> list[Entry]:
        """The properties that have a class as (a part of) their domain or range."""
        if side not in self._by_class:
            self._by_class[side] = self._grouped(side)
        return sorted(self._by_class[side].get(entry.iri, []), key=lambda one: sort_key(self._say.link(one).text))

    def classes(self, entry: Entry, side: ox.NamedNode) -> Iterator[ox.NamedNode]:
        """The classes of a property's domain or range, those of a union one by one."""
        for node in self._index.nodes(entry.node, side):
            if isinstance(node, ox.NamedNode):
                yield node
                continue
            for head in self._index.nodes(node, OWL.unionOf):
                yield from (item for item in list_items(self._index, head) if isinstance(item, ox.NamedNode))

    def _grouped(self, side: ox.NamedNode) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for kind in ("property", "view-term"):
            for candidate in self._catalogue.of_kind(kind):
                for node in dict.fromkeys(self.classes(candidate, side)):
                    found.setdefault(node.value, []).append(candidate)
        return found

    def _texts(self, entry: Entry, predicates: Iterable[ox.NamedNode]) -> list[Part]:
        parts = []
        for predicate in predicates:
            found = self._index.texts(entry.node, predicate)
            if found:
                parts.append(self._say.words(found))
        return parts

    def _values(self, predicate: ox.NamedNode, terms: list[Term]) -> Iterator[Value]:
        texts = {t.language: t.value for t in terms if isinstance(t, ox.Literal) and t.language}
        if texts and predicate != SKOS.altLabel:
            yield (self._say.words(texts),)
        names = []
        for term in terms:
            if isinstance(term, ox.NamedNode):
                if not (predicate == RDF.type and (_formal(term) or term in TOLD_BY_KIND)):
                    names.append(term.value)
            elif isinstance(term, ox.BlankNode):
                yield from self._nested(predicate, term)
            elif isinstance(term, ox.Literal) and (not term.language or predicate == SKOS.altLabel):
                yield (self._literal(term),)
        yield from ((part,) for part in self.refs(names))

    def _literal(self, term: ox.Literal) -> Part:
        key = f"value.{term.value}"
        if key in self._say.ui.messages and term.datatype.value.endswith("#boolean"):
            return self._say.say(key)
        return Part(term.value, term.language if term.language not in (None, self._say.ui.code) else "")

    def _nested(self, predicate: ox.NamedNode, term: ox.BlankNode) -> Iterator[Value]:
        if predicate == OWL.propertyChainAxiom:
            steps = [
                self._say.ref(item.value) for item in list_items(self._index, term) if isinstance(item, ox.NamedNode)
            ]
            yield tuple(
                part for number, step in enumerate(steps) for part in ((Part(" → "), step) if number else (step,))
            )
            return
        said = tuple(expression(self._index, term, self._say))
        if said:
            yield said

    def _pointing(self, entry: Entry, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        return [subject for p, subject in self._catalogue.pointing_at.get(entry.iri, []) if p == predicate]

    def _inverse(self, predicate: ox.NamedNode) -> Part:
        key = f"inverse.{local_name(predicate.value)}"
        if predicate not in CKG and key in self._say.ui.messages:
            return self._say.say(key)
        named = self._say.predicate(predicate.value)
        return Part(self._say.ui("inverse", name=named.text), named.lang, named.href)

    def _with_code(self, iri: str, part: Part) -> Part:
        entry = self._catalogue.get(iri)
        if entry is None or not entry.code or entry.code == part.text:
            return part
        return Part(f"{entry.code} {part.text}", part.lang, part.href)

    def _order(self, iri: str, part: Part) -> tuple[object, ...]:
        entry = self._catalogue.get(iri)
        rank = self._index.text(ox.NamedNode(iri), CKG.rank) if entry and entry.kind == "concept" else ""
        return (sort_key(entry.code if entry else ""), int(rank) if rank.isdigit() else 0, sort_key(part.text), iri)


def _formal(kind: ox.NamedNode) -> bool:
    """Whether a type is of the languages themselves: told by the heading."""
    return kind in OWL or kind in RDFS or kind in SKOS or kind in SH


def _rank(predicate: ox.NamedNode) -> tuple[int, str]:
    place = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
    return place, predicate.value
