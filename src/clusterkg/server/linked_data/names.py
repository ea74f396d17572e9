"""What things are called and what kind they are, from the store; what the store does not name, from the vocabulary that is shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from clusterkg.namespaces import CKG, DCTERMS, GENID_BASE, GRAPH_BASE, ID_BASE, RDF, RDFS, ROOT, SKOS
from clusterkg.rendering.language import Language
from clusterkg.server.linked_data.asking import Asker
from clusterkg.vocabulary_pages.catalogue import shortened

LABELS = (SKOS.prefLabel, RDFS.label, DCTERMS.title)
"""What a label is, the best first."""
_ASKED = ", ".join(str(one) for one in (*LABELS, RDF.type, CKG.code, CKG.document, CKG.locator))


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its language, where that is not the page's; `code`: an identifier, not words."""

    text: str
    lang: str = ""
    code: bool = False


@dataclass(slots=True)
class Names:
    """Labels by IRI and language, types, codes; what a citation cites, and where in it; and the triples that are labels."""

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    cited: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    triples: list[Triple] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    ranks: dict[tuple[str, str], int] = field(default_factory=dict)

    def learn(self, asker: Asker, iris: Iterable[str]) -> None:
        """Ask for the names of what is not known yet."""
        named = set(iris)
        wanted = (named | {whole_of(iri) for iri in named}) - self.asked
        self.asked |= wanted
        for row in asker.rows_for("s", wanted, f"?s ?p ?o FILTER(?p IN ({_ASKED}))"):
            subject, predicate, value = row["s"], row["p"], row["o"]
            assert isinstance(subject, NamedNode)
            assert isinstance(predicate, NamedNode)
            if isinstance(value, Literal):
                self._note_text(subject, predicate, value)
            elif isinstance(value, NamedNode) and predicate == RDF.type:
                self.types.setdefault(subject.value, []).append(value.value)
            elif isinstance(value, NamedNode) and predicate == CKG.document:
                self.cited[subject.value] = value.value

    def learn_kinds(self, asker: Asker) -> None:
        """Ask for the names of what tells of things without a name: their types, and the documents that citations cite."""
        self.learn(asker, {*self.cited.values(), *(kind for kinds in self.types.values() for kind in kinds)})

    def _note_text(self, subject: NamedNode, predicate: NamedNode, value: Literal) -> None:
        tag = value.language or ""
        if predicate in LABELS:
            self.triples.append(Triple(subject, predicate, value))
            rank = LABELS.index(predicate)
            if rank < self.ranks.get((subject.value, tag), len(LABELS)):
                self.ranks[subject.value, tag] = rank
                self.labels.setdefault(subject.value, {})[tag] = value.value
        elif predicate == CKG.locator:
            self.places.setdefault(subject.value, {})[tag] = value.value
        else:
            self.codes[subject.value] = value.value

    def called(self, iri: str, speaks: Language) -> Words:
        """What a thing is called in a language, failing that in another; a thing without a name is told by what it is."""
        texts = self.labels.get(iri) or {}
        if texts:
            return pick(texts, speaks)
        key = f"foreign.{shortened(iri)}"
        if key in speaks.messages:
            return Words(speaks(key))
        if iri in self.cited and self.has_name(self.cited[iri]):
            document, place = self.called(self.cited[iri], speaks), pick(self.places.get(iri, {}), speaks)
            return Words(f"{document.text}, {place.text}" if place.text else document.text)
        whole = whole_of(iri)
        if whole != iri and self.has_name(whole):
            return Words(f"{self.called(whole, speaks).text} · {iri.removeprefix(whole + '#')}")
        kind = next((one for one in self.kinds(iri) if self.has_name(one)), "")
        if kind and iri.startswith((ID_BASE, GENID_BASE)):
            told = iri.rpartition("-" if iri.startswith(GENID_BASE) else "/")[2]
            return Words(f"{self.called(kind, speaks).text} ({told})")
        return Words(short(iri), code=True)

    def has_name(self, iri: str) -> bool:
        """Whether there is a label in some language."""
        return bool(self.labels.get(iri))

    def kinds(self, iri: str) -> list[str]:
        """The types to show: those of our own vocabulary, where it has one; sorted."""
        found = sorted(set(self.types.get(iri, ())))
        return [one for one in found if one in map_of(CKG, found)] or found


def whole_of(iri: str) -> str:
    """The report that an IRI names a part of, `…/graph/diagnosis/x` for `…/graph/diagnosis/x#TE-01`; of other things, themselves."""
    return iri.partition("#")[0] if iri.startswith(GRAPH_BASE) else iri


def short(iri: str) -> str:
    """An IRI as short as it stays clear: with a prefix, or without what all of ours begin with."""
    prefixed = shortened(iri)
    if prefixed != iri:
        return prefixed
    local = iri.removeprefix(ID_BASE)
    return local if local != iri else iri.removeprefix(ROOT)


def map_of(namespace: object, iris: Iterable[str]) -> set[str]:
    """Those of the IRIs that lie in a namespace."""
    return {iri for iri in iris if iri.startswith(str(namespace))}


def pick(texts: Mapping[str, str], speaks: Language) -> Words:
    """A text in the reader's language; failing that in another one, marked as such."""
    exact = texts.get(speaks.code) or next(
        (told for tag, told in sorted(texts.items()) if tag.startswith(speaks.code + "-")), ""
    )
    if exact:
        return Words(exact)
    if texts.get("") or not texts:
        return Words(texts.get("", ""))
    chosen = speaks.pick(texts)
    return Words(chosen, next((tag for tag, told in sorted(texts.items()) if told == chosen), ""))
