"""The diagnosis as CSV."""

from __future__ import annotations

import csv
import io

from clusterkg.rendering.csv import COLUMNS, render_csv
from clusterkg.rendering.language import language
from clusterkg.rendering.plain import cell


def rows(report, code="es"):
    return list(csv.DictReader(io.StringIO(render_csv(report, language(code)), newline="")))


def test_one_row_for_each_description_and_error(reports):
    assert len(rows(reports.several())) == 30


def test_every_row_has_every_column(report, speaks):
    lines = list(csv.reader(io.StringIO(render_csv(report, speaks), newline="")))
    assert {len(line) for line in lines} == {len(COLUMNS)}


def test_labels_follow_the_language_and_codes_do_not(reports):
    spanish, english = rows(reports.one(), "es"), rows(reports.one(), "en")
    assert [r["verdict"] for r in spanish] == [r["verdict"] for r in english]
    assert spanish[3]["verdictLabel"] == "presente"
    assert english[3]["verdictLabel"] == "present"


def test_no_cell_starts_like_a_formula(reports):
    for row in rows(reports.hostile()):
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


def test_formulas_are_disarmed_and_text_is_left_alone():
    assert cell("=1+1") == "'=1+1"
    assert cell("\t=1") == "'=1"
    assert cell("@x") == "'@x"
    assert cell("Clúster – 2021") == "Clúster – 2021"
