"""Quads → the tree of a YAML or JSON description: names of the published context, things nested where they belong.

The counterpart of reading/jsonld.py. With `explicit`, nothing is abbreviated: every literal carries its datatype.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from clusterkg.namespaces import CKG, ID_BASE, RDF, XSD
from clusterkg.reading.terms import Scope, Term, published_scope
from clusterkg.reading.values import date_type

Tree = dict[str, Any]
Node = NamedNode | BlankNode

_SIMPLE = re.compile(r"[A-Za-z0-9][\w/.-]*\Z", re.ASCII)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,80})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,40})\.[0-9]{1,40}\Z")
_DEEPEST = 12


class Number(str):
    """A number or a date as it is to be written, without quotation marks."""

    __slots__ = ()


def compact(quads: Iterable[Quad], *, explicit: bool = False) -> Any:
    """One node, or a list of nodes and graphs, as dicts, lists, texts and `Number`s."""
    graphs: dict[object, list[Quad]] = {}
    for quad in quads:
        graphs.setdefault(quad.graph_name, []).append(quad)
    scope = published_scope()
    shared = _shared(graphs)
    documents: list[Tree] = []
    for name, own in graphs.items():
        nodes = _Writer(own, scope, shared, explicit).nodes()
        if isinstance(name, DefaultGraph):
            documents.extend(nodes)
        else:
            documents.append({"id": _identifier(name, scope, explicit), "@graph": nodes})
    return documents[0] if len(documents) == 1 else documents


class _Writer:
    """Writes the nodes of one graph, each once."""

    def __init__(self, quads: list[Quad], scope: Scope, shared: frozenset[object], explicit: bool) -> None:
        self._scope = scope
        self._shared = shared
        self._explicit = explicit
        self._names = _names(scope)
        self._properties: dict[object, dict[str, list[Any]]] = {}
        for quad in quads:
            values = self._properties.setdefault(quad.subject, {}).setdefault(quad.predicate.value, [])
            values.append(quad.object)
        self._references: Counter[object] = Counter(
            quad.object for quad in quads if not isinstance(quad.object, Literal)
        )
        self._written: set[object] = set()

    def nodes(self) -> list[Tree]:
        """Roots first: descriptions, then what nothing refers to, then what is left of cycles."""
        subjects = list(self._properties)
        descriptions = [s for s in subjects if CKG.Description in self._properties[s].get(RDF.type.value, [])]
        loose = [s for s in subjects if not self._references[s]]
        result = []
        for subject in (*descriptions, *loose, *subjects):
            if subject not in self._written:
                result.append(self._node(subject, 1))
        return result

    def _node(self, subject: object, depth: int) -> Tree:
        self._written.add(subject)
        node: Tree = {}
        if isinstance(subject, NamedNode) or subject in self._shared or self._references[subject] != 1:
            node["id"] = _identifier(subject, self._scope, self._explicit)
        for predicate, values in _ordered(self._properties[subject]):
            if predicate == RDF.type.value and all(isinstance(value, NamedNode) for value in values):
                node["type"] = _single([self._concept(value.value) for value in values])
                continue
            name, term = self._names.get(predicate, (predicate, None))
            if self._explicit:
                name, term = predicate, None
            node[name] = self._values(values, term, depth)
        return node

    def _values(self, values: list[Any], term: Term | None, depth: int) -> Any:
        if term is not None and "@language" in term.container and all(isinstance(value, Literal) for value in values):
            return _texts(values)
        return _single([self._value(value, term, depth) for value in values])

    def _value(self, value: Any, term: Term | None, depth: int) -> Any:
        if isinstance(value, Literal):
            return _literal(value, term)
        if value in self._properties and value not in self._written and depth < _DEEPEST:
            return self._node(value, depth + 1)
        kind = term.type if term else None
        if kind == "@id":
            return _identifier(value, self._scope, self._explicit)
        if kind == "@vocab" and isinstance(value, NamedNode):
            return self._concept(value.value)
        return {"id": _identifier(value, self._scope, self._explicit)}

    def _concept(self, iri: str) -> str:
        local = CKG.local_name(iri)
        short = local != iri and _SIMPLE.match(local) and self._scope.concept(local) == iri
        return local if short and not self._explicit else iri


def _shared(graphs: Mapping[object, list[Quad]]) -> frozenset[object]:
    """Blank nodes that need a label: those of several graphs, and those that name a graph."""
    seen = Counter(
        node
        for own in graphs.values()
        for node in {term for quad in own for term in (quad.subject, quad.object) if isinstance(term, BlankNode)}
    )
    return frozenset({node for node, number in seen.items() if number > 1} | set(graphs))


def _names(scope: Scope) -> dict[str, tuple[str, Term]]:
    """Property IRI → the key to write for it. Prefixes and keywords are no keys."""
    entries = ((name, term) for name, term in sorted(scope.terms.items(), reverse=True))
    return {term.iri: (name, term) for name, term in entries if not term.prefix and not term.iri.startswith("@")}


def _ordered(properties: Mapping[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    """Type and label first, the rest as the document has it."""
    first = (RDF.type.value, "http://www.w3.org/2000/01/rdf-schema#label")
    return sorted(properties.items(), key=lambda item: first.index(item[0]) if item[0] in first else len(first))


def _texts(values: list[Literal]) -> Any:
    """Texts under a property that takes languages: a map by language, plain texts, or both spelt out."""
    if all(value.language for value in values):
        by_language: dict[str, list[str]] = {}
        for value in values:
            by_language.setdefault(value.language or "", []).append(value.value)
        return {code: _single(texts) for code, texts in by_language.items()}
    if all(not value.language and value.datatype == XSD.string for value in values):
        return _single([value.value for value in values])
    return _single([_spelt_out(value) for value in values])


def _literal(value: Literal, term: Term | None) -> Any:
    kind = term.type if term else None
    datatype = value.datatype.value
    if value.language or term is None or "@language" in term.container:
        return _spelt_out(value)
    if kind == XSD.date.value and date_type(value.value) == datatype:
        return Number(value.value) if re.fullmatch(r"[0-9-]+", value.value) else value.value
    if kind is not None and kind == datatype:
        plain = _INTEGER.match(value.value) or _DECIMAL.match(value.value) or value.value in ("true", "false")
        return Number(value.value) if plain else value.value
    if kind is not None:
        return _spelt_out(value)
    if datatype == XSD.string.value:
        return value.value
    forms = {XSD.integer.value: _INTEGER, XSD.decimal.value: _DECIMAL}
    fits = datatype in forms and forms[datatype].match(value.value)
    return Number(value.value) if fits else _spelt_out(value)


def _spelt_out(value: Literal) -> Tree:
    if value.language:
        return {"@value": value.value, "@language": value.language}
    return {"@value": value.value, "@type": value.datatype.value}


def _identifier(term: object, scope: Scope, explicit: bool) -> str:
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    iri = term.value if isinstance(term, NamedNode) else str(term)
    local = iri.removeprefix(ID_BASE)
    short = local != iri and _SIMPLE.match(local) and scope.identifier(local) == iri
    return local if short and not explicit else iri


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
