"""The check of the vocabulary: what it finds in small modules of its own, and that it names what it finds."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterkg import hermit
from clusterkg.contradictions import smallest
from clusterkg.errors import ConfigurationError, InputError, UsageError
from clusterkg.ontology_check import OntologyReport, check_ontology
from clusterkg.resources import resource, resources

PREFIXES = """
@prefix : <http://example.org/v#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

VOCABULARY = """
<http://example.org/v> a owl:Ontology ; owl:imports <http://nowhere.invalid/never-fetched> .
:Cluster a owl:Class ; rdfs:label "Clúster"@es , "Cluster"@en .
:Organisation a owl:Class ; rdfs:label "Organización"@es , "Organisation"@en ; owl:disjointWith :Cluster .
:Chamber a owl:Class ; rdfs:subClassOf :Organisation ; rdfs:label "Cámara"@es , "Chamber"@en .
:Initiative a owl:Class ; owl:disjointWith :Cluster , :Organisation .
:serves a owl:ObjectProperty ; rdfs:range :Cluster .
:runBy a owl:ObjectProperty ; rdfs:range :Organisation .
:founded a owl:DatatypeProperty ; rdfs:range xsd:date .
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hermit.is_available(), reason="no reasoner here: pip install 'clusterkg[reasoning]'"),
]


def check(folder: Path, turtle: str, extra: str | None = None) -> OntologyReport:
    (folder / "ontology").mkdir()
    (folder / "ontology" / "module.ttl").write_text(PREFIXES + VOCABULARY + turtle, encoding="utf-8")
    files = []
    if extra is not None:
        files.append(folder / "data.ttl")
        files[0].write_text(PREFIXES + extra, encoding="utf-8")
    return check_ontology(folder, files)


def test_a_sound_vocabulary_passes_with_its_counts(tmp_path: Path) -> None:
    report = check(
        tmp_path, ':velas a :Cluster ; :founded "2004-05-01"^^xsd:date . :run a :Initiative ; :serves :velas .'
    )
    assert report.sound
    assert (report.classes, report.properties, report.individuals) == (4, 3, 2)
    assert report.reasoner.startswith("HermiT")
    assert report.seconds > 0


def test_a_class_that_nothing_can_be_of_is_named_with_those_below_it(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        ':Both a owl:Class ; rdfs:subClassOf :Cluster , :Chamber ; rdfs:label "Ambas"@es .'
        ":Below rdfs:subClassOf :Both .",
    )
    assert not report.sound
    assert not report.inconsistent
    assert [name.iri for name in report.unsatisfiable] == ["http://example.org/v#Below", "http://example.org/v#Both"]
    assert report.unsatisfiable[1].label == {"es": "Ambas", "en": "Ambas"}


def test_one_thing_that_is_both_cluster_and_organisation_is_named_with_both(tmp_path: Path) -> None:
    report = check(tmp_path, "", extra=":sound a :Cluster . :mixed a :Cluster , :Chamber .")
    assert report.inconsistent
    [found] = report.explanation
    assert [name.iri for name in found.individuals] == ["http://example.org/v#mixed"]
    assert found.message["es"] == "«mixed» figura a la vez como «Clúster» y como «Organización», que se excluyen."
    assert found.message["en"] == "“mixed” is stated to be both “Cluster” and “Organisation”, which exclude each other."


def test_classes_listed_as_all_disjoint_count_too(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        ":Chain a owl:Class . [] a owl:AllDisjointClasses ; owl:members ( :Chain :Initiative :Chamber ) .",
        extra=":mixed a :Chain , :Initiative .",
    )
    [found] = report.explanation
    assert [name.iri for name in found.classes] == ["http://example.org/v#Chain", "http://example.org/v#Initiative"]


def test_what_only_reasoning_finds_is_cornered_to_the_ones_that_contradict_each_other(tmp_path: Path) -> None:
    others = " ".join(
        f":c{number} a :Cluster . :i{number} a :Initiative ; :serves :c{number} ." for number in range(40)
    )
    report = check(tmp_path, "", extra=others + " :one a :Initiative ; :serves :x . :two a :Initiative ; :runBy :x .")
    [found] = report.explanation
    assert {name.iri for name in found.individuals} == {"http://example.org/v#one", "http://example.org/v#two"}
    assert found.minimal
    assert report.unsatisfiable == ()


def test_a_thing_without_an_iri_is_named_by_what_it_is_and_whose(tmp_path: Path) -> None:
    report = check(
        tmp_path, "", extra=':run a :Initiative ; rdfs:label "Iniciativa Velas"@es ; :runBy [ a :Cluster ] .'
    )
    [found] = report.explanation
    assert {name.label["es"] for name in found.individuals} == {"Iniciativa Velas", "Clúster de Iniciativa Velas"}


def test_a_vocabulary_that_contradicts_itself_is_said_to_do_so(tmp_path: Path) -> None:
    report = check(tmp_path, "owl:Thing rdfs:subClassOf :Cluster , :Chamber .", extra=":innocent a :Initiative .")
    [found] = report.explanation
    assert found.individuals == ()
    assert "vocabulario" in found.message["es"]


def test_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    check(tmp_path, "", extra=":one :serves :x . :two a :Initiative ; :runBy :x . :one a :Initiative .")
    assert list(scratch.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_files_that_are_no_rdf_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        check(tmp_path, "", extra=":broken a")
    assert caught.value.file == str(tmp_path / "data.ttl")
    (tmp_path / "ontology" / "module.ttl").write_text("nonsense", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        check_ontology(tmp_path)


def test_an_empty_place_is_no_sound_ontology(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no ontology"):
        check_ontology(tmp_path)


def test_without_a_reasoner_the_way_to_get_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hermit, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"clusterkg\[reasoning\]"):
        check(tmp_path, "")


@given(st.integers(1, 400), st.sets(st.integers(0, 399), max_size=3))
def test_the_search_finds_every_needed_item_and_no_other(size: int, wanted: set[int]) -> None:
    needed = {number for number in wanted if number < size}

    def first_bad(trials: Sequence[Sequence[int]]) -> int | None:
        return next((index for index, trial in enumerate(trials) if needed <= set(trial)), None)

    found, complete = smallest(range(size), first_bad)
    assert complete
    assert set(found) == needed


def test_a_search_that_runs_out_of_time_says_so_and_loses_nothing() -> None:
    needed = set(range(0, 5000, 500))

    def first_bad(trials: Sequence[Sequence[int]]) -> int | None:
        return next((index for index, trial in enumerate(trials) if needed <= set(trial)), None)

    found, complete = smallest(range(5000), first_bad)
    assert not complete
    assert needed <= set(found)


def test_the_shipped_vocabulary_and_sources_are_sound() -> None:
    report = check_ontology(resources(), sorted(resource("data").rglob("*.ttl")))
    assert report.sound, [found.message["en"] for found in report.explanation] or report.unsatisfiable
    assert report.classes > 100
