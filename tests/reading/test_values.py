"""What YAML and JSON values become."""

from __future__ import annotations

import json

import pytest

from clusterkg.errors import InputError, UnknownTermError
from clusterkg.reading import parse_quads, read_document

CKG = "https://w3id.org/clusterkg/ontology#"
ID = "https://w3id.org/clusterkg/id/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def objects(text: str, key: str, format: str = "yaml") -> list[str]:
    """The values of `key` as N-Triples, ours shortened."""
    iri = key if ":" in key else CKG + key
    found = [
        str(quad.object) for quad in read_document(text.encode(), format=format).quads if quad.predicate.value == iri
    ]
    return [value.replace(CKG, "ckg:").replace(ID, "id:").replace(XSD, "xsd:") for value in found]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2004-05-01", '"2004-05-01"^^<xsd:date>'),
        ("2004-05", '"2004-05"^^<xsd:gYearMonth>'),
        ("2004", '"2004"^^<xsd:gYear>'),
        ('"2004"', '"2004"^^<xsd:gYear>'),
        ("20/05/2026", '"20/05/2026"^^<xsd:date>'),
        ("yesterday", '"yesterday"^^<xsd:date>'),
    ],
)
def test_dates_are_told_by_what_they_leave_open(written: str, expected: str) -> None:
    assert objects(f"since: {written}", "since") == [expected]


def test_a_year_is_a_year_in_json_too() -> None:
    assert objects('{"since": 2004}', "since", "json") == ['"2004"^^<xsd:gYear>']


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("amount: 40.50", '"40.50"^^<xsd:decimal>'),
        ("amount: 40", '"40"^^<xsd:decimal>'),
        ("amount: 1.8e9", '"1800000000"^^<xsd:decimal>'),
        ("amount: 1.5e-3", '"0.0015"^^<xsd:decimal>'),
        ("amount: '7'", '"7"^^<xsd:decimal>'),
        ("amount: 0.1", '"0.1"^^<xsd:decimal>'),
        ("count: 12", '"12"^^<xsd:integer>'),
        ("count: 123456789012345678901234567890", '"123456789012345678901234567890"^^<xsd:integer>'),
        ("count: abc", '"abc"^^<xsd:integer>'),
        ("chairs: true", '"true"^^<xsd:boolean>'),
        ("chairs: False", '"false"^^<xsd:boolean>'),
        ("chairs: yes", '"yes"^^<xsd:boolean>'),
        ("measures: 2.5", '"2.5"^^<xsd:decimal>'),
        ("measures: 2", '"2"^^<xsd:integer>'),
        ("currency: NO", '"NO"'),
        ("locator: 7", '"7"'),
        ("locator: no", '"no"'),
    ],
)
def test_numbers_and_words_are_never_rounded_or_reinterpreted(line: str, expected: str) -> None:
    assert objects(line, line.partition(":")[0]) == [expected]


def test_texts_take_a_string_or_a_map_by_language() -> None:
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    assert objects("label: Hola", label) == ['"Hola"']
    assert objects("label: {es: [Hola, Buenas], en: Hello, fr: }", label) == ['"Hola"@es', '"Buenas"@es', '"Hello"@en']


@pytest.mark.parametrize("empty", ["", "~", "null", "[]"])
def test_what_is_left_empty_is_not_said(empty: str) -> None:
    assert objects(f"since: {empty}\nchairs: true", "since") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("workField: marketing", "<ckg:marketing>"),
        ("workField: ckg:marketing", "<ckg:marketing>"),
        ("workField: https://example.org/f", "<https://example.org/f>"),
        ("workField: {id: workfield/own, label: Own}", "<id:workfield/own>"),
        ("workField: {id: ckg:marketing}", "<ckg:marketing>"),
        ("completeList: champions", "<ckg:champions>"),
        ("claimKind: planClaim", "<ckg:planClaim>"),
        ("document: source/cbm", "<id:source/cbm>"),
        ("actor: organisation/acme", "<id:organisation/acme>"),
        ("actor: {id: organisation/acme, type: Firm, label: Acme}", "<id:organisation/acme>"),
        ("actor: https://example.org/acme", "<https://example.org/acme>"),
        ("field: field/aerospace", "<id:field/aerospace>"),
        ("field: {id: field/aerospace, label: Aerospace}", "<id:field/aerospace>"),
        ("area: area/nuevo-león", "<id:area/nuevo-león>"),
        ("finding: rule:TE-07-1", "<https://w3id.org/clusterkg/rule/TE-07-1>"),
    ],
)
def test_names_and_identifiers(line: str, expected: str) -> None:
    assert objects(line, line.partition(":")[0]) == [expected]


def test_a_key_before_a_colon_is_no_prefix() -> None:
    with pytest.raises(InputError) as caught:
        read_document(b"\ndocument: source:cbm", format="yaml")
    assert caught.value.hint == {"es": "Escriba «source/cbm».", "en": "Write “source/cbm”."}
    assert (caught.value.line, caught.value.column) == (2, 11)


