"""The text of the SPARQL 1.1 Protocol, clause by clause, beyond what the W3C's manifest tries: queries."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from .serving import QUERY, serving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
PROBLEM = "application/problem+json"
ONE, TWO = "http://x.example/one", "http://x.example/two"


@pytest.fixture(scope="module", autouse=True)
def data(server):
    server.put(ONE, "<http://x/a> <http://x/p> 1 .")
    server.put(TWO, "<http://x/a> <http://x/p> 1 . <http://x/b> <http://x/p> 2 .")


def asked(server, query: str, accept: str = "", **headers: str):
    given = {"Accept": accept, **headers} if accept else headers
    return server.send("GET", f"{QUERY}?query={quote(query)}", given, token="")


def count(reply) -> int:
    return int(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"])


def triples(reply) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.from_media_type(reply.media_type))}


def problem(reply, status: int) -> dict:
    assert reply.status == status, reply.text
    assert reply.media_type == PROBLEM
    told = json.loads(reply.body)
    assert told["status"] == status
    return told


@pytest.mark.parametrize("path", [QUERY, QUERY + "/"])
@pytest.mark.parametrize("how", ["get", "form", "direct", "form with dataset in the address"])
def test_ways_to_ask(server, path, how):
    query = "SELECT ?s { ?s <http://x/p> 2 }"
    fields = {"query": query, "default-graph-uri": TWO}
    if how == "get":
        reply = server.send("GET", f"{path}?{urlencode(fields)}", token="")
    elif how == "form":
        reply = server.send("POST", path, FORM, urlencode(fields), token="")
    elif how == "direct":
        reply = server.send("POST", f"{path}?default-graph-uri={quote(TWO)}", DIRECT, query, token="")
    else:
        reply = server.send(
            "POST", f"{path}?default-graph-uri={quote(TWO)}", FORM, urlencode({"query": query}), token=""
        )
    assert reply.status == 200
    assert [row["s"]["value"] for row in json.loads(reply.body)["results"]["bindings"]] == ["http://x/b"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", "text/xml"),
        (XML, XML),
        (CSV, CSV),
        (TSV, TSV),
        ("application/json", "application/json"),
        (f"{XML};q=0.2, {CSV};q=0.9, {JSON};q=0.5", CSV),
        (f"{JSON};q=0, */*;q=0.1", XML),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        (f"{XML}; charset=utf-8", XML),
        (f"text/turtle, {TSV};q=0.1", TSV),
        (f"{XML.upper()}", XML),
        (f"nonsense, ;;, {XML}", XML),
    ],
)
def test_bindings_are_negotiated(server, accept, expected):
    reply = asked(server, "SELECT * { ?s ?p ?o }", accept)
    assert reply.status == 200
    assert reply.media_type == expected
    assert "Accept" in reply.headers["vary"]
    assert int(reply.headers["content-length"]) == len(reply.body)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text/turtle"),
        ("application/n-triples", None),
        ("application/rdf+xml", None),
        ("application/ld+json", None),
    ],
)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <http://x/a>"])
def test_graphs_are_negotiated(server, accept, expected, query):
    reply = asked(server, query, accept)
    assert reply.status == 200
    assert reply.media_type == (expected or accept)
    assert (  # the same statements in each
        len(triples(reply)) == (1 if query.startswith("DESCRIBE") else 2)
    )


@pytest.mark.parametrize("accept", [JSON, XML, "application/json"])
def test_truth_is_answered_in_json_and_xml(server, accept):
    reply = asked(server, "ASK {}", accept)
    assert (reply.status, reply.media_type) == (200, accept)


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("SELECT * {}", "text/turtle"),
        ("SELECT * {}", "image/png"),
        ("SELECT * {}", f"{JSON};q=0"),
        ("ASK {}", CSV),
        ("ASK {}", f"{TSV}, {CSV}"),
        ("CONSTRUCT {} {}", CSV),
        ("DESCRIBE <x:y>", XML),
    ],
)
def test_nothing_acceptable(server, query, accept):
    told = problem(asked(server, query, accept), 406)
    assert told["available"]
    assert accept not in told["available"] or "q=0" in accept


def test_text_is_said_to_be_utf8(server):
    for query, accept in [
        ("SELECT ('é' AS ?x) {}", CSV),
        ("SELECT ('é' AS ?x) {}", TSV),
        ("CONSTRUCT {<x:a> <x:b> 'é'} {}", "text/turtle"),
    ]:
        reply = asked(server, query, accept)
        assert reply.headers["content-type"] == f"{accept}; charset=utf-8"
        assert "é" in reply.text
    assert asked(server, "SELECT ('é' AS ?x) {}").headers["content-type"] == JSON


@pytest.mark.parametrize("query", ["ASK {}", "SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_head_is_get_without_a_body(server, query):
    target = f"{QUERY}?query={quote(query)}"
    get, head = server.send("GET", target, token=""), server.send("HEAD", target, token="")
    assert head.body == b""
    assert head.status == 200
    for name in ("content-type", "content-length", "etag", "vary"):
        assert head.headers[name] == get.headers[name]
    assert server.send("HEAD", f"{QUERY}?query=ASK", token="").status == 400


def test_options_tells_the_methods(server):
    reply = server.send("OPTIONS", QUERY, token="")
    assert reply.status == 204
    assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods(server, method):
    reply = server.send(method, f"{QUERY}?query=ASK%20%7B%7D", token="")
    assert problem(reply, 405)
    assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "status"),
    [
        ("GET", "?query=ASK%20%7B%7D&query=ASK%20%7B%7D", {}, "", 400),
        ("GET", "?query=", {}, "", 400),
        ("GET", f"?default-graph-uri={quote(ONE)}", {}, "", 400),
        ("GET", "?update=CLEAR%20ALL", {}, "", 400),
        ("GET", "?query=ASK%20%7B%7D&update=CLEAR%20ALL", {}, "", 400),
        ("GET", "?query=%FF%FE", {}, "", 400),
        ("GET", "?query=ASK%20%7B%7D&default-graph-uri=relative", {}, "", 400),
        ("GET", "?query=ASK%20%7B%7D&named-graph-uri=not%20an%20iri", {}, "", 400),
        ("POST", "", FORM, "", 400),
        ("POST", "", FORM, "query=ASK%20%7B%7D&query=ASK%20%7B%7D", 400),
        ("POST", "", FORM, "query=%FF", 400),
        ("POST", "", {"Content-Type": "application/x-www-form-urlencoded; charset=iso-8859-1"}, "query=ASK%20%7B%7D", 400),
        ("POST", "?query=ASK%20%7B%7D", DIRECT, "ASK {}", 400),
        ("POST", "", DIRECT, "", 400),
        ("POST", "", DIRECT, b"ASK { ?s ?p '\xff' }", 400),
        ("POST", "", {"Content-Type": "application/sparql-query; charset=utf-16"}, "ASK {}".encode("utf-16"), 400),
        ("POST", "", {"Content-Type": "application/json"}, '{"query": "ASK {}"}', 415),
        ("POST", "", {"Content-Type": "application/sparql-update"}, "CLEAR ALL", 415),
        ("POST", "", {}, "ASK {}", 415),
        ("POST", "?query=ASK%20%7B%7D", {}, "", 415),
    ],
)  # fmt: skip
def test_malformed_requests(server, method, target, headers, body, status):
    problem(server.send(method, QUERY + target, headers, body, token=""), status)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf8_may_be_stated(server, charset):
    headers = {"Content-Type": f"application/sparql-query;charset={charset}"}
    assert server.send("POST", QUERY, headers, "ASK { FILTER('é' = '\\u00e9') }", token="").status == 200


def test_a_mark_of_byte_order_is_passed_over(server):
    assert server.send("POST", QUERY, DIRECT, "\ufeffASK {}", token="").status == 200


def test_what_is_supported_is_told(server):
    reply = server.send("POST", QUERY, {"Content-Type": "text/plain"}, "ASK {}", token="")
    assert "application/sparql-query" in reply.headers["accept"]
    assert "application/sparql-query" in problem(reply, 415)["supported"]


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("ASK {", 1),
        ("SELECT *\nWHERE {\n  ?s ?p }", 3),
        ("ASK { <relative> ?p }", 1),
        ("\n\nASK { <relative> <b> }", 3),
    ],
)
def test_syntax_errors_have_a_place(server, query, line):
    told = problem(asked(server, query), 400)
    assert told["type"].endswith("/problem/query")
    assert told["line"] == line
    assert told["column"] >= 1


def test_problems_speak_the_readers_language(server):
    reply = asked(server, "ASK {", **{"Accept-Language": "es-MX, en;q=0.5"})
    assert reply.headers["content-language"] == "es"
    assert json.loads(reply.body)["title"] == "La consulta no se entiende"


@pytest.mark.parametrize(
    "query",
    [
        "ASK { SERVICE <http://other.example/> { ?s ?p ?o } }",
        "ASK { {}.SERVICE <http://other.example/> { ?s ?p ?o } }",
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "LOAD <http://other.example/>",
    ],
)
def test_what_is_refused(server, query):
    assert problem(asked(server, query), 403)["type"].endswith("/problem/refused")


def test_only_listed_services_are_let_through(tmp_path):
    with serving(tmp_path, allowed_services=("http://127.0.0.1:9/sparql",)) as open_:
        assert open_.ask("ASK { SERVICE SILENT <http://127.0.0.1:9/sparql> { ?s ?p ?o } }").status == 200
        problem(open_.ask("ASK { SERVICE <http://127.0.0.1:9/other> { ?s ?p ?o } }"), 403)
        problem(open_.ask("ASK { SERVICE ?where { ?s ?p ?o } }"), 403)
        failed = open_.ask("ASK { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }")
        assert 400 <= failed.status < 600
        assert failed.status != 500


def test_from_names_graphs_here_and_fetches_nothing(server):
    query = "SELECT (COUNT(*) AS ?n) FROM <{}> {{ ?s ?p ?o }}"
    assert count(asked(server, query.format(TWO))) == 2
    assert count(asked(server, query.format("http://127.0.0.1:9/unknown"))) == 0


@pytest.mark.parametrize(
    ("fields", "default", "named"),
    [
        ({}, 2, 3),
        ({"default-graph-uri": [ONE]}, 1, 0),
        ({"default-graph-uri": [ONE, TWO]}, 2, 0),
        ({"named-graph-uri": [TWO]}, 0, 2),
        ({"default-graph-uri": [ONE], "named-graph-uri": [TWO]}, 1, 2),
        ({"default-graph-uri": [ONE, TWO], "named-graph-uri": [ONE, TWO]}, 2, 3),
        ({"default-graph-uri": ["http://x.example/none"]}, 0, 0),
    ],
)
@pytest.mark.parametrize("clause", ["", f"FROM <{TWO}> FROM NAMED <{ONE}>"])
def test_the_dataset_of_the_request_precedes_that_of_the_query(server, fields, default, named, clause):
    if clause and not fields:
        default, named = 2, 1
    in_default = server.ask(f"SELECT (COUNT(*) AS ?n) {clause} {{ ?s <http://x/p> ?o }}", **fields)
    in_named = server.ask(f"SELECT (COUNT(*) AS ?n) {clause} {{ GRAPH ?g {{ ?s <http://x/p> ?o }} }}", **fields)
    assert (count(in_default), count(in_named)) == (default, named)


def test_relative_iris_are_resolved_against_the_address(server, tmp_path):
    query = "SELECT (STR(<thing>) AS ?n) {}"
    assert "http://kg.example/thing" in asked(server, query).text
    assert "http://own.example/thing" in asked(server, f"BASE <http://own.example/> {query}").text
    with serving(tmp_path, public_url="https://kg.example.org/graph/") as elsewhere:
        assert "https://kg.example.org/graph/thing" in elsewhere.ask(query).text


def test_a_tag_saves_what_has_not_changed(server):
    query = "SELECT (COUNT(*) AS ?n) { ?s <http://x/q> ?o }"
    tag = asked(server, query).headers["etag"]
    assert asked(server, query, **{"If-None-Match": tag}).status == 304
    assert asked(server, query, **{"If-None-Match": f'"other", {tag}'}).status == 304
    assert asked(server, query, **{"If-None-Match": '"other"'}).status == 200
    assert asked(server, query, CSV).headers["etag"] != tag
    assert asked(server, query + " ").headers["etag"] != tag
    server.put("http://x.example/three", "<http://x/a> <http://x/q> 1 .")
    assert asked(server, query, **{"If-None-Match": tag}).status == 200
    for changing in ("SELECT (NOW() AS ?n) {}", "SELECT (RAND() AS ?n) {}", "SELECT (STRUUID() AS ?n) {}"):
        assert "etag" not in asked(server, changing).headers
    assert "etag" not in server.send("POST", QUERY, DIRECT, query, token="").headers


def test_pages_of_other_origins_may_read_and_never_with_credentials(server):
    reply = asked(server, "ASK {}", Origin="https://other.example", Cookie="a=b")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    failed = asked(server, "ASK {", Origin="https://other.example")
    assert failed.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", "accept", True),
        ("POST", "accept, content-type", True),
        ("PUT", "accept", False),
        ("POST", "authorization", False),
    ],
)
def test_preflight(server, method, headers, allowed):
    preflight = {
        "Origin": "https://other.example",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    reply = server.send("OPTIONS", QUERY, preflight, token="")
    assert (reply.status == 200) is allowed
    assert "access-control-allow-credentials" not in reply.headers
    if allowed:
        assert reply.headers["access-control-allow-origin"] == "*"
        granted = reply.headers["access-control-allow-headers"].lower()
        assert all(name in granted for name in headers.split(", "))


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("CONSTRUCT { <x:a> <http://x/1/> 2 } {}", "application/rdf+xml"),
        ("CONSTRUCT { <x:a> <x:b> '\\u0001' } {}", "application/rdf+xml"),
        ("CONSTRUCT { <x:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 1 } {}", "application/rdf+xml"),
        ("CONSTRUCT { <x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> } {}", "application/ld+json"),
    ],
)
def test_what_a_format_cannot_say_is_not_said_wrongly(server, query, accept):
    problem(asked(server, query, accept), 406)
    assert asked(server, query, "application/n-triples").status == 200


def test_rdf_xml_keeps_every_character(server):
    reply = asked(server, "CONSTRUCT { <x:a> <x:b> 'a\\r\\n<é>\\t&' } {}", "application/rdf+xml")
    assert [triple.object.value for triple in triples(reply)] == ["a\r\n<é>\t&"]


def test_a_query_that_is_too_long(server):
    problem(server.send("POST", QUERY, DIRECT, "ASK {} #" + "x" * (1 << 20), token=""), 413)


def test_a_query_that_takes_too_long_and_the_next(tmp_path):
    with serving(tmp_path, query_seconds=1.0) as slow:
        slow.put(ONE, "".join(f"<http://x/{number}> <http://x/p> {number} .\n" for number in range(400)))
        reply = slow.ask("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
        problem(reply, 504)
        assert int(reply.headers["retry-after"]) > 0
        assert slow.ask("ASK {}").status == 200
