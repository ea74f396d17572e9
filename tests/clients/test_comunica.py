"""Comunica, the SPARQL engine of the JavaScript world, asks the server over HTTP.

It is installed from npm into the cache folder once. Without npm these tests are passed over, but in CI they fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from clusterkg.cache import folder as cache_folder

VERSION = "4.5"
PREFIXES = (
    "PREFIX ckg: <https://w3id.org/clusterkg/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def comunica() -> Path:
    """The command `comunica-sparql`."""
    place = cache_folder() / f"comunica-{VERSION}"
    command = place / "node_modules" / ".bin" / "comunica-sparql"
    if not shutil.which("npm") or not shutil.which("node"):
        assert not os.environ.get("CI"), "Node and npm are missing"
        pytest.skip("Node and npm are missing")
    if not command.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as aside:
            wanted = f"@comunica/query-sparql@{VERSION}"
            options = ["--no-audit", "--no-fund", "--silent", "--ignore-scripts", "--prefix", f"{aside}/made"]
            done = subprocess.run(
                ["npm", "install", *options, wanted], capture_output=True, text=True, timeout=600, check=False
            )
            assert done.returncode == 0, done.stderr
            if not place.exists():
                Path(aside, "made").rename(place)
    return command


@pytest.fixture
def ask(comunica, served):
    def run(query: str, media_type: str, *sources: str) -> str:
        command = ["node", str(comunica), *(sources or [served.sparql]), "-q", PREFIXES + query, "-t", media_type]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


CLUSTERS = (
    'SELECT ?cluster ?name { ?cluster a ckg:Cluster ; rdfs:label ?name FILTER(LANG(?name) = "es") } ORDER BY ?cluster'
)


@pytest.mark.parametrize("kind", ["", "sparql@"])
def test_rows_are_those_that_our_client_gets(ask, served, kind):
    """Without a kind, Comunica finds out by itself that it speaks to a SPARQL endpoint."""
    found = json.loads(ask(CLUSTERS, "application/sparql-results+json", kind + served.sparql))["results"]["bindings"]
    with served.client() as client:
        expected = client.table(CLUSTERS)
    assert len(expected) > 10
    assert [(row["cluster"]["value"], row["name"]["value"]) for row in found] == [
        (row["cluster"], row["name"]) for row in expected
    ]


def test_questions_and_graphs(ask):
    assert (
        ask("ASK { ?cluster a ckg:Cluster }", "application/sparql-results+json").replace(" ", "").find('"boolean":true')
        > 0
    )
    lines = ask(
        "CONSTRUCT { ?cluster skos:prefLabel ?name } WHERE { ?cluster a ckg:Cluster ; rdfs:label ?name }",
        "application/n-triples",
    ).splitlines()
    assert any("Medellín" in line for line in lines)
    assert all("prefLabel" in line for line in lines if line.strip())


def test_one_query_over_our_server_and_a_document_on_the_web(ask, served):
    """What Comunica is for. The document is a graph that the server gives out as RDF.

    It says nothing in texts with a language: those, Comunica 4.5 writes as `"…"^^undefined:undefined` into what it asks next.
    """
    graph = "https://example.org/notes"
    notes = (
        "<https://w3id.org/clusterkg/id/cluster/medellin-tic> <https://example.org/note> <https://example.org/visit> ."
    )
    query = "SELECT ?name ?note { ?x <https://example.org/note> ?note ; rdfs:label ?name FILTER(LANG(?name) = 'es') }"
    with served.client() as client:
        client.put(notes.encode(), format="turtle", graph=graph)
        try:
            document = f"{served.address}/rdf-graph-store?graph={graph}"
            found = ask(query, "application/sparql-results+json", f"file@{document}", f"sparql@{served.sparql}")
        finally:
            client.delete(graph)
    rows = {(row["name"]["value"], row["note"]["value"]) for row in json.loads(found)["results"]["bindings"]}
    assert rows == {
        (
            "Cluster Tecnologías de la Información y las Comunicaciones de Medellín y Antioquia",
            "https://example.org/visit",
        )
    }
