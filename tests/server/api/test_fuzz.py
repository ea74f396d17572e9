"""Whatever is sent to /api/diagnose and /sparql: an answer or a problem document, in time, and never a word of what is inside.

CLUSTERKG_FUZZ=20 tries twenty times as much, and other things each time.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterkg.conversion import convert
from clusterkg.reading import parse_quads
from clusterkg.server.api.media import FORMS, SENT_TYPES
from clusterkg.server.api.models import Problem
from clusterkg.store import EmbeddedStore, StoreSettings

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 4.0
SLACK = 4.0  # for a process that has to be started anew
INSIDE = ("Traceback", 'File "', "site-packages", str(ROOT), "clusterkg.errors", "pyoxigraph.")
KNOWN = {200, 304, 307, 400, 403, 404, 406, 413, 415, 422, 503, 504}

TIMES = int(os.environ.get("CLUSTERKG_FUZZ", "1"))


def tries(examples: int) -> settings:
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )


@pytest.fixture(scope="module")
def client(serving, shipped_folder):
    store = EmbeddedStore(shipped_folder, StoreSettings(query_seconds=SECONDS), read_only=True)
    with serving(store, upload_size=1, diagnosis_seconds=SECONDS) as found:
        found.post("/api/diagnose", content=b"a: b")  # the processes are started
        found.get("/sparql?query=ASK%7B%7D")
        yield found


def well_answered(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    started = time.monotonic()
    answer = client.send(request)
    assert time.monotonic() - started < SECONDS + SLACK
    assert answer.status_code in KNOWN, (answer.status_code, answer.text[:500])
    if answer.status_code >= 400:
        if answer.headers["content-type"].startswith("text/html"):  # for those who would rather read a page
            assert "text/" in request.headers["accept"]
        else:
            assert answer.headers["content-type"] == "application/problem+json"
            assert Problem.model_validate_json(answer.content).status == answer.status_code
        assert not [word for word in INSIDE if word in answer.text]
    return answer


VALID = {
    form: convert(parse_quads(ROOT / "data/illustrations/te-07.yaml"), form)
    for form in ("turtle", "trig", "ntriples", "nquads", "rdfxml", "jsonld", "json", "yaml")
} | {"source": (ROOT / "data/illustrations/te-07.yaml").read_bytes()}
PIECES = [
    *(
        b"",
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"\\uD800",
        b"{",
        b"}",
        b"[",
        b"]",
        b"<",
        b">",
        b'"',
        b"'''",
        b"&a",
        b"*a",
        b"<<",
        b"#",
    ),
    *(
        b"!!python/object:os.system",
        b"@context",
        b"http://localhost:1/x",
        b"file:///etc/passwd",
        b"_:b0",
        b": ",
        b"\n",
        b"\t",
        b"&x;",
    ),
    *(
        b"9" * 400,
        b"-1e400",
        b"NaN",
        b"2021-02-31",
        b"\xe2\x80\xae",
        b"\xc2\x85",
        "á".encode(),
        b"%s%n",
        b"${jndi:x}",
        b"$this",
        b"{?value}",
    ),
    *(
        b"ckg:membership",
        b"membership",
        b"type",
        b"id",
        b"described",
        b"assesses",
        b"serves",
        b"@prefix : <> .",
        b"@base <http://a> .",
    ),
    *(b"[" * 500, b"{a: " * 200, b"<a>" * 300, b"<!DOCTYPE x [<!ENTITY a 'b'>]>"),
]
TYPES = st.sampled_from([*SENT_TYPES, "", "multipart/form-data; boundary=x"]) | st.text(max_size=40)
ACCEPTS = st.sampled_from([*FORMS, "*/*", "text/*", "image/png", "application/json;q=0, */*"]) | st.text(max_size=40)
PARAMETERS = st.dictionaries(
    st.sampled_from(["profile", "as-of", "lang", "x"]),
    st.sampled_from(["ten-errors", "pentagon", "programme/eccp", "2021", "2030-01-01", "9999", "0001", "es", "en"])
    | st.text(max_size=20),
    max_size=3,
)


@st.composite
def mutated(draw, valid) -> bytes:
    """A valid text with some of it cut out, doubled, or replaced."""
    text = draw(st.sampled_from(valid))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 200)))
        put = draw(st.sampled_from([*PIECES, text[start:end] * 2]) | st.binary(max_size=12))
        text = text[:start] + put + text[end:]
    return text


def _headers(**given: str) -> dict[str, bytes]:
    """Headers as a hostile client sends them: any octets but those that no server lets through."""
    return {
        name.replace("_", "-"): value.encode("utf-8", "replace").translate(None, b"\r\n\x00")
        for name, value in given.items()
    }


@tries(60)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
       content_type=TYPES, accept=ACCEPTS, parameters=PARAMETERS)  # fmt: skip
def test_any_bytes_of_any_type(client, content, content_type, accept, parameters):
    headers = _headers(content_type=content_type, accept=accept)
    well_answered(
        client, client.build_request("POST", "/api/diagnose", content=content, headers=headers, params=parameters)
    )


@tries(200)
@given(
    content=mutated(list(VALID.values())),
    as_of=st.sampled_from([{}, {"as-of": "2030"}, {"as-of": "1990"}]),
    form=st.sampled_from(list(FORMS)),
)
def test_valid_descriptions_with_mistakes(client, content, as_of, form):
    well_answered(
        client, client.build_request("POST", "/api/diagnose", content=content, headers={"accept": form}, params=as_of)
    )


FORM = (
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.yaml"\r\n\r\n' + VALID["source"] + b"\r\n--x--\r\n"
)


@tries(60)
@given(content=mutated([FORM]), name=st.text(max_size=30))
def test_forms_with_mistakes(client, content, name):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    well_answered(client, client.build_request("POST", "/api/diagnose", content=content, headers=headers))
    sent = {"file": (name, VALID["source"])}
    answer = well_answered(client, client.build_request("POST", "/api/diagnose", files=sent))
    if answer.status_code == 200:
        (path,) = [one["path"] for one in answer.json()["inputs"]]
        assert not set("/\\\n\r\x00") & set(path)


QUERIES = [path.read_bytes() for path in sorted((ROOT / "queries").glob("*.rq"))]
# fmt: off
WORDS = st.sampled_from([
    "SELECT", "*", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "{", "}", "?s", "?p", "?o", ".", "FILTER", "(", ")", "UNION", "OPTIONAL",
    "SERVICE", "<http://localhost:1/>", "GRAPH", "BIND", "AS", "VALUES", "GROUP BY", "ORDER BY", "LIMIT", "10", "a", "ckg:Cluster",
    "ckg:x*", "/", "|", "^", '"x"@es', "1e999", "COUNT(*)", "REGEX", "MINUS", "PREFIX : <>", "INSERT DATA", "LOAD", "FROM", "NOT EXISTS",
    "REPLACE", "\\u0000", "#",
])
# fmt: on


@tries(120)
@given(
    query=st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=100),
    accept=ACCEPTS,
    way=st.sampled_from(["get", "form", "direct"]),
)
def test_any_query(client, query, accept, way):
    well_answered(client, _asked(client, query.encode("utf-8", "replace"), accept, way))


@tries(120)
@given(
    query=mutated(QUERIES),
    accept=st.sampled_from(["*/*", "text/csv", "text/turtle"]),
    way=st.sampled_from(["get", "form", "direct"]),
)
def test_shipped_queries_with_mistakes(client, query, accept, way):
    well_answered(client, _asked(client, query, accept, way))


SPARQL_TYPES = TYPES | st.sampled_from(["application/sparql-query", "application/x-www-form-urlencoded"])
SPARQL_NAMES = st.sampled_from(["query", "default-graph-uri", "named-graph-uri", "update", "x"])


@tries(60)
@given(
    content=st.binary(max_size=200),
    content_type=SPARQL_TYPES,
    query=st.dictionaries(SPARQL_NAMES, st.text(max_size=30), max_size=3),
)
def test_any_post_to_sparql(client, content, content_type, query):
    headers = _headers(content_type=content_type)
    well_answered(client, client.build_request("POST", "/sparql", content=content, headers=headers, params=query))


@pytest.mark.parametrize(
    "path", ["/api/clusters/{}", "/api/clusters/{}/diagnosis", "/api/clusters?q={}", "/api/portfolio?country={}"]
)
@tries(60)
@given(text=st.text(max_size=60))
def test_any_name_in_the_address(client, path, text):
    quoted = quote(text.encode("utf-8", "replace"), safe="")
    answer = well_answered(client, client.build_request("GET", path.format(quoted)))
    assert answer.status_code != 503, answer.text


def _asked(client: httpx.Client, query: bytes, accept: str, way: str) -> httpx.Request:
    headers = _headers(accept=accept)
    if way == "get":
        return client.build_request(
            "GET", "/sparql", params={"query": query.decode("utf-8", "replace")}, headers=headers
        )
    if way == "form":
        return client.build_request(
            "POST", "/sparql", data={"query": query.decode("utf-8", "replace")}, headers=headers
        )
    headers["content-type"] = b"application/sparql-query"
    return client.build_request("POST", "/sparql", content=query, headers=headers)
