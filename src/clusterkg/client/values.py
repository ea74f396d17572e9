"""RDF literals as Python values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusterkg.client.table import Term

Value = str | int | float | Decimal | bool | date | datetime | None
"""What a cell holds; `datetime` is a `date`, and `bool` an `int`."""

XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = ("integer", "int", "long", "short", "byte")
_SIGNED_INTEGERS = ("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger")
_UNSIGNED_INTEGERS = ("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")


def value_of(term: Term | None) -> Value:
    """The Python value of a term: its text where the datatype has none, or where the text does not fit the datatype."""
    if term is None or term.kind != "literal" or term.datatype is None:
        return None if term is None else term.value
    kind = kind_of(term)
    return term.value if kind is None else _READERS[kind](term.value)


def kind_of(term: Term) -> str | None:
    """Which sort of value a term is: integer, decimal, double, boolean, date, datetime, year; None: a text, or not well formed."""
    kind = _KINDS.get(term.datatype or "") if term.kind == "literal" else None
    if kind is None:
        return None
    try:
        _READERS[kind](term.value)
    except ValueError:
        return None
    return kind


def _boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return text in ("true", "1")


def _integer(text: str) -> int:
    return int(_matching(r"[+-]?\d+", text))


def _decimal(text: str) -> Decimal:
    return Decimal(_matching(r"[+-]?(\d+\.?\d*|\.\d+)", text))


def _double(text: str) -> float:
    special = {"INF": math.inf, "+INF": math.inf, "-INF": -math.inf, "NaN": math.nan}
    if text in special:
        return special[text]
    return float(_matching(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text))


def _date(text: str) -> date:
    return date.fromisoformat(_matching(r"\d{4}-\d\d-\d\d", text))  # with a time zone it is no plain date


def _datetime(text: str) -> datetime:
    zone = r"(Z|[+-]\d\d:\d\d)?"
    return datetime.fromisoformat(_matching(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?{zone}", text))


def _year(text: str) -> int:
    return int(_matching(r"-?\d{4,}", text))


def _matching(pattern: str, text: str) -> str:
    """The text, if it is of the form: Python reads more than XML Schema allows."""
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError(text)
    return text


_READERS: dict[str, Callable[[str], Value]] = {
    "integer": _integer,
    "decimal": _decimal,
    "double": _double,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "year": _year,
}
_KINDS = {XSD + name: "integer" for name in (*_INTEGERS, *_SIGNED_INTEGERS, *_UNSIGNED_INTEGERS)} | {
    XSD + "decimal": "decimal",
    XSD + "double": "double",
    XSD + "float": "double",
    XSD + "boolean": "boolean",
    XSD + "date": "date",
    XSD + "dateTime": "datetime",
    XSD + "dateTimeStamp": "datetime",
    XSD + "gYear": "year",
}
