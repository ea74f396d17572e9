"""Triples as JSON-LD, compacted with the published context, so that any processor gets exactly these triples back.

The compaction for descriptions (compaction.py) writes what people like to read and our own reader understands; this one keeps to
what JSON-LD 1.1 says of types and bases.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from clusterkg.namespaces import CKG, CONTEXT_IRI, GENID_BASE, ID_BASE, RDF, XSD
from clusterkg.reading.terms import Scope, Term, published_scope

Tree = dict[str, Any]

_HEAD = [CONTEXT_IRI, {"@base": ID_BASE}]
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*)*\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!//)")
_DEEPEST = 20


def jsonld(triples: Iterable[Triple], roots: Sequence[str] = ()) -> str:
    """The triples as a JSON-LD document; nodes named in `roots` come first, nameless ones stand where they are used."""
    writer = _Writer(list(triples))
    return json.dumps({"@context": _HEAD, "@graph": writer.nodes(roots)}, ensure_ascii=False, indent=2) + "\n"


class _Writer:
    def __init__(self, triples: list[Triple]) -> None:
        self._properties: dict[object, dict[str, list[Any]]] = {}
        for triple in triples:
            values = self._properties.setdefault(triple.subject, {}).setdefault(triple.predicate.value, [])
            if triple.object not in values:
                values.append(triple.object)
        self._references = Counter(triple.object for triple in triples if not isinstance(triple.object, Literal))
        self._written: set[object] = set()
        self._scope = published_scope()

    def nodes(self, roots: Sequence[str]) -> list[Tree]:
        first = [NamedNode(iri) for iri in roots]
        named = [node for node in self._properties if not _nameless(node)]
        found = []
        for subject in (*first, *named, *self._properties):
            if subject in self._properties and subject not in self._written:
                found.append(self._node(subject, 1))
        return found

    def _node(self, subject: Any, depth: int) -> Tree:
        self._written.add(subject)
        node: Tree = {}
        if not isinstance(subject, BlankNode) or self._references[subject] != 1 or depth == 1:
            node["id"] = self._identifier(subject)
        for predicate, values in self._properties[subject].items():
            if predicate == RDF.type.value and all(isinstance(value, NamedNode) for value in values):
                node["type"] = _single([self._concept(value.value) for value in values])
                continue
            by_kind: dict[str, list[Any]] = {}
            for value in values:
                by_kind.setdefault(self._key(predicate, value), []).append(value)
            for key, own in by_kind.items():
                node[key] = self._values(own, self._scope.terms.get(key), depth)
        return node

    def _key(self, predicate: str, value: Any) -> str:
        """The word for a predicate whose form fits the value; else the prefixed or the full IRI."""
        name = _names().get(predicate)
        if name is not None and _fits(self._scope.terms[name], value):
            return name
        return _prefixed(predicate) if predicate != RDF.type.value else predicate

    def _values(self, values: list[Any], term: Term | None, depth: int) -> Any:
        if term is not None and "@language" in term.container:
            by_language: dict[str, list[str]] = {}
            for value in values:
                by_language.setdefault(value.language, []).append(value.value)
            return {code: _single(texts) for code, texts in sorted(by_language.items())}
        return _single([self._value(value, term, depth) for value in values])

    def _value(self, value: Any, term: Term | None, depth: int) -> Any:
        kind = term.type if term else None
        if isinstance(value, Literal):
            if value.language:
                return {"@value": value.value, "@language": value.language}
            if value.datatype.value == (kind or XSD.string.value):
                return value.value
            return {"@value": value.value, "@type": value.datatype.value}
        if _nameless(value) and value in self._properties and value not in self._written and depth < _DEEPEST:
            return self._node(value, depth + 1)
        if kind == "@id":
            return self._identifier(value)
        if kind == "@vocab" and isinstance(value, NamedNode):
            return self._concept(value.value)
        return {"id": self._identifier(value)}

    def _concept(self, iri: str) -> str:
        """A name of the vocabulary: as its last part, where no word of the context means something else."""
        local = iri.removeprefix(str(CKG))
        if local != iri and _LOCAL.match(local) and "/" not in local and self._scope.concept(local) == iri:
            return local
        return _prefixed(iri)

    def _identifier(self, node: Any) -> str:
        if isinstance(node, BlankNode):
            return f"_:{node.value}"
        local = str(node.value).removeprefix(ID_BASE)
        return local if local != node.value and _LOCAL.match(local) else str(node.value)


def mistakable(triples: Iterable[Triple]) -> bool:
    """Whether some IRI would be taken for a prefixed name of the context: `schema:x` as an IRI of its own."""
    prefixes = {name for name, term in published_scope().terms.items() if term.prefix} | set(published_scope().terms)
    for triple in triples:
        for node in (triple.subject, triple.predicate, triple.object):
            if isinstance(node, NamedNode) and (match := _SCHEME.match(node.value)) and match[1] in prefixes:
                return True
    return False


@cache
def _names() -> dict[str, str]:
    """Property IRI → the word of the context for it; prefixes and keywords are no words."""
    entries = sorted(published_scope().terms.items(), reverse=True)
    return {term.iri: name for name, term in entries if not term.prefix and not term.iri.startswith("@")}


@cache
def _stems() -> tuple[tuple[str, str], ...]:
    scope: Scope = published_scope()
    return tuple(sorted(((term.iri, name) for name, term in scope.terms.items() if term.prefix), reverse=True))


def _prefixed(iri: str) -> str:
    for stem, name in _stems():
        local = iri.removeprefix(stem)
        if local != iri and _LOCAL.match(local) and "/" not in local:
            return f"{name}:{local}"
    return iri


def _fits(term: Term, value: Any) -> bool:
    """Whether a word that sets a form for its values (a language map, an IRI, a datatype) can carry this one."""
    if "@language" in term.container:
        return isinstance(value, Literal) and value.language is not None and value.language == value.language.lower()
    if term.type in ("@id", "@vocab"):
        return not isinstance(value, Literal)
    return True


def _nameless(node: Any) -> bool:
    return isinstance(node, BlankNode) or (isinstance(node, NamedNode) and node.value.startswith(GENID_BASE))


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
