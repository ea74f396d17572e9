"""What SHACL engines pass over in silence: misspelt predicates, unbound variables, missing languages, sources, gates.

Every engine treats a predicate that nobody uses as "no value": a rule with a typing error never fires and never tells. So rules and
view queries are held against the vocabulary and the conventions of docs/design.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

from clusterkg.baking import bake
from clusterkg.errors import ClusterkgError, nearest
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, NOW, PREFIXES, SH
from clusterkg.rulebook import RuleBook
from clusterkg.rules import Profile, Rule
from clusterkg.view import view_queries
from clusterkg.vocabulary import Vocabulary

_TERM = re.compile(r"\b(ckg|now):([A-Za-z][\w-]*)")
_FULL = re.compile(r"<(https://w3id\.org/clusterkg/(?:ontology|now)#[^>]+)>")
_FORBIDDEN = re.compile(r"\b(MINUS|VALUES|SERVICE|NOW\s*\()\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([$?]?[A-Za-z]+)(?:/([a-z]+):([A-Za-z]+))?\}")
_UNBOUND = "none"  # the view's queries write ?none where a branch shall bind nothing
_SEVERITY = {
    "detects": SH.Violation,
    "signals": SH.Warning,
    "evidences": SH.Info,
    "conditions": SH.Info,
    "forbids": SH.Violation,
}


@dataclass(frozen=True, slots=True, order=True)
class LintProblem:
    """One thing that is wrong: file (or rule code), and what, in English (this speaks to authors of rules)."""

    where: str
    problem: str


def lint_shapes(folder: Path, vocabulary: Vocabulary) -> list[LintProblem]:
    """Problems of all rules and view queries below `folder`, sorted; empty where all is well."""
    try:
        book = RuleBook.load(folder)
    except ClusterkgError as error:
        return [LintProblem(error.file or str(folder), error.message["en"])]
    found = {p for profile in book.profiles.values() for p in _profile(profile, vocabulary)}
    for name, query in view_queries(folder).items():
        found.update(LintProblem(f"view/{name}", problem) for problem in _unknown_terms(query, vocabulary))
        found.update(LintProblem(f"view/{name}", problem) for problem in _unbound(query))
    return sorted(found)


def lint_rule(rule: Rule, vocabulary: Vocabulary) -> list[LintProblem]:
    """Problems of one rule."""
    index = Index(rule.triples)
    subject = ox.NamedNode(rule.iri)
    checks = (
        _names(rule, vocabulary),
        _texts(rule, vocabulary),
        _shape(rule, index, subject),
        _queries(rule, index, subject, vocabulary),
    )
    found = [problem for check in checks for problem in check]
    found += [p for t in rule.triples for term in (t.predicate, t.object) for p in _unknown_node(term, vocabulary)]
    try:
        bake([rule])
    except ClusterkgError as error:
        found.append(error.message["en"])
    return [LintProblem(rule.code, problem) for problem in dict.fromkeys(found)]


def _profile(profile: Profile, vocabulary: Vocabulary) -> Iterator[LintProblem]:
    for language in vocabulary.languages:
        if language not in profile.label:
            yield LintProblem(profile.code, f"the profile has no label in “{language}”")
    codes = [rule.code for rule in profile.rules]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield LintProblem(profile.code, f"two rules have the code {code}")
    for rule in profile.rules:
        yield from lint_rule(rule, vocabulary)


def _names(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    if rule.iri.rpartition("/")[2] != rule.code:
        yield f"the code differs from the IRI {rule.iri}"
    if Path(rule.file).stem != rule.code:
        yield f"the code differs from the file name {rule.file}"
    if not rule.profile:
        yield "the rule names no profile (dcterms:isPartOf)"
    if not rule.sources:
        yield "the rule has no source"
    for parameter in rule.parameters:
        if (
            not parameter.sources
            or not parameter.valid_from
            or any(tag not in parameter.label for tag in vocabulary.languages)
        ):
            yield f"parameter “{parameter.name}” lacks a source, a date or a label"


def _texts(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    texts = {"label": rule.label, "message": rule.message}
    if rule.question or rule.role == "evidences":
        texts["question"] = rule.question
    known = {"$this", "?value", "about"} | {f"${p.name}" for p in rule.parameters}
    for name, text in texts.items():
        for language in vocabulary.languages:
            if not text.get(language, "").strip():
                yield f"no {name} in “{language}”"
        for name_, prefix, local in _PLACEHOLDER.findall(" ".join(text.values())):
            if name_ not in known:
                yield f"the {name} uses an unknown placeholder “{name_}”"
            if prefix:
                yield from _unknown_terms(f"{prefix}:{local}", vocabulary)


def _shape(rule: Rule, index: Index, subject: ox.NamedNode) -> Iterator[str]:
    if rule.role not in _SEVERITY:
        yield f"unknown role “{rule.role}”"
    elif _SEVERITY[rule.role] not in index.objects(subject, SH.severity):
        yield f"role “{rule.role}” asks for severity {_SEVERITY[rule.role].value.rpartition('#')[2]}"
    if not rule.targets:
        yield "the rule has no target (sh:targetObjectsOf)"
    if not any(
        index.objects(subject, link) for link in (SH.sparql, SH.property, SH.node, SH["not"], SH["or"], SH["and"])
    ):
        yield "the rule checks nothing"


def _queries(rule: Rule, index: Index, subject: ox.NamedNode, vocabulary: Vocabulary) -> Iterator[str]:
    used = " ".join(
        t.object.value
        for t in rule.triples
        if isinstance(t.object, ox.Literal) and t.predicate not in (SH.message, CKG.question)
    )
    for parameter in rule.parameters:
        if not re.search(rf"\${parameter.name}\b", used):
            yield f"parameter “{parameter.name}” is never used"
    for constraint in index.nodes(subject, SH.sparql):
        query = index.text(constraint, SH.select)
        if word := _FORBIDDEN.search(query):
            yield f"the query uses {word[0].upper()}, which not every engine runs"
        if "?value" not in query.partition("{")[0]:
            yield "the query does not project ?value"
        for parameter in rule.parameters:
            query = re.sub(rf"\${parameter.name}\b", str(parameter.value), query)
        yield from _unknown_terms(query, vocabulary)
        yield from _unbound(query)


def _unknown_node(term: object, vocabulary: Vocabulary) -> Iterable[str]:
    return _unknown_terms(f"<{term.value}>", vocabulary) if isinstance(term, ox.NamedNode) else ()


def _unknown_terms(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Terms of ours that the vocabulary does not declare."""
    iris = [PREFIXES[prefix] + local for prefix, local in _TERM.findall(text)] + _FULL.findall(text)
    known = vocabulary.classes | vocabulary.properties | vocabulary.individuals
    for iri in dict.fromkeys(iris):
        if iri not in known:
            prefix = "now" if iri.startswith(str(NOW)) else "ckg"
            local = iri.rpartition("#")[2]
            near = nearest(
                local, (k.rpartition("#")[2] for k in known if k.rpartition("#")[0] == iri.rpartition("#")[0])
            )
            yield f"{prefix}:{local} is not in the vocabulary" + (f"; did you mean {near}?" if near else "")


