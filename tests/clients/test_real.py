"""Clients that others wrote, and ours, ask a real server."""

from __future__ import annotations

import asyncio
import csv
import io
import shutil
import subprocess
from pathlib import Path

import pandas
import pytest
import yaml
from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, GET, JSON, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML, SPARQLWrapper

import clusterkg
from clusterkg.client import AsyncClient, DescriptionNotUsable, NotAllowed, NotFound, QueryNotUnderstood
from clusterkg.namespaces import PREFIXES
from clusterkg.queries import shipped_queries

GOLDEN = Path(__file__).resolve().parents[1] / "queries"
PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("ckg", "rdfs", "skos"))
NAMES = (
    PROLOGUE
    + 'SELECT ?cluster ?name { ?cluster a ckg:Cluster ; rdfs:label ?name FILTER(LANG(?name) = "es") } ORDER BY ?cluster'
)
GRAPH = PROLOGUE + "CONSTRUCT { ?cluster skos:prefLabel ?name } WHERE { ?cluster a ckg:Cluster ; rdfs:label ?name }"
MEDELLIN = "https://w3id.org/clusterkg/id/cluster/medellin-tic"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def names(served) -> list[tuple[str, str]]:
    with served.client() as client:
        found = [(row["cluster"], row["name"]) for row in client.table(NAMES)]
    assert len(found) > 10
    assert any("Medellín" in name for _, name in found)
    return found


@pytest.fixture(scope="module")
def client(served):
    with served.client() as made:
        yield made


# --- SPARQLWrapper


def wrapper(served, query, form, method=GET, how=URLENCODED) -> SPARQLWrapper:
    made = SPARQLWrapper(served.sparql)
    made.setQuery(query)
    made.setReturnFormat(form)
    made.setMethod(method)
    made.setRequestMethod(how)
    return made


WAYS = pytest.mark.parametrize(("method", "how"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])


@WAYS
def test_sparqlwrapper_gets_rows(served, names, method, how):
    found = wrapper(served, NAMES, JSON, method, how).queryAndConvert()["results"]["bindings"]
    assert [(row["cluster"]["value"], row["name"]["value"]) for row in found] == names
    document = wrapper(served, NAMES, XML, method, how).queryAndConvert()
    assert len(document.getElementsByTagName("result")) == len(names)


@WAYS
def test_sparqlwrapper_gets_csv_into_pandas(served, names, method, how):
    frame = pandas.read_csv(io.BytesIO(wrapper(served, NAMES, CSV, method, how).queryAndConvert()))
    assert list(frame.itertuples(index=False, name=None)) == names
    table = pandas.read_csv(io.BytesIO(wrapper(served, NAMES, TSV, method, how).queryAndConvert()), sep="\t")
    assert list(table.columns) == ["?cluster", "?name"]
    assert table["?cluster"].tolist() == [f"<{cluster}>" for cluster, _ in names]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # SPARQLWrapper's own
@WAYS
@pytest.mark.parametrize("form", [RDFXML, TURTLE, N3])
def test_sparqlwrapper_constructs(served, method, how, form):
    found = wrapper(served, GRAPH, form, method, how).queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    with served.client() as client:
        assert set(graph) == set(client.construct(GRAPH))


def test_sparqlwrapper_asks_and_is_told_what_is_wrong(served):
    assert wrapper(served, PROLOGUE + "ASK { ?x a ckg:Cluster }", JSON).queryAndConvert()["boolean"] is True
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    with pytest.raises(QueryBadFormed, match="problem/query"):
        wrapper(served, "SELECT * { ?x }", JSON).query()


# --- rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv"])
def test_rdflib_reads(served, names, method, form):
    graph = Graph(SPARQLStore(served.sparql, method=method, returnFormat=form))
    rows = [(str(cluster), str(name)) for cluster, name in graph.query(NAMES)]
    assert rows == names
    if form != "csv":
        assert (URIRef(MEDELLIN), RDFS.label, None) in graph
        assert {name.language for name in graph.objects(URIRef(MEDELLIN), RDFS.label)} >= {"es", "en"}


def test_rdflib_constructs(served):
    found = Graph(SPARQLStore(served.sparql)).query(GRAPH).graph
    with served.client() as client:
        assert set(found) == set(client.construct(GRAPH))


def test_rdflib_writes_with_a_token(served):
    headers = {"Authorization": f"Bearer {served.token}"}
    store = SPARQLUpdateStore(served.sparql, f"{served.sparql}/update", headers=headers)
    notes = Graph(store, identifier="https://example.org/notes")
    said = (URIRef("https://example.org/x"), RDFS.label, Literal('¿Qué dice el clúster? "Así"\n', lang="es"))
    notes.add(said)
    try:
        assert list(notes) == [said]
        assert len(notes) == 1
        with served.client() as client:
            assert client.query("ASK { GRAPH <https://example.org/notes> { ?s ?p ?o } }") is True
    finally:
        store.update("DROP GRAPH <https://example.org/notes>")
    assert len(notes) == 0


def test_rdflib_does_not_write_without_one(served):
    from urllib.error import HTTPError

    store = SPARQLUpdateStore(served.sparql, f"{served.sparql}/update")
    with pytest.raises(HTTPError) as caught:
        store.update("INSERT DATA { <urn:x> <urn:y> <urn:z> }")
    assert caught.value.code == 401
    caught.value.close()


