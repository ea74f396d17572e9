"""Questions to the store: rows as Python has them, and values from outside made safe for a query's text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from clusterkg.namespaces import PREFIXES
from clusterkg.store.base import Limits, Store

_NAMES = ("ckg", "dcterms", "owl", "profile", "rdfs", "skos")
_PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in _NAMES)
_FOLDS = {"a": "áàâäãå", "e": "éèêë", "i": "íìîï", "o": "óòôöõø", "u": "úùûü", "n": "ñ", "c": "ç"}
_TABLE = {ord(letter): plain for plain, letters in _FOLDS.items() for letter in letters}


class Value(str):
    """An IRI or a literal's text; `language` is the literal's, else empty."""

    language: str = ""


Row = dict[str, Value]
_OWN = Limits(own=True)


def select(store: Store, query: str) -> list[Row]:
    """The solutions of a SELECT query; unbound variables are not in a row. Raises as Store.query does."""
    found = json.loads(store.query(_PROLOGUE + query, limits=_OWN).body)
    return [{name: _value(term) for name, term in row.items()} for row in found["results"]["bindings"]]


def construct(store: Store, query: str) -> bytes:
    """The N-Triples of a CONSTRUCT query. Raises as Store.query does."""
    return store.query(_PROLOGUE + query, limits=_OWN).body


def count(store: Store, query: str) -> int:
    """The number that a query of one row binds to ?n."""
    rows = select(store, query)
    return int(rows[0]["n"]) if rows and "n" in rows[0] else 0


def quoted(value: str) -> str:
    """A text as a SPARQL literal."""
    return str(ox.Literal(value))


def iri(value: str) -> str:
    """An IRI as SPARQL writes it. Raises ValueError for what is none."""
    return str(ox.NamedNode(value))


def one_of(values: Iterable[str]) -> str:
    """Texts as what follows IN."""
    return f"({', '.join(quoted(value) for value in values)})"


def values(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A VALUES block of IRIs."""
    listed = " ".join(f"({' '.join(iri(one) for one in row)})" for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {listed} }}"


def folded(variable: str) -> str:
    """A SPARQL expression for a variable's text without case and accents, as `fold` does it."""
    expression = f"LCASE(STR({variable}))"
    for plain, letters in _FOLDS.items():
        expression = f'REPLACE({expression}, "[{letters}]", "{plain}")'
    return expression


def fold(value: str) -> str:
    """A text without case and accents."""
    return value.lower().translate(_TABLE)


def last_day(variable: str) -> str:
    """A SPARQL expression for the last day that a date of any precision can mean; days compare as text."""
    text = f"STR({variable})"
    return f'IF(STRLEN({text}) = 4, CONCAT({text}, "-12-31"), IF(STRLEN({text}) = 7, CONCAT({text}, "-31"), {text}))'


def _value(term: dict[str, str]) -> Value:
    value = Value(term["value"])
    value.language = term.get("xml:lang", "")
    return value
