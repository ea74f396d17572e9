"""Forms of literals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterkg.reading.lexical import is_valid

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("datatype", "right", "wrong"),
    [
        ("date", ["2024-02-29", "2000-02-29", "2021-01-31Z", "2021-01-31-05:00", "0001-01-01", "12021-01-01"],
         ["2023-02-29", "1900-02-29", "2021-04-31", "2021-1-1",
         "20210101", "01-01-2021", "2021-00-01", "", " 2021-01-01"]),
        ("gYearMonth", ["2021-12", "2021-12Z"], ["2021-13", "2021-1", "2021"]),
        ("gYear", ["2021", "0099", "-0044"], ["21", "02021", "2021-", "dos mil"]),
        ("dateTime", ["2021-01-01T00:00:00", "2021-01-01T23:59:59.5Z"], ["2021-01-01", "2021-01-01T25:00:00"]),
        ("integer", ["0", "-7", "+7", "007"], ["", "1.0", "1e3", "1 000", "1_000", "٣"]),
        ("nonNegativeInteger", ["0", "7"], ["-7"]),
        ("decimal", ["1", "1.5", ".5", "-1."], ["", ".", "1,5", "1e3", "100 %", "INF"]),
        ("double", ["1e3", "INF", "NaN", "1.5"], ["1,5", "inf"]),
        ("boolean", ["true", "false", "1", "0"], ["yes", "True", ""]),
        ("anyURI", ["anything"], []),
    ],
)  # fmt: skip
def test_forms(datatype: str, right: list[str], wrong: list[str]) -> None:
    assert [value for value in right if not is_valid(value, XSD + datatype)] == []
    assert [value for value in wrong if is_valid(value, XSD + datatype)] == []


@given(st.dates())
def test_every_day_is_valid(day: object) -> None:
    assert is_valid(str(day), XSD + "date")


@given(st.integers())
def test_every_integer_is_valid(number: int) -> None:
    assert is_valid(str(number), XSD + "integer")
    assert is_valid(str(number), XSD + "decimal")
