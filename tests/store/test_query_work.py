"""Queries over datasets that they name themselves, and what is said of queries that are none."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from clusterkg.errors import QueryError
from clusterkg.store.base import Dataset
from clusterkg.store.query_work import run

A, B, C = (ox.NamedNode(f"http://x/{name}") for name in "abc")


@pytest.fixture
def store() -> ox.Store:
    made = ox.Store()
    statement = (ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p"), ox.Literal("o"))
    for graph in (A, B, C, ox.DefaultGraph()):
        made.add(ox.Quad(*statement, graph))
    made.add(ox.Quad(ox.NamedNode("http://x/only"), ox.NamedNode("http://x/p"), ox.Literal("c"), C))
    return made


def rows(store: ox.Store, sparql: str, dataset: Dataset = Dataset()) -> int:
    found = run(store, sparql, dataset)
    assert isinstance(found, ox.QuerySolutions)
    return len(list(found))


@pytest.mark.parametrize(
    "clauses",
    [
        "FROM <http://x/a> FROM <http://x/b>",
        "from <http://x/a>\nFROM<http://x/b> # FROM <http://x/c>\n",
        "FROM x:a FROM x:b",
        "FROM <http://x/a> FROM NAMED <http://x/c> FROM <http://x/b>",
    ],
)
def test_a_statement_of_two_graphs_that_a_query_merges_is_one(store: ox.Store, clauses: str) -> None:
    assert rows(store, f"PREFIX x: <http://x/> SELECT * {clauses} WHERE {{ ?s ?p ?o }}") == 1


def test_a_relative_graph_is_resolved(store: ox.Store) -> None:
    assert rows(store, "BASE <http://x/> SELECT * FROM <a> FROM <c> WHERE { ?s ?p ?o }") == 2


def test_named_graphs_stay_apart(store: ox.Store) -> None:
    sparql = "SELECT * FROM <http://x/a> FROM <http://x/b> FROM NAMED <http://x/c> WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert rows(store, sparql) == 2
    assert rows(store, sparql.replace("NAMED <http://x/c>", "NAMED <http://x/a>")) == 1


def test_the_dataset_of_the_request_precedes_that_of_the_query(store: ox.Store) -> None:
    sparql = "SELECT * FROM <http://x/a> FROM <http://x/b> WHERE { ?s ?p ?o }"
    assert rows(store, sparql, Dataset(("http://x/c",))) == 2


@pytest.mark.parametrize(
    ("sparql", "said", "place"),
    [
        ("SELECT ?x { ?x a xx:y }", "the prefix is not declared", (1, 22)),
        ("SELECT ?x (COUNT(*) AS ?n)\n{ ?x ?p ?o }", "not grouped by", (2, 13)),
        ("SELECT *\n WHERE { ?s ?p", "this could have been", (2, 15)),
        ("", "missing or too much", (1, 1)),
    ],
)
def test_a_fault_is_said_in_words_with_its_place(
    store: ox.Store, sparql: str, said: str, place: tuple[int, int]
) -> None:
    with pytest.raises(QueryError, match=said) as caught:
        run(store, sparql, Dataset())
    assert (caught.value.line, caught.value.column) == place
    assert "\\u{" not in str(caught.value)
