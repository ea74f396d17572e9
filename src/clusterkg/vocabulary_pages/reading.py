"""Which terms a rule reads and a query of the view derives, and code in which these terms are links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from clusterkg.baking import bake
from clusterkg.namespaces import CKG, NOW, PREFIXES, SH
from clusterkg.rendering.rdf import turtle
from clusterkg.rules import Rule
from clusterkg.vocabulary_pages.catalogue import Catalogue, shortened

_NAME = re.compile(r"(?<![\w<$?-])(" + "|".join(sorted(PREFIXES)) + r"):([A-Za-z](?:[\w.-]*\w)?)")
_IRI = re.compile(r"<([^<>\s]+)>")
_LINKED = re.compile(f"{_NAME.pattern}|{_IRI.pattern}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of code, and the IRI of the thing that it names ("": none with a page)."""

    text: str
    iri: str


@dataclass(frozen=True, slots=True)
class BakedRule:
    """What engines see of a rule: Turtle, and its queries by the name of their shape's part; thresholds filled in."""

    turtle: str
    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """A query of the as-of view: its file's name, its text, the terms it derives."""

    name: str
    text: str
    derives: frozenset[str]


class Reading:
    """Rules and view queries, and the terms in them."""

    def __init__(self, catalogue: Catalogue, view: Path) -> None:
        """`view` is the folder of the view's queries."""
        self._catalogue = catalogue
        self._baked: dict[str, BakedRule] = {}
        self.queries = tuple(_query(path) for path in sorted(view.glob("*.rq")))

    @cached_property
    def terms_of(self) -> dict[str, tuple[str, ...]]:
        """The named terms of ours that each rule's shape mentions, by the rule's IRI; sorted."""
        return {iri: tuple(sorted(_terms(rule))) for iri, rule in self._catalogue.rules.items()}

    @cached_property
    def rules_reading(self) -> dict[str, list[str]]:
        """The rules that mention a term, by the term's IRI, in the order of codes."""
        found: dict[str, list[str]] = {}
        for rule, terms in self.terms_of.items():
            for term in terms:
                found.setdefault(term, []).append(rule)
        return found

    def properties_of(self, rule: str) -> list[str]:
        """The properties among a rule's terms, and the lists that its gate names."""
        gates = {gate.list for gate in self._catalogue.rules[rule].gates}
        entries = [(iri, self._catalogue.get(iri)) for iri in sorted({*self.terms_of[rule], *gates})]
        return [iri for iri, entry in entries if entry and (entry.kind in ("property", "view-term") or iri in gates)]

    def baked(self, rule: Rule) -> BakedRule:
        """What engines see of a rule.

        Raises:
            ConfigurationError: when it cannot be baked.
        """
        if rule.iri not in self._baked:
            self._baked[rule.iri] = _bake(rule)
        return self._baked[rule.iri]

    def deriving(self, iri: str) -> list[ViewQuery]:
        """The queries that derive a term of the view."""
        return [query for query in self.queries if iri in query.derives]

    def linked(self, code: str) -> Iterator[Piece]:
        """The code in pieces; those that name a thing with a page carry its IRI."""
        done = 0
        for match in _LINKED.finditer(code):
            iri = match[3] or PREFIXES[match[1]] + match[2]
            if self._catalogue.get(iri) is None:
                continue
            if match.start() > done:
                yield Piece(code[done : match.start()], "")
            yield Piece(shortened(iri) if match[3] else match[0], iri)
            done = match.end()
        if done < len(code):
            yield Piece(code[done:], "")


def _bake(rule: Rule) -> BakedRule:
    triples = [quad.triple for quad in ox.parse(bake([rule]).ntriples, format=ox.RdfFormat.N_TRIPLES)]
    selects = {t for t in triples if t.predicate == SH.select and isinstance(t.object, ox.Literal)}
    rest = sorted((t for t in triples if t not in selects and t.predicate != SH.message), key=str)
    queries = sorted((_part(t.subject), _without_prologue(_value(t.object))) for t in selects)
    return BakedRule(turtle(rest).strip(), tuple(queries))


def _part(subject: object) -> str:
    return str(subject).strip("<>").rpartition("/")[2]


def _without_prologue(query: str) -> str:
    return "\n".join(line for line in query.splitlines() if not line.startswith("PREFIX ")).strip()


def _terms(rule: Rule) -> set[str]:
    """Terms of ours below `sh:` statements of the rule; what the rule says of itself is not read by it."""
    found: set[str] = set()
    for triple in rule.triples:
        if triple.predicate not in SH or triple.predicate in (SH.message, SH.severity, SH.targetObjectsOf):
            continue
        if isinstance(triple.object, ox.NamedNode):
            found.add(triple.object.value)
        elif isinstance(triple.object, ox.Literal) and triple.predicate == SH.select:
            found |= _named(triple.object.value)
    found |= {item.value for item in _list_items(rule)}
    return {iri for iri in found if iri.startswith((str(CKG), str(NOW)))}


def _list_items(rule: Rule) -> Iterator[ox.NamedNode]:
    """Members of RDF lists of the shape: paths in sequence, `sh:in`."""
    for triple in rule.triples:
        if isinstance(triple.subject, ox.BlankNode) and isinstance(triple.object, ox.NamedNode):
            yield triple.object


def _named(code: str) -> set[str]:
    return {PREFIXES[match[1]] + match[2] for match in _NAME.finditer(code)} | set(_IRI.findall(code))


def _query(path: Path) -> ViewQuery:
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("PREFIX ")).strip()
    head = "\n".join(line for line in text.partition("WHERE")[0].splitlines() if not line.startswith("#"))
    return ViewQuery(path.name, text, frozenset(_named(head)))


def _value(term: object) -> str:
    return term.value if isinstance(term, ox.Literal) else ""
