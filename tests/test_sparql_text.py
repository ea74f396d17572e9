"""What SPARQL may not do, tried on the engine itself: whatever makes it call another server has to be refused."""

from __future__ import annotations

import threading
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler, HTTPServer

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterkg.errors import QueryError, QueryRefused
from clusterkg.queries import fill
from clusterkg.sparql_text import (
    is_constant,
    query_form,
    refuse_unsafe,
    refuse_unsafe_update,
    tokens,
    with_base,
    with_using,
)
from clusterkg.store.base import Dataset

CALLS = [
    "SELECT * { SERVICE <ADDRESS> {?a ?b ?c} }",
    "SELECT * { {}.SERVICE <ADDRESS> {?a ?b ?c} }",
    "SELECT * { ?s ?p ?o.SERVICE<ADDRESS>{?a ?b ?c} }",
    "SELECT * { SERVICE:x {?a ?b ?c} }",
    "SELECT * { SERVICE:x # comment\n\t{?a ?b ?c} }",
    "SELECT * { SERVICESILENT:x {?a ?b ?c} }",
    "PREFIX SERVICE: <x:> SELECT * { SERVICE:x {?a ?b ?c} }",
    "SELECT * { ?s ?p 1SERVICE:x {?a ?b ?c} }",
    "SELECT * { ?s ?p 1.SERVICE <ADDRESS> {?a ?b ?c} }",
    "SELECT * { ?s ?p trueSERVICE:x {?a ?b ?c} }",
    "SELECT * { ?s ?p true.SERVICE:x {?a ?b ?c} }",
    "SELECT * { {} UNION {?s ex:a\\# ?o} UNION { SERVICE <ADDRESS> {?a ?b ?c} }}",
    "SELECT * { {} UNION {?s ex:a\\' ?o} UNION { SERVICE <ADDRESS> {?a ?b ?c} } UNION {?s ex:a\\' ?o} }",
    'SELECT * { BIND(1 AS ?x) BIND((?x<?y#>"""\n) AS ?z) SERVICE <ADDRESS> {?a ?b ?c} #"""\n}',
    "SELECT * { BIND(1 AS ?x) BIND((?x<?y+'>') AS ?z) SERVICE <ADDRESS> {?a ?b ?c} FILTER(?x<?y+'>') }",
    "SELECT * { # '\n SERVICE <ADDRESS> {?a ?b ?c} # '\n }",
    "# it's\rSELECT * { SERVICE <ADDRESS> {?a ?b ?c} }",
    "SELECT * { {SELECT * { SERVICE SILENT <ADDRESS> {?a ?b ?c} }} }",
    "SELECT * { LATERAL { SERVICE ex:x {?a ?b ?c} } }",
]
UPDATE_CALLS = [
    "LOAD <ADDRESS>",
    "LOADSILENT<ADDRESS>",
    "LOAD:x",
    "LOAD ex:x INTO GRAPH ex:y",
    "PREFIX LOAD: <x:>LOAD:x",
    "INSERT DATA {};LOAD<ADDRESS>",
    "INSERT {} WHERE { SERVICE <ADDRESS> {?a ?b ?c} }",
    "DELETE {?a ?b ?c} INSERT {?a ?b ?c} WHERE { {}.SERVICE:x {?a ?b ?c} }",
]
PROLOGUE = "PREFIX : <ADDRESS> PREFIX ex: <ADDRESS> "


class _Listener(BaseHTTPRequestHandler):
    calls: list[str] = []  # noqa: RUF012

    def _note(self) -> None:
        self.calls.append(self.path)
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = _note  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def listener():
    """A server that notes who calls it: (its address, the calls)."""
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", _Listener.calls
    server.shutdown()
    server.server_close()
    thread.join()


def leaves(listener, sparql: str, *, update: bool = False) -> bool:
    """Whether the engine, left to itself, calls somebody."""
    _, calls = listener
    before = len(calls)
    store = ox.Store()
    one, yes = ox.Literal(1), ox.Literal(True)
    for number, thing in enumerate((one, yes)):
        store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode(f"x:{number}"), thing))
    try:
        if update:
            store.update(sparql)
        else:
            found = store.query(sparql)
            if not isinstance(found, ox.QueryBoolean):
                list(found)
    except (OSError, SyntaxError, ValueError, RuntimeError):
        pass
    return len(calls) > before


