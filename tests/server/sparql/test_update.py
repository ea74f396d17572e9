"""The text of the SPARQL 1.1 Protocol, clause by clause: updates, who may make them, and what they leave behind."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from .serving import UPDATE, serving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-update"}
INSERT = "INSERT DATA { GRAPH <http://x.example/g> { <http://x/a> <http://x/p> 1 } }"


@pytest.fixture(autouse=True)
def empty(server):
    server.update("DROP ALL")


def rows(server, query: str, **fields) -> list[dict[str, str]]:
    found = json.loads(server.ask(query, **fields).body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def size(server) -> int:
    return int(rows(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"])


def problem(reply, status: int) -> dict:
    assert reply.status == status, reply.text
    assert reply.media_type == "application/problem+json"
    return json.loads(reply.body)


@pytest.mark.parametrize("path", [UPDATE, UPDATE + "/"])
@pytest.mark.parametrize("how", ["form", "direct", "utf-8"])
def test_ways_to_update(server, path, how):
    if how == "form":
        reply = server.send("POST", path, FORM, urlencode({"update": INSERT}))
    else:
        headers = DIRECT if how == "direct" else {"Content-Type": "application/sparql-update; charset=UTF-8"}
        reply = server.send("POST", path, headers, INSERT)
    assert (reply.status, reply.body) == (204, b"")
    assert size(server) == 1


@pytest.mark.parametrize(
    ("target", "headers", "body", "status"),
    [
        ("", FORM, "", 400),
        ("", FORM, "update=CLEAR%20ALL&update=CLEAR%20ALL", 400),
        ("", FORM, "query=ASK%20%7B%7D", 400),
        ("?update=CLEAR%20ALL", DIRECT, "CLEAR ALL", 400),
        ("", DIRECT, b"INSERT DATA { <x:a> <x:b> '\xff' }", 400),
        ("", {"Content-Type": "application/sparql-update; charset=latin-1"}, "CLEAR ALL", 400),
        ("?using-graph-uri=relative", DIRECT, "CLEAR ALL", 400),
        ("", {"Content-Type": "application/sparql-query"}, "ASK {}", 415),
        ("", {"Content-Type": "text/turtle"}, "<x:a> <x:b> 1 .", 415),
        ("", {}, "CLEAR ALL", 415),
    ],
)
def test_malformed_requests(server, target, headers, body, status):
    server.update(INSERT)
    problem(server.send("POST", UPDATE + target, headers, body), status)
    assert size(server) == 1


@pytest.mark.parametrize(("update", "line"), [("CLEAR XYZ", 1), ("INSERT DATA {\n <x:a> <x:b>\n}", 3), ("ASK {}", 1)])
def test_syntax_errors_have_a_place(server, update, line):
    told = problem(server.send("POST", UPDATE, DIRECT, update), 400)
    assert told["line"] == line


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_post_updates(server, method):
    server.update(INSERT)
    reply = server.send(method, f"{UPDATE}?update=CLEAR%20ALL")
    assert reply.status == 405
    assert set(reply.headers["allow"].split(", ")) == {"POST", "OPTIONS"}
    assert size(server) == 1
    assert server.send("OPTIONS", UPDATE).headers["allow"] == "POST, OPTIONS"


def test_an_update_happens_as_a_whole_or_not_at_all(server):
    reply = server.send("POST", UPDATE, DIRECT, f"{INSERT} ; DROP GRAPH <http://x.example/unknown>")
    assert reply.status == 400, reply.text
    assert size(server) == 0
    assert server.send("POST", UPDATE, DIRECT, f"{INSERT} ; DROP SILENT GRAPH <http://x.example/unknown>").status == 204
    assert size(server) == 1


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({}, {"1", "2"}),
        ({"using-graph-uri": ["http://x.example/one"]}, {"1"}),
        ({"using-graph-uri": ["http://x.example/one", "http://x.example/two"]}, {"1", "2"}),
        ({"using-named-graph-uri": ["http://x.example/one"]}, set()),
    ],
)
@pytest.mark.parametrize("how", ["form", "direct"])
def test_the_dataset_of_where(server, fields, seen, how):
    server.put("http://x.example/one", "<http://x/a> <http://x/p> 1 .")
    server.put("http://x.example/two", "<http://x/a> <http://x/p> 2 .")
    update = "INSERT { GRAPH <http://x.example/out> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
    if how == "form":
        reply = server.send("POST", UPDATE, FORM, urlencode({"update": update, **fields}, doseq=True))
    else:
        reply = server.send("POST", f"{UPDATE}?{urlencode(fields, doseq=True)}", DIRECT, update)
    assert reply.status == 204
    assert {row["o"] for row in rows(server, "SELECT ?o { GRAPH <http://x.example/out> { ?s ?p ?o } }")} == seen


def test_delete_where_over_a_dataset(server):
    server.put("http://x.example/one", "<http://x/a> <http://x/p> 1 .")
    server.put("http://x.example/two", "<http://x/a> <http://x/p> 2 .")
    update = "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }"
    target = f"{UPDATE}?using-named-graph-uri={quote('http://x.example/one')}"
    assert server.send("POST", target, DIRECT, update).status == 204
    assert [row["o"] for row in rows(server, "SELECT ?o { ?s ?p ?o }")] == ["2"]


@pytest.mark.parametrize(
    "clause", ["WITH <http://x.example/g> DELETE { ?s ?p ?o } WHERE", "DELETE { ?s ?p ?o } USING <x:g> WHERE"]
)
def test_two_datasets_conflict(server, clause):
    server.update(INSERT)
    target = f"{UPDATE}?using-graph-uri={quote('http://x.example/g')}"
    assert problem(server.send("POST", target, DIRECT, clause + " { ?s ?p ?o }"), 400)["line"] == 1
    assert size(server) == 1


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <http://127.0.0.1:9/x>",
        "LOADSILENT<http://127.0.0.1:9/x>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/x> { ?s ?p ?o } }",
    ],
)
def test_updates_stay_here(server, update):
    assert problem(server.send("POST", UPDATE, DIRECT, update), 403)["type"].endswith("/problem/refused")


def test_a_listed_service_that_does_not_answer_harms_nothing(tmp_path):
    with serving(tmp_path, allowed_services=("http://127.0.0.1:9/x",)) as open_:
        failed = f"{INSERT} ; INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <http://127.0.0.1:9/x> {{ ?s ?p ?o }} }}"
        problem(open_.send("POST", UPDATE, DIRECT, failed), 400)
        problem(open_.send("POST", UPDATE, DIRECT, f"{INSERT} ; LOAD <http://127.0.0.1:9/x>"), 400)
        assert size(open_) == 0
        open_.update(INSERT)
        assert size(open_) == 1


def test_only_who_bears_a_token_that_allows_it(server):
    send = server.send
    missing = send("POST", UPDATE, DIRECT, INSERT, token="")
    problem(missing, 401)
    assert missing.headers["www-authenticate"].startswith("Bearer")
    problem(send("POST", UPDATE, DIRECT, INSERT, token="ckg_guessed"), 401)
    problem(send("POST", UPDATE, {**DIRECT, "Authorization": "Basic YTpi"}, INSERT), 401)
    problem(send("POST", UPDATE, DIRECT, INSERT, token=server.others["read"]), 403)
    assert size(server) == 0
    assert send("POST", UPDATE, DIRECT, INSERT, token=server.others["admin"]).status == 204


def test_without_tokens_nothing_is_written(tmp_path):
    with serving(tmp_path, writing=False) as closed:
        told = problem(closed.send("POST", UPDATE, {**DIRECT, "Accept-Language": "es"}, INSERT), 403)
        assert told["detail"] == "En este servidor la escritura está desactivada."
        put = closed.send(
            "PUT", "/rdf-graph-store?graph=http://x.example/g", {"Content-Type": "text/turtle"}, "<x:a> <x:b> 1 ."
        )
        problem(put, 403)
        problem(closed.send("DELETE", "/rdf-graph-store?graph=http://x.example/g"), 403)
        assert closed.send("GET", "/rdf-graph-store?default").status == 200
        assert size(closed) == 0


def test_every_write_leaves_a_line(tmp_path):
    with serving(tmp_path) as audited:
        audited.update(INSERT)
        audited.put("http://x.example/h", "<http://x/secret> <x:b> 1 .")
        audited.send("POST", UPDATE, DIRECT, "CLEAR XYZ")
        lines = [json.loads(line) for line in (tmp_path / "audit.log").read_text().splitlines()]
    told = [(line["action"], line["token"], line["outcome"], line["graphs"]) for line in lines]
    assert told[:2] == [
        ("update", "admin", "done", ["http://x.example/g"]),
        ("put", "admin", "done", ["http://x.example/h"]),
    ]
    assert told[2][2] == "QueryError"
    assert "secret" not in (tmp_path / "audit.log").read_text()


def test_relative_iris_are_resolved_against_the_address(server):
    server.update("INSERT DATA { GRAPH <g> { <s> <p> <o> } }")
    assert rows(server, "SELECT ?s { GRAPH ?g { ?s ?p ?o } }") == [{"s": "http://kg.example/sparql/s"}]
