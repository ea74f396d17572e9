"""What every store does, whichever engine is behind it. Where an engine cannot: differences.py."""

from __future__ import annotations

import csv
import gzip
import io
import json
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from clusterkg.errors import AnswerTooLarge, DeadlineExceeded, QueryError, QueryRefused, UsageError
from clusterkg.store.backups import restore
from clusterkg.store.base import (
    CSV_RESULTS,
    DEFAULT_GRAPH,
    JSON_LD,
    JSON_RESULTS,
    NTRIPLES,
    RDF_XML,
    TSV_RESULTS,
    TURTLE,
    XML_RESULTS,
    Accepted,
    AddToGraph,
    Change,
    Dataset,
    DropGraph,
    Limits,
    PutGraph,
    Store,
    Update,
)

EX = "http://example.org/"
A, B, C = EX + "graph/a", EX + "graph/b", EX + "graph/c"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?c) < STR(?l)) }"
XSD = "http://www.w3.org/2001/XMLSchema#"


def nt(*rows: str) -> bytes:
    """N-Triples of rows like `s p "1"`; names are within EX."""
    return "".join(f"<{EX}{s}> <{EX}{p}> {o} .\n" for s, p, o in (row.split(maxsplit=2) for row in rows)).encode()


def select(store: Store, sparql: str, dataset: Dataset = Dataset()) -> list[dict[str, str]]:
    """The rows of a SELECT, terms as in N-Triples."""
    body = store.query(sparql, dataset=dataset).body
    found = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [{name: str(row[name]) for name in names if row[name] is not None} for row in found]


