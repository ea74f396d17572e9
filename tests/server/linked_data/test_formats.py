"""Turtle, JSON-LD, N-Triples and RDF/XML of one resource carry the same triples, and those that the store holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import to_isomorphic

from clusterkg.namespaces import GENID_BASE, ROOT
from clusterkg.resources import resource
from clusterkg.server.linked_data.asking import Asker
from clusterkg.server.linked_data.lists import kinds

FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
CONTEXT = json.loads(resource("ontology", "context.jsonld").read_text(encoding="utf-8"))["@context"]
DOCUMENTS = (
    "graph",
    "shapes",
    "shapes/programme/aei",
    "queries",
    "catalog",
    ".well-known/void",
    "problem/query",
    "problem",
    "id",
)
DEEP = (
    "rule/FO-05-4",
    "ontology/term/ChamberBackedInitiative",
    "rule/CI-04-2",
    "ontology/term/indicator",
    "ontology/funding",
)


def with_context(text: str) -> str:
    """The document with the published context inside: parsers of this test fetch nothing."""
    document = json.loads(text)
    first, base = document["@context"]
    assert first == ROOT + "context.jsonld"
    assert set(base) == {"@base"}
    return json.dumps({**document, "@context": [CONTEXT, base]})


def canonical(text: str, ending: str) -> set[str]:
    """The triples, with blank nodes named by what is said of them."""
    content = with_context(text) if ending == "jsonld" else text
    dataset = ox.Dataset(ox.parse(content, format=FORMATS[ending]))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def of_each_kind(client: httpx.Client) -> Iterator[str]:
    """One thing of every kind, and every cluster and initiative."""
    for kind in kinds(client.store):
        rows = Asker(client.store).rows(
            f'SELECT DISTINCT ?s WHERE {{ ?s a ?t FILTER(STRSTARTS(STR(?s), "{ROOT}id/{kind}/")) }} ORDER BY ?s'
        )
        found = [row["s"].value.removeprefix(ROOT) for row in rows]
        yield from found if kind in ("cluster", "initiative") else found[:1]


def agree(client: httpx.Client, path: str) -> set[str]:
    """The triples of a document, the same in every format."""
    found = {}
    for ending in FORMATS:
        answer = client.get(f"/{path}.{ending}")
        assert answer.status_code == 200, (path, ending, answer.text)
        found[ending] = canonical(answer.text, ending)
    for ending, triples in found.items():
        assert triples == found["nt"], f"{path}.{ending} differs from N-Triples"
    assert found["nt"], path
    return found["nt"]


def test_formats_agree_on_things(shipped: httpx.Client):
    paths = list(of_each_kind(shipped))
    assert len(paths) > 150
    for path in paths:
        agree(shipped, path)


@pytest.mark.parametrize("path", [*DOCUMENTS, *DEEP])
def test_formats_agree_on_documents(shipped: httpx.Client, path: str):
    agree(shipped, path)


def test_formats_agree_on_graphs_and_diagnoses(shipped: httpx.Client):
    graphs = shipped.store.state().graphs
    sample = {iri.removeprefix(ROOT).split("/")[1]: iri for iri in sorted(graphs) if graphs[iri].triples < 3000}
    diagnosis = Asker(shipped.store).rows("SELECT ?d WHERE { ?d a ckg:Diagnosis } ORDER BY ?d LIMIT 2")
    for iri in (*sample.values(), *(row["d"].value for row in diagnosis)):
        agree(shipped, iri.removeprefix(ROOT))


def test_formats_agree_on_nameless_things(shipped: httpx.Client):
    rows = Asker(shipped.store).rows(
        f'SELECT DISTINCT ?s WHERE {{ ?s a ?t FILTER(STRSTARTS(STR(?s), "{GENID_BASE}")) }} ORDER BY ?s LIMIT 5'
    )
    for row in rows:
        agree(shipped, row["s"].value.removeprefix(ROOT))


def plain(graph: rdflib.Graph) -> rdflib.Graph:
    """The graph with `"x"^^xsd:string` as `"x"`: in RDF 1.1 they are the same, to rdflib they are not."""
    found = rdflib.Graph()
    for s, p, o in graph:
        typed = isinstance(o, rdflib.Literal) and o.datatype == rdflib.XSD.string
        found.add((s, p, rdflib.Literal(str(o)) if typed else o))
    return found


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("path", ["id/cluster/health-valley", "rule/TE-04-6", "ontology/term/Cluster"])
def test_another_parser_reads_the_same(shipped: httpx.Client, path: str):
    graphs = []
    for ending, name in {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}.items():
        text = shipped.get(f"/{path}.{ending}").text
        content = with_context(text) if ending == "jsonld" else text
        graphs.append(to_isomorphic(plain(rdflib.Graph().parse(data=content, format=name))))
    assert all(graph == graphs[0] for graph in graphs)


def test_what_is_served_is_what_the_store_holds(shipped: httpx.Client):
    """Every statement about a cluster and of its nameless parts, and every one that points at it; asked for another way."""
    for path in ("id/cluster/health-valley", "id/initiative/monterrey-aerocluster"):
        iri = ROOT + path
        served = canonical(shipped.get(f"/{path}.nt").text, "nt")
        for query in (
            f"CONSTRUCT {{ <{iri}> ?p ?o }} WHERE {{ <{iri}> ?p ?o }}",
            f"CONSTRUCT {{ ?s ?p <{iri}> }} WHERE {{ ?s ?p <{iri}> FILTER(!isBlank(?s)) }}",
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ <{iri}> ?x ?s . ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{GENID_BASE}')) }}",
        ):
            held = canonical(shipped.store.query(query).body.decode(), "nt")
            assert held
            assert held <= served


def test_a_whole_graph_is_served(shipped: httpx.Client):
    iri = ROOT + "graph/description/health-valley-2021"
    served = canonical(shipped.get("/graph/description/health-valley-2021.ttl").text, "ttl")
    assert served == canonical(shipped.store.graph(iri).decode(), "nt")


ODD = """
@prefix ex: <http://example.org/> .
<https://w3id.org/clusterkg/id/odd/one> ex:p "a\\rb\\r\\nc" , "x"@es-MX , 1.50 , "2021"^^<http://www.w3.org/2001/XMLSchema#gYear> ,
    "<b>&amp;</b>" , "" , "ñandú 🚀"@es , <urn:x:y> , <mailto:someone> ;
  ex:list ( 1 ( "a" ex:b ) [ ex:q ex:r ] ) ;
  <https://w3id.org/clusterkg/ontology#since> "2021-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> , <urn:not:a-date> ;
  <https://w3id.org/clusterkg/ontology#actor> "no thing" , <https://w3id.org/clusterkg/id/a:b> , <https://w3id.org/clusterkg/id/%7Ex> ;
  <http://www.w3.org/2000/01/rdf-schema#label> "plain" , "uno"@es , "dos"@es , "One"@en-GB ;
  a <https://w3id.org/clusterkg/ontology#label> , <https://w3id.org/clusterkg/ontology#Cluster> , "no class" .
