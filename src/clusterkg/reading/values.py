"""Single values of YAML and JSON → JSON-LD values."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from clusterkg.namespaces import XSD
from clusterkg.reading.tree import Node, Scalar, Sequence

DATE = XSD.date.value
_DECIMAL = XSD.decimal.value
_DATE_FORMS = (
    (re.compile(r"-?\d{4,}-\d{2}(?:Z|[+-]\d{2}:\d{2})?\Z", re.ASCII), XSD.gYearMonth.value),
    (re.compile(r"-?\d{4,}(?:Z|[+-]\d{2}:\d{2})?\Z", re.ASCII), XSD.gYear.value),
)


def plain(node: Node) -> Any:
    """The JSON value of a tree, unchanged."""
    if isinstance(node, Scalar):
        return _json(node)
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries()}


def literal(value: Scalar, datatype: str | None) -> Any:
    """The value under a property of which the context says `datatype` (an IRI, "@id", "@vocab" or None).

    Dates get the datatype that their form tells; numbers never become floating point; anything else keeps its text,
    for the checks to judge.
    """
    if value.kind == "null":
        return None
    if datatype == DATE:
        return {"@value": value.value, "@type": date_type(value.value)}
    if datatype is not None and not datatype.startswith("@"):
        lexical = _without_exponent(value) if datatype == _DECIMAL else value.value
        return {"@value": lexical.lower() if value.kind == "boolean" else lexical, "@type": datatype}
    if value.kind == "integer":
        return {"@value": value.value, "@type": XSD.integer.value}
    if value.kind == "decimal":
        return {"@value": _without_exponent(value), "@type": _DECIMAL}
    return _json(value)


def date_type(value: str) -> str:
    """The datatype that the form of a date tells: a year, a month, else a day (whether or not it is a valid one)."""
    return next((datatype for form, datatype in _DATE_FORMS if form.match(value)), DATE)


def _without_exponent(value: Scalar) -> str:
    if value.kind != "decimal":
        return value.value
    written = value.value.lower()
    return f"{Decimal(written):f}" if "e" in written else written


def _json(value: Scalar) -> Any:
    if value.kind == "boolean":
        return value.value.lower() == "true"
    if value.kind == "integer":
        return int(value.value)
    if value.kind == "decimal":
        return float(value.value)
    return None if value.kind == "null" else value.value