def refused(sparql: str, allowed=(), *, update: bool = False) -> bool:
    try:
        (refuse_unsafe_update if update else refuse_unsafe)(sparql, allowed)
    except QueryRefused:
        return True
    return False


@pytest.mark.parametrize("template", CALLS)
def test_queries_that_call_are_refused(listener, template):
    sparql = (PROLOGUE + template).replace("ADDRESS", listener[0])
    assert leaves(listener, sparql)  # else the case shows nothing
    assert refused(sparql)
    assert refused(sparql, {"http://allowed.example/sparql"})


@pytest.mark.parametrize("template", UPDATE_CALLS)
def test_updates_that_call_are_refused(listener, template):
    sparql = (PROLOGUE + template).replace("ADDRESS", listener[0])
    assert leaves(listener, sparql, update=True)
    assert refused(sparql, update=True)


FRAGMENTS = [
    "?s ?p ?o", "?s ?p 1", "?s ?p true", ".", ";", " ", "\n", "# it's\n", '# """\n', "{}", "ex:a\\#", "ex:a\\'", "'#'",
    '"""', "'''", "'", '"', "<a#b>", "<it's>", "FILTER(?a<?b#>", "FILTER(?s<?o+'>')", ")", "(", "OPTIONAL{", "}",
    "VALUES (?s ?v) {(<x:a#b> <x:it's>)}", "BIND(<x:a> AS ?v)", "GRAPH ?g", "SERVICE", "SILENT", ":x", "<ADDRESS>",
    "{?a ?b ?c}", "service", "UNION", "_:b", "@en", "\\u0053ERVICE",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(
    before=st.lists(st.sampled_from(FRAGMENTS), max_size=5),
    call=st.sampled_from(
        ["SERVICE <ADDRESS>{?a ?b ?c}", "SERVICE:x{?a ?b ?c}", "SERVICESILENT:x\n{}", "service ex:x #'\n{}"]
    ),
    after=st.lists(st.sampled_from(FRAGMENTS), max_size=5),
)
def test_no_disguise_gets_through(listener, before, call, after):
    text = f"{PROLOGUE} SELECT * {{ {''.join(before)}{call}{''.join(after)} }}"
    sparql = text.replace("ADDRESS", listener[0])
    if not refused(sparql):
        assert not leaves(listener, sparql)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://a.example/> { ?s ?p ?o } }",
        "ASK { ?s ?p 'SERVICE'; <http://service/#it's> ?service, _:service.x, ex:service }",
        "PREFIX service: <http://x/> ASK { GRAPH service:x { ?s service:y ex:a\\# } }",
        "ASK { VALUES (?a ?b) { (<http://a#b> <http://c#it's>) } }",
    ],
)
def test_what_stays_or_is_listed_is_let_through(sparql):
    refuse_unsafe(sparql, {"http://a.example/"})


def test_only_literal_listed_addresses(listener):
    listed = {"http://a.example/"}
    assert refused("ASK { SERVICE <http://a.example> {} }", listed)
    assert refused("ASK { SERVICE ?where {} }", listed)
    assert refused("PREFIX a: <http://a.example/> ASK { SERVICE a: {} }", listed)
    assert refused("ASK { SERVICE <http://a.example/> { SERVICE <http://b.example/> {} } }", listed)
    assert not refused("LOAD SILENT <http://a.example/> INTO GRAPH <x:y>", listed, update=True)
    assert refused("LOAD <http://b.example/>", listed, update=True)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("INSERT DATA { <x:a> <x:b> <x:c> }", "INSERT DATA { <x:a> <x:b> <x:c> }"),
        ("INSERT {} WHERE {}", "INSERT {} USING <x:d> USING NAMED <x:n> WHERE {}"),
        ("DELETE WHERE { ?s ?p '}' }", "DELETE { ?s ?p '}' } USING <x:d> USING NAMED <x:n> WHERE { ?s ?p '}' }"),
        (
            "delete {?s ?p ?o} # where\nwhere { {select * where {?s ?p ?o}} } ; CLEAR ALL",
            "delete {?s ?p ?o} # where\nUSING <x:d> USING NAMED <x:n> where { {select * where {?s ?p ?o}} } ; CLEAR ALL",
        ),
        ("INSERT { ?s <x:where> 'WHERE' } WHERE {}", "INSERT { ?s <x:where> 'WHERE' } USING <x:d> USING NAMED <x:n> WHERE {}"),
    ],
)  # fmt: skip
def test_a_dataset_becomes_using_clauses(given, wanted):
    dataset = Dataset(("x:d",), ("x:n",))
    assert with_using(given, dataset) == wanted
    ox.Store().update(wanted)
    assert with_using(given, Dataset()) == given


