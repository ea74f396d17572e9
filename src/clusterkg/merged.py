"""The whole vocabulary, with data if wanted, as one set of statements: those about individuals apart from the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Triple, parse

from clusterkg.errors import ConfigurationError, InputError, Text, text
from clusterkg.graph import Index, Node, Term
from clusterkg.namespaces import CKG, OWL, RDF, RDFS, SKOS

_UNNAMED = "urn:clusterkg:unnamed:"


@dataclass(frozen=True)
class Name:
    """A thing as people know it; `iri` is "" for a thing without one."""

    iri: str
    label: Text


@dataclass(frozen=True)
class Merged:
    """Statements without imports. Individuals without an IRI got one, so that they can be told apart."""

    background: tuple[Triple, ...]
    statements: Mapping[NamedNode, tuple[Triple, ...]]

    def all(self) -> list[Triple]:
        """Every statement."""
        return self.only(self.statements)

    def only(self, individuals: Iterable[NamedNode]) -> list[Triple]:
        """The background, and what is stated of these individuals."""
        return [*self.background, *(triple for one in individuals for triple in self.statements[one])]

    @cached_property
    def index(self) -> Index:
        """Look-ups over every statement."""
        return Index(self.all())

    def items(self, head: Term) -> list[Node]:
        """The members of an RDF list."""
        found: list[Node] = []
        while first := self.index.nodes(head, RDF.first):
            found += first
            head = self.index.one(head, RDF.rest) or RDF.nil
        return found

    def stated_classes(self, individual: Node) -> set[NamedNode]:
        """The classes that it is stated to be of."""
        kinds = self.index.nodes(individual, RDF.type)
        return {kind for kind in kinds if isinstance(kind, NamedNode) and kind not in OWL}

    def classes_of(self, individual: Node) -> set[NamedNode]:
        """The classes that it is stated to be of, and the named ones above them."""
        seen: set[NamedNode] = set()
        waiting = list(self.stated_classes(individual))
        while waiting:
            kind = waiting.pop()
            if kind in seen:
                continue
            seen.add(kind)
            above = self.index.nodes(kind, RDFS.subClassOf) + self.index.nodes(kind, OWL.equivalentClass)
            waiting += [node for node in above if isinstance(node, NamedNode)]
        return seen

    def name(self, node: NamedNode) -> Name:
        """Its labels; without any, the last part of its IRI; without that, what it is and whose."""
        if node.value.startswith(_UNNAMED):
            return Name("", self._description(node))
        labels = self.index.texts(node, SKOS.prefLabel) | self.index.texts(node, RDFS.label)
        local = node.value.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]
        fallback = next(iter(labels.values()), local)
        return Name(node.value, text(labels.get("es", fallback), labels.get("en", fallback)))

    def _description(self, node: NamedNode) -> Text:
        kinds = sorted(self.stated_classes(node), key=str)
        kind = self.name(kinds[0]).label if kinds else text("algo sin nombre", "something unnamed")
        owners = (one for one, its in self.statements.items() if any(triple.object == node for triple in its))
        owner = next(owners, None)
        if owner is None:
            return kind
        whose = self.name(owner).label
        return text(f"{kind['es']} de {whose['es']}", f"{kind['en']} of {whose['en']}")

    def count(self, *kinds: NamedNode) -> int:
        """How many named things of the background are of one of these kinds."""
        found = {node for kind in kinds for node in self.index.subjects(RDF.type, kind)}
        return sum(isinstance(node, NamedNode) for node in found)


def merge(ontology: Iterable[Path], extra: Iterable[Path] = ()) -> Merged:
    """Reads and joins the files, in any RDF syntax, without their imports.

    Raises ConfigurationError for a broken file of the ontology, InputError for one of the extra files.
    """
    # What was given besides comes first, where the search for a contradiction looks first: the ontology is tested.
    triples = [triple for file in extra for triple in _read(file, InputError)]
    triples += [triple for file in ontology for triple in _read(file, ConfigurationError)]
    triples = _without_citations(triples)
    individuals = _individuals(triples)
    background: list[Triple] = []
    statements: dict[NamedNode, list[Triple]] = {name: [] for name in individuals.values()}
    for triple in dict.fromkeys(triples):
        subject, object_ = (individuals.get(node, node) for node in (triple.subject, triple.object))
        home = statements.get(subject, background) if isinstance(subject, NamedNode) else background
        home.append(Triple(subject, triple.predicate, object_))  # type: ignore[arg-type]
    return Merged(tuple(background), {node: tuple(its) for node, its in statements.items()})


def _read(file: Path, error: type[ConfigurationError] | type[InputError]) -> Iterator[Triple]:
    try:
        for quad in parse(path=str(file), rename_blank_nodes=True):
            if quad.predicate != OWL.imports:
                yield quad.triple
    except (OSError, SyntaxError, ValueError) as problem:
        line = getattr(problem, "lineno", None)
        message = text(f"No se puede leer como RDF: {problem}", f"It cannot be read as RDF: {problem}")
        raise error(message, file=str(file), line=line) from problem


def _without_citations(triples: list[Triple]) -> list[Triple]:
    """Citations say where a statement stands and entail nothing; there are thousands, and they would take most of the reasoner's time."""
    unnamed = {
        t.subject
        for t in triples
        if t.predicate == RDF.type and t.object == CKG.Citation and isinstance(t.subject, BlankNode)
    }
    return [t for t in triples if t.subject not in unnamed and t.object not in unnamed]


def _individuals(triples: Iterable[Triple]) -> dict[Term, NamedNode]:
    """Things of the world, in the order of the files, each with its IRI or the one that it is given here."""
    kinds: dict[Term, set[Term]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == RDF.type:
            kinds[triple.subject].add(triple.object)
    found: dict[Term, NamedNode] = {}
    for node, its in kinds.items():
        formal = {kind for kind in its if kind in OWL or kind in RDF or kind in RDFS}
        if formal <= {OWL.NamedIndividual, OWL.Thing}:  # otherwise it is a part of the vocabulary
            found[node] = node if isinstance(node, NamedNode) else NamedNode(f"{_UNNAMED}{len(found)}")
    return found
