"""The W3C's tests of the SPARQL 1.1 Service Description, and whether what it says is so."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, Graph, Namespace, URIRef

from .manifests import entries, folder, require_suite
from .serving import HOST, QUERY, serving

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
VOID = Namespace("http://rdfs.org/ns/void#")
SUITE = "service-description"
RDF_TYPES = ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json")


def described(server, accept: str = "") -> Graph:
    reply = server.send("GET", QUERY, {"Accept": accept} if accept else {}, token="")
    assert reply.status == 200
    found = Graph()
    quads = ox.parse(reply.body, ox.RdfFormat.from_media_type(reply.media_type))
    return found.parse(data=ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES), format="nt")


def returns_rdf(server) -> None:
    sizes = {accept: len(described(server, accept)) for accept in ("", "*/*", *RDF_TYPES)}
    assert len(set(sizes.values())) == 1, sizes
    assert sizes[""] > 10


def has_endpoint_triple(server) -> None:
    assert (None, SD.endpoint, URIRef(f"http://{HOST}{QUERY}")) in described(server)


def conforms_to_schema(server) -> None:
    assert violations(described(server)) == []


CHECKS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}


def violations(found: Graph) -> list[str]:
    """What the vocabulary has no word for, and what it relates otherwise."""
    schema = Graph().parse(Path(__file__).parent / "data" / "service-description.ttl")

    def kinds(node) -> set:
        stated = {*found.objects(node, RDF.type), *schema.objects(node, RDF.type)}
        return {above for kind in stated for above in schema.transitive_objects(kind, RDFS.subClassOf)}

    wrong = []
    for subject, predicate, value in found:
        if predicate == RDF.type and str(value).startswith(str(SD)) and (value, RDF.type, RDFS.Class) not in schema:
            wrong.append(f"unknown class {value}")
        if not str(predicate).startswith(str(SD)):
            continue
        if (predicate, RDF.type, RDF.Property) not in schema:
            wrong.append(f"unknown property {predicate}")
        domain, range_ = schema.value(predicate, RDFS.domain), schema.value(predicate, RDFS.range)
        if domain is not None and domain not in kinds(subject):
            wrong.append(f"{predicate} of {subject}, which is no {domain}")
        if range_ is not None and range_ not in kinds(value):
            wrong.append(f"{predicate} is {value}, which is no {range_}")
    return wrong


@pytest.mark.w3c
def test_the_suite_is_there():
    require_suite()
    root = folder()
    assert root is not None
    assert {name for name, _, _ in entries(root / SUITE / "manifest.ttl")} == set(CHECKS)


@pytest.mark.w3c
@pytest.mark.parametrize("name", CHECKS)
def test_case(server, name, record_property):
    record_property("w3c", SUITE)
    CHECKS[name](server)


def test_the_check_sees_what_is_wrong():
    wrong = Graph().parse(
        data="""@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
        <x:s> a sd:Service ; sd:endpont <x:e> ; sd:resultFormat <x:f> . <x:d> sd:namedGraph <x:g> . <x:k> a sd:Kind .""",
        format="turtle",
    )
    assert len(violations(wrong)) == 5


def test_figures_are_those_of_the_store(server):
    server.update("DROP ALL")
    server.put("http://x.example/one", "<http://x/a> <http://x/p> 1, 2 .")
    server.put("http://x.example/two", "<http://x/a> <http://x/p> 2, 3, 4 .")
    found = described(server)
    sizes = {
        str(found.value(named, SD.name)): found.value(found.value(named, SD.graph), VOID.triples).toPython()
        for named in found.objects(None, SD.namedGraph)
    }
    assert sizes == {"http://x.example/one": 2, "http://x.example/two": 3}
    default = next(found.objects(None, SD.defaultGraph))
    assert found.value(default, VOID.triples).toPython() == 4  # what two graphs hold stands in their union once
    server.put("http://x.example/one", "")
    assert {str(name) for name in described(server).objects(None, SD.name)} >= {"http://x.example/one"}


def test_features_are_those_of_the_service(server, tmp_path):
    found = described(server)
    service = found.value(predicate=SD.endpoint, object=URIRef(f"http://{HOST}{QUERY}"))
    assert set(found.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    assert set(found.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    updates = found.value(predicate=SD.endpoint, object=URIRef(f"http://{HOST}/sparql/update"))
    assert set(found.objects(updates, SD.supportedLanguage)) == {SD.SPARQL11Update}
    with serving(tmp_path, writing=False, allowed_services=("http://other.example/sparql",)) as closed:
        other = described(closed)
        assert SD.BasicFederatedQuery in set(other.objects(None, SD.feature))
        assert SD.SPARQL11Update not in set(other.objects(None, SD.supportedLanguage))


def test_every_format_it_names_is_answered(server):
    types = {
        "SPARQL_Results_JSON": ("SELECT * {}", "application/sparql-results+json"),
        "SPARQL_Results_XML": ("SELECT * {}", "application/sparql-results+xml"),
        "SPARQL_Results_CSV": ("SELECT * {}", "text/csv"),
        "SPARQL_Results_TSV": ("SELECT * {}", "text/tab-separated-values"),
        "Turtle": ("CONSTRUCT {} {}", "text/turtle"),
        "N-Triples": ("CONSTRUCT {} {}", "application/n-triples"),
        "RDF_XML": ("CONSTRUCT {} {}", "application/rdf+xml"),
        "JSON-LD": ("CONSTRUCT {} {}", "application/ld+json"),
    }
    named = {str(one).removeprefix(str(FORMATS)) for one in described(server).objects(None, SD.resultFormat)}
    assert named == set(types)
    for query, media_type in types.values():
        assert server.ask(query, media_type).media_type == media_type


def test_many_graphs_are_listed_in_part(server):
    graphs = "".join(f"GRAPH <http://x.example/many/{number}> {{ <x:a> <x:b> {number} }}\n" for number in range(1_001))
    server.update(f"DROP ALL ; INSERT DATA {{ {graphs} }}")
    found = described(server)
    assert len(set(found.objects(None, SD.namedGraph))) == 1_000
    comments = {comment.language: str(comment) for comment in found.objects(None, RDFS.comment)}
    assert "1000" in comments["es"]
    assert "1001" in comments["en"]
    server.update("DROP ALL")


def test_readers_who_take_no_rdf_get_turtle_and_a_tag_saves_the_second_time(server):
    reply = server.send("GET", QUERY, {"Accept": "text/html"}, token="")
    assert (reply.status, reply.media_type) == (200, "text/turtle")
    again = server.send("GET", QUERY, {"Accept": "text/html", "If-None-Match": reply.headers["etag"]}, token="")
    assert (again.status, again.body) == (304, b"")
    head = server.send("HEAD", QUERY, {}, token="")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", reply.headers["content-length"])
