"""The text of the SPARQL 1.1 Graph Store Protocol, clause by clause, beyond what the W3C's manifests try."""

from __future__ import annotations

import json
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from .results import same_graph, turtle
from .serving import HOST, STORE, serving

GRAPH = "http://x.example/g"
TARGET = f"{STORE}?graph={quote(GRAPH, safe='')}"
TURTLE = {"Content-Type": "text/turtle"}
BOUNDARY = "a6fe4cd636164618814be9f8d3d1a0de"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture(autouse=True)
def empty(server):
    server.update("DROP ALL")


def problem(reply, status: int) -> dict:
    assert reply.status == status, reply.text
    assert reply.media_type == "application/problem+json"
    return json.loads(reply.body)


def stored(server, target: str = TARGET) -> list[ox.Triple]:
    reply = server.send("GET", target, {"Accept": "application/n-triples"}, token="")
    assert reply.status == 200, reply.text
    return [quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.N_TRIPLES)]


def form(*parts: tuple[str, str, str]) -> str:
    """A multipart form of files: name, media type, content."""
    written = ""
    for name, media_type, content in parts:
        kind = f"Content-Type: {media_type}\r\n" if media_type else ""
        written += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n{kind}\r\n{content}\r\n'
        )
    return written + f"--{BOUNDARY}--\r\n"


SYNTAXES = {
    "text/turtle": "<http://x/a> <http://x/p> 'é' .",
    "text/turtle; charset=utf-8": "<http://x/a> <http://x/p> 'é' .",
    "application/n-triples": '<http://x/a> <http://x/p> "é" .',
    "application/rdf+xml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="http://x/a">'
    '<p xmlns="http://x/">é</p></rdf:Description></rdf:RDF>',
    "application/ld+json": '{"@id": "http://x/a", "http://x/p": "é"}',
}


@pytest.mark.parametrize("media_type", SYNTAXES)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_every_syntax_is_read_and_written(server, method, media_type):
    assert server.send(method, TARGET, {"Content-Type": media_type}, SYNTAXES[media_type]).status == 201
    wanted = turtle(SYNTAXES["text/turtle"])
    for accept in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"):
        reply = server.send("GET", TARGET, {"Accept": accept}, token="")
        assert (reply.status, reply.media_type) == (200, accept)
        found = [quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.from_media_type(accept))]
        assert same_graph(found, wanted)


def test_without_a_media_type_it_is_rdf_xml(server):
    assert server.send("PUT", TARGET, {}, SYNTAXES["application/rdf+xml"]).status == 201
    problem(server.send("PUT", TARGET, {}, SYNTAXES["text/turtle"]), 400)


@pytest.mark.parametrize(
    ("media_type", "body", "line"),
    [
        ("text/turtle", "<http://x/a> a <http://x/T> .\n<http://x/a> <http://x/p>", 2),
        ("text/turtle", "<http://x/a> <http://x/p> 'a\nb' .", 1),
        ("application/n-triples", "<a> <b> <c> .", 1),
        ("application/rdf+xml", "<rdf:RDF>", None),
        ("application/ld+json", '{"@id": ', None),
        ("application/ld+json", '{"@context": "http://127.0.0.1:9/context", "a": 1}', None),
        ("application/ld+json", '{"@id": "x:g", "@graph": [{"@id": "x:a", "x:b": 1}]}', None),
        ("text/turtle", b"<http://x/a> <http://x/p> '\xff' .", None),
    ],
)
def test_what_cannot_be_read_changes_nothing(server, media_type, body, line):
    server.put(GRAPH, "<http://x/kept> <http://x/p> 1 .")
    told = problem(server.send("PUT", TARGET, {"Content-Type": media_type}, body), 400)
    assert line is None or told["line"] == line
    assert len(stored(server)) == 1


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/json", "text/html", "application/n-quads", "application/trig"]
)
def test_other_media_types(server, media_type):
    reply = server.send("PUT", TARGET, {"Content-Type": media_type}, "")
    assert "text/turtle" in problem(reply, 415)["supported"]


def test_the_published_context_is_known(server):
    document = {
        "@context": "https://w3id.org/clusterkg/context.jsonld",
        "id": "https://w3id.org/clusterkg/id/cluster/a",
        "type": "Cluster",
        "label": {"es": "Alfa"},
    }
    reply = server.send("PUT", TARGET, {"Content-Type": "application/ld+json"}, json.dumps(document))
    assert reply.status == 201, reply.text
    assert "https://w3id.org/clusterkg/ontology#Cluster" in {str(t.object.value) for t in stored(server)}


