"""Tables as data frames. One type a column: that of all its values, the wider of two kinds of number, else text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from clusterkg.client.table import Table, Term
from clusterkg.client.values import kind_of, value_of
from clusterkg.errors import UsageError, text

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_NUMBERS = ("integer", "decimal", "double")  # from narrow to wide
_INT64 = range(-(2**63), 2**63)
_DIGITS = 38  # of Arrow's and polars' decimals


@dataclass(frozen=True, slots=True)
class Column:
    """A column ready for a frame. `kind`: text, integer, decimal, double, boolean, date, instant (UTC) or datetime (without a zone)."""

    name: str
    kind: str
    values: list[Any]

    @property
    def scale(self) -> int:
        """For decimals: digits behind the point that the longest value has."""
        return max((-min(0, _exponent(value)) for value in self.values if value is not None), default=0)


def columns_of(table: Table, languages: bool) -> Iterator[Column]:
    """The columns of a table with their types, each followed by its languages where wanted and where there are any."""
    for name in table.columns:
        terms = table.column_terms(name)
        kind = _common_kind(terms)
        yield Column(name, kind, [None if term is None else _converted(term, kind) for term in terms])
        if languages and any(term and term.language for term in terms):
            yield Column(f"{name}_lang", "text", [term and term.language for term in terms])


def pandas_frame(table: Table, languages: bool, exact: bool) -> pandas.DataFrame:
    """See Table.to_pandas."""
    pd = _library("pandas")
    dtypes = {
        "text": "string",
        "integer": "Int64",
        "decimal": "Float64",
        "double": "Float64",
        "boolean": "boolean",
        "date": "datetime64[s]",
        "datetime": "datetime64[us]",
        "instant": "datetime64[us, UTC]",
    }

    def series(column: Column) -> Any:
        if column.kind == "decimal" and exact:
            return pd.Series(column.values, dtype="object")
        values = column.values
        if dtypes[column.kind] == "Float64":
            values = [None if value is None else float(value) for value in values]
        return pd.Series(values, dtype=dtypes[column.kind])

    columns = {column.name: series(column) for column in columns_of(table, languages)}
    return cast("pandas.DataFrame", pd.DataFrame(columns, index=pd.RangeIndex(len(table))))


def polars_frame(table: Table, languages: bool) -> polars.DataFrame:
    """See Table.to_polars."""
    pl = _library("polars")
    dtypes: dict[str, Callable[[Column], Any]] = {
        "text": lambda _: pl.String,
        "integer": lambda _: pl.Int64,
        "decimal": lambda column: pl.Decimal(_DIGITS, column.scale),
        "double": lambda _: pl.Float64,
        "boolean": lambda _: pl.Boolean,
        "date": lambda _: pl.Date,
        "datetime": lambda _: pl.Datetime("us"),
        "instant": lambda _: pl.Datetime("us", "UTC"),
    }
    made = [
        pl.Series(column.name, column.values, dtype=dtypes[column.kind](column), strict=True)
        for column in columns_of(table, languages)
    ]
    return cast("polars.DataFrame", pl.DataFrame(made))


def arrow_table(table: Table, languages: bool) -> pyarrow.Table:
    """See Table.to_arrow."""
    pa = _library("pyarrow")
    dtypes: dict[str, Callable[[Column], Any]] = {
        "text": lambda _: pa.string(),
        "integer": lambda _: pa.int64(),
        "decimal": lambda column: pa.decimal128(_DIGITS, column.scale),
        "double": lambda _: pa.float64(),
        "boolean": lambda _: pa.bool_(),
        "date": lambda _: pa.date32(),
        "datetime": lambda _: pa.timestamp("us"),
        "instant": lambda _: pa.timestamp("us", tz="UTC"),
    }
    made = {
        column.name: pa.array(column.values, type=dtypes[column.kind](column))
        for column in columns_of(table, languages)
    }
    return pa.table(made)


def _common_kind(terms: list[Term | None]) -> str:
    kinds = {_kind(term) for term in terms if term is not None}
    if kinds and kinds <= set(_NUMBERS):
        widest = max(kinds, key=_NUMBERS.index)
        values = [value_of(term) for term in terms if term is not None]
        if widest == "integer" and not all(value in _INT64 for value in values):
            widest = "decimal"
        fits = {"integer": True, "decimal": _exact(values), "double": _finite(values)}
        return widest if fits[widest] else "text"
    return kinds.pop() if len(kinds) == 1 else "text"


def _kind(term: Term) -> str:
    kind = kind_of(term)
    if kind == "datetime":
        value = value_of(term)
        return "instant" if isinstance(value, datetime) and value.tzinfo else "datetime"
    return "integer" if kind == "year" else kind or "text"


def _exact(values: list[Any]) -> bool:
    """Whether a decimal type of 38 digits holds all of them without loss."""
    numbers = [Decimal(value) for value in values if not isinstance(value, float)]
    before = max((number.adjusted() + 1 for number in numbers), default=0)
    behind = max((-_exponent(number) for number in numbers), default=0)
    return max(before, 0) + max(behind, 0) <= _DIGITS


def _finite(values: list[Any]) -> bool:
    """Whether a double can come near all of them."""
    return all(isinstance(value, float) or abs(value) < sys.float_info.max for value in values)


def _exponent(value: Decimal) -> int:
    return cast("int", value.as_tuple().exponent)  # finite: values.py lets no other pass


def _converted(term: Term, kind: str) -> Any:
    if kind == "text":
        return term.value
    value = value_of(term)
    if kind == "decimal":
        return Decimal(cast("int | Decimal", value))
    if kind == "double":
        return float(cast("float", value))
    if kind == "instant":
        return cast("datetime", value).astimezone(UTC)
    return value


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        command = f'pip install "clusterkg[{name}]"' if name in ("pandas", "polars") else f"pip install {name}"
        raise UsageError(
            text(f"Para esto hace falta la biblioteca «{name}».", f"This needs the library “{name}”."),
            hint=text(command, command),
        ) from error
