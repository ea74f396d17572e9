"""What things are called and what kind they are, from the store; what the store does not name, from the vocabulary that is shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from clusterkg.namespaces import CKG, DCTERMS, RDF, RDFS, SKOS
from clusterkg.rendering.language import Language
from clusterkg.server.linked_data.asking import Asker
from clusterkg.vocabulary_pages.catalogue import shortened

LABELS = (SKOS.prefLabel, RDFS.label, DCTERMS.title)
"""What a label is, the best first."""
_ASKED = ", ".join(str(one) for one in (*LABELS, RDF.type, CKG.code))


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its language, where that is not the page's; `code`: an identifier, not words."""

    text: str
    lang: str = ""
    code: bool = False


@dataclass(slots=True)
class Names:
    """Labels by IRI and language, types, codes; and the triples that say so."""

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    triples: list[Triple] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def learn(self, asker: Asker, iris: Iterable[str]) -> None:
        """Ask for the names of what is not known yet."""
        wanted = set(iris) - self.asked
        self.asked |= wanted
        best: dict[tuple[str, str], int] = {}
        for row in asker.rows_for("s", wanted, f"?s ?p ?o FILTER(?p IN ({_ASKED}))"):
            subject, predicate, value = row["s"], row["p"], row["o"]
            assert isinstance(subject, NamedNode)
            assert isinstance(predicate, NamedNode)
            if predicate in LABELS and isinstance(value, Literal):
                self.triples.append(Triple(subject, predicate, value))
                key, rank = (subject.value, value.language or ""), LABELS.index(predicate)
                if rank < best.get(key, len(LABELS)):
                    best[key] = rank
                    self.labels.setdefault(subject.value, {})[value.language or ""] = value.value
            elif predicate == RDF.type and isinstance(value, NamedNode):
                self.types.setdefault(subject.value, []).append(value.value)
            elif predicate == CKG.code and isinstance(value, Literal):
                self.codes[subject.value] = value.value

    def called(self, iri: str, speaks: Language) -> Words:
        """What a thing is called in a language; failing that in another, failing all its short form."""
        texts = self.labels.get(iri) or {}
        if texts:
            return pick(texts, speaks)
        key = f"foreign.{shortened(iri)}"
        if key in speaks.messages:
            return Words(speaks(key))
        return Words(shortened(iri), code=True)

    def has_name(self, iri: str) -> bool:
        """Whether there is a label in some language."""
        return bool(self.labels.get(iri))

    def kinds(self, iri: str) -> list[str]:
        """The types to show: those of our own vocabulary, where it has one; sorted."""
        found = sorted(set(self.types.get(iri, ())))
        return [one for one in found if one in map_of(CKG, found)] or found


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
    if texts.get(""):
        return Words(texts[""])
    chosen = speaks.pick(texts)
    return Words(chosen, next((tag for tag, told in sorted(texts.items()) if told == chosen), ""))
