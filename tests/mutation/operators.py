"""The fixed list of mutation operators: small ways to break a rule or a view query, each of which some sample must notice.

threshold            a parameter or a number in the shape, one more and one less
comparison           > for >=, < for <=, = for != and back
path                 a predicate of the pattern or the path that nobody uses
target               another target, or none
role                 detects for signals and back; evidences for signals
gate                 a list of the gate taken away
as-of                "current" no longer asked for; the as-of view's date comparisons off by a day
constraint removed   a FILTER, an OPTIONAL part, a property shape or a bound taken away
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from clusterkg.namespaces import CKG, NOW, SH, XSD
from clusterkg.rules import Parameter, Rule

_NUMERIC = {XSD.integer, XSD.decimal}
_SWAPS = {">=": ">", "<=": "<", ">": ">=", "<": "<=", "!=": "=", "=": "!="}
_COMPARISON = re.compile(r"(?<=\s)(>=|<=|!=|>|<|=)(?=\s)")
_PREDICATE = re.compile(r"\b(?:now|ckg):[a-z]\w*")
_CURRENT = re.compile(r'now:status\s+"current"')
_NUMBER = re.compile(r"(?<![\w$?\"<-])(\d+)(?![\w\">])")
_BOUNDS = (
    SH.minCount,
    SH.maxCount,
    SH.qualifiedMinCount,
    SH.minInclusive,
    SH.maxInclusive,
    SH.minExclusive,
    SH.maxExclusive,
)
_NOWHERE = NOW.nowhere


@dataclass(frozen=True)
class Mutant:
    """A broken rule: which operator, what was changed, and the rule as it is then."""

    name: str
    operator: str
    rule: Rule


@dataclass(frozen=True)
class QueryMutant:
    """A broken view query."""

    name: str
    operator: str
    file: str
    text: str


def rule_mutants(rule: Rule) -> Iterator[Mutant]:
    """Every mutant of a rule, in a fixed order; names are stable as long as the rule does not change."""
    for operator, found in (
        ("threshold", _thresholds(rule)),
        ("target", _targets(rule)),
        ("role", _roles(rule)),
        ("gate", _gates(rule)),
        ("shape", _shapes(rule)),
        ("query", _queries(rule)),
    ):
        for number, (label, mutated) in enumerate(found, 1):
            kind, _, what = label.partition(": ")
            yield Mutant(f"{rule.code} {operator}-{number} {what or kind}", kind if what else operator, mutated)


def query_mutants(file: str, text: str) -> Iterator[QueryMutant]:
    """Every mutant of a view query: comparisons, "current" and constraints."""
    for number, (label, mutated) in enumerate(_text_mutants(text, paths=False), 1):
        kind, _, what = label.partition(": ")
        yield QueryMutant(f"{file} {number} {what}", kind, file, mutated)


def _thresholds(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for parameter in rule.parameters:
        for step in (1, -1):
            changed = tuple(_stepped(p, step) if p.name == parameter.name else p for p in rule.parameters)
            yield f"threshold: {parameter.name} {step:+d}", replace(rule, parameters=changed)


def _stepped(parameter: Parameter, step: int) -> Parameter:
    number = float(parameter.value.value) + step
    text = f"{number:g}"
    return replace(parameter, value=ox.Literal(text, datatype=parameter.value.datatype))


def _targets(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for triple in rule.triples:
        if triple.predicate == SH.targetObjectsOf:
            without = tuple(t for t in rule.triples if t != triple)
            yield "target: none", replace(rule, triples=without)
            yield (
                "target: cluster",
                replace(rule, triples=(*without, ox.Triple(triple.subject, triple.predicate, CKG.serves))),
            )


def _roles(rule: Rule) -> Iterator[tuple[str, Rule]]:
    other = {"detects": "signals", "signals": "detects", "evidences": "signals"}.get(rule.role)
    if other:
        yield (
            f"role: {rule.role} as {other}",
            replace(rule, role=other, gates=() if rule.role == "evidences" else rule.gates),
        )


def _gates(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for gate in rule.gates:
        kept = tuple(g for g in rule.gates if g != gate)
        yield f"gate: without {CKG.local_name(gate.list)}", replace(rule, gates=kept)


def _shapes(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Core SHACL: bounds one off, paths to nowhere, constraints taken away."""
    for number, triple in enumerate(rule.triples):
        rest = rule.triples[:number] + rule.triples[number + 1 :]
        name = triple.predicate.value.rpartition("#")[2]
        if triple.predicate in _BOUNDS and isinstance(triple.object, ox.Literal) and triple.object.datatype in _NUMERIC:
            for step in (1, -1):
                value = ox.Literal(str(int(triple.object.value) + step), datatype=triple.object.datatype)
                if step > 0 or triple.predicate in (SH.maxInclusive, SH.minInclusive) or triple.object.value != "1":
                    yield (
                        f"threshold: {name} {step:+d}",
                        replace(rule, triples=(*rest, ox.Triple(triple.subject, triple.predicate, value))),
                    )
        if triple.predicate in _BOUNDS or triple.predicate in (
            SH.property,
            SH.node,
            SH["not"],
            SH["or"],
            SH.hasValue,
            SH["class"],
            SH["in"],
        ):
            yield f"constraint removed: {name}", replace(rule, triples=rest)
        if triple.predicate == SH.path and isinstance(triple.object, ox.NamedNode):
            moved = ox.Triple(triple.subject, SH.path, _NOWHERE)
            yield f"path: {triple.object.value.rpartition('#')[2]}", replace(rule, triples=(*rest, moved))


