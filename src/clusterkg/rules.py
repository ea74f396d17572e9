"""Rules as the shapes folder states them: read once, immutable, nothing validated here.

A rule is a SHACL node shape with triples of the rule vocabulary (`ckg:code`, `ckg:role`, `ckg:gate` …; see docs/design.md).
Profiles put rules together: rulebook.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from clusterkg.errors import ConfigurationError
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, DCTERMS, RDF, RDFS, SH

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A citation in the vocabulary: the document's IRI and a locator by language ("" where it has none)."""

    document: str
    locator: Text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold of a rule. `value` is an RDF literal; `valid_from` is a date text, empty where none is stated."""

    name: str
    value: ox.Literal
    unit: str
    valid_from: str
    label: Text
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A list that must be stated complete, for `$this` or for the node bound to the variable `on`."""

    list: str
    on: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it concerns, its role (detects, signals, evidences, conditions, forbids), and its shape's triples.

    `stages`: the only life-cycle stages at which it holds; empty for a rule that holds at every stage.
    """

    iri: str
    code: str
    label: Text
    concerns: str
    role: str
    profile: str
    message: Text
    question: Text
    gates: tuple[Gate, ...]
    parameters: tuple[Parameter, ...]
    sources: tuple[Source, ...]
    remedies: tuple[str, ...]
    needs_other_descriptions: bool
    stages: tuple[str, ...]
    triples: tuple[ox.Triple, ...]
    file: str

    @property
    def targets(self) -> tuple[ox.NamedNode, ...]:
        """The properties whose objects the rule looks at (`sh:targetObjectsOf`)."""
        return tuple(
            t.object
            for t in self.triples
            if t.predicate == SH.targetObjectsOf
            and t.subject == ox.NamedNode(self.iri)
            and isinstance(t.object, ox.NamedNode)
        )

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((p for p in self.parameters if p.name == name), None)


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rules, with inherited ones and overridden parameters in place, sorted by code."""

    iri: str
    code: str
    label: Text
    description: Text
    inherits: tuple[str, ...]
    minimum_standing: str
    applies_always: bool
    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of one Turtle file.

    Raises:
        ConfigurationError: when it is not Turtle, or a rule lacks what every rule needs.
    """
    return tuple(rules_of(parse_shapes(path), path.name))


def rules_of(triples: Iterable[ox.Triple], file: str) -> Iterator[Rule]:
    """The rules that a graph states; blank nodes that are shapes must be named already (see `name_shapes`)."""
    index = Index(triples)
    for subject in index.subjects(RDF.type, CKG.Rule):
        yield _rule(index, subject, file)


def parse_shapes(path: Path) -> list[ox.Triple]:
    """The triples of one Turtle file, with blank nodes named.

    Raises:
        ConfigurationError: when it is not Turtle.
    """
    try:
        quads = list(
            ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri="https://w3id.org/clusterkg/rule/")
        )
    except (SyntaxError, OSError) as error:
        raise ConfigurationError(
            {"es": f"No se puede leer la regla: {error}", "en": f"The rule cannot be read: {error}"},
            file=str(path),
            line=getattr(error, "lineno", None),
        ) from error
    return name_shapes([quad.triple for quad in quads])


def name_shapes(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Name blank nodes in document order, so that engines report shapes by name and equal rules have equal bytes.

    Shapes get an IRI below their rule's; list cells stay blank, with a label made of the rule's and a number.
    """
    cells = {t.subject for t in triples if t.predicate == RDF.first}
    names: dict[ox.BlankNode, ox.NamedNode | ox.BlankNode] = {}
    owner = next((t.subject for t in triples if t.predicate == RDF.type and t.object == CKG.Rule), None)
    current = owner.value if isinstance(owner, ox.NamedNode) else "https://w3id.org/clusterkg/rule/unnamed"

    def name(
        node: ox.NamedNode | ox.BlankNode | ox.Triple | ox.Literal,
    ) -> ox.NamedNode | ox.BlankNode | ox.Triple | ox.Literal:
        if not isinstance(node, ox.BlankNode):
            return node
        if node not in names:
            cell = re.sub(r"[^A-Za-z0-9]", "", current.rpartition("/")[2]) + f"cell{len(names) + 1}"
            names[node] = ox.BlankNode(cell) if node in cells else ox.NamedNode(f"{current}#part-{len(names) + 1}")
        return names[node]

    named = []
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            current = triple.subject.value
        named.append(ox.Triple(name(triple.subject), triple.predicate, name(triple.object)))  # type: ignore[arg-type]
    return named


