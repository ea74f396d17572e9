"""Which graphs an update can write to, as far as its text tells: so that after it only those need to be looked at.

Wherever the text could mean more, the answer is "any": a graph too many costs time, a graph too few would be a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from clusterkg.sparql_text import Token, relative_iris, tokens

_WHOLESALE = ("ALL", "NAMED")
_MANAGING = ("CLEAR", "DROP", "COPY", "MOVE", "ADD", "LOAD")


@dataclass(frozen=True, slots=True)
class Targets:
    """`graphs`: the named graphs that may be written to, or None for any; `default`: whether the default graph may be."""

    graphs: frozenset[str] | None
    default: bool

    def __or__(self, other: Targets) -> Targets:
        graphs = None if self.graphs is None or other.graphs is None else self.graphs | other.graphs
        return Targets(graphs, self.default or other.default)


ANY = Targets(None, True)


def targets(sparql: str, prefixes: Mapping[str, str]) -> Targets:
    """The graphs that an update may write to. `prefixes` are those that hold without being declared."""
    found = tokens(sparql)
    declared = _declared(found)
    if declared is None or "\\" in sparql or relative_iris(sparql) or any(token.unsure for token in found):
        return ANY
    default = any(_writes_default(operation) for operation in _operations(found))
    if any(_leaves_open(token, after) for token, after in pairwise(found)):
        return Targets(None, default)
    known = {**prefixes, **declared}
    named = {token.text[1:-1] for token in found if token.kind == "iri"}
    for token in found:
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            named.add(known.get(prefix, "") + local)
    return Targets(frozenset(named), default)


def _declared(found: list[Token]) -> dict[str, str] | None:
    """The prefixes that are declared; None where one is declared twice."""
    declared: dict[str, str] = {}
    for word, name, iri in zip(found, found[1:], found[2:], strict=False):
        declares = word.is_word("PREFIX") and name.kind == "name" and iri.kind == "iri"
        if declares and declared.setdefault(name.text[:-1], iri.text[1:-1]) != iri.text[1:-1]:
            return None
    return declared


def _leaves_open(token: Token, after: Token) -> bool:
    """Whether these two tokens name a graph by a variable, or many at once."""
    return (token.is_word("GRAPH") and after.kind == "variable") or (
        token.is_word("CLEAR", "DROP", "SILENT") and after.is_word(*_WHOLESALE)
    )


def _operations(found: list[Token]) -> Iterator[list[Token]]:
    operation: list[Token] = []
    for token in found:
        if token.text == ";" and token.depth == 0:
            yield operation
            operation = []
        else:
            operation.append(token)
    yield operation


def _writes_default(operation: list[Token]) -> bool:
    """Whether statements outside of any GRAPH are inserted or deleted, or the default graph is managed."""
    words = [token.text.upper() for token in operation if token.kind == "word" and token.depth == 0]
    if any(word in _MANAGING for word in words):
        return "DEFAULT" in words or "ALL" in words or ("LOAD" in words and "INTO" not in words)
    if "WITH" in words:
        return False
    return any(
        token.is_word("INSERT", "DELETE") and token.depth == 0 and _has_bare_statements(operation[index + 1 :])
        for index, token in enumerate(operation)
    )


def _has_bare_statements(following: list[Token]) -> bool:
    """Whether the first group of these tokens holds anything but GRAPH blocks."""
    inside, previous = False, None
    for token in following:
        if token.depth == 0:
            if inside:
                return False
            inside = token.text == "{"
        elif token.depth == 1:
            named = previous is not None and previous.is_word("GRAPH")
            if not named and not token.is_word("GRAPH") and token.text not in ("{", "}", "."):
                return True
        previous = token
    return True  # a group that does not end, or none at all
