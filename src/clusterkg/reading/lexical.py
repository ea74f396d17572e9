"""Whether the text of a literal is one that its datatype allows.

Checked on reading, because engines and stores part ways on ill-typed literals: "20/05/2026"^^xsd:date silently
removed a finding in one of them.
"""

from __future__ import annotations

import re
from calendar import monthrange

from clusterkg.namespaces import XSD

_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_DAY = rf"(?P<year>{_YEAR})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
_INTEGER = r"[-+]?\d+"
_FLOAT = r"(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?INF|NaN)"
_FORMS = {
    "date": _DAY + _ZONE,
    "dateTime": _DAY + r"T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)" + _ZONE,
    "gYearMonth": rf"{_YEAR}-(?:0[1-9]|1[0-2]){_ZONE}",
    "gYear": _YEAR + _ZONE,
    "integer": _INTEGER,
    "int": _INTEGER,
    "long": _INTEGER,
    "short": _INTEGER,
    "byte": _INTEGER,
    "nonNegativeInteger": r"\+?\d+|-0+",
    "positiveInteger": r"\+?0*[1-9]\d*",
    "unsignedInt": r"\+?\d+|-0+",
    "unsignedLong": r"\+?\d+|-0+",
    "nonPositiveInteger": r"-\d+|\+?0+",
    "negativeInteger": r"-0*[1-9]\d*",
    "decimal": r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": _FLOAT,
    "float": _FLOAT,
    "boolean": "true|false|0|1",
}
_PATTERNS = {XSD[name].value: re.compile(rf"(?:{form})\Z", re.ASCII) for name, form in _FORMS.items()}

DATE_TYPES = frozenset({XSD.date.value, XSD.gYearMonth.value, XSD.gYear.value})
INTEGER_TYPES = frozenset(
    XSD[name].value
    for name in _FORMS
    if "nteger" in name or name in ("int", "long", "short", "byte") or name.startswith("unsigned")
)


_PLAIN_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}\Z", re.ASCII)


def is_plain_date(lexical: str) -> bool:
    """Whether a valid date can be compared as text: a year of four digits, without sign and time zone."""
    return _PLAIN_DATE.match(lexical) is not None


def is_valid(lexical: str, datatype: str) -> bool:
    """Whether `lexical` is a form of `datatype` (an IRI); True for datatypes that are not checked."""
    pattern = _PATTERNS.get(datatype)
    if pattern is None:
        return True
    match = pattern.match(lexical)
    if match is None:
        return False
    parts = match.groupdict()
    if "day" not in parts:
        return True
    # The calendar repeats every 400 years; the module knows years 1 to 9999 only.
    year = int(parts["year"][-6:].lstrip("-")) % 400 + 400
    return int(parts["day"]) <= monthrange(year, int(parts["month"]))[1]