def test_put_replaces_and_post_adds(server):
    assert server.send("PUT", TARGET, TURTLE, "<http://x/a> <http://x/p> 1, 2 .").status == 201
    assert server.send("PUT", TARGET, TURTLE, "<http://x/a> <http://x/p> 3 .").status == 204
    assert [triple.object.value for triple in stored(server)] == ["3"]
    assert server.send("POST", TARGET, TURTLE, "<http://x/a> <http://x/p> 4 .").status == 204
    assert {triple.object.value for triple in stored(server)} == {"3", "4"}


def test_blank_nodes_of_two_documents_are_two(server):
    for method in ("PUT", "POST"):
        assert server.send(method, TARGET, TURTLE, "_:same <http://x/p> 1 .").status in (201, 204)
    assert len({triple.subject for triple in stored(server)}) == 2
    body = form(("a.ttl", "text/turtle", "_:same <http://x/p> 1 ."), ("b.ttl", "", "_:same <http://x/p> 2 ."))
    assert server.send("POST", TARGET, MULTIPART, body).status == 204
    assert len({triple.subject for triple in stored(server)}) == 4


def test_an_empty_put_makes_an_empty_graph_and_an_empty_post_nothing(server):
    assert server.send("POST", TARGET, TURTLE, "").status == 204
    problem(server.send("GET", TARGET), 404)
    assert server.send("PUT", TARGET, TURTLE, "").status == 201
    assert stored(server) == []


def test_delete(server):
    server.put(GRAPH, "<http://x/a> <http://x/p> 1 .")
    assert server.send("DELETE", TARGET).status == 204
    for method in ("DELETE", "GET"):
        problem(server.send(method, TARGET), 404)
    head = server.send("HEAD", TARGET)
    assert (head.status, head.body) == (404, b"")