def objects(store: Store, graph: str, dataset: Dataset = Dataset()) -> list[str]:
    return sorted(row["o"] for row in select(store, f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", dataset))


def asked(store: Store, sparql: str, dataset: Dataset = Dataset()) -> bool:
    return json.loads(store.query(sparql, dataset=dataset).body)["boolean"]


def put(graph: str | None, *rows: str) -> PutGraph:
    return PutGraph(graph, nt(*rows))


# Graphs


def test_a_graph_is_put_replaced_extended_and_dropped(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"')])
    assert objects(each_store, A) == ['"1"']
    each_store.write([put(A, 's p "2"')])
    assert objects(each_store, A) == ['"2"']
    each_store.write([AddToGraph(A, nt('s p "3"'))])
    assert objects(each_store, A) == ['"2"', '"3"']
    each_store.write([DropGraph(A)])
    assert objects(each_store, A) == []
    assert each_store.graph(A) is None


def test_a_graph_comes_back_in_every_format(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"', 's q "dos"@es')])
    for media_type in (NTRIPLES, TURTLE, RDF_XML, JSON_LD):
        body = each_store.graph(A, media_type)
        assert body is not None
        found = {str(quad.triple) for quad in ox.parse(body, ox.RdfFormat.from_media_type(media_type))}
        assert found == {f'<{EX}s> <{EX}p> "1"', f'<{EX}s> <{EX}q> "dos"@es'}, media_type


def test_a_graph_that_is_not_there_is_none_and_dropping_it_does_nothing(each_store: Store) -> None:
    assert each_store.graph(A) is None
    each_store.write([DropGraph(A)])
    assert each_store.graph(A) is None


def test_the_default_graph_is_always_there(each_store: Store) -> None:
    assert each_store.graph(None) == b""
    each_store.write([put(None, 's p "1"')])
    assert each_store.graph(None) == each_store.graph(DEFAULT_GRAPH) == nt('s p "1"')
    each_store.write([AddToGraph(None, nt('s p "2"')), DropGraph(None)])
    assert each_store.graph(None) == b""


def test_an_empty_graph_is_a_graph(each_store: Store) -> None:
    each_store.write([AddToGraph(A, b"")])
    assert each_store.graph(A) == b""


def test_the_receipt_says_what_was_there(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"')])
    assert each_store.write([put(A, 's p "2"'), put(B, 's p "2"')]).existed == {A}
    assert each_store.write([put(None, 's p "1"')]).existed == set()
    assert each_store.write([DropGraph(None)]).existed == {None}


def test_many_statements_in_one_write(each_store: Store) -> None:
    plain = [f's{n} p "value {n}"' for n in range(12_000)]
    blank = "".join(f'_:b{n} <{EX}p> "{n}" .\n<{EX}list> <{EX}holds> _:b{n} .\n' for n in range(1500)).encode()
    each_store.write([PutGraph(A, nt(*plain) + blank)])
    assert each_store.state().graphs[A].triples == 15_000
    held = select(
        each_store, f"SELECT (COUNT(?o) AS ?n) {{ GRAPH <{A}> {{ <{EX}list> <{EX}holds> ?b . ?b <{EX}p> ?o }} }}"
    )
    assert held == [{"n": f'"1500"^^<{XSD}integer>'}]


# All or none


@pytest.mark.parametrize(
    "broken",
    [
        Update("INSERT DATA { <http://example.org/s> }"),
        Update("LOAD <http://127.0.0.1:9/data>"),
        Update("INSERT { ?s ?p 1 } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
        PutGraph(B, b"this is no N-Triples"),
    ],
    ids=["syntax", "load", "service", "ntriples"],
)
def test_a_write_that_cannot_be_made_changes_nothing(each_store: Store, broken: Change) -> None:
    each_store.write([put(A, 's p "1"')])
    with pytest.raises((QueryError, QueryRefused)):
        each_store.write([put(A, 's p "2"'), DropGraph(A), broken])
    assert objects(each_store, A) == ['"1"']


def test_an_update_that_fails_half_way_changes_nothing(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), Update(f"CREATE GRAPH <{C}>")])
    with pytest.raises(Exception):  # noqa: B017, PT011 - which error is the engine's affair; that nothing has changed is ours
        each_store.write([put(A, 's p "2"'), Update(f"CREATE GRAPH <{C}>")])
    assert objects(each_store, A) == ['"1"']


def test_changes_are_made_in_their_order(each_store: Store) -> None:
    copy = Update(f"INSERT {{ GRAPH <{B}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }}")
    each_store.write([put(A, 's p "1"'), copy, put(A, 's p "2"'), AddToGraph(B, nt('s p "3"'))])
    assert objects(each_store, A) == ['"2"']
    assert objects(each_store, B) == ['"1"', '"3"']


# Updates


def test_an_update_deletes_and_inserts(each_store: Store) -> None:
    each_store.write([put(A, "s p 1".replace("1", '"1"')), put(B, 's p "9"')])
    each_store.write(
        [Update(f'WITH <{A}> DELETE {{ ?s ?p "1" }} INSERT {{ ?s ?p "2" }} WHERE {{ ?s ?p "1" }} ; CLEAR GRAPH <{B}>')]
    )
    assert (objects(each_store, A), objects(each_store, B)) == (['"2"'], [])


def test_an_update_of_the_default_graph_is_kept_in_its_own_graph(each_store: Store) -> None:
    each_store.write([Update(f'INSERT DATA {{ <{EX}s> <{EX}p> "1" . GRAPH <{A}> {{ <{EX}s> <{EX}p> "2" }} }}')])
    assert (objects(each_store, DEFAULT_GRAPH), objects(each_store, A)) == (['"1"'], ['"2"'])
    each_store.write([Update(f"DELETE WHERE {{ <{EX}s> <{EX}p> ?o }}")])
    assert (objects(each_store, DEFAULT_GRAPH), objects(each_store, A)) == ([], ['"2"'])


def test_clear_default_leaves_the_named_graphs(each_store: Store) -> None:
    each_store.write([put(None, 's p "1"'), put(A, 's p "2"')])
    each_store.write([Update("CLEAR DEFAULT")])
    assert (each_store.graph(None), objects(each_store, A)) == (b"", ['"2"'])


def test_where_of_an_update_sees_the_union(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's q "2"')])
    each_store.write(
        [Update(f"INSERT {{ GRAPH <{C}> {{ ?s <{EX}both> ?o }} }} WHERE {{ ?s <{EX}p> ?x ; <{EX}q> ?o }}")]
    )
    assert objects(each_store, C) == ['"2"']


def test_using_is_the_dataset_of_an_update(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's p "2"')])
    text = f"INSERT {{ GRAPH <{C}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"
    each_store.write([Update(text, using=Dataset(default=(B,)))])
    assert objects(each_store, C) == ['"2"']
    named = f"INSERT {{ GRAPH <{C}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    each_store.write([DropGraph(C), Update(named, using=Dataset(named=(A,)))])
    assert objects(each_store, C) == ['"1"']


