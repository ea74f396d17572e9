"""GET /api/portfolio."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from clusterkg.namespaces import GRAPH_BASE
from clusterkg.server.api.sparql import fold
from clusterkg.store.base import PutGraph

VERDICTS = ("present", "at-risk", "absent", "not-enough-evidence")


def portfolio(client, query: str = "", **headers: str) -> dict:
    answer = client.get(f"/api/portfolio?per-page=1000&{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("illustrations", ["true", "false"])
def test_verdicts_are_those_of_the_diagnoses(shipped, illustrations):
    rows = portfolio(shipped, f"illustration={illustrations}&descriptions=all")["items"]
    assert len(rows) == {"true": 18, "false": 19}[illustrations]
    for row in rows:
        (diagnosis,) = shipped.get(row["links"]["diagnosis"]).json()["diagnoses"]
        assert diagnosis["iri"] == row["description"]
        assert {one["error"]: one["verdict"] for one in diagnosis["verdicts"]} == row["verdicts"]
        assert row["illustration"] is (illustrations == "true")
        assert (row["described"], row["asOf"]) == (diagnosis["described"], diagnosis["asOf"])
        stage = diagnosis["stage"]["declared"] or diagnosis["stage"]["inferred"]
        assert (row["stage"] and row["stage"]["iri"]) == stage


@pytest.mark.parametrize(
    "query", ["", "illustration=all", "descriptions=all", "country=colombia", "illustration=true&verdict=present"]
)
def test_totals_count_every_row_and_not_the_page_alone(shipped, query):
    whole = portfolio(shipped, query)
    for total in whole["totals"]:
        counted = Counter(row["verdicts"][total["error"]] for row in whole["items"])
        assert total["counts"] == {name: counted[name] for name in VERDICTS}
    part = shipped.get(f"/api/portfolio?per-page=2&{query}").json()
    assert part["totals"] == whole["totals"]
    assert part["total"] == whole["total"] == len(whole["items"])
    for row in whole["items"]:
        assert row["counts"] == {name: list(row["verdicts"].values()).count(name) for name in VERDICTS}


def test_only_the_latest_description_counts_unless_all_are_asked_for(shipped):
    latest = [row for row in portfolio(shipped)["items"] if row["slug"] == "construction-slovenia"]
    assert [row["described"] for row in latest] == ["2021"]
    every = [row for row in portfolio(shipped, "descriptions=all")["items"] if row["slug"] == "construction-slovenia"]
    assert sorted(row["described"] for row in every) == ["2005", "2007", "2013", "2021"]


def test_errors_choose_columns_and_verdicts_choose_rows(shipped):
    found = portfolio(shipped, "illustration=all&error=TE-07&error=TE-08&verdict=present&verdict=at-risk")
    assert [one["error"] for one in found["totals"]] == ["TE-07", "TE-08"]
    assert found["items"]
    for row in found["items"]:
        assert set(row["verdicts"]) == {"TE-07", "TE-08"}
        assert set(row["verdicts"].values()) & {"present", "at-risk"}
    everything = portfolio(shipped, "illustration=all")["items"]
    expected = {
        r["slug"] for r in everything if {r["verdicts"]["TE-07"], r["verdicts"]["TE-08"]} & {"present", "at-risk"}
    }
    assert {row["slug"] for row in found["items"]} == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=slovenia", {"construction-slovenia"}),
        ("field=construction&country=colombia", {"medellin-construccion"}),
        ("stage=clusterCreation", {"tic-zona-sur"}),
        ("q=monterrey", {"monterrey-aerospace"}),
        ("country=atlantis", set()),
    ],
)
def test_filters_are_those_of_clusters(shipped, query, expected):
    found = portfolio(shipped, query)
    assert {row["slug"] for row in found["items"]} == expected
    assert found["total"] == len(expected)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_sorting_by_a_verdict_puts_most_first(shipped, verdict):
    down = [row["counts"][verdict] for row in portfolio(shipped, f"illustration=all&sort=-{verdict}")["items"]]
    assert down == sorted(down, reverse=True)
    assert down[0] > 0
    up = [row["counts"][verdict] for row in portfolio(shipped, f"illustration=all&sort={verdict}")["items"]]
    assert up == sorted(down)


def test_sorting_by_date_and_label(shipped):
    days = [row["described"] for row in portfolio(shipped, "sort=-described&descriptions=all")["items"]]
    assert [day[:4] for day in days] == sorted((day[:4] for day in days), reverse=True)
    labels = [fold(row["label"]["es"]) for row in portfolio(shipped, "sort=label&lang=es")["items"]]
    assert labels == sorted(labels)


def test_pages(shipped):
    whole = [row["description"] for row in portfolio(shipped, "descriptions=all&sort=-absent")["items"]]
    pages = [
        row["description"]
        for page in range(1, 8)
        for row in shipped.get(f"/api/portfolio?descriptions=all&sort=-absent&per-page=3&page={page}").json()["items"]
    ]
    assert pages == whole


def test_csv_has_the_same_cells(shipped):
    found = portfolio(shipped, "illustration=all&lang=es")
    answer = shipped.get(
        "/api/portfolio?per-page=1000&illustration=all&lang=es",
        headers={"accept": "text/csv;q=0.9, application/json;q=0.5"},
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-language"] == "es"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == len(found["items"])
    for row, item in zip(rows, found["items"], strict=True):
        assert row["cluster"] == item["iri"]
        assert row["label"] == item["label"]["es"]
        assert {code: row[code] for code in item["verdicts"]} == item["verdicts"]
        assert row["illustration"] == str(item["illustration"]).lower()


def test_an_empty_store_has_an_empty_portfolio(empty):
    found = portfolio(empty)
    assert (found["total"], found["pages"], found["items"]) == (0, 0, [])
    assert len(found["totals"]) in (0, 10)
    assert empty.get("/api/portfolio", headers={"accept": "text/csv"}).text.count("\r\n") == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("error=TE-99", 400),
        ("verdict=bad", 422),
        ("descriptions=none", 422),
        ("per-page=1001", 422),
        ("page=-1", 422),
        ("eror=TE-01", 400),
    ],
)
def test_a_bad_parameter_is_a_problem(shipped, query, status):
    answer = shipped.get(f"/api/portfolio?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_other_formats_are_not_acceptable(shipped):
    assert shipped.get("/api/portfolio", headers={"accept": "text/turtle"}).status_code == 406


def test_what_somebody_wrote_runs_in_no_spreadsheet(serve, description):
    with serve(description(label="=HYPERLINK(1)")) as client:
        rows = csv.reader(io.StringIO(client.get("/api/portfolio", headers={"accept": "text/csv"}).text))
        assert not any(cell.startswith("=") for row in rows for cell in row)


def test_a_diagnosis_that_somebody_put_elsewhere_does_not_count(serve, description):
    with serve(description()) as client:
        before = portfolio(client)
        kept = client.store.graph(f"{GRAPH_BASE}diagnosis/alpha-2024")
        client.store.write([PutGraph("https://example.org/graph/copy", kept.replace(b"notEnoughEvidence", b"present"))])
        assert portfolio(client) == before
