"""The W3C's SPARQL 1.1 tests of query syntax, each through HTTP: what is a query is answered, what is none is a problem with a place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .manifests import parameters, require_suite, syntax_cases

pytestmark = pytest.mark.w3c

SUITE = "query-syntax"
CASES = syntax_cases("manifest-sparql11-query.ttl")


def test_the_suite_is_there():
    require_suite()
    assert len(CASES) > 90


@pytest.mark.parametrize("case", parameters(SUITE, CASES))
def test_query(server, case: tuple[Path, bool], record_property):
    record_property("w3c", SUITE)
    path, good = case
    reply = server.ask(path.read_text(encoding="utf-8"))
    assert reply.status == (200 if good else 400), reply.text
    if not good:
        assert json.loads(reply.body)["line"] >= 1
