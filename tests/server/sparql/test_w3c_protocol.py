"""The W3C's tests of the SPARQL 1.1 Protocol, request by request as the manifest writes them."""

from __future__ import annotations

import json

import pytest

from .manifests import Case, Request, http_cases, parameters, require_suite
from .results import FORMATS, solutions
from .serving import QUERY, UPDATE

pytestmark = pytest.mark.w3c

SUITE = "protocol"
CASES = http_cases(SUITE, "manifest.ttl")
TABULAR = ("application/sparql-results+xml", "application/sparql-results+json", "text/csv", "text/tab-separated-values")
RDF = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
EXACTLY = {
    "bad_query_method": 405,
    "bad_multiple_queries": 400,
    "bad_query_wrong_media_type": 415,
    "bad_query_missing_form_type": 415,
    "bad_query_missing_direct_type": 415,
    "bad_query_non_utf8": 400,
    "bad_query_syntax": 400,
    "bad_update_get": 405,
    "bad_multiple_updates": 400,
    "bad_update_wrong_media_type": 415,
    "bad_update_missing_form_type": 415,
    "bad_update_non_utf8": 400,
    "bad_update_syntax": 400,
    "bad_update_dataset_conflict": 400,
}
"""The manifest is content with any 4xx; these are the ones that say what is wrong."""


def test_the_suite_is_there():
    require_suite()
    assert len(CASES) == 34
    assert set(EXACTLY) == {name for name in CASES if name.startswith("bad_")}


@pytest.mark.parametrize("case", parameters(SUITE, CASES))
def test_case(server, case: Case, record_property):
    record_property("w3c", SUITE)
    for iri, path in case.graphs:
        server.put(iri, path.read_bytes(), "application/n-triples")
    for request in case.requests:
        target = request.target.replace("/sparql/", _endpoint(case, request) + "/", 1)
        reply = server.send(request.method, target, request.headers, request.body)
        assert reply.status in request.statuses, reply.text
        assert reply.status == EXACTLY.get(case.name, reply.status)
        if request.format:
            _check(reply, request)


def _endpoint(case: Case, request: Request) -> str:
    """The manifest has one address for both; here queries and updates have one each."""
    of_updates = "update" in case.name and request.headers.get("content-type") != "application/sparql-query"
    return UPDATE if of_updates else QUERY


def _check(reply, request: Request) -> None:
    if request.format == "RDF":
        assert reply.media_type in RDF
    elif request.format == "tabular":
        assert reply.media_type in TABULAR
        assert solutions(reply.body, FORMATS[".srj"])[1]
    else:
        assert reply.media_type in TABULAR[:2]
        assert json.loads(reply.body)["boolean"] is request.boolean or request.boolean is None
