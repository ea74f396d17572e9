"""What follows from the vocabulary stands in a graph of its own: there to be seen, and to be left out."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from clusterkg.dataset import open_store
from clusterkg.entailments import ENTAILED, available, chains, entailed_quads
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, ID, RDF
from clusterkg.queries import ask, parse_query
from clusterkg.vocabulary import shipped_vocabulary

pytestmark = pytest.mark.skipif(not available(), reason="the extra `entailments` is not installed")

STATED = """
PREFIX ckg: <https://w3id.org/clusterkg/ontology#>
BASE <https://w3id.org/clusterkg/id/>
<initiative/a> ckg:serves <cluster/a> ; ckg:membership <membership/1> .
<membership/1> ckg:actor <organisation/u> .
<organisation/u> ckg:actorKind ckg:university .
<organisation/c> a ckg:Chamber ; ckg:locatedIn <area/town> .
<area/town> ckg:partOf <area/state> . <area/state> ckg:partOf <area/country> .
"""


@pytest.fixture
def entailed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[ox.Triple]:
    monkeypatch.setenv("CLUSTERKG_CACHE", str(tmp_path))
    store = ox.Store()
    store.extend(shipped_vocabulary().store)
    store.extend(ox.parse(STATED.encode(), format=ox.RdfFormat.TURTLE))
    first = entailed_quads(store)
    assert first == entailed_quads(store), "the kept result is the drawn one"
    assert {quad.graph_name for quad in first} == {ENTAILED}
    return {quad.triple for quad in first}


def test_what_must_follow(entailed: set[ox.Triple]) -> None:
    for expected in (
        ox.Triple(ID["cluster/a"], CKG.servedBy, ID["initiative/a"]),
        ox.Triple(ID["initiative/a"], CKG.hasMember, ID["organisation/u"]),
        ox.Triple(ID["organisation/u"], CKG.actorKind, CKG.academia),
        ox.Triple(ID["initiative/a"], CKG.hasMemberKind, CKG.academia),
        ox.Triple(ID["organisation/c"], RDF.type, CKG.Organisation),
        ox.Triple(ID["organisation/c"], CKG.locatedIn, ID["area/country"]),
    ):
        assert expected in entailed, expected


def test_what_must_not_follow(entailed: set[ox.Triple]) -> None:
    for unwanted in (
        ox.Triple(ID["organisation/c"], RDF.type, CKG.Cluster),
        ox.Triple(ID["initiative/a"], RDF.type, CKG.Cluster),
        ox.Triple(ID["initiative/a"], CKG.hasMemberKind, CKG.government),
        ox.Triple(ID["area/country"], CKG.partOf, ID["area/town"]),
    ):
        assert unwanted not in entailed, unwanted


def test_every_chain_of_the_vocabulary_is_run() -> None:
    found = list(chains(Index(quad.triple for quad in shipped_vocabulary().store)))
    assert len(found) >= 8
    assert all(len(links) >= 2 for _, links in found)


def test_queries_see_them_and_can_leave_them_out() -> None:
    query = parse_query("", "SELECT ?m WHERE { ?i ckg:hasMember ?m }")
    assert list(ask(open_store(entailments=True), query, {}, "en"))
    assert not list(ask(open_store(), query, {}, "en"))
