"""Words and values are checked against the vocabulary, whatever the syntax."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Store, parse

from clusterkg.errors import InputError, UnknownTermError
from clusterkg.reading import read_document
from clusterkg.reading.lint import Problem, lint
from clusterkg.vocabulary import Vocabulary

PREFIXES = """@prefix : <http://e/> . @prefix ckg: <https://w3id.org/clusterkg/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def problems(statement: str, vocabulary: Vocabulary) -> list[Problem]:
    return lint(read_document((PREFIXES + statement).encode(), format="turtle"), vocabulary)


@pytest.mark.parametrize(
    "statement",
    [
        ':a a ckg:Firm ; rdfs:label "x" ; :own "y" ; ckg:actor :b , [ a :OwnClass ] .',
        ":a ckg:workField ckg:marketing , :own ; ckg:list ckg:champions ; ckg:document :d .",
        ':a ckg:since "2004"^^xsd:gYear , "2004-02-29"^^xsd:date , "2004-12"^^xsd:gYearMonth .',
        ':a ckg:amount 1 , 1.50 ; ckg:count 3 , "3"^^xsd:nonNegativeInteger ; ckg:chairs true .',
        ':a ckg:locator "p. 3" , "p. 3"@en-GB ; ckg:currency "EUR" ; ckg:measures "x" , ckg:marketing .',
    ],
)
def test_what_is_right_passes(statement: str, vocabulary: Vocabulary) -> None:
    assert problems(statement, vocabulary) == []


