"""Which descriptions a document holds, and what belongs to each."""

from __future__ import annotations

import pytest

from clusterkg.descriptions import Description, descriptions_of
from clusterkg.errors import InputError, NothingChecked
from clusterkg.reading import read_document
from clusterkg.vocabulary import Vocabulary

PREFIXES = """@prefix : <https://w3id.org/clusterkg/ontology#> . @prefix e: <http://e/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
DATE = ':described "2021-03-01"^^xsd:date'


def descriptions(content: str, vocabulary: Vocabulary, format: str = "trig") -> list[Description]:
    text = content if format == "yaml" else PREFIXES + content
    return descriptions_of(read_document(text.encode(), format=format, name="f"), vocabulary)


def test_one_description_owns_its_whole_graph(vocabulary: Vocabulary) -> None:
    (found,) = descriptions(
        f"""e:d a :Description ; {DATE} ; :assesses e:i . e:i :serves e:c , e:k ; rdfs:label "I"@en .
        e:loose :fills e:l .""",
        vocabulary,
    )
    assert (found.iri, found.initiative, found.described) == ("http://e/d", "http://e/i", "2021-03-01")
    assert found.clusters == ("http://e/c", "http://e/k")
    assert found.label == {"es": "I", "en": "I"}
    assert found.unchecked is None
    assert found.quads == found.document.quads


def test_a_description_of_yaml(yaml_text: str, vocabulary: Vocabulary) -> None:
    (found,) = descriptions(yaml_text, vocabulary, "yaml")
    assert found.described == "2021-03"
    assert found.label == {"es": "Iniciativa Acme", "en": "Acme initiative"}
    assert len(found.quads) == 40


def test_several_in_one_graph_get_what_they_reach(vocabulary: Vocabulary) -> None:
    one, two = descriptions(
        f"""e:d a :Description ; {DATE} ; :assesses e:i . e:i :serves e:c ; :runBy e:o .
        e:f a :Description ; {DATE} ; :assesses e:j ; :about e:d . e:j :serves e:k ; :runBy e:o .
        e:o :locatedIn e:p . e:k :field [ rdfs:label "F" ] .""",
        vocabulary,
    )
    subjects = [{quad.subject.value.rsplit("/", 1)[-1] for quad in each.quads} for each in (one, two)]
    assert subjects[0] == {"d", "i", "o"}
    assert subjects[1] > {"f", "j", "k", "o"}
    assert "d" not in subjects[1]
    assert len(subjects[1]) == 5


def test_a_named_graph_for_each(vocabulary: Vocabulary) -> None:
    one, two = descriptions(
        f"e:g {{ e:d a :Description ; {DATE} ; :assesses e:i . e:i :serves e:c }}"
        f"e:h {{ e:f a :Description ; {DATE} ; :assesses e:i . e:i :serves e:k }}",
        vocabulary,
    )
    assert (one.clusters, two.clusters) == (("http://e/c",), ("http://e/k",))
    assert {str(quad.graph_name) for quad in one.quads} == {"<http://e/g>"}


def test_a_document_without_descriptions(vocabulary: Vocabulary) -> None:
    assert descriptions("e:o a :Firm .", vocabulary) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("e:d a :Description ; :assesses e:i .", "The description lacks its date (“described”)."),
        (f'e:d a :Description ; {DATE} , "2020"^^xsd:gYear .', "The description has more than one date."),
        ('e:d a :Description ; :described "1/3/2021"^^xsd:date .', "“1/3/2021” is no date."),
        ('e:d a :Description ; :described "2021-02-30"^^xsd:date .', "“2021-02-30” is no date."),
        ('e:d a :Description ; :described "2021-02-03Z"^^xsd:date .', "“2021-02-03Z” is no date."),
        ('e:d a :Description ; :described "2021" .', "“2021” is no date."),
        ("e:d a :Description ; :described e:x .", "“http://e/x” is no date."),
        (f"e:d a :Description ; {DATE} ; :assesses e:i , e:j .", "The description assesses more than one initiative."),
        (
            f"e:g {{ e:d a :Description ; {DATE} }} e:h {{ e:d a :Description ; {DATE} }}",
            "The description is spread over two graphs.",
        ),
    ],
)
def test_descriptions_that_cannot_be_used(statement: str, message: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError) as caught:
        descriptions(statement, vocabulary)
    assert caught.value.message["en"] == message
    assert (caught.value.file, caught.value.line) == ("f", 3)


@pytest.mark.parametrize(
    ("statement", "word"),
    [(f"e:d a :Description ; {DATE} .", "assesses"), (f"e:d a :Description ; {DATE} ; :assesses e:i .", "serves")],
)
def test_without_a_cluster_there_is_nothing_to_check(statement: str, word: str, vocabulary: Vocabulary) -> None:
    (found,) = descriptions(statement, vocabulary)
    assert isinstance(found.unchecked, NothingChecked)
    assert found.unchecked.exit_code == 3
    assert f"(“{word}”)" in found.unchecked.message["en"]
    assert (found.unchecked.file, found.unchecked.line) == ("f", 3)


def test_an_initiative_taken_for_a_cluster_is_still_checked(vocabulary: Vocabulary) -> None:
    (found,) = descriptions(f"e:d a :Description ; {DATE} ; :assesses e:i . e:i a :Cluster , :Guild .", vocabulary)
    assert found.clusters == ("http://e/i",)
    assert found.unchecked is None


def test_the_label_falls_back_to_the_iri(vocabulary: Vocabulary) -> None:
    (found,) = descriptions(f"e:d a :Description ; {DATE} ; :assesses e:i . e:i :serves e:c .", vocabulary)
    assert found.label == {"es": "i", "en": "i"}