"""


def test_odd_statements_survive_in_every_format(small: Callable[[dict[str, str]], httpx.Client]):
    client = small({"https://example.org/g": ODD})
    served = agree(client, "id/odd/one")
    source = ox.Dataset(ox.Quad(*quad.triple) for quad in client_quads(client))
    source.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lists = [one for one in served if "_:" in one]
    assert len(served) >= len(list(source))
    assert len(lists) == sum("_:" in str(quad) for quad in source)
    assert {str(quad) for quad in source if "_:" not in str(quad)} <= served


def client_quads(client: httpx.Client) -> list[ox.Quad]:
    return list(ox.parse(client.store.graph("https://example.org/g"), format=ox.RdfFormat.N_TRIPLES))


def test_iris_that_look_like_prefixed_names(small: Callable[[dict[str, str]], httpx.Client]):
    client = small({"https://example.org/g": "<https://w3id.org/clusterkg/id/odd/two> <schema:x> <error:y> ."})
    answer = client.get("/id/odd/two.jsonld")
    found = {str(quad.object) for quad in ox.parse(answer.text, format=ox.RdfFormat.JSON_LD)}
    assert "<error:y>" in found
    assert "<schema:x>" in {str(quad.predicate) for quad in ox.parse(answer.text, format=ox.RdfFormat.JSON_LD)}


@pytest.mark.parametrize(
    "statement",
    ['<http://example.org/123> "x"', '<http://example.org/p/> "x"', '<http://example.org/p> "bell \\u0007"'],
)
def test_rdf_xml_refuses_what_it_cannot_say(small: Callable[[dict[str, str]], httpx.Client], statement: str):
    client = small({"https://example.org/g": f"<https://w3id.org/clusterkg/id/odd/three> {statement} ."})
    answer = client.get("/id/odd/three.rdf")
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    for ending in ("ttl", "nt", "jsonld"):
        assert client.get(f"/id/odd/three.{ending}").status_code == 200


def test_the_same_state_gives_the_same_bytes(shipped: httpx.Client):
    for ending in FORMATS:
        path = f"/rule/FO-05-4.{ending}"
        assert shipped.get(path).content == shipped.get(path).content