def test_prefixes_and_a_base_of_its_own(each_store: Store) -> None:
    text = f'PREFIX e: <{EX}> BASE <{EX}graph/> INSERT DATA {{ GRAPH <a> {{ e:s ckg:code "e:not <a> name" }} }}'
    each_store.write([put(B, 's p "1"'), Update(text)])
    assert asked(
        each_store, f'ASK {{ GRAPH <{A}> {{ <{EX}s> <https://w3id.org/clusterkg/ontology#code> "e:not <a> name" }} }}'
    )


def test_base_of_an_update_from_outside(each_store: Store) -> None:
    each_store.write([Update("INSERT DATA { GRAPH <graph/a> { <s> <p> 'x' } }", base=EX)])
    assert objects(each_store, A) == ['"x"']


# Queries


@pytest.fixture
def rows(each_store: Store) -> Store:
    each_store.write([put(A, 's1 p "uno, \\"dos\\"\\ny"@es', f's2 p "2"^^<{XSD}integer>', f"s3 p <{EX}o>")])
    return each_store


ROWS = f"SELECT ?s ?o ?none {{ GRAPH <{A}> {{ ?s <{EX}p> ?o }} }} ORDER BY ?s"


def test_rows_as_json_xml_and_tsv_say_the_same(rows: Store) -> None:
    found = []
    for media_type in (JSON_RESULTS, XML_RESULTS, TSV_RESULTS):
        answer = rows.query(ROWS, accepted=Accepted(bindings=media_type))
        assert (answer.kind, answer.media_type) == ("bindings", media_type)
        parsed = ox.parse_query_results(answer.body, ox.QueryResultsFormat.from_media_type(media_type))
        found.append([(str(row["s"]), str(row["o"]), row["none"]) for row in parsed])
    assert found[0] == [
        (f"<{EX}s1>", '"uno, \\"dos\\"\\ny"@es', None),
        (f"<{EX}s2>", f'"2"^^<{XSD}integer>', None),
        (f"<{EX}s3>", f"<{EX}o>", None),
    ]
    assert found[1] == found[2] == found[0]


def test_rows_as_csv(rows: Store) -> None:
    body = rows.query(ROWS, accepted=Accepted(bindings=CSV_RESULTS)).body.decode()
    found = {row["s"]: row["o"] for row in csv.DictReader(io.StringIO(body, newline=""))}
    assert found == {EX + "s1": 'uno, "dos"\ny', EX + "s2": "2", EX + "s3": EX + "o"}


@pytest.mark.parametrize("media_type", [JSON_RESULTS, XML_RESULTS])
def test_ask(rows: Store, media_type: str) -> None:
    for pattern, expected in ((f"<{EX}s2> ?p ?o", True), (f"<{EX}s9> ?p ?o", False), ("", True)):
        answer = rows.query(f"ASK {{ {pattern} }}", accepted=Accepted(boolean=media_type))
        assert (answer.kind, answer.media_type) == ("boolean", media_type)
        found = ox.parse_query_results(answer.body, ox.QueryResultsFormat.from_media_type(media_type))
        assert bool(found) is expected, pattern


@pytest.mark.parametrize("media_type", [NTRIPLES, TURTLE, RDF_XML, JSON_LD])
def test_construct_and_describe(rows: Store, media_type: str) -> None:
    wanted = {f'<{EX}s2> <{EX}p> "2"^^<{XSD}integer>'}
    for query in (f"CONSTRUCT {{ ?s <{EX}p> 2 }} WHERE {{ ?s <{EX}p> 2 }}", f"DESCRIBE <{EX}s2>"):
        answer = rows.query(query, accepted=Accepted(graph=media_type))
        assert (answer.kind, answer.media_type) == ("graph", media_type)
        found = {str(quad.triple) for quad in ox.parse(answer.body, ox.RdfFormat.from_media_type(media_type))}
        assert found == wanted, query


def test_what_nobody_accepts_is_not_sent(rows: Store) -> None:
    for query, kind in (("ASK {}", "boolean"), (ROWS, "bindings"), (f"DESCRIBE <{EX}s2>", "graph")):
        answer = rows.query(query, accepted=Accepted(None, None, None))
        assert (answer.kind, answer.media_type, answer.body) == (kind, None, b"")


def test_prefixes_of_ours_are_known(each_store: Store) -> None:
    each_store.write([PutGraph(A, b'<http://example.org/s> <https://w3id.org/clusterkg/ontology#code> "x" .\n')])
    assert asked(each_store, "ASK { ?s ckg:code 'x' }")
    assert not asked(each_store, "PREFIX ckg: <http://example.org/> ASK { ?s ckg:code 'x' }")


