"""GET /api/clusters, /api/clusters/{slug}, /api/clusters/{slug}/diagnosis; and what there is to check."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import parse_qs, quote

import pyoxigraph as ox
import pytest

from clusterkg.cli import main
from clusterkg.cli.library import library
from clusterkg.descriptions import descriptions_of, is_illustration
from clusterkg.errors import UsageError
from clusterkg.namespaces import GRAPH_BASE, ID_BASE
from clusterkg.server.api.parameters import checked_date
from clusterkg.server.api.report import Report
from clusterkg.server.api.rows import cluster_of, slug_of
from clusterkg.server.api.sparql import fold, folded
from clusterkg.server.api.stored import neighbours
from clusterkg.store.base import AddToGraph, DropGraph
from clusterkg.store.loading import shipped_documents
from clusterkg.view import neighbour_triples
from clusterkg.vocabulary import shipped_vocabulary

SLOVENIA = "/api/clusters/construction-slovenia"


def slugs(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["slug"] for one in answer.json()["items"]]


@pytest.fixture(scope="module")
def described():
    """The shipped descriptions."""
    return [one for document in shipped_documents() for one in descriptions_of(document, shipped_vocabulary())]


def test_every_described_cluster_is_listed_once(shipped, described):
    made_up = {d.clusters for d in described if any(q.predicate.value.endswith("#illustration") for q in d.quads)}
    everything = {slug_of(cluster) for d in described for cluster in d.clusters}
    examples = {slug_of(cluster) for clusters in made_up for cluster in clusters}
    assert examples
    for choice, expected in (("all", everything), ("false", everything - examples), ("true", examples)):
        answer = shipped.get(f"/api/clusters?per-page=200&illustration={choice}")
        assert sorted(slugs(answer)) == sorted(expected)
        assert answer.json()["total"] == len(expected)
    assert slugs(shipped.get("/api/clusters?per-page=200")) == slugs(
        shipped.get("/api/clusters?per-page=200&illustration=false")
    )


def test_a_cluster_in_the_list(shipped):
    found = next(
        one for one in shipped.get("/api/clusters?q=asturias").json()["items"] if one["slug"] == "metal-asturias"
    )
    assert found["iri"] == f"{ID_BASE}cluster/metal-asturias"
    assert set(found["label"]) == {"es", "en"}
    assert [one["label"]["es"] for one in found["countries"]] == ["España"]
    assert [one["iri"] for one in found["initiatives"]] == [f"{ID_BASE}initiative/metaindustry4"]
    assert {one["label"]["en"] for one in found["fields"]} == {"Advanced manufacturing", "Metal industry"}
    assert found["declaredStage"] is None
    assert found["described"] == "2021"
    assert found["links"]["page"] == "/id/cluster/metal-asturias"


MEDELLIN = {
    "medellin-construccion",
    "medellin-energia-electrica",
    "medellin-medicina-y-odontologia",
    "medellin-textil-confeccion",
    "medellin-tic",
    "medellin-turismo-de-negocios",
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=colombia", MEDELLIN),
        ("country=COLOMBIA", MEDELLIN),
        (f"country={quote(ID_BASE + 'area/colombia', safe='')}", MEDELLIN),
        ("country=Q739", MEDELLIN),
        ("country=slovenia&country=Eslovenia", {"construction-slovenia"}),
        ("country=México", {"monterrey-aerospace", "tijuana-health-tourism", "health-juarez-el-paso"}),
        ("country=mexico", {"monterrey-aerospace", "tijuana-health-tourism", "health-juarez-el-paso"}),
        ("country=antioquia", set()),
        ("territory=antioquia", MEDELLIN),
        ("country=atlantis", set()),
        ("field=construction", {"construction-slovenia", "medellin-construccion"}),
        ("field=construcción&country=colombia", {"medellin-construccion"}),
        ("stage=clusterCreation", {"tic-zona-sur"}),
        ("stage=cluster creation", {"tic-zona-sur"}),
        ("q=medellin", MEDELLIN),
        ("q=MEDELLÍN textil", {"medellin-textil-confeccion"}),
        ("q=' ) } UNION { ?s ?p ?o", set()),
        ("q=\\", set()),
        ('q="', set()),
        ("kind=emergingCluster&illustration=all", {"model"}),
    ],
)
def test_filters(shipped, query, expected):
    found = slugs(shipped.get(f"/api/clusters?{query.replace(' ', '+')}"))
    assert set(found) == expected
    assert len(found) == len(expected)


def test_pages_hold_everything_once_and_lead_to_each_other(shipped):
    whole = slugs(shipped.get("/api/clusters?per-page=200&illustration=all"))
    found: list[str] = []
    address = "/api/clusters?illustration=all&per-page=7"
    while address:
        answer = shipped.get(address)
        found += slugs(answer)
        links = {one.split('rel="')[1][:-1]: one[1 : one.index(">")] for one in answer.headers["link"].split(", ")}
        assert parse_qs(links["last"][1:])["page"] == [str(answer.json()["pages"])]
        address = f"/api/clusters{links['next']}" if "next" in links else ""
    assert found == whole
    beyond = shipped.get("/api/clusters?page=1000")
    assert slugs(beyond) == []
    assert beyond.json()["total"] == 16


def test_sorting(shipped):
    def listed(sort: str, language: str = "es") -> list[dict]:
        return shipped.get(f"/api/clusters?per-page=200&illustration=all&sort={sort}&lang={language}").json()["items"]

    for language in ("es", "en"):
        names = [fold(one["label"][language]) for one in listed("label", language)]
        assert names == sorted(names)
        assert [fold(one["label"][language]) for one in listed("-label", language)] == sorted(names, reverse=True)
    days = [one["described"] for one in listed("described")]
    assert [day[:4] for day in days] == sorted(day[:4] for day in days)
    assert listed("-described")[0]["described"] == max(days)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=0", 422),
        ("page=x", 422),
        ("page=99999999999999999999", 422),
        ("per-page=0", 422),
        ("per-page=201", 422),
        ("sort=size", 422),
        ("illustration=maybe", 422),
        ("country=", 422),
        ("q=" + "x" * 201, 422),
        ("pge=2", 400),
        ("lang=eo", 400),
    ],
)
def test_a_bad_parameter_is_a_problem(shipped, query, status):
    answer = shipped.get(f"/api/clusters?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_one_cluster_with_its_descriptions(shipped):
    found = shipped.get(SLOVENIA).json()
    assert [one["slug"] for one in found["describedBy"]] == [
        f"construction-cluster-slovenia-{year}" for year in (2021, 2013, 2007, 2005)
    ]
    assert found["descriptions"] == 4
    assert found["described"] == "2021"
    assert found["describedBy"][0]["graph"] == f"{GRAPH_BASE}description/construction-cluster-slovenia-2021"
    corners = [one["iri"] for held in ("present", "missing", "unknown") for one in found["corners"][held]]
    assert len(corners) == len(set(corners)) == 5
    for description in found["describedBy"]:
        assert shipped.get(description["diagnosis"]).json()["diagnoses"][0]["iri"] == description["iri"]


def test_corners_and_members_are_those_of_the_diagnosis(shipped):
    for slug in slugs(shipped.get("/api/clusters?per-page=200&illustration=all")):
        found = shipped.get(f"/api/clusters/{slug}").json()
        pentagon = shipped.get(found["links"]["diagnosis"]).json()["diagnoses"][0]["pentagon"]
        assert found["corners"]["status"] == pentagon["status"]
        for held in ("present", "missing", "unknown"):
            assert [one["iri"].rpartition("#")[2] for one in found["corners"][held]] == sorted(pentagon[held])
        assert bool(found["members"]["stated"]) >= bool(pentagon["present"])


@pytest.mark.parametrize("slug", ["nope", "~", "~!", "~bm9wZQ", "a%20b", "%3E%20%7D", "x" * 3000, "%00"])
@pytest.mark.parametrize("rest", ["", "/diagnosis"])
def test_what_is_not_there_is_404(shipped, slug, rest):
    answer = shipped.get(f"/api/clusters/{slug}{rest}")
    assert answer.status_code == (422 if len(slug) > 2000 else 404)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/api/clusters?sort=described", SLOVENIA, f"{SLOVENIA}/diagnosis", "/api/portfolio", "/api/rules"]
)
def test_head_is_get_without_the_body(shipped, path):
    get, head = shipped.get(path), shipped.head(path)
    assert head.status_code == 200
    for name in ("content-type", "vary", "link"):
        assert head.headers.get(name) == get.headers.get(name)
    assert shipped.head("/api/clusters/nope").status_code == 404


def test_only_json_is_offered(shipped):
    for path in ("/api/clusters", SLOVENIA, "/api/rules"):
        assert shipped.get(path, headers={"accept": "text/turtle"}).status_code == 406


def test_others_are_seen_as_the_command_sees_them(shipped, described):
    offered = [(set(one.clusters), neighbour_triples(one)) for one in described if not is_illustration(one)]
    for one in described:
        others = [triples for clusters, triples in offered if not clusters & set(one.clusters)]
        expected = {f"{triple} ." for triples in others for triple in triples}
        assert set(neighbours(shipped.store, one.iri).decode().splitlines()) == expected


def test_a_stored_description_is_judged_with_what_others_say(shipped):
    verdicts = shipped.get("/api/clusters/medellin-tic/diagnosis").json()["diagnoses"][0]["verdicts"]
    assert not any(verdict["notChecked"] for verdict in verdicts)


def test_date_profile_and_format(shipped):
    answer = shipped.get(f"{SLOVENIA}/diagnosis?as-of=2030&profile=pentagon&lang=es", headers={"accept": "text/plain"})
    assert answer.status_code == 200
    assert "juzgada a la fecha: 2030" in answer.text
    assert Report.model_validate(shipped.get(f"{SLOVENIA}/diagnosis").json(), extra="forbid")
    for query in ("as-of=2030-13", "profile=pentagn", "description=construction-cluster-slovenia-2020"):
        refused = shipped.get(f"{SLOVENIA}/diagnosis?{query}")
        assert refused.status_code == 400
        assert refused.json()["hint"]


def test_the_diagnosis_is_the_one_that_the_store_keeps(serve):
    names = ["medellin-tic", "medellin-construccion", "construction-cluster-slovenia-2005", "health-valley"]
    with serve(*(Path(f"clusters/{name}.yaml") for name in names), Path("illustrations/te-07.yaml")) as client:
        for one in client.get("/api/clusters?illustration=all").json()["items"]:
            kept = client.store.graph(f"{GRAPH_BASE}diagnosis/{one['description'].rpartition('/')[2]}")
            answer = client.get(one["links"]["diagnosis"], headers={"accept": "text/turtle"})
            assert kept
            assert _triples(answer.content, ox.RdfFormat.TURTLE) == _triples(kept, ox.RdfFormat.N_TRIPLES)


def test_a_write_is_seen_at_once(serve, description):
    with serve(description(), description(date="2025-01-01", label="Beta")) as client:
        found = client.get("/api/clusters").json()["items"]
        assert [(one["slug"], one["described"], one["descriptions"]) for one in found] == [("alpha", "2025-01-01", 2)]
        client.store.write([DropGraph(f"{GRAPH_BASE}description/alpha-2025")])
        found = client.get("/api/clusters").json()["items"]
        assert [(one["slug"], one["described"], one["descriptions"]) for one in found] == [("alpha", "2024-03-01", 1)]


def test_a_cluster_with_an_iri_of_others(serve, description):
    theirs = "https://example.org/clúster?id=1&x=2#a"
    text = description().replace("cluster/alpha", f'"{theirs}"').replace("description/alpha", "https://example.org/d/1")
    with serve(text) as client:
        (one,) = client.get("/api/clusters").json()["items"]
        assert one["iri"] == theirs
        assert one["links"]["page"] is None
        assert client.get(one["links"]["self"]).json()["iri"] == theirs
        (described,) = client.get(one["links"]["self"]).json()["describedBy"]
        answer = client.get(described["diagnosis"])
        assert answer.status_code == 200
        assert answer.json()["diagnoses"][0]["clusters"] == [theirs]


def test_a_stored_description_that_is_broken_says_why(serve, description):
    with serve(description()) as client:
        broken = f'<{ID_BASE}initiative/alpha> <https://w3id.org/clusterkg/ontology#membrship> "x" .'
        graph = f"{GRAPH_BASE}description/alpha-2024"
        client.store.write([AddToGraph(graph, broken.encode())])
        answer = client.get("/api/clusters/alpha/diagnosis")
        assert answer.status_code == 422
        assert "membrship" in answer.json()["detail"]
        assert "membership" in answer.json()["hint"]
        assert client.get("/api/clusters/alpha").json()["corners"] is None
        assert client.get("/api/portfolio").json()["items"] == []


def test_slugs_lead_back():
    for iri in (
        f"{ID_BASE}cluster/a",
        f"{ID_BASE}cluster/a/b",
        f"{ID_BASE}cluster/~a",
        "http://a/á#x",
        f"{ID_BASE}x/y",
    ):
        assert cluster_of(slug_of(iri)) == iri
        assert not set(slug_of(iri)) & set("/?#%")


def test_folding_is_the_same_here_and_in_the_store():
    store = ox.Store()
    for text in ("ÁRBOL", "Ñandú", "Ça va", "Straße", "Øre", "İ", "日本"):
        query = f"SELECT ?f WHERE {{ VALUES ?t {{ {ox.Literal(text)} }} BIND({folded('?t')} AS ?f) }}"
        assert next(iter(store.query(query)))["f"].value == fold(text)


def test_dates():
    for good in ("2020", "2020-02", "2020-02-29"):
        assert checked_date(good) == good
    for bad in ("20", "2020-2", "2021-02-29", "2020-02-29\n", "0000", "-2020", "2020-02-29Z"):
        with pytest.raises(UsageError):
            checked_date(bad)


def test_what_there_is_to_check(shipped):
    shelf = library()
    profiles = shipped.get("/api/profiles").json()["items"]
    assert [one["code"] for one in profiles] == list(shelf.book.profiles)
    for profile in profiles:
        rules = shipped.get("/api/rules", params={"profile": profile["code"]}).json()["items"]
        assert [one["code"] for one in rules] == profile["rules"]
    errors = shipped.get("/api/errors?profile=ten-errors").json()["items"]
    assert len(errors) == 10
    assert all(one["rules"] and one["success"]["es"] for one in errors)
    assert shipped.get("/api/rules?profile=nope").status_code == 400


def test_rules_are_those_of_the_command(shipped, capfd):
    main(["rules", "--format", "json", "--lang", "es"])
    assert shipped.get("/api/rules?lang=es").json()["items"] == json.loads(capfd.readouterr().out)
    main(["profiles", "--format", "json", "--lang", "es"])
    assert shipped.get("/api/profiles?lang=es").json()["items"] == json.loads(capfd.readouterr().out)


def _triples(content: bytes, form: ox.RdfFormat) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(content, format=form)}


def test_the_slug_of_a_foreign_cluster_is_base64url():
    assert slug_of("http://a/b") == "~" + base64.urlsafe_b64encode(b"http://a/b").decode().rstrip("=")
