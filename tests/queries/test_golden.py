"""Every shipped query: its metadata, its answer, its time, and that its rows come in one order only."""

from __future__ import annotations

import re
import time

import pytest

from clusterkg.queries import NEEDS, USERS, Query, shipped_queries

from .golden import answer, calls, golden_file

QUERIES = shipped_queries()
SECONDS = 1.0
SLOW_MACHINE = 5
"""A query may take a second; a busy machine may take this many times as long."""
COMPETENCY_QUESTIONS = range(1, 24)

every_query = pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)


def test_there_are_questions_enough_and_all_of_competence_are_answered() -> None:
    assert len(QUERIES) >= 40
    assert {number for query in QUERIES.values() for number in query.questions} == set(COMPETENCY_QUESTIONS)
    assert {query.user for query in QUERIES.values()} == set(USERS)


@every_query
def test_metadata_is_complete(query: Query) -> None:
    for texts in (query.title, query.description):
        assert set(texts) == {"es", "en"}
        assert all(texts.values())
    assert query.user in USERS
    assert query.needs <= set(NEEDS)
    for parameter in query.parameters:
        assert re.search(rf"# param: {parameter.name} {parameter.type}\b", query.sparql)
        assert f"${parameter.name}" in re.sub(r"^#.*$", "", query.sparql, flags=re.MULTILINE)


@every_query
def test_rows_are_ordered_by_all_that_they_show(query: Query) -> None:
    head = re.search(r"^SELECT (?:DISTINCT )?(.*?) WHERE", query.sparql, re.MULTILINE | re.DOTALL)
    assert head
    shown = re.findall(r"AS \?(\w+)", head[1]) + re.findall(r"\?(\w+)", re.sub(r"\(.*\)", "", head[1], flags=re.DOTALL))
    ordered = re.findall(r"\?(\w+)", query.sparql[query.sparql.rindex("ORDER BY") :])
    assert set(shown) <= set(ordered)


@every_query
def test_answer_is_the_golden_one(query: Query) -> None:
    assert answer(query, "en", calls().get(query.name, {})) == golden_file(query.name).read_text(encoding="utf-8")


@every_query
def test_both_languages_find_as_much(query: Query) -> None:
    given = {name: value for name, value in calls().get(query.name, {}).items() if name != "word"}
    assert len(answer(query, "es", given).splitlines()) == len(answer(query, "en", given).splitlines())


@every_query
def test_none_keeps_its_reader_waiting(query: Query) -> None:
    answer(query, "en", {})
    start = time.perf_counter()
    answer(query, "en", {})
    assert time.perf_counter() - start < SECONDS * SLOW_MACHINE


@every_query
def test_golden_answer_says_something(query: Query) -> None:
    text = golden_file(query.name).read_text(encoding="utf-8")
    assert len(text.splitlines()) > 1 or query.name in EMPTY
    assert len(text.splitlines()) <= 90
    assert "/genid/" not in text


EMPTY = {"lacking-spanish-label"}
"""What nothing is to be found for in the shipped graph."""


def test_no_golden_answer_without_query() -> None:
    assert {path.stem for path in golden_file("x").parent.glob("*.csv")} == set(QUERIES)