def _queries(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for number, triple in enumerate(rule.triples):
        if triple.predicate == SH.select and isinstance(triple.object, ox.Literal):
            for label, text in _text_mutants(triple.object.value, paths=True):
                changed = ox.Triple(triple.subject, SH.select, ox.Literal(text))
                yield label, replace(rule, triples=(*rule.triples[:number], changed, *rule.triples[number + 1 :]))


def _text_mutants(text: str, *, paths: bool) -> Iterator[tuple[str, str]]:
    body = text.index("{")
    for match in _COMPARISON.finditer(text, body):
        if not _in_comment(text, match.start()):
            yield (
                f"comparison: {match[0]} as {_SWAPS[match[0]]}",
                text[: match.start()] + _SWAPS[match[0]] + text[match.end() :],
            )
    for number, match in enumerate(_CURRENT.finditer(text, body)):
        if not _in_comment(text, match.start()):
            yield (
                f"as-of: any status {number + 1}",
                f"{text[: match.start()]}now:status ?anyStatus{number}{text[match.end() :]}",
            )
    for match in _NUMBER.finditer(text, text.upper().index("WHERE")):
        if not _in_comment(text, match.start()):
            yield f"threshold: {match[0]} +1", text[: match.start()] + str(int(match[0]) + 1) + text[match.end() :]
    for start, end in _constraints(text):
        yield f"constraint removed: {' '.join(text[start:end].split())[:60]}", text[:start] + text[end:]
    if paths:
        for match in _PREDICATE.finditer(text, body):
            yield f"path: {match[0]}", text[: match.start()] + "now:nowhere" + text[match.end() :]


def _constraints(text: str) -> Iterator[tuple[int, int]]:
    """Spans of FILTER (…), FILTER [NOT] EXISTS {…} and OPTIONAL {…}, at any depth."""
    for match in re.finditer(r"\b(FILTER\s*(?:(?:NOT\s+)?EXISTS\s*)?|OPTIONAL\s*)(?=[({])", text):
        if not _in_comment(text, match.start()):
            yield match.start(), _closing(text, match.end()) + 1


def _closing(text: str, start: int) -> int:
    pairs = {"(": ")", "{": "}"}
    opened, closed = text[start], pairs[text[start]]
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] == opened) - (text[position] == closed)
        if depth == 0:
            return position
    raise ValueError(text[start : start + 40])


def _in_comment(text: str, position: int) -> bool:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line.lstrip().startswith("#")
