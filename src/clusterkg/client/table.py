"""The answer to a SELECT: named columns of RDF terms, and what they mean in Python."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from clusterkg.client.values import Value, value_of

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN = 20  # rows of a table that a notebook shows


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term. `kind`: "uri", "literal" or "bnode". A literal has a datatype or a language, or neither where it is plain text."""

    kind: str
    value: str
    datatype: str | None = None
    language: str | None = None

    def __str__(self) -> str:
        return self.value


Row = tuple[Term | None, ...]


class Table(Sequence[Mapping[str, Value]]):
    """Rows by variable name, in the order of the answer. As a sequence: one mapping from column to Python value a row.

    IRIs and texts are `str`, numbers `int`, `Decimal` or `float`, then `bool`, `date` and `datetime`; what is unbound is None. What is
    not well formed for its datatype stays the text that it is. `terms` has the RDF terms themselves.
    """

    def __init__(self, columns: Sequence[str], terms: Sequence[Row]) -> None:
        self.columns = tuple(columns)
        self.terms = tuple(terms)

    @cached_property
    def _rows(self) -> tuple[Mapping[str, Value], ...]:
        return tuple(dict(zip(self.columns, map(value_of, row), strict=True)) for row in self.terms)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Value]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Value]]: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Value] | Sequence[Mapping[str, Value]]:
        return self._rows[index]

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self.columns, self.terms) == (other.columns, other.terms)

    def __hash__(self) -> int:
        return hash((self.columns, self.terms))

    def __repr__(self) -> str:
        return f"Table({len(self)} rows: {', '.join(self.columns)})"

    def column(self, name: str) -> list[Value]:
        """The values of one column. Raises KeyError where there is no such column."""
        place = self._place(name)
        return [value_of(row[place]) for row in self.terms]

    def column_terms(self, name: str) -> list[Term | None]:
        """The RDF terms of one column. Raises KeyError where there is no such column."""
        place = self._place(name)
        return [row[place] for row in self.terms]

    def to_pandas(self, *, languages: bool = False, exact: bool = False) -> pandas.DataFrame:
        """A pandas data frame (extra `pandas`); every column has a type that knows missing values.

        Integers and years are Int64, decimals and doubles Float64 (with `exact`, decimals are Python's Decimal), dates
        datetime64, truth values boolean, all else string. With `languages`, a column of texts in several languages is
        followed by `NAME_lang`.
        """
        from clusterkg.client.frames import pandas_frame

        return pandas_frame(self, languages, exact)

    def to_polars(self, *, languages: bool = False) -> polars.DataFrame:
        """A polars data frame (extra `polars`): Int64, Decimal, Float64, Date, Datetime, Boolean, String; missing is null."""
        from clusterkg.client.frames import polars_frame

        return polars_frame(self, languages)

    def to_arrow(self, *, languages: bool = False) -> pyarrow.Table:
        """An Arrow table (needs pyarrow): int64, decimal128, double, date32, timestamp, bool, string; missing is null."""
        from clusterkg.client.frames import arrow_table

        return arrow_table(self, languages)

    def _repr_html_(self) -> str:
        """What a notebook shows; every text is escaped."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        rows = (
            "".join(f"<td>{html.escape('' if term is None else term.value)}</td>" for term in row)
            for row in self.terms[:_SHOWN]
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        more = f"<p>{len(self)} rows, {_SHOWN} shown</p>" if len(self) > _SHOWN else f"<p>{len(self)} rows</p>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def _place(self, name: str) -> int:
        if name not in self.columns:
            raise KeyError(f"{name}; there are: {', '.join(self.columns)}")
        return self.columns.index(name)


def read_table(tree: Any) -> Table:
    """A table from SPARQL 1.1 Query Results JSON. Raises ValueError for anything else."""
    try:
        columns = [str(name) for name in tree["head"]["vars"]]
        rows = [tuple(map(_term, (row.get(name) for name in columns))) for row in tree["results"]["bindings"]]
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("no SPARQL results") from error
    return Table(columns, rows)


def _term(tree: Any) -> Term | None:
    if tree is None:
        return None
    kind = "literal" if tree["type"] == "typed-literal" else tree["type"]
    return Term(kind, tree["value"], tree.get("datatype"), tree.get("xml:lang"))
