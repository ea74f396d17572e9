"""load, export, status, backup, restore, query --store: over a store in a folder."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from clusterkg.reading import read_document
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import DropGraph, PutGraph
from clusterkg.store.loading import description_changes
from clusterkg.vocabulary import shipped_vocabulary

ALPHA = "https://w3id.org/clusterkg/graph/description/a-2024"
JUDGED = "https://w3id.org/clusterkg/graph/diagnosis/a-2024"


def graphs(store: str) -> list[str]:
    return sorted(EmbeddedStore(Path(store), read_only=True).state().graphs)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory, minimal_text):
    """A folder with a store that holds the description of `minimal`; to be copied."""
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "alpha.yaml").write_text(minimal_text, encoding="utf-8")
    store = EmbeddedStore(folder / "store")
    store.write(description_changes([read_document(folder / "alpha.yaml", vocabulary=shipped_vocabulary())]))
    store.close()
    return folder / "store"


@pytest.fixture
def store(loaded, tmp_path):
    shutil.copytree(loaded, tmp_path / "store")
    return str(tmp_path / "store")


def test_load_puts_each_description_in_its_graph_and_judges_it(run, minimal, tmp_path):
    place = str(tmp_path / "new")
    result = run("load", str(minimal), "--store", place, "--lang", "es")
    assert result.code == 0, result.err
    assert result.out == f"1 grafo cargado en {place} (estado 2)\n"
    assert f"{minimal} → {ALPHA}" in result.err
    told = json.loads(run("status", "--store", place, "--format", "json").out)
    assert (told["descriptions"], told["diagnoses"], told["undiagnosed"], told["inStep"]) == (1, 1, [], True)


def test_what_cannot_be_used_is_left_out_and_said(run, store, minimal, tmp_path):
    broken, odd = tmp_path / "broken.yaml", tmp_path / "odd.yaml"
    broken.write_text("id: [", encoding="utf-8")
    odd.write_text(minimal.read_text(encoding="utf-8").replace("described:", "descrived:").replace("a-2024", "b-2024"))
    good = tmp_path / "good.yaml"
    good.write_text(minimal.read_text(encoding="utf-8").replace("a-2024", "c-2024"), encoding="utf-8")
    result = run("load", str(broken), str(odd), str(good), str(tmp_path / "none.yaml"), "--store", store)
    assert result.code == 2
    assert "1 graph loaded" in result.out
    assert sum(line.startswith("Error: ") for line in result.err.splitlines()) == 3
    assert "Traceback" not in result.err
    assert {"a-2024", "c-2024"} == {one.rpartition("/")[2] for one in graphs(store) if "/description/" in one}


def test_the_same_description_twice_is_loaded_once(run, minimal, tmp_path):
    again = tmp_path / "again.yaml"
    again.write_text(minimal.read_text(encoding="utf-8"), encoding="utf-8")
    result = run("load", str(minimal), str(again), "--store", str(tmp_path / "new"))
    assert result.code == 2
    assert "comes from" in result.err
    assert "1 graph loaded" in result.out


def test_nothing_to_load(run, tmp_path):
    (tmp_path / "empty").mkdir()
    for arguments in (("load",), ("load", str(tmp_path / "empty"))):
        result = run(*arguments, "--store", str(tmp_path / "new"))
        assert result.code in (2, 3)
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", [("status",), ("export",), ("query", "ASK {}"), ("backup", "copy")])
def test_where_there_is_no_store(run, tmp_path, command):
    result = run(*command, "--store", str(tmp_path / "none"), "--lang", "es")
    assert result.code == 2
    assert "no hay un almacén" in result.err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("form", "syntax"),
    [
        ("nquads", ox.RdfFormat.N_QUADS),
        ("trig", ox.RdfFormat.TRIG),
        ("jsonld", ox.RdfFormat.JSON_LD),
        ("turtle", ox.RdfFormat.TURTLE),
        ("ntriples", ox.RdfFormat.N_TRIPLES),
        ("rdfxml", ox.RdfFormat.RDF_XML),
    ],
)
def test_export_loses_nothing(run, store, form, syntax):
    with_graphs = set(ox.parse(run("export", "--store", store).out.encode(), format=ox.RdfFormat.N_QUADS))
    assert {quad.graph_name.value for quad in with_graphs} == {ALPHA, JUDGED}
    found = set(ox.parse(run("export", "--store", store, "--format", form).out.encode(), format=syntax))
    if form in ("nquads", "trig", "jsonld"):
        assert len(found) == len(with_graphs)
        assert {quad.graph_name for quad in found} == {quad.graph_name for quad in with_graphs}
    else:
        assert len(found) == len({quad.triple for quad in with_graphs})


def test_export_of_one_graph(run, store, tmp_path):
    out = tmp_path / "alpha.ttl"
    assert run("export", "--graph", ALPHA, "--format", "turtle", "--store", store, "--out", str(out)).code == 0
    assert "Iniciativa Alfa" in out.read_text(encoding="utf-8")
    result = run("export", "--graph", "http://example.org/none", "--store", store, "--lang", "es")
    assert result.code == 2
    assert "no tiene un grafo" in result.err


def test_status_for_people(run, store):
    told = run("status", "--store", store, "--lang", "es").out
    assert "Descripciones:" in told
    assert "Diagnósticos al día: sí" in told


def test_status_names_what_has_no_diagnosis(run, store):
    opened = EmbeddedStore(Path(store))
    opened.write(
        [PutGraph(f"{ALPHA}-odd", b"<http://example.org/x> <http://example.org/p> <http://example.org/o> .\n")]
    )
    opened.close()
    assert json.loads(run("status", "--store", store, "--format", "json").out)["undiagnosed"] == ["a-2024-odd"]


def test_backup_and_restore(run, store, tmp_path):
    copy, other = str(tmp_path / "copy"), str(tmp_path / "other")
    assert run("backup", copy, "--store", store).code == 0
    before = json.loads(run("status", "--store", store, "--format", "json").out)
    result = run("restore", copy, "--store", other, "--lang", "es")
    assert result.code == 0, result.err
    assert "restaurado" in result.out
    after = json.loads(run("status", "--store", other, "--format", "json").out)
    assert (after["sha256"], after["triples"]) == (before["sha256"], before["triples"])
    assert run("export", "--store", other).out == run("export", "--store", store).out


def test_a_backup_overwrites_nothing(run, store, tmp_path):
    (tmp_path / "copy").mkdir()
    assert run("backup", str(tmp_path / "copy"), "--store", store).code == 2
    assert list((tmp_path / "copy").iterdir()) == []


def test_what_is_no_backup_restores_nothing(run, store, tmp_path):
    before = graphs(store)
    for folder in (tmp_path / "none", tmp_path):
        result = run("restore", str(folder), "--store", store)
        assert result.code == 2, result.err
        assert "Traceback" not in result.err
    assert graphs(store) == before


def test_a_damaged_backup_restores_nothing(run, store, tmp_path):
    before = graphs(store)
    assert run("backup", str(tmp_path / "copy"), "--store", store).code == 0
    dump = tmp_path / "copy" / "dump.nq.gz"
    whole = dump.read_bytes()
    shorter = gzip.compress(b"".join(gzip.decompress(whole).splitlines(keepends=True)[1:]))
    for damaged in (whole[:-20], whole[:200] + b"x" + whole[201:], b"", b"text", shorter):
        dump.write_bytes(damaged)
        result = run("restore", str(tmp_path / "copy"), "--store", store)
        assert result.code == 2
        assert "damaged" in result.err
    assert graphs(store) == before


def test_a_service_cannot_be_restored(run, tmp_path):
    result = run("restore", str(tmp_path), "--store", "http://localhost:1/sparql")
    assert result.code == 2
    assert "folder" in result.err


def test_query_asks_the_store(run, store):
    result = run("query", "SELECT ?c WHERE { ?c a ckg:Cluster }", "--store", store, "--format", "csv")
    assert result.out.splitlines() == ["c", "https://w3id.org/clusterkg/id/cluster/a"]
    assert run("query", "ASK { ?c a ckg:Cluster }", CLUSTERKG_STORE=store).out == "true\n"
    built = run("query", "CONSTRUCT { ?c a ckg:Cluster } WHERE { ?c a ckg:Cluster }", "--store", store)
    assert "cluster:a" in built.out or "id/cluster/a" in built.out
    assert "1 row" in run("query", "clusters", "--store", store, "--lang", "en").out


def test_the_format_of_a_query_is_that_of_the_shipped_graph(run, store):
    for form in ("table", "csv", "tsv", "json", "xml"):
        assert run("query", "SELECT ?c { ?c a ckg:Cluster }", "--store", store, "--format", form).code == 0


def test_a_query_ends_at_its_deadline(run, store):
    crossed = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    result = run("query", crossed, "--store", store, "--seconds", "1", "--lang", "es")
    assert result.code == 2
    assert "no terminó en 1 s" in result.err


def test_a_faulty_query_says_where(run, store):
    result = run("query", "SELECT * {\n ?s ?p ckg:Cluster ?o }", "--store", store)
    assert result.code == 2
    assert result.err.startswith("Error: SPARQL:2:")


def test_a_store_answers_with_what_it_holds(run, store, minimal):
    assert run("query", "ASK {}", "--store", store, "--data", str(minimal)).code == 2
    # From the environment it gives way: whoever says --data means the shipped graph with that.
    assert run("query", "ASK {}", "--data", str(minimal), CLUSTERKG_STORE=store).out == "true\n"


@pytest.mark.slow
def test_the_shipped_graph_is_loaded_once(run, tmp_path):
    place = str(tmp_path / "shipped")
    first = run("load", "--shipped", "--store", place)
    assert first.code == 0
    assert "Loading" in first.err
    state = json.loads(run("status", "--store", place, "--format", "json").out)
    assert state["descriptions"] == state["diagnoses"] > 30
    assert "loaded already" in run("load", "--shipped", "--store", place).err
    assert json.loads(run("status", "--store", place, "--format", "json").out)["state"] == state["state"]


@pytest.mark.slow
def test_the_shipped_graph_beside_ones_own(run, store):
    assert run("load", "--shipped", "--store", store).code == 0
    assert {ALPHA, JUDGED} <= set(graphs(store))
    opened = EmbeddedStore(Path(store))
    opened.write([DropGraph("https://w3id.org/clusterkg/graph/rules")])
    opened.close()
    assert "Loading" in run("load", "--shipped", "--store", store).err
    assert "https://w3id.org/clusterkg/graph/rules" in graphs(store)
