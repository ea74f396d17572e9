"""A service that misbehaves, or that nobody may see the credentials of."""

from __future__ import annotations

import logging
import time

import pytest

from clusterkg.errors import (
    AnswerTooLarge,
    ClusterkgError,
    DeadlineExceeded,
    QueryError,
    StoreUnavailable,
    UsageError,
    format_error,
)
from clusterkg.sparql_names import standalone
from clusterkg.store import open_store
from clusterkg.store.base import PutGraph, Update
from clusterkg.store.dialects import OXIGRAPH, STANDARD, VIRTUOSO
from clusterkg.store.http import Credentials
from clusterkg.store.remote import RemoteStore
from clusterkg.store.remote_settings import RemoteSettings, from_environment
from clusterkg.store.remote_updates import in_own_graph

from .scripted import http, scripted
from .services import free_port

SECRET = "s3cr3t-w0rd"
ROWS = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://e/s"}}]}}'
SELECT = "SELECT ?s { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
NT = b"<http://e/s> <http://e/p> <http://e/o> .\n" * 3


def ask(address: str, query: str = SELECT, **options):
    """The answer of a service at that address, whose dialect is known."""
    options = {"engine": STANDARD, "query_seconds": 5.0, "credentials": Credentials("basic", "ana", SECRET)} | options
    store = RemoteStore(RemoteSettings(address, address, **options))
    try:
        return store.query(query)
    finally:
        store.close()


def failure(
    kind: type[ClusterkgError], *pieces: bytes, query: str = SELECT, pause: float = 0.0, **options
) -> ClusterkgError:
    with scripted(*pieces, pause=pause) as service, pytest.raises(kind) as caught:
        ask(service.address, query, **options)
    assert type(caught.value) is kind
    return caught.value


def test_a_whole_answer_is_given_on() -> None:
    with scripted(http(ROWS)) as service:
        assert b"http://e/s" in ask(service.address).body
    assert b"Authorization: Basic" in service.asked[0]
    assert b"query=SELECT" in service.asked[0]


@pytest.mark.parametrize(
    ("pieces", "query"),
    [
        ([http(ROWS[:-20], length=len(ROWS))], SELECT),
        ([http(ROWS[:-20])], SELECT),
        ([http(ROWS[:-20], length=-1)], SELECT),
        ([http(b"", length=-1, Transfer_Encoding="chunked") + b"5\r\n{\"hea"], SELECT),
        ([http(NT, kind="application/n-triples", length=len(NT) + 50)], CONSTRUCT),
        ([http(NT, kind="application/n-triples", length=-1)], CONSTRUCT),
        ([http(NT[:-10], kind="application/n-triples")], CONSTRUCT),
        ([http(b"<html>Log in</html>", kind="text/html")], SELECT),
        ([http(b"<html>Log in</html>", kind="text/html")], CONSTRUCT),
        ([http(b"s\r\nhttp://e/s\r\n", kind="text/csv")], SELECT),
        ([http(b"", status="404 Not Found")], SELECT),
        ([http(b"", status="500 Oops")], SELECT),
        ([http(b"", status="503 Later")], SELECT),
        ([http(b"", status="302 Found", Location="http://127.0.0.1:9/")], SELECT),
        ([b"SSH-2.0-OpenSSH\r\n"], SELECT),
        ([b""], SELECT),
    ],
    ids=["cut", "cut-json", "cut-unbounded", "cut-chunked", "cut-lines", "unbounded-lines", "cut-line", "html", "html-graph",
         "csv", "404", "500", "503", "redirect", "ssh", "nothing"],
)  # fmt: skip
def test_what_is_no_whole_answer_is_an_error(pieces: list[bytes], query: str) -> None:
    error = failure(StoreUnavailable, *pieces, query=query)
    assert set(error.message) == {"es", "en"}


@pytest.mark.parametrize("status", ["401 Who", "403 No"])
def test_a_credential_that_is_refused(status: str) -> None:
    assert "CLUSTERKG_STORE_USER" in (failure(StoreUnavailable, http(b"", status=status)).hint or {})["es"]


def test_a_service_that_nobody_runs() -> None:
    with pytest.raises(StoreUnavailable):
        ask(f"http://127.0.0.1:{free_port()}/sparql")