def _unbound(query: str) -> Iterator[str]:
    """Variables that an expression uses and nothing binds."""
    try:
        algebra = prepareQuery(query, initNs=dict(PREFIXES)).algebra
    except Exception as error:  # rdflib's parser raises several kinds of exception
        yield f"the query cannot be parsed: {str(error).splitlines()[0]}"
        return
    bound: set[str] = {"this"}
    used: set[str] = set()
    _walk(algebra, bound, used)
    for name in sorted(used - bound - {_UNBOUND}):
        yield f"variable ?{name} is used and never bound"


def _walk(node: object, bound: set[str], used: set[str]) -> None:
    if isinstance(node, CompValue):
        if "triples" in node:
            bound.update(str(t) for triple in node["triples"] for t in triple if isinstance(t, Variable))
        if node.name == "Extend" or node.name.startswith("Aggregate_"):
            bound.update(str(node[key]) for key in ("var", "res") if key in node)
        for key, value in node.items():
            if key == "triples":
                continue
            if key == "expr":
                _expression(value, used)
            _walk(value, bound, used)
    elif isinstance(node, list | tuple | set):
        for item in node:
            _walk(item, bound, used)
    elif isinstance(node, dict):
        bound.update(str(key) for key in node if isinstance(key, Variable))
        for item in node.values():
            _walk(item, bound, used)


def _expression(node: object, used: set[str]) -> None:
    """Variables of an expression, not of a graph pattern inside it (EXISTS)."""
    if isinstance(node, Variable):
        if not node.startswith("__"):  # aggregates that rdflib names itself
            used.add(str(node))
    elif isinstance(node, CompValue):
        if node.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            return
        for value in node.values():
            _expression(value, used)
    elif isinstance(node, list | tuple):
        for item in node:
            _expression(item, used)
