"""From authored rules to plain SHACL: parameters filled in, completeness gates, companions and witnesses added.

One authored rule becomes up to two shapes:

* D, S: the gated shape (the rule's own IRI) and, where it has a gate, the companion `…#open`: sign there, gate open.
* E: the shape itself and the twin `…#witness`, which reports the values that satisfied it.

The baked shapes are what is published and hashed; engines see nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import pyoxigraph as ox

from clusterkg.errors import ConfigurationError
from clusterkg.graph import Index, Node, Term
from clusterkg.namespaces import CKG, PREFIXES, RDF, SH, XSD
from clusterkg.rules import Rule

OPEN = "open"
WITNESS = "witness"
_PARAMETER = re.compile(r"\$([A-Za-z][A-Za-z0-9]*)\b")
_PREFIXED = re.compile(r"\b([a-z]+):([A-Za-z][\w-]*)")
_FULL_IRI = re.compile(r"<([^<>\s]+)>")
_NOT_PARAMETERS = frozenset({"this", "value", "PATH"})
_PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in sorted(PREFIXES.items()))
_SHAPE_LINKS = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)


@dataclass(frozen=True, slots=True)
class BakedShapes:
    """Shapes ready for any engine: N-Triples (sorted, so that equal shapes have equal bytes) and their hash.

    `predicates` are what the shapes can see; `minimum` says of a witness how many values make evidence.
    """

    ntriples: bytes
    sha256: str
    rules: dict[str, Rule]
    predicates: frozenset[str]
    minimum: dict[str, int]

    def relevant(self, triples: Iterable[ox.Triple]) -> bytes:
        """Those triples that the shapes can see, as N-Triples: what an engine need not read it should not be given."""
        return "".join(f"{t} .\n" for t in triples if t.predicate.value in self.predicates).encode()

    def part_of(self, shape: str) -> tuple[Rule, str]:
        """The rule that a reported shape belongs to, and its part: "rule", "open" or "witness"."""
        iri, _, fragment = shape.partition("#")
        part = fragment.partition("-")[0]
        return self.rules[iri], part if part in (OPEN, WITNESS) else "rule"


def bake(rules: Iterable[Rule]) -> BakedShapes:
    """Bake rules.

    Raises:
        ConfigurationError: when a rule uses a parameter that it does not declare, or carries a gate that cannot be added.
    """
    chosen = {rule.iri: rule for rule in rules}
    lines = sorted({str(triple) + " ." for rule in chosen.values() for triple in _bake_rule(rule)})
    text = ("\n".join(lines) + "\n").encode()
    minimum = {twin: count for rule in chosen.values() for twin, count in _minimums(rule)}
    return BakedShapes(text, sha256(text).hexdigest(), chosen, _mentioned(text.decode()), minimum)


def _mentioned(text: str) -> frozenset[str]:
    """Every IRI that the shapes mention, in full or with a prefix of ours in SPARQL; more than the predicates, never less."""
    prefixed = (PREFIXES[prefix] + local for prefix, local in _PREFIXED.findall(text) if prefix in PREFIXES)
    return frozenset({RDF.type.value, *_FULL_IRI.findall(text), *prefixed})


def _bake_rule(rule: Rule) -> Iterator[ox.Triple]:
    index = Index(rule.triples)
    subject = ox.NamedNode(rule.iri)
    if rule.role in ("detects", "signals", "forbids"):
        yield from _sign(rule, index, subject, closed=True)
        if rule.gates:
            yield from _sign(rule, index, subject, closed=False)
    else:
        yield from _shape(rule, index, subject, {})
        yield from _witness(rule, index, subject)


def _sign(rule: Rule, index: Index, subject: ox.NamedNode, *, closed: bool) -> Iterator[ox.Triple]:
    """The shape of a sign, with its gate closed, or its companion with the gate open."""
    selects = index.nodes(subject, SH.sparql)
    if rule.gates and not selects:
        raise ConfigurationError(
            {
                "es": f"La regla {rule.code} tiene condición de lista completa y no es SPARQL.",
                "en": f"Rule {rule.code} has a gate and is no SPARQL constraint.",
            },
            file=rule.file,
        )
    shape = subject if closed else ox.NamedNode(f"{rule.iri}#{OPEN}")
    yield from _head(rule, index, subject, shape)
    for number, constraint in enumerate(selects, 1):
        node = ox.NamedNode(f"{rule.iri}#{'select' if closed else OPEN}-{number}")
        text = _gated(rule, _fill_text(rule, index.text(constraint, SH.select)), closed=closed)
        yield ox.Triple(shape, SH.sparql, node)
        yield ox.Triple(node, RDF.type, SH.SPARQLConstraint)
        yield ox.Triple(node, SH.select, ox.Literal(_PROLOGUE + text))
    if not selects:
        yield from _constraints(rule, index, subject, shape, {})


def _gated(rule: Rule, select: str, *, closed: bool) -> str:
    if not rule.gates:
        return select
    conditions = [f"{'$this' if g.on == 'this' else '?' + g.on} now:closedFor <{g.list}> ." for g in rule.gates]
    joined = " ".join(conditions)
    gate = f"FILTER EXISTS {{ {joined} }}" if closed else f"FILTER NOT EXISTS {{ {joined} }}"
    body, brace, rest = select.rstrip().rpartition("}")
    if not brace or rest.strip():
        raise ConfigurationError(
            {
                "es": f"El SELECT de {rule.code} no termina en «}}».",
                "en": f"The SELECT of {rule.code} does not end with “}}”.",
            },
            file=rule.file,
        )
    return f"{body}\n  {gate}\n}}"


def _head(rule: Rule, index: Index, subject: ox.NamedNode, shape: ox.NamedNode) -> Iterator[ox.Triple]:
    yield ox.Triple(shape, RDF.type, SH.NodeShape)
    for predicate in (SH.targetObjectsOf, SH.targetSubjectsOf, SH.targetClass, SH.targetNode, SH.severity, SH.message):
        for value in index.objects(subject, predicate):
            yield ox.Triple(shape, predicate, value)


def _shape(rule: Rule, index: Index, subject: ox.NamedNode, names: dict[Node, ox.NamedNode]) -> Iterator[ox.Triple]:
    yield from _head(rule, index, subject, subject)
    yield from _constraints(rule, index, subject, subject, names)


def _constraints(
    rule: Rule, index: Index, subject: Node, shape: Node, names: dict[Node, ox.NamedNode]
) -> Iterator[ox.Triple]:
    """The SHACL triples below a shape; severity is repeated on property shapes, since SHACL does not inherit it."""
    severity = index.one(ox.NamedNode(rule.iri), SH.severity)
    head = {SH.targetObjectsOf, SH.targetSubjectsOf, SH.targetClass, SH.targetNode, SH.severity, SH.message}
    for triple in index.about(subject):
        if triple.predicate in head or triple.predicate not in SH:
            continue
        yield ox.Triple(shape, triple.predicate, _fill(rule, triple.object))
    seen: set[object] = {subject}
    queue: list[Term] = [t.object for t in index.about(subject) if t.predicate in SH]
    while queue:
        node = queue.pop(0)
        if node in seen or not isinstance(node, (ox.NamedNode, ox.BlankNode)):
            continue
        seen.add(node)
        kept = [t for t in index.about(node) if (t.predicate in SH or t.predicate in RDF)]
        for triple in kept:
            yield ox.Triple(triple.subject, triple.predicate, _fill(rule, triple.object))
            queue.append(triple.object)
        if severity is not None and any(t.predicate == SH.path for t in kept):
            yield ox.Triple(node, SH.severity, severity)


def _witness(rule: Rule, index: Index, subject: ox.NamedNode) -> Iterator[ox.Triple]:
    """The twin that reports what satisfied an E rule: each value of its property shapes that conforms to the qualified shape."""
    shape = ox.NamedNode(f"{rule.iri}#{WITNESS}")
    targets = [t for t in _head(rule, index, subject, shape) if t.predicate not in (SH.severity, SH.message)]
    properties = list(_property_shapes(index, subject))
    if not properties:
        return
    yield from targets
    for number, (node, conditions) in enumerate(properties, 1):
        twin, nothing = (
            ox.NamedNode(f"{rule.iri}#{WITNESS}-{number}"),
            ox.NamedNode(f"{rule.iri}#{WITNESS}-{number}-any"),
        )
        yield ox.Triple(shape, SH.property, twin)
        yield ox.Triple(twin, RDF.type, SH.PropertyShape)
        yield ox.Triple(twin, SH.severity, SH.Info)
        path = index.one(node, SH.path)
        if path is not None:
            yield ox.Triple(twin, SH.path, path)
        yield ox.Triple(twin, SH["not"], nothing)
        yield ox.Triple(nothing, RDF.type, SH.NodeShape)
        for condition in conditions:
            yield ox.Triple(nothing, SH.node, condition)


def _minimums(rule: Rule) -> Iterator[tuple[str, int]]:
    """How many values each witness needs."""
    index = Index(rule.triples)
    for number, (node, _) in enumerate(_property_shapes(index, ox.NamedNode(rule.iri)), 1):
        counts = index.objects(node, SH.minCount) + index.objects(node, SH.qualifiedMinCount)
        values = [_fill(rule, count) for count in counts]
        yield f"{rule.iri}#{WITNESS}-{number}", max(int(v.value) for v in values if isinstance(v, ox.Literal))


def _property_shapes(index: Index, subject: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Property shapes that ask for values, directly below a shape or in its sh:or/sh:and, with the shapes that values must conform to."""
    for node in index.nodes(subject, SH.property):
        if index.has(node, CKG.evidence, ox.Literal("false", datatype=XSD.boolean)):
            continue
        conditions = index.nodes(node, SH.qualifiedValueShape) + index.nodes(node, SH.node)
        if index.objects(node, SH.minCount) or index.objects(node, SH.qualifiedMinCount):
            yield node, conditions
    for link in (SH["or"], SH["and"]):
        for head in index.nodes(subject, link):
            for member in _members(index, head):
                yield from _property_shapes(index, member)


def _members(index: Index, cell: Node) -> Iterator[Node]:
    while cell != RDF.nil:
        yield from index.nodes(cell, RDF.first)
        following = index.nodes(cell, RDF.rest)
        if not following:
            return
        cell = following[0]


def _fill(rule: Rule, term: Term) -> Term:
    if isinstance(term, ox.Literal) and term.datatype in (CKG.parameterReference, CKG.parameter):
        return _lookup(rule, term.value.removeprefix("$"))
    return term


def _fill_text(rule: Rule, select: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        return match[0] if name in _NOT_PARAMETERS else str(_lookup(rule, name))

    return _PARAMETER.sub(value, select)


def _lookup(rule: Rule, name: str) -> ox.Literal:
    parameter = rule.parameter(name)
    if parameter is None:
        raise ConfigurationError(
            {
                "es": f"La regla {rule.code} usa el parámetro «{name}» y no lo declara.",
                "en": f"Rule {rule.code} uses the parameter “{name}” and does not declare it.",
            },
            file=rule.file,
        )
    return parameter.value