@pytest.mark.parametrize(
    ("pieces", "pause"),
    [
        ([b""] * 20, 0.1),
        ([bytes([byte]) for byte in http(ROWS)], 0.1),
        ([http(b"", length=1000), *[b" "] * 20], 0.1),
    ],
    ids=["silent", "head byte by byte", "body byte by byte"],
)
def test_the_deadline_is_that_of_the_whole(pieces: list[bytes], pause: float) -> None:
    started = time.monotonic()
    store_seconds = 1.0
    with scripted(*pieces, pause=pause) as service:
        store = RemoteStore(RemoteSettings(service.address, engine=STANDARD, query_seconds=store_seconds))
        with pytest.raises(DeadlineExceeded):
            store._service.ask(SELECT, "bindings")
        assert time.monotonic() - started < store_seconds + 0.8
        store.close()


def test_an_answer_above_the_limit_is_not_received() -> None:
    failure(AnswerTooLarge, http(b'{"head":{"vars":[]}' + b" " * 100_000), answer_bytes=1000)


@pytest.mark.parametrize(
    ("kind", "headers"),
    [(DeadlineExceeded, {"X_SQL_State": "S1TAT"}), (AnswerTooLarge, {"X_SPARQL_MaxRows": "10000"})],
)
def test_answers_that_virtuoso_cut_off_are_errors(kind: type[ClusterkgError], headers: dict[str, str]) -> None:
    failure(kind, http(ROWS, **headers), engine=VIRTUOSO)


def test_a_partial_answer_is_an_error() -> None:
    failure(DeadlineExceeded, http(ROWS, status="206 Partial Content"))


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Error"])
def test_what_the_service_says_of_a_query_is_told(status: str) -> None:
    said = b"Virtuoso 37000 Error SP031: SPARQL compiler, line 7: no such thing\n\nSPARQL query:\n" + SELECT.encode()
    error = failure(QueryError, http(said, status=status, kind="text/plain"), engine=VIRTUOSO)
    assert (error.line, "no such thing" in error.message["es"], "SELECT" in error.message["en"]) == (7, True, False)


def test_virtuoso_says_when_time_ran_out() -> None:
    failure(
        DeadlineExceeded, http(b"Virtuoso S1T00 Error SR171: Transaction timed out", status="500 E"), engine=VIRTUOSO
    )


# Credentials


@pytest.mark.parametrize("scheme", ["basic", "bearer", "digest"])
def test_no_credential_goes_to_another_host(scheme: str) -> None:
    with scripted(http(ROWS)) as other:
        moved = http(b"", status="307 Moved", Location=other.address)
        failure(StoreUnavailable, moved, credentials=Credentials(scheme, "ana", SECRET))
    assert other.asked == []


