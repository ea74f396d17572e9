"""SPARQL with every name written out: so that updates can be sent as one, and the graphs of a FROM be known."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from clusterkg.namespaces import PREFIXES
from clusterkg.sparql_text import Token, tokens

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPED = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")


def standalone(sparql: str, base: str | None) -> str:
    """A query or an update with every IRI written out, without PREFIX and BASE: so it can follow others in one request.

    Many services want all declarations before the first operation, or one base only.
    """
    found = tokens(sparql)
    prefixes = dict(PREFIXES)
    pieces: list[str] = []
    done = 0
    skip = 0
    for index, token in enumerate(found):
        if index < skip:
            continue
        if token.is_word("PREFIX") and index + 2 < len(found):
            prefixes[found[index + 1].text[:-1]] = _resolved(found[index + 2].text[1:-1], base)
            skip = index + 3
        elif token.is_word("BASE") and index + 1 < len(found):
            base = _resolved(found[index + 1].text[1:-1], base)
            skip = index + 2
        elif token.kind in ("name", "iri"):
            pieces += [sparql[done : token.start], f"<{_expanded(token, prefixes, base)}>"]
            done = token.end
        if index < skip:
            pieces.append(sparql[done : token.start])
            done = found[skip - 1].end
    return "".join(pieces) + sparql[done:]


def stated_dataset(sparql: str, base: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The graphs that a query names with FROM and FROM NAMED; empty where it names none."""
    found = tokens(sparql)
    if not any(token.is_word("FROM") and token.depth == 0 for token in found):
        return (), ()
    default, named = [], []
    found = tokens(standalone(sparql, base))
    for word, second, third in zip(found, found[1:], [*found[2:], None], strict=False):
        if word.is_word("FROM") and word.depth == 0 and second.kind == "iri":
            default.append(second.text[1:-1])
        elif word.is_word("FROM") and word.depth == 0 and second.is_word("NAMED") and third and third.kind == "iri":
            named.append(third.text[1:-1])
    return tuple(default), tuple(named)


def _expanded(token: Token, prefixes: Mapping[str, str], base: str | None) -> str:
    if token.kind == "iri":
        return _resolved(token.text[1:-1], base)
    prefix, _, local = token.text.partition(":")
    return prefixes.get(prefix, "") + _ESCAPED.sub(r"\1", local)


def _resolved(iri: str, base: str | None) -> str:
    if not base or _SCHEME.match(iri):
        return iri
    quad = next(iter(ox.parse(f"<{iri}> a [] .", ox.RdfFormat.TURTLE, base_iri=base)))
    assert isinstance(quad.subject, ox.NamedNode)
    return quad.subject.value