def test_aggregates_paths_subqueries_and_optionals(each_store: Store) -> None:
    each_store.write([put(A, f"a next <{EX}b>", f"b next <{EX}c>", f"c next <{EX}d>", f'd size "4"^^<{XSD}integer>')])
    within = f"SELECT ?x {{ GRAPH <{A}> {{ <{EX}a> <{EX}next>+ ?x }} }}"
    assert {row["x"] for row in select(each_store, within)} == {f"<{EX}{name}>" for name in "bcd"}
    counted = f"SELECT (COUNT(?x) AS ?n) (COUNT(?z) AS ?m) {{ GRAPH <{A}> {{ ?s <{EX}next> ?x OPTIONAL {{ ?x <{EX}size> ?z }} }} }}"
    assert select(each_store, counted) == [{"n": f'"3"^^<{XSD}integer>', "m": f'"1"^^<{XSD}integer>'}]


def test_paths_over_the_union(each_store: Store) -> None:
    each_store.write([put(A, f"a next <{EX}b>", f"x next <{EX}y>"), put(B, f"b next <{EX}c>", 'c next "end"')])
    found = select(each_store, f"SELECT ?x {{ <{EX}a> <{EX}next>+ ?x }}")
    assert {row["x"] for row in found} == {f"<{EX}b>", f"<{EX}c>", '"end"'}


# Datasets


def test_the_default_graph_is_the_union(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's q "2"'), put(None, 's r "3"')])
    assert select(each_store, f"SELECT ?a ?b ?c {{ ?s <{EX}p> ?a ; <{EX}q> ?b ; <{EX}r> ?c }}") == [
        {"a": '"1"', "b": '"2"', "c": '"3"'}
    ]


def test_a_statement_of_two_graphs_is_one_of_the_union(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's p "1"')])
    assert len(select(each_store, f"SELECT ?o {{ <{EX}s> <{EX}p> ?o }}")) == 1


def test_default_graph_uri(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's p "2"'), put(C, 's p "3"')])
    query = f"SELECT ?o {{ <{EX}s> <{EX}p> ?o }} ORDER BY ?o"
    assert select(each_store, query, Dataset(default=(A,))) == [{"o": '"1"'}]
    assert select(each_store, query, Dataset(default=(A, C))) == [{"o": '"1"'}, {"o": '"3"'}]
    assert select(each_store, query, Dataset(default=(EX + "nowhere",))) == []


def test_named_graph_uri(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's p "2"'), put(C, 's p "3"')])
    query = "SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    both = Dataset(default=(A,), named=(B, C))
    assert [row["g"] for row in select(each_store, query, both)] == [f"<{B}>", f"<{C}>"]
    assert select(each_store, "SELECT ?o { ?s ?p ?o }", both) == [{"o": '"1"'}]
    assert select(each_store, "SELECT ?o { ?s ?p ?o }", Dataset(named=(B,))) == []
    assert not asked(each_store, "ASK { GRAPH ?g { ?s ?p ?o } }", Dataset(default=(A,)))


def test_from_and_from_named(each_store: Store) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's p "2"')])
    assert select(each_store, f"SELECT ?o FROM <{A}> {{ ?s ?p ?o }}") == [{"o": '"1"'}]
    assert select(each_store, f"SELECT ?g FROM NAMED <{B}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == [{"g": f"<{B}>"}]


# What is refused, and limits


def test_a_syntax_error_has_its_line_and_column(each_store: Store) -> None:
    with pytest.raises(QueryError) as caught:
        each_store.query("SELECT ?s\nWHERE {\n  ?s ?p\n}")
    assert (caught.value.line, caught.value.column) == (4, 2)  # after the bracket
    with pytest.raises(QueryError) as caught:
        each_store.write([Update("INSERT DATA {\n <http://example.org/s> 5 }")])
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "INSERT DATA { <http://example.org/s> <http://example.org/p> 1 }",
        "LOAD <http://127.0.0.1:9/>",
        "DROP ALL",
        "ASK { \\u0053ERVICE <http://127.0.0.1:9/> { } }",
    ],
)
def test_a_query_reads_and_stays_here(each_store: Store, query: str) -> None:
    each_store.write([put(A, 's p "1"')])
    with pytest.raises((QueryRefused, QueryError)):
        each_store.query(query)
    assert objects(each_store, A) == ['"1"']


