"""Tables: their values in Python, and data frames with the right types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterkg.client import Table, Term
from clusterkg.client.table import read_table

XSD = "http://www.w3.org/2001/XMLSchema#"


def literal(value: str, kind: str = "") -> Term:
    return Term("literal", value, XSD + kind if kind else None)


def column(*terms: Term | None) -> Table:
    return Table(["x"], [(term,) for term in terms])


CASES = {
    "integer": (["1", "-2", None], "integer", [1, -2, None], "Int64", pl.Int64, pa.int64()),
    "decimal": (
        ["1.5", "-0.25", None],
        "decimal",
        [Decimal("1.5"), Decimal("-0.25"), None],
        "Float64",
        pl.Decimal(38, 2),
        pa.decimal128(38, 2),
    ),
    "double": (["1.5e3", "-INF", None], "double", [1500.0, float("-inf"), None], "Float64", pl.Float64, pa.float64()),
    "boolean": (["true", "0", None], "boolean", [True, False, None], "boolean", pl.Boolean, pa.bool_()),
    "date": (
        ["2021-03-01", "1066-10-14", None],
        "date",
        [date(2021, 3, 1), date(1066, 10, 14), None],
        "datetime64[s]",
        pl.Date,
        pa.date32(),
    ),
    "instant": (
        ["2021-03-01T12:00:00Z", "2021-03-01T12:00:00.5+02:00", None],
        "dateTime",
        [datetime(2021, 3, 1, 12, tzinfo=UTC), datetime(2021, 3, 1, 10, 0, 0, 500_000, tzinfo=UTC), None],
        "datetime64[us, UTC]",
        pl.Datetime("us", "UTC"),
        pa.timestamp("us", tz="UTC"),
    ),
    "datetime": (
        ["2021-03-01T12:00:00", None],
        "dateTime",
        [datetime(2021, 3, 1, 12), None],
        "datetime64[us]",
        pl.Datetime("us"),
        pa.timestamp("us"),
    ),
    "year": (["2021", "1998", None], "gYear", [2021, 1998, None], "Int64", pl.Int64, pa.int64()),
    "year-month": (["2021-03", None], "gYearMonth", ["2021-03", None], "string", pl.String, pa.string()),
    "text": (["Clúster", "", None], "", ["Clúster", "", None], "string", pl.String, pa.string()),
    "nothing": ([None, None], "", [None, None], "string", pl.String, pa.string()),
    "no-such-day": (
        ["2021-02-30", "2021-01-01"],
        "date",
        ["2021-02-30", "2021-01-01"],
        "string",
        pl.String,
        pa.string(),
    ),
    "with-zone": (
        ["2021-02-03Z", "2021-01-01"],
        "date",
        ["2021-02-03Z", "2021-01-01"],
        "string",
        pl.String,
        pa.string(),
    ),
    "not-a-number": (["3", "three"], "integer", ["3", "three"], "string", pl.String, pa.string()),
    "beyond-int64": (
        ["9223372036854775808", "1"],
        "integer",
        [Decimal("9223372036854775808"), Decimal(1)],
        "Float64",
        pl.Decimal(38, 0),
        pa.decimal128(38, 0),
    ),
    "beyond-decimal": (["1" * 39, "1"], "integer", ["1" * 39, "1"], "string", pl.String, pa.string()),
    "other": (["P1D"], "duration", ["P1D"], "string", pl.String, pa.string()),
}


@pytest.mark.parametrize("name", CASES)
def test_columns_have_the_type_of_their_values_and_missing_is_null(name):
    texts, kind, values, in_pandas, in_polars, in_arrow = CASES[name]
    table = column(*(None if text is None else literal(text, kind) for text in texts))
    frame = table.to_pandas()
    assert str(frame["x"].dtype) == in_pandas
    assert frame["x"].isna().tolist() == [value is None for value in values]
    assert table.to_polars().schema["x"] == in_polars
    assert table.to_polars()["x"].to_list() == values
    assert table.to_arrow().schema.field("x").type == in_arrow
    assert table.to_arrow()["x"].to_pylist() == values
    if in_pandas == "Float64":
        assert [float(shown) for shown in frame["x"].dropna()] == [
            float(value) for value in values if value is not None
        ]


def test_pandas_values_are_those_of_the_answer():
    dates = column(literal("2021-03-01", "date"), None).to_pandas()["x"]
    assert dates[0] == pd.Timestamp("2021-03-01")
    assert dates[1] is pd.NaT
    texts = column(literal("a"), None).to_pandas()["x"]
    assert texts.tolist()[0] == "a"
    numbers = column(literal("3", "integer"), None).to_pandas()["x"]
    assert (numbers.sum(), numbers[0]) == (3, 3)


def test_pandas_keeps_decimals_exact_on_request():
    frame = column(literal("0.1", "decimal"), literal("2", "integer"), None).to_pandas(exact=True)
    assert frame["x"].tolist() == [Decimal("0.1"), Decimal(2), None]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("integer", "decimal"), pl.Decimal(38, 0)),
        (("integer", "double"), pl.Float64),
        (("decimal", "float"), pl.Float64),
        (("integer", "gYear"), pl.Int64),
        (("integer", "boolean"), pl.String),
        (("integer", ""), pl.String),
    ],
)
def test_a_mixed_column_is_the_wider_number_or_text(kinds, expected):
    terms = [literal("1" if kind == "boolean" else "1000", kind) for kind in kinds]
    assert column(*terms).to_polars().schema["x"] == expected


def test_dates_and_years_together_stay_the_texts_they_are():
    table = column(literal("2021", "gYear"), literal("2021-03-01", "date"))
    assert table.to_pandas()["x"].tolist() == ["2021", "2021-03-01"]
    assert table.column("x") == [2021, date(2021, 3, 1)]


def test_an_integer_too_large_for_a_double_leaves_the_column_text():
    assert column(literal("1" + "0" * 400, "integer"), literal("1.5", "double")).to_polars().schema["x"] == pl.String


def test_iris_blank_nodes_and_languages():
    rows = [
        (Term("uri", "http://example.org/x"), Term("literal", "vino", language="es")),
        (Term("bnode", "b0"), Term("literal", "wine", language="en")),
        (None, literal("¿?")),
    ]
    table = Table(["thing", "name"], rows)
    assert table.to_pandas().dtypes.astype(str).tolist() == ["string", "string"]
    frame = table.to_polars(languages=True)
    assert frame.columns == ["thing", "name", "name_lang"]
    assert frame["name_lang"].to_list() == ["es", "en", None]
    assert table.to_pandas(languages=True)["name_lang"].isna().tolist() == [False, False, True]
    assert table.to_arrow(languages=True).column_names == frame.columns


def test_a_table_without_rows_has_its_columns():
    table = Table(["a", "b"], [])
    assert list(table.to_pandas().columns) == table.to_polars().columns == table.to_arrow().column_names == ["a", "b"]
    assert len(table.to_pandas()) == len(table) == 0


def test_rows_without_columns_are_counted():
    assert len(Table([], [(), ()]).to_pandas()) == 2


def test_a_table_is_a_sequence_of_rows():
    table = Table(["a", "b"], [(literal("1", "integer"), None), (literal("2", "integer"), literal("x"))])
    assert list(table) == [{"a": 1, "b": None}, {"a": 2, "b": "x"}]
    assert table[-1]["b"] == "x"
    assert table.column("a") == [1, 2]
    assert repr(table) == "Table(2 rows: a, b)"
    with pytest.raises(KeyError, match="there are: a, b"):
        table.column("c")


def test_a_notebook_shows_texts_as_texts():
    shown = Table(["<b>"], [(literal("<script>alert(1)</script>"),)] * 30)._repr_html_()
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "30 rows, 20 shown" in shown


@pytest.mark.parametrize("tree", [None, [], {}, {"head": {}}, {"head": {"vars": ["x"]}, "results": {"bindings": [[]]}}])
def test_other_json_is_no_table(tree):
    with pytest.raises(ValueError, match="no SPARQL results"):
        read_table(tree)


KINDS = ["integer", "decimal", "double", "boolean", "date", "dateTime", "gYear", "string", "unknown"]


@given(
    st.lists(
        st.none()
        | st.builds(literal, st.text(max_size=12) | st.from_regex(r"[-+0-9.eET:Z_INFa]{1,24}"), st.sampled_from(KINDS))
    )
)
def test_every_column_fits_into_every_frame(terms):
    table = column(*terms)
    assert table.to_polars().height == len(table.to_pandas()) == table.to_arrow().num_rows == len(terms)
    assert table.to_polars()["x"].is_null().to_list() == [term is None for term in terms]