def test_using_is_what_the_pattern_sees():
    store = ox.Store()
    store.update("INSERT DATA { GRAPH <x:d> { <x:a> <x:p> 1 } GRAPH <x:e> { <x:b> <x:p> 2 } <x:c> <x:p> 3 }")
    store.update(with_using("INSERT { GRAPH <x:out> { ?s ?p ?o } } WHERE { ?s ?p ?o }", Dataset(("x:d",))))
    assert [quad.subject.value for quad in store.quads_for_pattern(None, None, None, ox.NamedNode("x:out"))] == ["x:a"]


@pytest.mark.parametrize("clause", ["WITH <x:g> DELETE {} WHERE {}", "DELETE {} USING <x:g> WHERE {}"])
def test_a_dataset_does_not_go_with_one_of_the_update(clause):
    with pytest.raises(QueryError) as caught:
        with_using("CLEAR ALL ;\n  " + clause, Dataset(("x:d",)))
    assert (caught.value.line, caught.value.column) == (2, 3 if clause.startswith("WITH") else 13)


def test_forms():
    assert query_form("PREFIX select: <x> # ASK\nBASE <y> CONSTRUCT WHERE {}") == "graph"
    assert query_form("ask {}") == "boolean"
    assert query_form("SELECT * {}") == "bindings"
    assert query_form("DESCRIBE <x>") == "graph"
    assert query_form("nothing") is None
    assert is_constant("SELECT * { ?now ?p 'now' }")
    assert not is_constant("SELECT (now() AS ?x) {}")
    assert with_base("ASK { <a> ?p ?o }", "http://x/") == "BASE <http://x/>\nASK { <a> ?p ?o }"
    assert with_base("ASK { <http://a> ?p ?o FILTER(1<2) }", "http://x/").startswith("ASK")


def test_parameters_are_filled_where_they_are_variables():
    values = {"a": ox.Literal("x")}
    asked = "ASK { $a ex:\\$a '$a' FILTER($a<$b) # $a\n ?s <$a> $aa }"
    assert fill(asked, values) == 'ASK { "x" ex:\\$a \'$a\' FILTER("x"<$b) # $a\n ?s <$a> $aa }'


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "<" * 50_000, "'" * 50_000, "a." * 25_000, "a:" + "." * 50_000, '"""\\' * 9_000]
)
def test_long_nonsense_is_read_quickly(text):
    started = time.monotonic()
    assert tokens(text)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("text", ['"\\' * 60_000, "'''\n\\" * 9_000])
def test_texts_without_an_end_are_no_query(text):
    # Each of these quotes would be looked for its end through all that follows.
    started = time.monotonic()
    for read in (tokens, refuse_unsafe, query_form):
        with pytest.raises(QueryError, match="Closing quotes"):
            read(f"SERVICE: {text}" if read is tokens else text)
    with pytest.raises(QueryError, match="Closing quotes"):
        refuse_unsafe(f"ASK {{ ?SERVICE ?p {text}")
    assert time.monotonic() - started < 5


def test_refusing_a_long_query_keeps_none_of_its_tokens():
    query = "ASK { ?SERVICE ?p " + "(" * 200_000
    tracemalloc.start()
    try:
        refuse_unsafe(query)
        assert tracemalloc.get_traced_memory()[1] < 16 * len(query)
    finally:
        tracemalloc.stop()
