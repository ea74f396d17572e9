"""Rules and profiles as the shapes folder states them: read once, immutable, nothing validated here.

A rule is a SHACL node shape with triples of the rule vocabulary (`ckg:code`, `ckg:role`, `ckg:gate` …; see docs/design.md).
A profile is a folder under `shapes/` with a `profile.ttl`; it may inherit from others and override parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from clusterkg.errors import ConfigurationError, UsageError, nearest
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
class Override:
    """A profile's own value for a parameter of an inherited rule."""

    rule: str
    parameter: Parameter


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


class RuleBook:
    """All profiles that a shapes folder holds."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        """Keep profiles by code."""
        self.profiles = dict(sorted(profiles.items()))

    def profile(self, code: str) -> Profile:
        """The profile of that code.

        Raises:
            UsageError: when there is none; names the nearest.
        """
        if code in self.profiles:
            return self.profiles[code]
        near = nearest(code, self.profiles)
        known = ", ".join(self.profiles)
        raise UsageError(
            {"es": f"No existe el perfil «{code}».", "en": f"There is no profile “{code}”."},
            hint={
                "es": (f"¿Quiso decir «{near}»? " if near else "") + f"Perfiles: {known}.",
                "en": (f"Did you mean “{near}”? " if near else "") + f"Profiles: {known}.",
            },
        )

    def applied(self, code: str) -> tuple[Rule, ...]:
        """The rules that a check against a profile runs: its own, and those of profiles that apply always (form, life cycle)."""
        chosen = {
            rule.iri: rule for profile in self.profiles.values() if profile.applies_always for rule in profile.rules
        }
        chosen |= {rule.iri: rule for rule in self.profile(code).rules}
        return tuple(sorted(chosen.values(), key=lambda rule: natural(rule.code)))

    @classmethod
    def load(cls, folder: Path) -> RuleBook:
        """Read every profile below `folder`.

        Raises:
            ConfigurationError: for broken Turtle, a rule without code, role or error, a profile that inherits from nothing known.
        """
        drafts: dict[str, tuple[Profile, tuple[Override, ...]]] = {}
        for path in sorted(folder.glob("**/profile.ttl")):
            profile, overrides = _read_profile(path)
            drafts[profile.iri] = (profile, overrides)
        resolved = {iri: _resolve(iri, drafts, ()) for iri in drafts}
        return cls({profile.code: profile for profile in resolved.values()})


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of one Turtle file.

    Raises:
        ConfigurationError: when it is not Turtle, or a rule lacks what every rule needs.
    """
    return tuple(rules_of(_parse(path), path.name))


def rules_of(triples: Iterable[ox.Triple], file: str) -> Iterator[Rule]:
    """The rules that a graph states; blank nodes that are shapes must be named already (see `name_shapes`)."""
    index = Index(triples)
    for subject in index.subjects(RDF.type, CKG.Rule):
        yield _rule(index, subject, file)


def _parse(path: Path) -> list[ox.Triple]:
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
        concerns=_value(concerns),
        role=_value(role).rpartition("#")[2],
        profile=_value(index.one(subject, DCTERMS.isPartOf)),
        message=index.texts(subject, SH.message),
        question=index.texts(subject, CKG.question),
        gates=tuple(
            sorted(
                (
                    Gate(_value(index.one(g, CKG.list)), index.text(g, CKG.on) or "this")
                    for g in index.nodes(subject, CKG.gate)
                ),
                key=lambda gate: (gate.list, gate.on),
            )
        ),
        parameters=tuple(
            sorted((_parameter(index, p) for p in index.nodes(subject, CKG.parameter)), key=lambda p: p.name)
        ),
        sources=sources_of(index, subject),
        remedies=tuple(sorted(_value(r) for r in index.objects(subject, CKG.remedy))),
        needs_other_descriptions=CKG.otherDescriptions in index.objects(subject, CKG.needs),
        stages=tuple(sorted(_value(stage) for stage in index.objects(subject, CKG.appliesAtStage))),
        triples=tuple(index.reachable(subject)),
        file=file,
    )


