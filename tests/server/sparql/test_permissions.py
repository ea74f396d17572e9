"""What a token may write to beyond its scope, and queries that bring a process down."""

from __future__ import annotations

import pytest

GRAPH = "https://w3id.org/clusterkg/graph/"
TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}


@pytest.fixture
def permitted(server):
    """Send as the bearer of a token with that scope."""

    def send(scope, method, target, headers, body):
        return server.send(method, target, headers, body, token=server.others[scope])

    return send


@pytest.mark.parametrize("graph", ["diagnosis/some", "entailed"])
def test_what_is_derived_is_nobody_s_to_write(permitted, graph):
    for scope in ("write", "admin"):
        for method in ("PUT", "POST", "DELETE"):
            answer = permitted(scope, method, f"/rdf-graph-store?graph={GRAPH}{graph}", TURTLE, "<x:a> <x:b> <x:c> .")
            assert answer.status == 403, (scope, method)


@pytest.mark.parametrize("graph", ["vocabulary", "rules"])
def test_what_all_rests_on_is_administrators(permitted, graph):
    target = f"/rdf-graph-store?graph={GRAPH}{graph}"
    assert permitted("write", "PUT", target, TURTLE, "<x:a> <x:b> <x:c> .").status == 403
    assert permitted("admin", "PUT", target, TURTLE, "<x:a> <x:b> <x:c> .").status == 201


@pytest.mark.parametrize(
    "update",
    [
        "CLEAR ALL",
        "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        f"INSERT DATA {{ GRAPH <{GRAPH}rules> {{ <x:a> <x:b> <x:c> }} }}",
        f"PREFIX g: <{GRAPH}> DROP SILENT GRAPH g:vocabulary",
    ],
)
def test_an_update_of_everything_is_administrators(permitted, update):
    assert permitted("write", "POST", "/sparql/update", UPDATE, update).status == 403
    assert permitted("admin", "POST", "/sparql/update", UPDATE, update).status == 204


def test_an_update_of_some_graph_is_for_those_who_write(permitted):
    update = "INSERT DATA { GRAPH <x:g> { <x:a> <x:b> <x:c> } }"
    assert permitted("write", "POST", "/sparql/update", UPDATE, update).status == 204


@pytest.mark.parametrize(
    "query",
    ["ASK " + "{" * 50_000 + "}" * 50_000, "SELECT * { " + " UNION ".join(["{ ?a ?b ?c }"] * 12_000) + " }"],
    ids=["nested", "chained"],
)
def test_a_query_that_brings_a_process_down_is_the_reader_s_to_mend(permitted, query):
    answer = permitted("read", "POST", "/sparql", {"Content-Type": "application/sparql-query"}, query)
    assert answer.status == 400
    assert "retry-after" not in answer.headers
    assert permitted("read", "GET", "/sparql?query=ASK%20%7B%7D", {}, "").status == 200
