"""Whatever is sent to the SPARQL routes, the answer is an answer or a problem: never a 500, never a traceback, never a wait."""

from __future__ import annotations

import json
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .serving import QUERY, STORE, UPDATE

WORDS = [
    "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "*", "{", "}", "(", ")", "?s", "?p", "$o", "<x:a>", "<relative>", "a",
    "FILTER", "BIND", "AS", "OPTIONAL", "UNION", "MINUS", "GRAPH", "VALUES", "LIMIT", "OFFSET", "ORDER BY", "GROUP BY", "COUNT",
    "1", "1.0e400", "-0", "'é'", '"""', "'", "@en", "^^", "<<(", ")>>", "p*", "^", "/", "|", "!", ".", ";", ",", "#", "\\u0041",
    "SERVICE", "LOAD", "INSERT DATA", "DELETE WHERE", "FROM", "FROM NAMED", "PREFIX a: <x:>", "BASE <y:>", "a:b", "_:b", "[]",
    "REGEX(?s, '(a+)+$')", "REPLACE('a', '', 'b')", "SUBSTR('a', -9999999999)", "STRDT('x', <x:t>)", "IRI('\\u0000')", "1/0",
    "LATERAL", "EXISTS", "NOW()", "BNODE()", "\ufeff", "\x00", "\U0001f600",
]  # fmt: skip
KINDS = [
    "", "*/*", "text/turtle", "text/csv", "application/sparql-results+xml", "application/rdf+xml", "application/ld+json;q=0.5, */*;q=0",
    ";;;", "a/b/c", "text/*;q=x", "text/turtle; charset=utf-8", "*/turtle", "application/sparql-query; charset=\"", "=",
]  # fmt: skip
SENT = [
    "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded", "text/turtle", "application/ld+json",
    "application/rdf+xml", "multipart/form-data", "multipart/form-data; boundary=x", "", "text/plain", "application/n-triples",
]  # fmt: skip
PREFIXES = [
    "",
    "SELECT * { ",
    "ASK { ",
    "CONSTRUCT { ?s ?p ?o } WHERE { ",
    "INSERT { ?s ?p ?o } WHERE { ",
    "query=",
    "update=",
]
WELL = {200, 201, 204, 304, 400, 403, 404, 405, 406, 413, 415, 503, 504}


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "POST", "PUT", "HEAD", "DELETE"]),
    path=st.sampled_from(
        [QUERY, QUERY, QUERY + "/", UPDATE, STORE, STORE + "/x", STORE + "?default", STORE + "?graph=x:g"]
    ),
    sent=st.sampled_from(SENT),
    accept=st.sampled_from(KINDS),
    prefix=st.sampled_from(PREFIXES),
    words=st.lists(st.sampled_from(WORDS), max_size=12),
    closing=st.sampled_from(["", " }"]),
    noise=st.binary(max_size=4),
)
def test_any_request_is_answered(server, *, method, path, sent, accept, prefix, words, closing, noise):
    body = (prefix + " ".join(words) + closing).encode() + noise
    target = path
    if method in ("GET", "HEAD") and path.startswith(QUERY):
        target = f"{path}?query=" + "".join(f"%{byte:02X}" for byte in body)
        body = b""
    started = time.monotonic()
    reply = server.send(method, target, {"Content-Type": sent, "Accept": accept}, body)
    assert time.monotonic() - started < 25
    assert reply.status in WELL, (reply.status, reply.text)
    if reply.status >= 400 and method != "HEAD":
        assert reply.media_type == "application/problem+json"
        assert json.loads(reply.body)["status"] == reply.status
        assert "Traceback" not in reply.text
