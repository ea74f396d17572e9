"""The W3C's SPARQL 1.1 query tests, each through HTTP: data by the Graph Store Protocol, its dataset by the protocol's parameters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clusterkg.sparql_text import tokens

from .manifests import BASE, LEFT, QueryCase, iri_of, parameters, query_cases, require_suite
from .results import FORMATS, comma_separated, result_set, same_graph, same_rows, solutions, turtle

pytestmark = pytest.mark.w3c

SUITE = "query"
CASES = query_cases("manifest-sparql11-query.ttl", "manifest-sparql11-results.ttl")
TYPES = {".ttl": "text/turtle", ".rdf": "application/rdf+xml", ".nt": "application/n-triples"}
ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
ENGINE_REACHES = 217
"""Of 235, as measured on the engine itself."""


@pytest.fixture(scope="module")
def stored() -> set[Path]:
    """The files that the server has already."""
    return set()


def test_the_suite_is_there():
    require_suite()
    assert len(CASES) == 235
    assert len(CASES) - len(LEFT[SUITE]) >= ENGINE_REACHES


@pytest.mark.parametrize("case", parameters(SUITE, CASES))
def test_query(server, stored, case: QueryCase, record_property):
    record_property("w3c", SUITE)
    for path in {*case.default, *case.named} - stored:
        server.put(iri_of(path), path.read_bytes(), TYPES[path.suffix])
        stored.add(path)
    sparql = f"BASE <{iri_of(case.query)}>\n" + case.query.read_text(encoding="utf-8")
    dataset = {
        "default-graph-uri": [iri_of(path) for path in case.default] or [BASE + "nothing"],
        "named-graph-uri": [iri_of(path) for path in case.named],
    }
    if any(token.is_word("FROM") for token in tokens(sparql)):
        dataset = {}  # the query says itself what it is asked over
    tail = sparql.rpartition("}")[2]
    ordered = re.search(r"\border\s+by\b", tail, re.IGNORECASE) is not None
    asked = ACCEPT.get(case.result.suffix, "text/turtle, application/sparql-results+json")
    reply = server.ask(sparql, asked, **dataset)
    assert reply.status == 200, reply.text
    compare(reply, case.result, ordered)


def compare(reply, expected: Path, ordered: bool) -> None:
    if expected.suffix == ".csv":
        assert reply.media_type == "text/csv"
        found, wanted = comma_separated(reply.body), comma_separated(expected.read_bytes())
    elif expected.suffix in FORMATS:
        assert reply.media_type == ACCEPT[expected.suffix]
        kind = FORMATS[expected.suffix]
        found, wanted = solutions(reply.body, kind), solutions(expected.read_bytes(), kind)
    else:
        wanted = result_set(expected, iri_of(expected))
        if isinstance(wanted, list):
            assert reply.media_type == "text/turtle"
            assert same_graph(turtle(reply.body), wanted), reply.text
            return
        found = solutions(reply.body, FORMATS[".srj"])
    if isinstance(wanted, bool):
        assert found is wanted
        return
    assert sorted(found[0]) == sorted(wanted[0])
    assert same_rows(found[1], wanted[1], ordered=ordered), reply.text
