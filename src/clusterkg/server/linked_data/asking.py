"""Questions to the store in SPARQL, with RDF terms as answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from clusterkg.namespaces import PREFIXES
from clusterkg.store.base import JSON_RESULTS, Accepted, Limits, Store

Term = NamedNode | BlankNode | Literal | Triple
Row = Mapping[str, Term]

PROLOGUE = "".join(f"PREFIX {name}: <{stem}>\n" for name, stem in sorted(PREFIXES.items()))
_JSON_ONLY = Accepted(bindings=JSON_RESULTS, boolean=JSON_RESULTS, graph=None)
_LIMITS = Limits(seconds=15, own=True)
_AT_ONCE = 400


class Asker:
    """Asks one store; what it may raise is what the store's `query` may raise."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, sparql: str) -> list[Row]:
        """The solutions of a SELECT, by variable; what is unbound is left out. The prefixes of ours are known."""
        answer = self._store.query(PROLOGUE + sparql, accepted=_JSON_ONLY, limits=_LIMITS)
        found = parse_query_results(answer.body, format=QueryResultsFormat.JSON)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        return [{name: one[name] for name in names if one[name] is not None} for one in found]

    def holds(self, sparql: str) -> bool:
        """The answer of an ASK."""
        answer = self._store.query(PROLOGUE + sparql, accepted=_JSON_ONLY, limits=_LIMITS)
        return bool(json.loads(answer.body)["boolean"])

    def rows_for(self, variable: str, iris: Iterable[str], pattern: str) -> Iterator[Row]:
        """The solutions of a pattern for each of these values of a variable; `pattern` follows `SELECT *`'s VALUES block."""
        wanted = sorted(set(iris))
        for start in range(0, len(wanted), _AT_ONCE):
            values = " ".join(str(NamedNode(iri)) for iri in wanted[start : start + _AT_ONCE])
            yield from self.rows(f"SELECT * WHERE {{ VALUES ?{variable} {{ {values} }} {pattern} }}")


def number(term: Term | None) -> int:
    """An integer literal as a number; 0 where there is none."""
    return int(term.value) if isinstance(term, Literal) and term.value.lstrip("-").isdigit() else 0


def text_of(term: Term | None) -> str:
    """A term as text: the IRI, the characters of a literal, nothing for None."""
    return term.value if isinstance(term, NamedNode | Literal | BlankNode) else ""