def _rule(index: Index, subject: ox.NamedNode | ox.BlankNode, file: str) -> Rule:
    code, role, concerns = index.text(subject, CKG.code), index.one(subject, CKG.role), index.one(subject, CKG.concerns)
    if not code or role is None or concerns is None or not isinstance(subject, ox.NamedNode):
        raise ConfigurationError(
            {
                "es": f"A la regla {subject} le falta código, papel o error.",
                "en": f"Rule {subject} lacks a code, a role or an error.",
            },
            file=file,
        )
    return Rule(
        iri=subject.value,
        code=code,
        label=index.texts(subject, RDFS.label),
        concerns=value_of(concerns),
        role=value_of(role).rpartition("#")[2],
        profile=value_of(index.one(subject, DCTERMS.isPartOf)),
        message=index.texts(subject, SH.message),
        question=index.texts(subject, CKG.question),
        gates=tuple(
            sorted(
                (
                    Gate(value_of(index.one(g, CKG.list)), index.text(g, CKG.on) or "this")
                    for g in index.nodes(subject, CKG.gate)
                ),
                key=lambda gate: (gate.list, gate.on),
            )
        ),
        parameters=tuple(
            sorted((parameter_of(index, p) for p in index.nodes(subject, CKG.parameter)), key=lambda p: p.name)
        ),
        sources=sources_of(index, subject),
        remedies=tuple(sorted(value_of(r) for r in index.objects(subject, CKG.remedy))),
        needs_other_descriptions=CKG.otherDescriptions in index.objects(subject, CKG.needs),
        stages=tuple(sorted(value_of(stage) for stage in index.objects(subject, CKG.appliesAtStage))),
        triples=tuple(index.reachable(subject)),
        file=file,
    )


def parameter_of(index: Index, node: ox.NamedNode | ox.BlankNode) -> Parameter:
    """A parameter as a rule or an override states it.

    Raises:
        ConfigurationError: when it lacks a name or a value.
    """
    value = index.one(node, CKG.value)
    name = index.text(node, CKG.name)
    if not isinstance(value, ox.Literal) or not name:
        raise ConfigurationError(
            {"es": f"Al parámetro {node} le falta nombre o valor.", "en": f"Parameter {node} lacks a name or a value."}
        )
    return Parameter(
        name=name,
        value=value,
        unit=value_of(index.one(node, CKG.unit)),
        valid_from=index.text(node, CKG.validFrom),
        label=index.texts(node, RDFS.label),
        sources=sources_of(index, node),
    )


def sources_of(index: Index, subject: ox.NamedNode | ox.BlankNode) -> tuple[Source, ...]:
    """The citations (`dcterms:source` → `ckg:Citation`) of a node, sorted."""
    found = [
        Source(value_of(index.one(c, CKG.document)), index.texts(c, CKG.locator))
        for c in index.nodes(subject, DCTERMS.source)
    ]
    return tuple(sorted(found, key=lambda s: (s.document, sorted(s.locator.items()))))


def natural(code: str) -> tuple[str | int, ...]:
    """A sort key that puts TE-01-2 before TE-01-10."""
    return tuple(int(part) if part.isdigit() else part for part in code.split("-"))


def value_of(term: object) -> str:
    """An IRI or a literal's text; the empty text for anything else."""
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else ""