@pytest.mark.parametrize(
    ("statement", "message", "hint"),
    [
        (":a ckg:asseses :b .", "Unknown property “asseses”.", "Did you mean “assesses”?"),
        (":a ckg:xqzw :b .", "Unknown property “xqzw”.", None),
        (":a ckg:Firm :b .", "Unknown property “Firm”.", None),
        (":a a ckg:ClusterInitative .", "Unknown class “ClusterInitative”.", "Did you mean “ClusterInitiative”?"),
        (":a a ckg:marketing .", "Unknown class “marketing”.", None),
        (":a ckg:workField ckg:marketng .", "Unknown value “marketng”.", "Did you mean “marketing”?"),
        (":a ckg:list ckg:marketing .", "Unknown value “marketing”.", None),
        (":a ckg:list ckg:Champions .", "Unknown value “Champions”.", "Did you mean “champions”?"),
        (":a ckg:workField <https://w3id.org/clusterkg/ontology#field/x> .", "Unknown value “field/x”.",
         "For a thing of your own write a map: {id: field/x}."),
        (":a :own ckg:nonsenseword .", "Unknown value “nonsenseword”.", None),
        (':a ckg:actor "Acme" .', "“actor” expects a thing, not the text “Acme”.",
         "Write its identifier, or a map with “label”."),
        (':a a "Firm" .', "“type” expects a thing, not the text “Firm”.",
         "Write its identifier, or a map with “label”."),
        (":a ckg:amount :b .", "“amount” expects a text, a number or a date, not a thing.", None),
        (':a ckg:since "20/05/2026"^^xsd:date .', "“20/05/2026” is not a valid date.",
         "Write 2004-05-01, 2004-05 or 2004."),
        (':a ckg:since "2023-02-02Z"^^xsd:date .',
         "“2023-02-02Z” is no date with a year of four digits and without a time zone.",
         "Write 2004-05-01, 2004-05 or 2004."),
        (':a ckg:since "12023"^^xsd:gYear .',
         "“12023” is no date with a year of four digits and without a time zone.",
         "Write 2004-05-01, 2004-05 or 2004."),
        (':a ckg:since "2023-02-29"^^xsd:date .', "“2023-02-29” is not a valid date.",
         "Write 2004-05-01, 2004-05 or 2004."),
        (':a ckg:since "2004-13"^^xsd:gYearMonth .', "“2004-13” is not a valid gYearMonth.",
         "Write 2004-05-01, 2004-05 or 2004."),
        (':a ckg:count "abc"^^xsd:integer .', "“abc” is not a valid integer.", None),
        (':a :own "abc"^^xsd:decimal .', "“abc” is not a valid decimal.", None),
        (':a ckg:since "2004-05-01" .', "“since” expects date, gYear, gYearMonth, and “2004-05-01” is string.",
         "Write 2004-05-01, 2004-05 or 2004."),
        (':a ckg:since "2004-05-01T00:00:00"^^xsd:dateTime .',
         "“since” expects date, gYear, gYearMonth, and “2004-05-01T00:00:00” is dateTime.",
         "Write 2004-05-01, 2004-05 or 2004."),
        (":a ckg:count 1.5 .", "“count” expects integer, and “1.5” is decimal.", None),
        (":a ckg:amount 1.5e3 .", "“amount” expects decimal, and “1.5e3” is double.", None),
        (":a ckg:locator 3 .", "“locator” expects PlainLiteral, and “3” is integer.", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(statement: str, message: str, hint: str | None, vocabulary: Vocabulary) -> None:
    found = problems(statement, vocabulary)
    assert [problem.message["en"] for problem in found] == [message]
    told = (found[0].hint or {}).get("en")
    assert told == hint or (hint is None and told is not None and told.startswith("Did you mean"))
    assert found[0].line == 4
    assert found[0].fatal
    assert found[0].message["es"] != found[0].message["en"]


def test_deprecated_terms_are_told_but_accepted() -> None:
    store = Store()
    turtle = (
        PREFIXES
        + """ckg:old a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy ckg:new .
        ckg:new a owl:ObjectProperty ."""
    )
    store.extend(parse(turtle, format=RdfFormat.TURTLE))
    vocabulary = Vocabulary(store)
    document = read_document((PREFIXES + ":a ckg:old :b .").encode(), format="turtle", vocabulary=vocabulary)
    (problem,) = lint(document, vocabulary)
    assert not problem.fatal
    assert problem.message["en"] == "“old” is deprecated."
    assert problem.hint == {"es": "Use «new».", "en": "Use “new”."}


def test_reading_with_a_vocabulary_raises_and_lists_all(vocabulary: Vocabulary) -> None:
    text = "id: initiative/x\ntype: ClusterInitative\nsince: 20/05/2026\nseatTotal: abc\n"
    with pytest.raises(UnknownTermError) as caught:
        read_document(text.encode(), format="yaml", name="x.yaml", vocabulary=vocabulary)
    assert str(caught.value).splitlines() == [
        "x.yaml:2: Unknown class “ClusterInitative”. — Did you mean “ClusterInitiative”?",
        "x.yaml:3: “20/05/2026” is not a valid date. — Write 2004-05-01, 2004-05 or 2004.",
        "x.yaml:4: “abc” is not a valid integer.",
    ]


def test_no_more_than_twenty_are_listed(vocabulary: Vocabulary) -> None:
    text = "count:\n" + "".join(f"- x{n}\n" for n in range(30))
    with pytest.raises(InputError) as caught:
        read_document(text.encode(), format="yaml", vocabulary=vocabulary)
    lines = caught.value.message["es"].splitlines()
    assert len(lines) == 21
    assert lines[-1] == "… y 10 más."


def test_texts_of_many_lines_are_shortened(vocabulary: Vocabulary) -> None:
    (problem,) = problems(f':a ckg:actor "{"x" * 500}" .', vocabulary)
    assert len(problem.message["en"]) < 120


def test_the_search_for_problems_ends(vocabulary: Vocabulary) -> None:
    content = PREFIXES + "".join(f":a{n} ckg:nonsense{n} :b .\n" for n in range(5000))
    with pytest.raises(InputError) as caught:
        read_document(content.encode(), format="turtle", vocabulary=vocabulary)
    assert caught.value.message["es"].endswith("… y al menos 180 más.")


def test_what_is_deprecated_does_not_hide_what_is_wrong() -> None:
    store = Store()
    store.extend(
        parse(
            "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ckg: <https://w3id.org/clusterkg/ontology#> ."
            " ckg:old a owl:ObjectProperty ; owl:deprecated true .",
            format=RdfFormat.TURTLE,
        )
    )
    content = PREFIXES + "".join(f":a{n} ckg:old :b .\n" for n in range(300)) + ":a ckg:nonsense :b ."
    document = read_document(content.encode(), format="turtle")
    assert [problem.term for problem in lint(document, Vocabulary(store)) if problem.fatal] == ["nonsense"]
