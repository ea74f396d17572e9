"""Every IRI of ours answers: rules, errors, clusters, initiatives, sources, terms, graphs, questions."""

from __future__ import annotations

import httpx
import pytest

from clusterkg.namespaces import ROOT
from clusterkg.queries import shipped_queries
from clusterkg.resources import resource
from clusterkg.rulebook import RuleBook
from clusterkg.server.linked_data.addresses import href
from clusterkg.server.linked_data.asking import Asker
from clusterkg.server.linked_data.documents import problem_statuses
from clusterkg.server.linked_data.lists import kinds


def iris(client: httpx.Client, pattern: str) -> list[str]:
    """The named things that a pattern finds as ?s, sorted."""
    rows = Asker(client.store).rows(f"SELECT DISTINCT ?s WHERE {{ {pattern} FILTER(isIRI(?s)) }} ORDER BY ?s")
    return [row["s"].value for row in rows]


@pytest.mark.parametrize(
    "stem", ["rule/", "id/error/", "id/cluster/", "id/initiative/", "id/source/", "id/description/"]
)
def test_every_thing_has_a_page_and_data(shipped: httpx.Client, stem: str):
    found = iris(shipped, f'?s a ?t FILTER(STRSTARTS(STR(?s), "{ROOT}{stem}"))')
    assert len(found) > 20
    for iri in found:
        path = iri.removeprefix(ROOT)
        assert shipped.get(f"/{path}").status_code == 303, iri
        page = shipped.get(f"/{path}.html", headers={"Accept-Language": "es"})
        assert page.status_code == 200, iri
        assert '<html lang="es">' in page.text
        assert iri in page.text
        assert shipped.get(f"/{path}.ttl").status_code == 200, iri


def test_every_rule_of_every_profile(shipped: httpx.Client):
    book = RuleBook.load(resource("shapes"))
    for profile in book.profiles.values():
        assert shipped.get(f"/shapes/{profile.code}.html").status_code == 200
        for rule in profile.rules:
            assert shipped.head(rule.iri.removeprefix(ROOT.rstrip("/"))).status_code == 303, rule.iri


def test_every_term_has_an_anchor_and_every_tenth_a_page(shipped: httpx.Client):
    for name in ("ontology", "now"):
        page = shipped.get(f"/{name}.html").text
        terms = iris(
            shipped, f'GRAPH <{ROOT}graph/vocabulary> {{ ?s a ?t }} FILTER(STRSTARTS(STR(?s), "{ROOT}{name}#"))'
        )
        assert len(terms) > 50
        for number, iri in enumerate(terms):
            assert f'id="{iri.partition("#")[2]}"' in page, iri
            if number % 10 == 0:
                assert shipped.get(href(iri) + ".html").status_code == 200, iri


def test_every_graph_is_listed_and_answers(shipped: httpx.Client):
    graphs = sorted(shipped.store.state().graphs)
    assert len(graphs) > 200
    listed = shipped.get("/graph.nt").text
    for number, iri in enumerate(graphs):
        assert f"<{iri}>" in listed
        path = iri.removeprefix(ROOT)
        assert shipped.head(f"/{path}").status_code == 200, iri
        if number % 12 == 0:
            assert shipped.get(f"/{path}.html").status_code == 200, iri


def test_one_of_every_kind_has_a_page(shipped: httpx.Client):
    known = kinds(shipped.store)
    assert len(known) > 60
    for kind in known:
        assert shipped.get(f"/id/{kind}.html").status_code == 200
        one = iris(shipped, f'?s a ?t FILTER(STRSTARTS(STR(?s), "{ROOT}id/{kind}/"))')[0]
        assert shipped.get(one.removeprefix(ROOT.rstrip("/")) + ".html").status_code == 200, one


def test_parts_of_a_diagnosis_stand_on_its_page(shipped: httpx.Client):
    diagnosis = iris(shipped, "?s a ckg:Diagnosis")[0]
    page = shipped.get(diagnosis.removeprefix(ROOT.rstrip("/")) + ".html").text
    for iri in iris(shipped, f"<{diagnosis}> ckg:judgement ?s"):
        assert f'id="{iri.partition("#")[2]}"' in page


@pytest.mark.slow
def test_every_question_answers(shipped: httpx.Client):
    for name in shipped_queries():
        page = shipped.get(f"/queries/{name}.html", headers={"Accept-Language": "es"})
        assert page.status_code == 200, (name, page.text)


def test_every_problem_type_is_explained(shipped: httpx.Client):
    for name in problem_statuses():
        for code in ("es", "en"):
            assert shipped.get(f"/problem/{name}.html?lang={code}").status_code == 200


def test_context_and_schemas_are_as_shipped(shipped: httpx.Client):
    answer = shipped.get("/context.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.content == resource("ontology", "context.jsonld").read_bytes()
    schema = shipped.get("/schema/diagnosis.schema.json").json()
    assert shipped.get(schema["$id"].removeprefix(ROOT.rstrip("/"))).status_code == 200