def _parameter(index: Index, node: ox.NamedNode | ox.BlankNode) -> Parameter:
    value = index.one(node, CKG.value)
    name = index.text(node, CKG.name)
    if not isinstance(value, ox.Literal) or not name:
        raise ConfigurationError(
            {"es": f"Al parámetro {node} le falta nombre o valor.", "en": f"Parameter {node} lacks a name or a value."}
        )
    return Parameter(
        name=name,
        value=value,
        unit=_value(index.one(node, CKG.unit)),
        valid_from=index.text(node, CKG.validFrom),
        label=index.texts(node, RDFS.label),
        sources=sources_of(index, node),
    )


def sources_of(index: Index, subject: ox.NamedNode | ox.BlankNode) -> tuple[Source, ...]:
    """The citations (`dcterms:source` → `ckg:Citation`) of a node, sorted."""
    found = [
        Source(_value(index.one(c, CKG.document)), index.texts(c, CKG.locator))
        for c in index.nodes(subject, DCTERMS.source)
    ]
    return tuple(sorted(found, key=lambda s: (s.document, sorted(s.locator.items()))))


def _read_profile(path: Path) -> tuple[Profile, tuple[Override, ...]]:
    index = Index(_parse(path))
    subject = next(iter(index.subjects(RDF.type, CKG.Profile)), None)
    code = index.text(subject, CKG.code) if subject is not None else ""
    if not isinstance(subject, ox.NamedNode) or not code:
        raise ConfigurationError(
            {"es": "El perfil no se describe a sí mismo.", "en": "The profile does not describe itself."},
            file=str(path),
        )
    files = [p for p in sorted(path.parent.glob("*.ttl")) if p.name != "profile.ttl"]
    rules = tuple(rule for file in files for rule in read_rules(file))
    overrides = tuple(
        Override(_value(index.one(node, CKG.rule)), _parameter(index, node))
        for node in index.nodes(subject, CKG.override)
    )
    profile = Profile(
        iri=subject.value,
        code=code,
        label=index.texts(subject, RDFS.label),
        description=index.texts(subject, DCTERMS.description),
        inherits=tuple(sorted(_value(o) for o in index.objects(subject, CKG.inherits))),
        minimum_standing=_value(index.one(subject, CKG.minimumStanding)),
        applies_always=index.text(subject, CKG.appliesAlways) == "true",
        sources=sources_of(index, subject),
        rules=rules,
    )
    return profile, overrides


def _resolve(iri: str, drafts: Mapping[str, tuple[Profile, tuple[Override, ...]]], seen: tuple[str, ...]) -> Profile:
    if iri not in drafts or iri in seen:
        raise ConfigurationError(
            {
                "es": f"El perfil {iri} no existe o se hereda a sí mismo.",
                "en": f"Profile {iri} does not exist or inherits itself.",
            }
        )
    profile, overrides = drafts[iri]
    rules = {rule.iri: rule for rule in profile.rules}
    standing = profile.minimum_standing
    for parent in profile.inherits:
        inherited = _resolve(parent, drafts, (*seen, iri))
        standing = standing or inherited.minimum_standing
        rules = {rule.iri: rule for rule in inherited.rules} | rules
    for override in overrides:
        rules[override.rule] = _overridden(rules.get(override.rule), override)
    ordered = tuple(sorted(rules.values(), key=lambda rule: natural(rule.code)))
    return replace(profile, rules=ordered, minimum_standing=standing)


def _overridden(rule: Rule | None, override: Override) -> Rule:
    if rule is None or rule.parameter(override.parameter.name) is None:
        raise ConfigurationError(
            {
                "es": f"El perfil cambia un parámetro que no existe: {override.rule} {override.parameter.name}.",
                "en": f"The profile overrides a parameter that does not exist: {override.rule} {override.parameter.name}.",
            }
        )
    old = rule.parameter(override.parameter.name)
    merged = replace(override.parameter, label=override.parameter.label or (old.label if old else {}))
    return replace(rule, parameters=tuple(merged if p.name == merged.name else p for p in rule.parameters))


def natural(code: str) -> tuple[str | int, ...]:
    """A sort key that puts TE-01-2 before TE-01-10."""
    return tuple(int(part) if part.isdigit() else part for part in code.split("-"))


def _value(term: object) -> str:
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else ""