def test_the_default_graph_is_what_was_written_to_it(server):
    server.put(GRAPH, "<http://x/a> <http://x/p> 1 .")
    assert stored(server, f"{STORE}?default") == []
    assert server.send("PUT", f"{STORE}?default", TURTLE, "<http://x/b> <http://x/p> 2 .").status == 201
    assert server.send("PUT", f"{STORE}?default=", TURTLE, "<http://x/c> <http://x/p> 3 .").status == 204
    assert [triple.subject.value for triple in stored(server, f"{STORE}?default")] == ["http://x/c"]
    assert server.send("DELETE", f"{STORE}?default").status == 204
    assert stored(server, f"{STORE}?default") == []
    assert len(stored(server)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "?graph=relative",
        "?graph=",
        "?graph=not%20an%20iri",
        f"?graph={GRAPH}&default",
        f"?graph={GRAPH}&graph={GRAPH}",
        "?graph=%FF",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_exactly_one_absolute_graph(server, method, query):
    problem(
        server.send(method, STORE + query, TURTLE, "<http://x/a> <http://x/p> 1 ." if method[0] == "P" else ""), 400
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_store_itself_is_no_graph(server, method):
    problem(server.send(method, STORE, TURTLE, ""), 400)


def test_a_graph_goes_by_its_own_address(server):
    assert server.send("PUT", f"{STORE}/a/b%20c", TURTLE, "<> <#p> <d> .").status == 201
    (triple,) = stored(server, f"{STORE}?graph=" + quote(f"http://{HOST}{STORE}/a/b%20c", safe=""))
    assert triple.subject.value == f"http://{HOST}{STORE}/a/b%20c"
    assert triple.object.value == f"http://{HOST}{STORE}/a/d"
    problem(server.send("GET", f"{STORE}/a/b%20c?default"), 400)


def test_post_to_the_store_makes_a_new_graph_each_time(server):
    places = [server.send("POST", path, TURTLE, "<> <#p> 1 .") for path in (STORE, STORE + "/", STORE)]
    assert {reply.status for reply in places} == {201}
    locations = {reply.headers["location"] for reply in places}
    assert len(locations) == 3
    for location in locations:
        (triple,) = stored(server, location.removeprefix(f"http://{HOST}"))
        assert triple.subject.value == location


def test_locations_are_below_the_public_address(tmp_path):
    with serving(tmp_path, public_url="https://kg.example.org/graph") as elsewhere:
        reply = elsewhere.send("POST", STORE, TURTLE, "<http://x/a> <http://x/p> 1 .")
        assert reply.headers["location"].startswith(f"https://kg.example.org/graph{STORE}/")
        created = elsewhere.send("PUT", f"{STORE}?graph={quote('http://x.example/año')}", TURTLE, "<x:a> <x:b> 1 .")
        assert created.headers["location"] == "http://x.example/a%C3%B1o"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (form(), 400),
        (form(("x.exe", "application/octet-stream", "x")), 415),
        (form(("x.ttl", "text/turtle", "<http://x/a> <http://x/p>")), 400),
        (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"\r\n\r\nno file\r\n--{BOUNDARY}--\r\n', 400),
        ("no form", 400),
    ],
)
def test_forms_that_cannot_be_used(server, body, status):
    problem(server.send("POST", TARGET, MULTIPART, body), status)


def test_files_are_known_by_their_ending(server):
    body = form(
        ("a.ttl", "application/octet-stream", "<http://x/a> a <http://x/T> ."),
        ("b.rdf", "", SYNTAXES["application/rdf+xml"]),
        ("c.jsonld", "application/octet-stream", '{"@id": "http://x/c", "http://x/p": 1}'),
    )
    assert server.send("POST", TARGET, MULTIPART, body).status == 201
    assert len(stored(server)) == 3
    told = problem(server.send("POST", TARGET, MULTIPART, form(("bad.ttl", "", "nonsense"))), 400)
    assert told["file"] == "bad.ttl"


def test_forms_are_for_post(server):
    problem(server.send("PUT", TARGET, MULTIPART, form(("a.ttl", "", "<x:a> <x:b> 1 ."))), 415)


@pytest.mark.parametrize("target", [TARGET, f"{STORE}/a"])
def test_methods(server, target):
    allowed = {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"}
    reply = server.send("PATCH", target, {"Content-Type": "application/sparql-update"}, "CLEAR ALL")
    problem(reply, 405)
    assert set(reply.headers["allow"].split(", ")) == allowed
    assert set(server.send("OPTIONS", target).headers["allow"].split(", ")) == allowed


def test_part_of_a_graph_cannot_be_put(server):
    problem(server.send("PUT", TARGET, {**TURTLE, "Content-Range": "bytes 0-9/20"}, "<x:a> <x:b> 1 ."), 400)


def test_nothing_acceptable(server):
    server.put(GRAPH, "<http://x/a> <http://x/p> 1 .")
    assert "text/turtle" in problem(server.send("GET", TARGET, {"Accept": "text/csv"}), 406)["available"]


def test_head_is_get_without_a_body_and_a_tag_saves_what_has_not_changed(server):
    server.put(GRAPH, "<http://x/a> <http://x/p> 1 .")
    get, head = server.send("GET", TARGET), server.send("HEAD", TARGET)
    assert head.body == b""
    for name in ("content-type", "content-length", "etag", "last-modified", "vary"):
        assert head.headers[name] == get.headers[name]
    server.put("http://x.example/another", "<http://x/a> <http://x/p> 1 .")
    tag = {"If-None-Match": get.headers["etag"]}
    assert server.send("GET", TARGET, tag).status == 304
    assert server.send("GET", TARGET, {**tag, "Accept": "application/rdf+xml"}).status == 200
    server.put(GRAPH, "<http://x/a> <http://x/p> 2 .")
    assert server.send("GET", TARGET, tag).status == 200


def test_writing_needs_a_token_and_reading_none(server):
    server.put(GRAPH, "<http://x/a> <http://x/p> 1 .")
    for method in ("PUT", "POST", "DELETE"):
        problem(server.send(method, TARGET, TURTLE, "<x:a> <x:b> 1 .", token=""), 401)
        problem(server.send(method, TARGET, TURTLE, "<x:a> <x:b> 1 .", token=server.others["read"]), 403)
    assert len(stored(server)) == 1


def test_what_is_too_large_is_not_taken(tmp_path):
    with serving(tmp_path, upload_size=1) as small:
        body = "<http://x/a> <http://x/p> '" + "x" * (1 << 20) + "' ."
        problem(small.send("PUT", TARGET, TURTLE, body), 413)
        problem(small.send("GET", TARGET), 404)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", "<http://x/a> <http://x/p> " + "(" * 200_000),
        ("application/ld+json", "[" * 200_000),
        ("application/rdf+xml", "<a>" * 200_000),
        ("text/turtle", "@prefix a: <http://x/" + "a" * 100_000 + "> .\n" + "a:a a:b a:c ; a:d a:e .\n" * 5_000),
        (
            "application/rdf+xml",
            '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
            + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
            + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="http://x/a">'
            '<p xmlns="http://x/">&j;</p></rdf:Description></rdf:RDF>',
        ),
    ],
    ids=["nested collection", "nested arrays", "nested elements", "long names", "entities of entities"],
)
def test_what_is_meant_to_harm_a_parser_harms_nobody(server, media_type, body):
    reply = server.send("PUT", TARGET, {"Content-Type": media_type}, body)
    assert reply.status in (400, 413, 503, 504), reply.text
    server.put(GRAPH, "<http://x/a> <http://x/p> 1 .")
    assert len(stored(server)) == 1