@pytest.mark.parametrize("query", ["DEFINE get:soft 'soft' SELECT * { ?s ?p ?o }", "SELECT ?x ?x { }}", "", "\x00"])
def test_only_the_standard_is_a_query(each_store: Store, query: str) -> None:
    with pytest.raises(QueryError):
        each_store.query(query)


def test_an_answer_above_the_limit_is_an_error(each_store: Store) -> None:
    each_store.write([put(A, *(f's{n} p "{"x" * 100}"' for n in range(500)))])
    query = f"SELECT * {{ GRAPH <{A}> {{ ?s ?p ?o }} }}"
    with pytest.raises(AnswerTooLarge):
        each_store.query(query, limits=Limits(answer_bytes=10_000))
    with pytest.raises(AnswerTooLarge):
        each_store.graph(A, limits=Limits(answer_bytes=10_000))
    assert len(each_store.query(query).body) > 10_000


def test_a_runaway_query_ends_at_its_deadline_and_the_next_one_works(each_store: Store) -> None:
    each_store.write([put(A, *(f's{n} p "{n}"' for n in range(300)))])
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        each_store.query(RUNAWAY, limits=Limits(seconds=1.5))
    assert time.monotonic() - started < 2.5
    assert asked(each_store, f"ASK {{ GRAPH <{A}> {{ <{EX}s1> ?p ?o }} }}")


# Figures and copies


def test_the_state_counts(each_store: Store) -> None:
    before = each_store.state()
    assert (before.triples, dict(before.graphs)) == (0, {})
    receipt = each_store.write([put(A, 's p "1"', 's p "2"'), put(B, 's p "3"')])
    after = each_store.state()
    assert receipt.state == after
    assert after.number > before.number
    assert after.triples == 3
    assert {name: graph.triples for name, graph in after.graphs.items()} == {A: 2, B: 1}


def test_the_state_names_its_content(each_store: Store) -> None:
    first = each_store.write([put(A, 's p "1"')]).state
    second = each_store.write([put(A, 's p "2"')]).state
    assert first.sha256 != second.sha256
    assert second.modified >= first.modified != ""
    assert each_store.write([put(A, 's p "1"')]).state.sha256 == first.sha256


def test_what_was_dumped_fills_another_store(each_store: Store) -> None:
    blank = f'_:x <{EX}p> "1" .\n<{EX}s> <{EX}q> _:x .\n'.encode()
    each_store.write([PutGraph(A, blank), PutGraph(B, blank + nt('s p "ñ\\n\\"@es"@es')), put(None, 's p "0"')])
    output = io.BytesIO()
    each_store.dump(output)
    quads = list(ox.parse(output.getvalue(), ox.RdfFormat.N_QUADS))
    each_store.write([DropGraph(A), DropGraph(B), DropGraph(None)])
    assert each_store.state().triples == 0
    by_graph: dict[str, list[ox.Triple]] = {}
    for quad in quads:
        assert isinstance(quad.graph_name, ox.NamedNode)
        by_graph.setdefault(quad.graph_name.value, []).append(quad.triple)
    each_store.write(
        [PutGraph(g, ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"") for g, found in by_graph.items()]
    )
    assert {name: graph.triples for name, graph in each_store.state().graphs.items()} == {A: 2, B: 3, DEFAULT_GRAPH: 1}
    again = io.BytesIO()
    each_store.dump(again)
    assert canonical(again.getvalue()) == canonical(output.getvalue())


def test_a_backup_is_a_new_folder_with_everything(each_store: Store, tmp_path: Path) -> None:
    each_store.write([put(A, 's p "1"'), put(B, 's p "2"')])
    each_store.backup(tmp_path / "backup")
    quads = list(ox.parse(gzip.decompress((tmp_path / "backup" / "dump.nq.gz").read_bytes()), ox.RdfFormat.N_QUADS))
    assert {str(quad.graph_name) for quad in quads} == {f"<{A}>", f"<{B}>"}
    assert json.loads((tmp_path / "backup" / "backup.json").read_bytes())["triples"] == 2
    restored = restore(tmp_path / "backup", tmp_path / "restored")
    assert {name: graph.triples for name, graph in restored.graphs.items()} == {A: 1, B: 1}
    with pytest.raises(UsageError):
        each_store.backup(tmp_path / "backup")


