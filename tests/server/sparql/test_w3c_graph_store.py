"""The W3C's tests of the SPARQL 1.1 Graph Store Protocol, and those that they supersede."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from .manifests import Case, Request, http_cases, parameters, require_suite, written_cases
from .results import same_graph, turtle
from .serving import STORE, serving

pytestmark = pytest.mark.w3c

CASES = http_cases("graph-store-protocol", "manifest-direct.ttl", "manifest-indirect.ttl")
SUPERSEDED = written_cases("http-rdf-update")
AUTHORITY = "www.example"
SECOND_PERSON = f"http://{AUTHORITY}{STORE}/person/2.ttl"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A server that goes by the name that the manifests give it."""
    with serving(tmp_path_factory.mktemp("store"), AUTHORITY) as served:
        yield served


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """What stands for $LOCATION$ and $NEWPATH$."""
    return {}


def test_the_suite_is_there():
    require_suite()
    assert len(CASES) == 13
    assert len(SUPERSEDED) == 18


@pytest.mark.parametrize("case", parameters("graph-store-protocol", CASES))
def test_case(store, case: Case, record_property):
    record_property("w3c", case.suite)
    store.update("DROP ALL")
    found: dict[str, str] = {}
    for request in case.requests:
        _run(store, request, _ours, found)


def test_the_second_person_is_there(store):
    """The superseded suite deletes a graph that none of its tests has made."""
    store.update("DROP ALL")
    store.put(SECOND_PERSON, "<> a <x:Person> .")


@pytest.mark.parametrize("case", parameters("http-rdf-update", SUPERSEDED))
def test_superseded(store, case: Case, known, record_property):
    """One request after the other: each rests on what those before it have done."""
    record_property("w3c", case.suite)
    _run(store, case.requests[0], _filled, known)


def _ours(text: str) -> str:
    return text.replace("/gsp", STORE).replace("%2Fgsp", quote(STORE, safe=""))


def _filled(text: str) -> str:
    filled = text.replace("$GRAPHSTORE$", STORE[1:]).replace("$HOST$", AUTHORITY)
    return f"/{filled}" if filled.startswith(STORE[1:]) else filled


def _run(store, request: Request, ours, found: dict[str, str]) -> None:
    def put_in(text: str) -> str:
        for name, value in found.items():
            text = text.replace(f"?graph={name}", f"?graph={quote(value, safe='')}").replace(name, value)
        return ours(text)

    target = put_in(request.target).removeprefix(f"http://{AUTHORITY}")
    reply = store.send(request.method, target, request.headers, put_in(request.body.decode()))
    assert reply.status in request.statuses, reply.text
    for name, value in request.reply_headers:
        assert reply.headers[name.lower()] == value
    if request.location:
        assert re.match(rf"http://{re.escape(AUTHORITY)}{STORE}/.+", reply.headers["location"])
        found[request.location] = reply.headers["location"]
    if request.reply_body is not None:
        assert same_graph(turtle(reply.body), turtle(put_in(request.reply_body))), reply.text
    if request.method == "HEAD":
        assert reply.body == b""
        assert reply.status != 200 or int(reply.headers["content-length"]) > 0