@pytest.mark.parametrize(
    "answer", [http(b"", status="401 Who"), http(b"", status="500 E"), http(b"<html>", kind="text/html"), b"x"]
)
def test_no_credential_is_shown(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    credentials = Credentials("bearer", "ana", SECRET)
    error = failure(StoreUnavailable, answer, credentials=credentials)
    shown = [repr(credentials), repr(RemoteSettings("http://e/", credentials=credentials)), repr(error), caplog.text]
    shown += [format_error(error, language) for language in ("es", "en")]
    assert SECRET not in " ".join(shown)


@pytest.mark.parametrize(
    "address", [f"http://ana:{SECRET}@localhost/sparql", f"http://{SECRET}:x/", f"ftp://{SECRET}/", "http://"]
)
def test_an_address_that_cannot_be_used_is_not_repeated(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        from_environment(address, {})
    assert SECRET not in format_error(caught.value, "en")


def test_the_environment_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    found = from_environment("http://h/sparql", {"CLUSTERKG_STORE_USER": "ana", "CLUSTERKG_STORE_PASSWORD": SECRET})
    assert (found.credentials, found.update) == (Credentials("basic", "ana", SECRET), "http://h/sparql")
    assert from_environment("http://h/query", {"CLUSTERKG_STORE_TOKEN": SECRET}).credentials == Credentials(
        "bearer", "", SECRET
    )
    digest = {
        "CLUSTERKG_STORE_AUTH": "digest",
        "CLUSTERKG_STORE_USER": "ana",
        "CLUSTERKG_STORE_UPDATE": "http://h/sparql-auth",
    }
    assert from_environment("http://h/sparql", digest).update == "http://h/sparql-auth"
    assert from_environment("http://h/x", {}).update is None
    assert from_environment("http://h/query", {}).update == "http://h/update"
    assert from_environment("http://h/repositories/r", {}).update == "http://h/repositories/r/statements"
    assert from_environment("http://h/x", {"CLUSTERKG_STORE_ENGINE": "virtuoso"}).engine is VIRTUOSO
    for wrong in (
        {"CLUSTERKG_STORE_AUTH": "magic"},
        {"CLUSTERKG_STORE_AUTH": "bearer"},
        {"CLUSTERKG_STORE_ENGINE": "x"},
    ):
        with pytest.raises(UsageError):
            from_environment("http://h/sparql", wrong)


def test_a_store_of_which_only_the_query_address_is_known_is_read_only() -> None:
    store = open_store("http://127.0.0.1:9/somewhere")
    with pytest.raises(UsageError):
        store.write([PutGraph("http://e/g", b"")])
    store.close()
    closed = open_store("http://127.0.0.1:9/query", read_only=True)
    with pytest.raises(UsageError):
        closed.write([Update("CLEAR ALL")])
    closed.close()
    closed.close()


# Updates as text

OWN = "GRAPH <https://w3id.org/clusterkg/graph/default>"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("INSERT DATA { <a> <b> 1 }", f"INSERT DATA {{ {OWN} {{ <a> <b> 1 }} }}"),
        ("DELETE DATA { GRAPH <g> { <a> <b> 1 } . <c> <d> '}' }",
         f"DELETE DATA {{ GRAPH <g> {{ <a> <b> 1 }} . {OWN} {{ <c> <d> '}}' }} }}"),
        ("INSERT { ?s ?p [] } WHERE { { ?s ?p ?o } }", f"INSERT {{ {OWN} {{ ?s ?p [] }} }} WHERE {{ {{ ?s ?p ?o }} }}"),
        ("DELETE WHERE { ?s ?p ?o }", f"DELETE {{ {OWN} {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"),
        ("WITH <g> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", "WITH <g> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }"),
        ("WITH <g> DELETE { ?s ?p 1 } WHERE {}; INSERT DATA { <a> <b> 2 }",
         f"WITH <g> DELETE {{ ?s ?p 1 }} WHERE {{}}; INSERT DATA {{ {OWN} {{ <a> <b> 2 }} }}"),
        ("CLEAR DEFAULT; DROP GRAPH <g>", f"CLEAR SILENT {OWN}; DROP GRAPH <g>"),
        ("INSERT DATA { GRAPH <g> { <a> <b> 1 # }\n } # }\n }", "INSERT DATA { GRAPH <g> { <a> <b> 1 # }\n } }"),
    ],
)  # fmt: skip
def test_what_is_done_to_the_default_graph_is_done_to_its_own(given: str, made: str) -> None:
    assert in_own_graph(given, STANDARD).split() == made.split()


def test_virtuoso_gets_blank_nodes_and_drops_in_its_own_way() -> None:
    assert in_own_graph("INSERT DATA { GRAPH <g> { <a> <b> _:x } }", VIRTUOSO).split()[0:2] == ["INSERT", "{"]
    assert in_own_graph("DROP GRAPH <g>", VIRTUOSO) == "CLEAR GRAPH <g>"
    assert in_own_graph("DROP GRAPH <g>", OXIGRAPH) == "DROP GRAPH <g>"


def test_names_are_written_out() -> None:
    given = "BASE <http://x/y/> PREFIX : <z#> PREFIX e: <http://e/> INSERT DATA { :a e:b\\(c 'e:x' . <up> a ckg:X, <http://o/p> }"
    made = "INSERT DATA { <http://x/y/z#a> <http://e/b(c> 'e:x' . <http://x/y/up> a <https://w3id.org/clusterkg/ontology#X>, <http://o/p> }"
    assert standalone(given, None).split() == made.split()