@pytest.mark.parametrize(
    "line",
    [
        "actor: Acme Corp",
        "actor: http://[x",
        "workField: marketing plan",
        "id: a b",
        "type: Big Firm",
        "'ex:a b': x",
        "actor: {id: '<x>'}",
    ],
)
def test_what_json_ld_would_drop_without_a_word_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="cannot be an identifier") as caught:
        read_document(f"chairs: true\n{line}".encode(), format="yaml")
    assert caught.value.line == 2


@pytest.mark.parametrize("format", ["yaml", "json", "jsonld"])
def test_what_has_no_language_code_is_refused(format: str) -> None:
    for text in ('{"label":\n{"español (MX)": "x"}}', '{"label":\n{"@value": "x", "@language": "español"}}'):
        with pytest.raises(InputError, match="is no language code") as caught:
            read_document(text.encode(), format=format)
        assert caught.value.line == 2


@pytest.mark.parametrize("format", ["yaml", "json", "jsonld"])
def test_values_with_an_explicit_type(format: str) -> None:
    for written, expected in (
        ('{"@value": 2004, "@type": "xsd:gYear"}', '"2004"^^<xsd:gYear>'),
        ('{"@value": 1.50, "@type": "xsd:decimal"}', '"1.50"^^<xsd:decimal>'),
        ('{"@value": 1.50}', '"1.50"^^<xsd:decimal>'),
        ('{"@value": "x", "@language": "es"}', '"x"@es'),
    ):
        assert objects(f'{{"measures": {written}}}', "measures", format) == [expected]


@pytest.mark.parametrize("format", ["yaml", "json", "jsonld"])
def test_an_unknown_key_is_told_with_the_nearest_right_one(format: str) -> None:
    with pytest.raises(UnknownTermError) as caught:
        read_document(b'{"type": "Description",\n  "asseses": {"id": "initiative/x"}}', format=format, name="f.json")
    error = caught.value
    assert (error.term, error.suggestion) == ("asseses", "assesses")
    assert str(error) == "f.json:2:3: Unknown key “asseses”. — Did you mean “assesses”?"


def test_several_yaml_documents_in_one_file() -> None:
    assert objects("workField: marketing\n---\nworkField: talent\n---\n", "workField") == [
        "<ckg:marketing>",
        "<ckg:talent>",
    ]


def test_own_terms_add_to_the_published_context() -> None:
    context = '"@context": {ex: "http://e/", shoeSize: {"@id": "ex:shoeSize", "@type": "ex:Size"}}'
    text = f"{context}\nshoeSize: 9\nchairs: true\nex:p: x"
    assert objects(text, "http://e/shoeSize") == ['"9"^^<http://e/Size>']
    assert objects(text, "chairs") == ['"true"^^<xsd:boolean>']
    assert objects(text, "http://e/p") == ['"x"']


def test_a_base_of_ones_own() -> None:
    assert objects('"@context": {"@base": "http://e/"}\nactor: acme', "actor") == ["<http://e/acme>"]


@pytest.mark.parametrize("name", ["https://w3id.org/clusterkg/context.jsonld", "/context.jsonld"])
def test_the_published_context_may_be_named(name: str) -> None:
    data = json.dumps({"@context": [name, {"ex": "http://e/"}], "since": "2004", "ex:p": 1})
    assert objects(data, "since", "jsonld") == ['"2004"^^<xsd:gYear>']
    assert objects(data, "http://e/p", "jsonld") == ['"1"^^<xsd:integer>']


def test_json_ld_with_its_own_context_is_plain_json_ld() -> None:
    data = json.dumps(
        {
            "@context": {"@vocab": "http://e/", "by": {"@container": "@language"}, "at": {"@container": "@id"}},
            "@graph": [
                {"@id": "http://e/a", "x": 1.5, "by": {"es": "uno"}, "at": {"http://e/k": {"x": 1}}},
                {"l": {"@list": [1, {"x": 2}]}, "@reverse": {"made": {"@id": "http://e/m"}}},
            ],
        }
    )
    found = {
        (quad.predicate.value.removeprefix("http://e/"), str(quad.object))
        for quad in parse_quads(data.encode(), format="jsonld")
    }
    assert ("x", f'"1.5E0"^^<{XSD}double>') in found
    assert ("by", '"uno"@es') in found
    assert ("at", "<http://e/k>") in found
    assert any(predicate == "made" for predicate, _ in found)


@pytest.mark.parametrize(
    "context",
    [
        '"https://example.org/context.jsonld"',
        '["/context.jsonld", "http://localhost/x"]',
        '{"@import": "http://localhost/x"}',
        '{"a": {"@id": "http://e/a", "@context": "http://localhost/x"}}',
        '{"a": {"@id": "http://e/a", "@context": ["http://localhost/x"]}}',
        "5",
    ],
)
@pytest.mark.parametrize("format", ["json", "jsonld", "yaml"])
def test_remote_contexts_are_never_fetched(context: str, format: str) -> None:
    for text in (f'{{"@context": {context}}}', f'{{"@graph": [\n{{"assesses": {{"@context": {context}}}}}]}}'):
        with pytest.raises(InputError, match="Remote contexts are never fetched") as caught:
            read_document(text.encode(), format=format)
        assert caught.value.line is not None