def test_it_is_ready(each_store: Store) -> None:
    assert each_store.ready()


# Terms

TERMS = {
    "quotes": r'"a \"quoted\" \'word\' and \\ slash"',
    "closing": r'"} } ; DROP ALL # "',
    "lines": r'"one\ntwo\rthree\r\nfour\ttab"',
    "control": r'"bell \u0007 and del \u007F"',
    "tag in text": r'"\"@en"',
    "type in text": r'"\"^^<http://example.org/x>"',
    "markup": '"<script>alert(1)</script> &amp; &#x41; ]]>"',
    "emoji": '"👩‍🔬 innovación · clústeres · 中文 · עברית"',
    "composed": '"e\u0301 is not é"',
    "percent": '"100% of $1 {x} [y]"',
    "empty": '""',
    "spaces": '"  "',
    "Spanish": '"Clúster automotriz"@es',
    "region": '"Clúster"@es-mx',
    "date": f'"2024-02-29"^^<{XSD}date>',
    "instant": f'"2024-02-29T12:30:00Z"^^<{XSD}dateTime>',
    "year": f'"2024"^^<{XSD}gYear>',
    "decimal": f'"1234567.25"^^<{XSD}decimal>',
    "integer": f'"-42"^^<{XSD}integer>',
    "large integer": f'"9007199254740993"^^<{XSD}integer>',
    "true": f'"true"^^<{XSD}boolean>',
    "other type": '"x y"^^<http://example.org/type>',
    "IRI": "<http://example.org/ñandú?a=1&b=%20#frag'ment>",
}


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_a_term_comes_back_as_it_went_in(each_store: Store, term: str) -> None:
    ntriples = nt(f"s p {term}")
    wanted = str(next(iter(ox.parse(ntriples, ox.RdfFormat.N_TRIPLES))).object)
    each_store.write([PutGraph(A, ntriples), Update(f"INSERT DATA {{ GRAPH <{B}> {{ <{EX}s> <{EX}p> {wanted} }} }}")])
    for graph in (A, B):
        body = each_store.graph(graph)
        assert body is not None
        assert [str(quad.object) for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)] == [wanted]
        assert objects(each_store, graph) == [wanted]
    assert asked(each_store, f"ASK {{ GRAPH <{A}> {{ ?s ?p {wanted} }} }}")


def test_a_very_long_literal(each_store: Store) -> None:
    long = "“ñ” " * 100_000
    each_store.write([put(A, f's p "{long}"')])
    assert objects(each_store, A) == [f'"{long}"']


def test_values_that_are_equal_but_not_the_same_stay_apart(each_store: Store) -> None:
    given = [f's p "1"^^<{XSD}integer>', f's p "true"^^<{XSD}boolean>', f's p "1"^^<{XSD}decimal>', 's p "1"']
    each_store.write([put(A, *given)])
    assert len(objects(each_store, A)) == len(given)


def test_blank_nodes_join_within_a_graph_and_not_across_writes(each_store: Store) -> None:
    ntriples = f'_:x <{EX}p> "1" .\n<{EX}s> <{EX}q> _:x .\n'.encode()
    each_store.write([PutGraph(A, ntriples), PutGraph(B, ntriples)])
    each_store.write([AddToGraph(A, ntriples)])
    joined = f"SELECT ?b {{ GRAPH <{A}> {{ <{EX}s> <{EX}q> ?b . ?b <{EX}p> '1' }} }}"
    assert len({row["b"] for row in select(each_store, joined)}) == 2
    assert not asked(each_store, f"ASK {{ GRAPH <{A}> {{ ?s <{EX}q> ?b }} GRAPH <{B}> {{ ?t <{EX}q> ?b }} }}")
    each_store.write([Update(f"INSERT DATA {{ GRAPH <{C}> {{ <{EX}s> <{EX}q> [ <{EX}p> '2' ] }} }}")])
    assert asked(each_store, f"ASK {{ GRAPH <{C}> {{ <{EX}s> <{EX}q> [ <{EX}p> '2' ] }} }}")


def canonical(nquads: bytes) -> list[str]:
    """The lines, sorted, with blank nodes named by what is said of them."""
    found = ox.Dataset(ox.parse(nquads, ox.RdfFormat.N_QUADS))
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(str(quad) for quad in found)
