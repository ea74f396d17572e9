"""What the vocabulary answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from clusterkg.errors import ConfigurationError
from clusterkg.namespaces import CKG, XSD
from clusterkg.vocabulary import Vocabulary, shipped_vocabulary

TURTLE = """@prefix : <https://w3id.org/clusterkg/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Top a owl:Class . :Middle a owl:Class ; rdfs:subClassOf :Top , [ a owl:Restriction ] .
:Low a owl:Class ; rdfs:subClassOf :Middle .
:Loop rdfs:subClassOf :Loop2 . :Loop2 rdfs:subClassOf :Loop .
:thing a :Low ; rdfs:label "cosa"@es-MX , "thing"@en .
:concept a skos:Concept ; skos:prefLabel "término"@es ; rdfs:label "otro"@es .
:to a owl:ObjectProperty ; rdfs:range :Top . :named a owl:ObjectProperty ; rdfs:range skos:Concept .
:when a owl:DatatypeProperty ; :expectedDatatype xsd:date , xsd:gYear .
:size a owl:DatatypeProperty ; rdfs:range xsd:decimal .
:note a owl:AnnotationProperty .
"""


@pytest.fixture(scope="module")
def small() -> Vocabulary:
    store = Store()
    store.extend(parse(TURTLE, format=RdfFormat.TURTLE))
    return Vocabulary(store)


def iri(name: str) -> str:
    return CKG[name].value


def test_classes(small: Vocabulary) -> None:
    assert small.superclasses(iri("Low")) == {iri("Low"), iri("Middle"), iri("Top")}
    assert small.subclasses(iri("Top")) == {iri("Low"), iri("Middle"), iri("Top")}
    assert small.superclasses(iri("Loop")) == {iri("Loop"), iri("Loop2")}
    assert small.superclasses("http://e/unknown") == {"http://e/unknown"}
    assert small.is_class(iri("Low"))
    assert not small.is_class(iri("to"))


def test_individuals(small: Vocabulary) -> None:
    assert small.is_individual(iri("thing"))
    assert not small.is_individual(iri("Top"))
    assert not small.is_individual(iri("to"))
    assert small.instances(iri("Top")) == {iri("thing")}


def test_properties(small: Vocabulary) -> None:
    assert all(small.is_property(iri(name)) for name in ("to", "when", "note"))
    assert small.takes_nodes(iri("to"))
    assert small.takes_names(iri("named"))
    assert small.takes_names(iri("to"))  # all members of its class are named by the vocabulary
    assert small.takes_values(iri("size"))
    assert small.expected_datatypes(iri("when")) == {XSD.date.value, XSD.gYear.value}
    assert small.expected_datatypes(iri("size")) == {XSD.decimal.value}
    assert small.expected_datatypes(iri("to")) == frozenset()


def test_labels(small: Vocabulary) -> None:
    assert small.labels(iri("thing")) == {"es": "cosa", "en": "thing"}
    assert small.labels(iri("concept")) == {"es": "término", "en": "término"}
    assert small.labels("http://e/x/unknown") == {"es": "unknown", "en": "unknown"}


def test_the_shipped_vocabulary_is_loaded_once() -> None:
    vocabulary = shipped_vocabulary()
    assert vocabulary is shipped_vocabulary()
    assert vocabulary.labels(iri("Cluster")) == {"es": "clúster", "en": "cluster"}
    assert vocabulary.is_individual("https://w3id.org/clusterkg/id/source/cbm")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "x.ttl").write_text("@prefix : <http://e/> .\n:a :b")
    with pytest.raises(ConfigurationError) as caught:
        Vocabulary.load(tmp_path)
    assert caught.value.file == str(tmp_path / "ontology" / "x.ttl")
    assert caught.value.line == 2


def test_resources_are_found_from_any_folder(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "src"
    code = "from clusterkg.resources import resource; print(resource('ontology').is_dir())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True"
