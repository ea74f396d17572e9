"""What HTTP promises: status, redirects, negotiation, validators, links, paging."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable

import httpx
import pyoxigraph as ox
import pytest

from clusterkg.namespaces import ROOT
from clusterkg.server.linked_data.neighbourhood import DIRECT, INCOMING

TYPES = {
    "text/html": "html",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
DOCUMENTS = (
    "ontology",
    "now",
    "graph",
    "graph/vocabulary",
    "shapes",
    "queries",
    "catalog",
    ".well-known/void",
    "id",
    "id/cluster",
    "problem/query",
)
THINGS = ("id/cluster/health-valley", "rule/TE-07-1", "id/error/TE-07", "id/source/medellin")


@pytest.mark.parametrize("path", THINGS)
@pytest.mark.parametrize(
    ("accept", "ending"), [*TYPES.items(), (BROWSER, "html"), ("*/*", "html"), ("application/json", "jsonld")]
)
def test_a_thing_is_no_document(shipped: httpx.Client, path: str, accept: str, ending: str):
    answer = shipped.get(f"/{path}", headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{path}.{ending}"
    assert {"Accept", "Accept-Language"} <= {word.strip() for word in answer.headers["vary"].split(",")}
    document = shipped.get(answer.headers["location"])
    assert document.status_code == 200
    assert TYPES[document.headers["content-type"].partition(";")[0]] == ending
    assert f'<{ROOT}{path}>; rel="describes"' in document.headers["link"]


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize(("accept", "ending"), TYPES.items())
def test_a_document_answers_for_itself(shipped: httpx.Client, path: str, accept: str, ending: str):
    answer = shipped.get(f"/{path}", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-location"] == f"/{path}.{ending}"
    assert answer.headers["content-type"].partition(";")[0] == accept
    by_ending = shipped.get(f"/{path}.{ending}", headers={"Accept": "image/png"})
    assert by_ending.status_code == 200
    if ending != "html":
        assert by_ending.content == answer.content


def test_quality_values_decide(shipped: httpx.Client):
    answer = shipped.get(
        "/rule/TE-07-1", headers={"Accept": "text/html;q=0.5, text/turtle;q=0.9, application/ld+json;q=0"}
    )
    assert answer.headers["location"].endswith(".ttl")


def test_nothing_acceptable(shipped: httpx.Client):
    for path in ("/rule/TE-07-1", "/ontology", "/queries/verdicts", "/catalog"):
        answer = shipped.get(path, headers={"Accept": "image/png"})
        assert answer.status_code == 406
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    "path",
    [
        "/id/cluster/nowhere",
        "/id/nothing",
        "/id/cluster/",
        "/id/cluster/nowhere.ttl",
        "/rule/TE-99-9",
        "/graph/nowhere",
        "/ontology/term/Nothing",
        "/ontology/nothing",
        "/shapes/nothing",
        "/queries/nothing",
        "/problem/nothing",
        "/schema/nothing",
        "/dump/nothing",
        "/static/linked-data/style-0.css",
        "/.well-known/genid/nothing-1",
        "/id/a%20b/c",
        "/id/cluster/%3Cscript%3E",
        "/id/cluster/health-valley.html?page=2",
        "/id/cluster/health-valley.html?page=0",
        "/id/cluster/health-valley.html?page=x",
        "/id/cluster?page=99",
        "/graph/vocabulary?page=99999",
        "/rule/" + "x" * 3000,
    ],
)
def test_unknown(shipped: httpx.Client, path: str):
    answer = shipped.get(path)
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_only_reading(shipped: httpx.Client):
    for path in ("/id/cluster/health-valley", "/ontology", "/"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert shipped.request(method, path).status_code == 405


@pytest.mark.parametrize(
    "path", ["/id/cluster/health-valley.ttl", "/rule/TE-07-1", "/ontology", "/", "/context.jsonld"]
)
def test_head(shipped: httpx.Client, path: str):
    answer, whole = shipped.head(path), shipped.get(path)
    assert answer.status_code == whole.status_code
    for name in ("content-type", "etag", "link", "location"):
        assert answer.headers.get(name) == whole.headers.get(name)


CONDITIONAL = (
    "/id/cluster/health-valley.html",
    "/id/cluster/health-valley.ttl",
    "/ontology",
    "/graph/vocabulary.nt",
    "/catalog",
    "/id/cluster",
    "/queries/verdicts.csv",
    "/context.jsonld",
    "/schema/diagnosis.schema.json",
    "/dump/clusterkg.nq.gz",
    "/",
)


@pytest.mark.parametrize("path", CONDITIONAL)
def test_what_the_reader_has_is_not_sent_again(shipped: httpx.Client, path: str):
    first = shipped.head(path)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
    for given in ({"If-None-Match": etag}, {"If-None-Match": f'"x", W/{etag}'}, {"If-Modified-Since": modified}):
        again = shipped.get(path, headers=given)
        assert again.status_code == 304
        assert not again.content
        assert again.headers["etag"] == etag
    for given in (
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
    ):
        assert shipped.head(path, headers=given).status_code == 200


def test_representations_have_their_own_etags(shipped: httpx.Client):
    path = "/id/cluster/health-valley"
    found = [shipped.get(f"{path}.{ending}").headers["etag"] for ending in TYPES.values()]
    found += [shipped.get(f"{path}.html", headers={"Accept-Language": code}).headers["etag"] for code in ("es",)]
    found += [shipped.get("/id/source/medellin.ttl?page=2").headers["etag"]]
    assert len(set(found)) == len(found)


def test_a_write_changes_the_etag(small: Callable[[dict[str, str]], httpx.Client]):
    client = small({"https://example.org/g": f"<{ROOT}id/thing/a> <http://example.org/p> 1 ."})
    before = client.get("/id/thing/a.ttl")
    from clusterkg.store.base import AddToGraph

    client.store.write(
        [AddToGraph("https://example.org/g", f'<{ROOT}id/thing/a> <http://example.org/p> "2" .\n'.encode())]
    )
    after = client.get("/id/thing/a.ttl", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert '"2"' in after.text
    assert client.get("/id/thing.ttl").status_code == 404  # it has no type, and is no thing of a kind


def test_links(shipped: httpx.Client):
    answer = shipped.get("/id/cluster/health-valley.ttl")
    links = answer.headers["link"]
    for ending in ("html", "jsonld", "nt", "rdf"):
        assert f'</id/cluster/health-valley.{ending}>; rel="alternate"' in links
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links
    assert '</id/cluster>; rel="collection"' in links
    redirect = shipped.get("/id/cluster/health-valley").headers["link"]
    assert '</id/cluster/health-valley.ttl>; rel="describedby"; type="text/turtle"' in redirect
    assert "apache.org" in shipped.get("/schema/diagnosis.schema.json").headers["link"]


def test_long_neighbourhoods_are_paged(shipped: httpx.Client):
    """Every statement that points at a document is on one of its pages, and on one only."""
    iri, path, found, pages = f"{ROOT}id/source/medellin", "/id/source/medellin.nt", [], 0
    while path:
        answer = shipped.get(path)
        assert answer.status_code == 200
        incoming = [
            line for line in answer.text.splitlines() if line.endswith(f"<{iri}> .") and "primaryTopic" not in line
        ]
        assert len(incoming) <= INCOMING + DIRECT
        found += [line for line in incoming if "genid" not in line]
        pages += 1
        following = re.search(r'<([^>]*)>; rel="next"', answer.headers["link"])
        path = following[1] if following else ""
        assert pages < 50
    assert pages > 1
    query = f"CONSTRUCT {{ ?s ?p <{iri}> }} WHERE {{ ?s ?p <{iri}> FILTER(!isBlank(?s)) }}"
    held = shipped.store.query(query).body.decode().splitlines()
    held = [line for line in held if "genid" not in line]
    assert len(held) > INCOMING
    assert set(held) <= set(found)


def test_long_descriptions_are_paged(small: Callable[[dict[str, str]], httpx.Client]):
    iri, count = f"{ROOT}id/thing/long", 2 * DIRECT + 7
    client = small(
        {"https://example.org/g": "".join(f'<{iri}> <http://example.org/p> "{n:05d}" .' for n in range(count))}
    )
    found = []
    for page in (1, 2, 3):
        answer = client.get(f"/id/thing/long.nt?page={page}")
        found += re.findall(r'"(\d{5})"', answer.text)
        assert ('rel="next"' in answer.headers["link"]) == (page < 3)
        assert ('rel="prev"' in answer.headers["link"]) == (page > 1)
    assert sorted(found) == [f"{n:05d}" for n in range(count)]
    assert client.get("/id/thing/long.nt?page=4").status_code == 404
    assert "hydra/core#next" in client.get("/id/thing/long.nt").text
    html = client.get("/id/thing/long.html").text
    assert html.count('rel="next"') == 3
    assert client.get("/id/thing/long?page=2").headers["location"] == "/id/thing/long.html?page=2"


def test_iris_beyond_ascii(small: Callable[[dict[str, str]], httpx.Client]):
    accented = f'<{ROOT}id/lugar/medellín> <http://example.org/p> "1" .'
    escaped = f'<{ROOT}id/lugar/a%20b> <http://example.org/p> "2" .'
    client = small({"https://example.org/g": accented + escaped})
    answer = client.get("/id/lugar/medellín", headers={"Accept": "text/turtle"})
    assert answer.status_code == 303
    assert answer.headers["location"].isascii()
    assert '"1"' in client.get(answer.headers["location"]).text
    assert '"2"' in client.get("/id/lugar/a%20b.ttl").text


def test_dumps_hold_everything(shipped: httpx.Client):
    state = shipped.store.state()
    sizes = {}
    for name, format in (("clusterkg.nq.gz", ox.RdfFormat.N_QUADS), ("clusterkg.trig.gz", ox.RdfFormat.TRIG)):
        answer = shipped.get(f"/dump/{name}")
        assert answer.headers["content-type"] == "application/gzip"
        assert 'rel="license"' in answer.headers["link"]
        quads = list(ox.parse(io.BytesIO(gzip.decompress(answer.content)), format=format))
        sizes[name] = len(quads)
        assert all(isinstance(quad.graph_name, ox.NamedNode) for quad in quads)
    assert set(sizes.values()) == {sum(graph.triples for graph in state.graphs.values())}
    part = shipped.get("/dump/clusterkg.nq.gz", headers={"Range": "bytes=0-9"})
    assert part.status_code == 206
    assert len(part.content) == 10


def test_void_and_dcat_tell_what_is_there(shipped: httpx.Client):
    graph = ox.Store()
    graph.load(shipped.get("/.well-known/void.ttl").content, format=ox.RdfFormat.TURTLE)
    ask = """
    PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
    SELECT ?triples ?url ?licence WHERE {
      ?c a dcat:Catalog ; dcat:dataset ?d . ?d a void:Dataset ; void:triples ?triples ; dcat:distribution ?x .
      ?x dcat:downloadURL ?url ; dct:license ?licence
    }"""
    rows = list(graph.query(ask))
    assert {row["url"].value for row in rows} == {f"{ROOT}dump/clusterkg.nq.gz", f"{ROOT}dump/clusterkg.trig.gz"}
    stated = "GRAPH ?g { ?s ?p ?o } FILTER(!STRENDS(STR(?g), '/entailed'))"
    distinct = f"SELECT (COUNT(*) AS ?n) WHERE {{ SELECT DISTINCT ?s ?p ?o WHERE {{ {stated} }} }}"
    counted = shipped.store.query(distinct).body.decode()
    assert {f'"{row["triples"].value}"' for row in rows} == set(re.findall(r'"\d+"', counted))


def test_queries_answer(shipped: httpx.Client):
    csv = shipped.get("/queries/verdicts", headers={"Accept": "text/csv"})
    assert csv.headers["content-location"] == "/queries/verdicts.csv"
    lines = csv.text.splitlines()
    json = shipped.get("/queries/verdicts.json").json()
    assert len(json["results"]["bindings"]) == len(lines) - 1 > 100
    one = shipped.get("/queries/verdicts.csv?error=error/TE-07").text.splitlines()
    assert 1 < len(one) < len(lines)
    assert shipped.get("/queries/verdicts.rq").headers["content-type"] == "application/sparql-query"
    assert shipped.get("/queries/verdicts.csv?eror=x").status_code == 400
    assert shipped.get("/queries/verdicts.csv?error=<>").status_code == 400
    assert shipped.get("/queries/verdicts.csv?error=a&error=b").status_code == 400
    page = shipped.get("/queries/verdicts.html?error=error/TE-07&lang=es").text
    assert "Creer que el clúster funcionará solo" in page
    assert 'value="error/TE-07"' in page


def test_the_server_may_lie_below_a_path(shipped: httpx.Client):
    from starlette.requests import Request

    from clusterkg.server.linked_data.addresses import address_of, href

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/kg/id/cluster/x.ttl",
        "raw_path": b"/kg/id/cluster/x.ttl",
        "root_path": "/kg",
        "query_string": b"",
        "headers": [],
    }
    assert address_of(Request(scope)).iri == f"{ROOT}id/cluster/x"
    assert href(f"{ROOT}id/cluster/x", "/kg") == "/kg/id/cluster/x"
