"""What the keys of a YAML or JSON document mean: the JSON-LD contexts in force, as a table.

Only as much of JSON-LD as is needed to find lines, unknown keys and forms of values; the expansion itself is
pyoxigraph's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urljoin

from clusterkg.errors import ConfigurationError, text
from clusterkg.namespaces import CONTEXT_IRI, ID_BASE
from clusterkg.resources import resource

OPAQUE = frozenset({"@index", "@id", "@type", "@graph"})
"""Containers whose maps are no nodes."""

PUBLISHED_NAMES = frozenset({CONTEXT_IRI, "/context.jsonld", "context.jsonld"})


@cache
def published_context() -> dict[str, Any]:
    """The content of ontology/context.jsonld. Raises ConfigurationError if it is missing or broken."""
    path = resource("ontology", "context.jsonld")
    try:
        context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            text("Falta el contexto JSON-LD o está dañado.", "The JSON-LD context is missing or broken."),
            file=str(path),
        ) from error
    return dict(context)


@cache
def published_scope() -> Scope:
    """The scope of a document that brings no context of its own."""
    return Scope(base=ID_BASE).extended([published_context()])


@dataclass(frozen=True)
class Term:
    """One entry of a context; `type` and `iri` are expanded."""

    iri: str
    type: str | None = None
    container: frozenset[str] = frozenset()
    prefix: bool = False


@dataclass(frozen=True)
class Scope:
    """The context in force at one node."""

    terms: Mapping[str, Term] = field(default_factory=dict)
    base: str = ""
    vocabulary: str | None = None
    ours: bool = False
    """Our context takes part: unknown keys are errors, and values take the form that their property expects."""
    scoped: bool = False
    """Some term brings its own context: this table does not know what holds below it."""

    def extended(self, contexts: Iterable[Mapping[str, Any] | None]) -> Scope:
        """This scope with further local contexts on top; None clears it, as in JSON-LD."""
        scope = self
        for context in contexts:
            scope = Scope(base=scope.base) if context is None else scope._with(context)
        return scope

    def _with(self, context: Mapping[str, Any]) -> Scope:
        scope = self
        base, vocabulary = context.get("@base", self.base), context.get("@vocab", self.vocabulary)
        if isinstance(base, str):
            scope = replace(scope, base=_joined(self.base, base))
        if vocabulary is None or isinstance(vocabulary, str):
            scope = replace(scope, vocabulary=vocabulary)
        entries = {name: value for name, value in context.items() if not name.startswith("@")}
        names = {name: value if isinstance(value, str) else _identifier(name, value) for name, value in entries.items()}
        known = {**{name: term.iri for name, term in self.terms.items()}, **names}
        terms = {name: _term(name, value, known, scope.vocabulary) for name, value in entries.items()}
        scoped = scope.scoped or any(isinstance(value, dict) and "@context" in value for value in entries.values())
        ours = scope.ours or context is published_context()
        return replace(scope, terms={**self.terms, **terms}, scoped=scoped, ours=ours)

    def keyword(self, key: str) -> str | None:
        """The JSON-LD keyword that a key stands for, if it does."""
        if key.startswith("@"):
            return key
        term = self.terms.get(key)
        return term.iri if term and term.iri.startswith("@") else None

    def known(self, key: str) -> bool:
        """Whether a key means something: a term, a keyword, or an IRI in short or in full."""
        return key in self.terms or key.startswith("@") or ":" in key

    def property(self, key: str) -> str:
        """The IRI of a property."""
        term = self.terms.get(key)
        return term.iri if term else self.concept(key)

    def identifier(self, value: str) -> str:
        """The IRI that `id: value` stands for."""
        if value.startswith("_:"):
            return value
        prefix, colon, rest = value.partition(":")
        term = self.terms.get(prefix) if colon and not rest.startswith("//") else None
        return term.iri + rest if term and term.prefix else _joined(self.base, value)

    def mistaken_prefix(self, value: str) -> bool:
        """Whether `value` looks like a short IRI, but what stands before the colon is a key and no prefix."""
        prefix, colon, rest = value.partition(":")
        term = self.terms.get(prefix)
        return bool(colon) and term is not None and not term.prefix and not rest.startswith("//")

    def concept(self, value: str) -> str:
        """The IRI that a name stands for where names of the vocabulary are expected."""
        if value in self.terms:
            return self.terms[value].iri
        if ":" in value:
            return self.identifier(value)
        return self.vocabulary + value if self.vocabulary is not None else _joined(self.base, value)


def _joined(base: str, value: str) -> str:
    """A relative IRI made absolute; what cannot be taken apart is left for the check of IRIs to refuse."""
    try:
        return urljoin(base, value)
    except ValueError:
        return value


def _identifier(name: str, definition: object) -> str | None:
    if not isinstance(definition, dict):
        return None
    found = definition.get("@id", definition.get("@reverse", name))
    return found if isinstance(found, str) else None


def _term(name: str, definition: object, names: Mapping[str, str | None], vocabulary: str | None) -> Term:
    iri = _expanded(names.get(name) or name, name, names, vocabulary)
    if not isinstance(definition, dict):
        return Term(iri, prefix=iri[-1:] in tuple(":/?#[]@"))
    kind, container = definition.get("@type"), definition.get("@container", [])
    containers = container if isinstance(container, list) else [container]
    expanded = _expanded(kind, name, names, vocabulary) if isinstance(kind, str) else None
    named = frozenset(entry for entry in containers if isinstance(entry, str))
    return Term(iri, expanded, named, definition.get("@prefix") is True)


def _expanded(value: str, name: str, names: Mapping[str, str | None], vocabulary: str | None) -> str:
    if value.startswith("@"):
        return value
    if ":" in value:
        return _from_prefix(value, names) or value
    if value != name and (other := names.get(value)) and (":" in other or other.startswith("@")):
        return other
    return (vocabulary or "") + value


def _from_prefix(value: str, names: Mapping[str, str | None]) -> str | None:
    prefix, _, rest = value.partition(":")
    stem = names.get(prefix)
    return None if rest.startswith("//") or not stem else stem + rest