# --- curl


def curl(*arguments: str) -> str:
    if not shutil.which("curl"):
        pytest.skip("curl is missing")
    return subprocess.run(
        ["curl", "-sS", *arguments], capture_output=True, check=True, timeout=60, encoding="utf-8"
    ).stdout


def test_curl_is_told_in_its_language_what_is_wrong(served):
    said = curl(
        "-w",
        "\n%{http_code} %{content_type}",
        "-H",
        "Accept-Language: es",
        "-G",
        "--data-urlencode",
        "query=SELECT {",
        served.sparql,
    )
    assert said.splitlines()[-1] == "400 application/problem+json"
    assert "La consulta no se entiende" in said


def test_curl_head(served):
    said = curl(
        "-I", "-G", "--data-urlencode", "query=ASK {}", "-H", "Accept: application/sparql-results+xml", served.sparql
    )
    assert said.startswith("HTTP/1.1 200")
    assert "content-type: application/sparql-results+xml" in said.lower()


# --- ours


@pytest.mark.parametrize("name", shipped_queries())
def test_a_shipped_query_gives_its_golden_answer(client, name):
    """The golden answers are those of the store in this process."""
    calls = yaml.load((GOLDEN / "calls.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    table = client.table(name, **calls.get(name, {}))
    rows = [["" if term is None else term.value for term in row] for row in table.terms]
    golden = csv.reader(io.StringIO((GOLDEN / f"{name}.csv").read_text(encoding="utf-8")))
    assert [list(table.columns), *rows] == list(golden)


def test_our_client_describes_and_diagnoses(served, tmp_path):
    file = tmp_path / "alpha.yaml"
    file.write_text(DESCRIPTION, encoding="utf-8")
    with served.client(language="es") as client:
        assert (URIRef(MEDELLIN), RDFS.label, None) in client.describe("cluster/medellin-tic")
        by_path, by_text = client.diagnose(file), client.diagnose(DESCRIPTION)
        assert by_path.inputs[0].path == "alpha.yaml"
        assert by_path[0].verdicts == by_text[0].verdicts or by_path[0].verdict("TE-07").verdict == "present"
        later = client.diagnose(DESCRIPTION.encode(), as_of="2026-01", profile="ten-errors")
        assert later.as_of == "2026-01"
        both = client.diagnose(file, DESCRIPTION.replace("alpha", "beta"))
        assert [one.iri.rpartition("/")[2] for one in both] == ["alpha-2024", "beta-2024"]
        with pytest.raises(DescriptionNotUsable) as caught:
            client.diagnose(DESCRIPTION.replace("label:", "lable:"))
        assert caught.value.line
        with pytest.raises(DescriptionNotUsable):
            client.diagnose("id: [\n")


def test_our_client_writes(served):
    graph = "https://w3id.org/clusterkg/graph/description/alpha-2024"
    with served.client() as client:
        assert client.put(DESCRIPTION) == (graph,)
        try:
            assert client.query(f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}") is True
            assert client.diagnosis("alpha")[0].verdict("TE-07").verdict == "present"
            assert any("alpha" in str(one) for one in client.clusters(illustration="all"))
        finally:
            client.delete("alpha-2024")
        with pytest.raises(NotFound):
            client.delete("alpha-2024")
    with clusterkg.open(served.address) as reader, pytest.raises(NotAllowed):
        reader.put(DESCRIPTION)


def test_our_client_lists_clusters_over_pages(served):
    with served.client() as client:
        everything = list(client.clusters())
        assert list(client.clusters(per_page=3)) == everything
        assert len(everything) > 6
        first = client.cluster(everything[0].slug)
        assert first.iri == everything[0].iri
        assert client.diagnosis(everything[0].slug)[0].clusters == (first.iri,)
        with pytest.raises(NotFound):
            client.cluster("nobody")


def test_our_client_says_where_a_query_is_wrong(served):
    with served.client() as client, pytest.raises(QueryNotUnderstood) as caught:
        client.query("SELECT ?x WHERE {\n  ?x a }")
    assert (caught.value.problem.status, caught.value.line) == (400, 2)


def test_the_asynchronous_client_asks_several_things_at_once(served, names):
    async def asked():
        async with AsyncClient(served.address) as client:
            tables = await asyncio.gather(*(client.table(NAMES) for _ in range(8)))
            clusters = [one async for one in client.clusters(per_page=5)]
            return tables, clusters

    tables, clusters = asyncio.run(asked())
    assert all([(row["cluster"], row["name"]) for row in table] == names for table in tables)
    with served.client() as client:
        assert clusters == list(client.clusters())


DESCRIPTION = """\
id: description/alpha-2024
type: Description
label: {es: "Alfa, 2024", en: "Alpha, 2024"}
described: 2024-03-01
completeList: [champions]
assesses:
  id: initiative/alpha
  type: ClusterInitiative
  label: {es: "Iniciativa Alfa", en: "Alpha initiative"}
  serves: {id: cluster/alpha, type: Cluster, label: {es: "Clúster Alfa", en: "Alpha cluster"}}
"""
