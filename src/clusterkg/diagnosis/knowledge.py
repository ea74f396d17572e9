"""What the vocabulary says that a diagnosis needs: errors, verdicts, stages, pentagon, causes, remedies, lists. Read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from clusterkg.diagnosis.model import Citation, Remedy, Text
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, DCTERMS, RDF, RDFS, SKOS
from clusterkg.rules import Source, sources_of
from clusterkg.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """An error of the vocabulary, with its success."""

    iri: str
    code: str
    label: Text
    success: Text
    remedies: tuple[Remedy, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A concept with a rank and, for pentagon statuses, the kinds that it requires."""

    iri: str
    notation: str
    label: Text
    rank: int
    requires: tuple[str, ...] = ()


class Knowledge:
    """Look-ups over the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the vocabulary and read the parts that every diagnosis uses."""
        self.index = Index(quad.triple for quad in vocabulary.store)
        self.languages = vocabulary.languages
        self.errors = {iri.value: self._error(iri) for iri in self._named(self.index.subjects(RDF.type, CKG.Error))}
        self.verdicts = {
            self.index.text(iri, SKOS.notation): self.index.texts(iri, RDFS.label)
            for iri in self._named(self.index.subjects(RDF.type, CKG.Verdict))
        }
        self.statuses = self._ranked(SKOS.inScheme, CKG.PentagonStatusScheme)
        self.standings = {
            r.iri: r for r in self._ranked(RDF.type, CKG.Standing) + self._ranked(SKOS.inScheme, CKG.StandingScheme)
        }
        self.questions = {
            self.index.text(iri, SKOS.notation): self.index.texts(iri, CKG.question)
            for iri in self._named(self.index.subjects(SKOS.inScheme, CKG.QuestionKindScheme))
        }
        self.causes = self._causes()

    def ranked(self, iri: str) -> Ranked:
        """A concept with its rank (0 where it has none)."""
        node = ox.NamedNode(iri)
        requires = tuple(
            sorted(o.value for o in self.index.objects(node, CKG.requiresKind) if isinstance(o, ox.NamedNode))
        )
        rank = self.index.text(node, CKG.rank)
        return Ranked(
            iri, self.index.text(node, SKOS.notation), self.index.texts(node, RDFS.label), int(rank or 0), requires
        )

    def list_question(self, list_iri: str) -> Text:
        """The question whether a list is complete."""
        return self.index.texts(ox.NamedNode(list_iri), CKG.question)

    def citations(self, sources: Iterable[Source]) -> tuple[Citation, ...]:
        """Citations with the document's key."""
        return tuple(citation(source, self.index) for source in sources)

    def remedies(self, iris: Iterable[str]) -> tuple[Remedy, ...]:
        """Actions with their texts and passages, sorted by IRI."""
        return tuple(self._remedy(ox.NamedNode(iri)) for iri in sorted(set(iris)))

    def _error(self, iri: ox.NamedNode) -> ErrorEntry:
        success = self.index.one(iri, CKG.success)
        remedies = [o.value for o in self.index.objects(iri, CKG.remedy) if isinstance(o, ox.NamedNode)]
        return ErrorEntry(
            iri=iri.value,
            code=self.index.text(iri, CKG.code),
            label=self.index.texts(iri, RDFS.label),
            success=self.index.texts(success, RDFS.label) if success is not None else {},
            remedies=self.remedies(remedies),
            sources=self.citations(sources_of(self.index, iri)),
        )

    def _remedy(self, iri: ox.NamedNode) -> Remedy:
        return Remedy(iri.value, self.index.texts(iri, RDFS.label), self.citations(sources_of(self.index, iri)))

    def _ranked(self, predicate: ox.NamedNode, value: ox.NamedNode) -> list[Ranked]:
        found = [self.ranked(iri.value) for iri in self._named(self.index.subjects(predicate, value))]
        return sorted(found, key=lambda entry: (-entry.rank, entry.iri))

    def _causes(self) -> dict[str, tuple[Text, tuple[str, ...]]]:
        """Cause → its label and the IRIs of the errors that we tie to it."""
        tied: dict[str, list[str]] = {}
        for link in self.index.subjects(RDF.type, CKG.ErrorCauseLink):
            error, cause = self.index.one(link, CKG.error), self.index.one(link, CKG.cause)
            if isinstance(error, ox.NamedNode) and isinstance(cause, ox.NamedNode):
                tied.setdefault(cause.value, []).append(error.value)
        return {c: (self.index.texts(ox.NamedNode(c), RDFS.label), tuple(sorted(e))) for c, e in sorted(tied.items())}

    @staticmethod
    def _named(nodes: Iterable[object]) -> list[ox.NamedNode]:
        return sorted({n for n in nodes if isinstance(n, ox.NamedNode)}, key=lambda n: n.value)


def citation(source: Source, index: Index) -> Citation:
    """A citation for the report: the document's key, else the last part of its IRI."""
    key = index.text(ox.NamedNode(source.document), CKG.code) if source.document else ""
    return Citation(key or source.document.rpartition("/")[2], source.document, source.locator)


def statement_citations(view: Index, vocabulary: Index, *nodes: object) -> tuple[Citation, ...]:
    """Citations of the first of `nodes` that has any."""
    for node in nodes:
        if isinstance(node, (ox.NamedNode, ox.BlankNode)) and view.objects(node, DCTERMS.source):
            return tuple(citation(source, vocabulary) for source in sources_of(view, node))
    return ()
