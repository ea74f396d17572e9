"""Whatever is wrong with a file, its reader says what and where, in both languages, and quickly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from clusterkg.errors import InputError, UsageError, format_error
from clusterkg.reading import Limits, read_document
from clusterkg.reading.formats import FORMATS

NAMES = [entry.name for entry in FORMATS]
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'


def refused(source: bytes | str | Path, format: str | None = None, **options: object) -> InputError:
    data = source.encode() if isinstance(source, str) else source
    with pytest.raises(InputError) as caught:
        read_document(data, format=format, **options)  # type: ignore[arg-type]
    error = caught.value
    for language in ("es", "en"):
        assert error.message[language]
        assert "Traceback" not in format_error(error, language)
    assert error.exit_code == 2
    return error


@pytest.mark.parametrize("format", NAMES)
@pytest.mark.parametrize("data", [b"", b"  \n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_empty(data: bytes, format: str) -> None:
    assert refused(data, format).message["en"] == "The document is empty."


def test_a_yaml_file_of_comments_only_is_empty() -> None:
    assert refused("# nothing\n---\n", "yaml").message["en"] == "The document is empty."


@pytest.mark.parametrize("format", NAMES)
def test_not_utf8(format: str) -> None:
    error = refused("# año\n# señ".encode() + b"or\xf1o", format)
    assert (error.line, error.column) == (2, 8)
    assert error.hint == {"es": "Guarde el archivo como UTF-8.", "en": "Save the file as UTF-8."}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings(encoding: str) -> None:
    assert "UTF-16" in refused("id: x".encode(encoding)).message["en"]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00", b"a\x00b", b"\x00" * 1000])
def test_binary(data: bytes) -> None:
    assert refused(data).message["en"] == "This is a binary file, not text."


@pytest.mark.parametrize("format", ["turtle", "yaml", "json", "rdfxml", "jsonld"])
def test_a_byte_order_mark_does_no_harm(format: str) -> None:
    content = {"turtle": "<http://a> <http://b> 1 .", "yaml": "id: x\nchairs: true", "rdfxml": f"{XML}<e:A/></rdf:RDF>"}
    text = content.get(format, '{"id": "x", "chairs": true}')
    assert len(read_document(b"\xef\xbb\xbf" + text.encode(), format=format).quads) == 1


@pytest.mark.parametrize(
    ("format", "content", "line", "column"),
    [
        ("turtle", "@prefix : <http://e/> .\n:a :b :c ;\n  :d x:y .", 3, 6),
        ("turtle", "<http://a> <http://b> .", 1, 23),
        ("turtle", "\n<a b> <c> 1 .", 2, None),
        ("trig", "@prefix : <http://e/> .\n:g { :a :b ;", 2, None),
        ("ntriples", "<http://a> <http://b> <http://c> .\n<http://a> <http://b> .", 2, 23),
        ("nquads", "\n\nnonsense", 3, 1),
        ("rdfxml", f"{XML}\n<e:A>\n</e:B></rdf:RDF>", 3, 3),
        ("rdfxml", f"{XML}\n<e:A/>", 2, 7),
        ("rdfxml", f"{XML}\n<e:A/></rdf:RDF><more/>", 2, 17),
        ("rdfxml", f"{XML}\n<e:A rdf:ID='a b'/></rdf:RDF>", 2, None),
        ("rdfxml", f"{XML}\n<f:A/></rdf:RDF>", 2, None),
        ("rdfxml", "nonsense", 1, 1),
        ("yaml", "id: x\nlabel: a: b\n", 2, 9),
        ("yaml", "id: x\n\tlabel: b\n", 2, 1),
        ("yaml", "id: [x\n", 2, 1),
        ("yaml", "id: x\n? [a]\n: b", 2, 3),
        ("yaml", "id: 'x", 1, None),
        ("yaml", "a: \x07", 1, None),
        ("json", '{"id": "x",\n "label" "y"}', 2, 10),
        ("json", '{"id": "x",\n}', 2, 1),
        ("json", '{"id": "x"', 1, 11),
        ("json", '{"id": "x"} x', 1, 13),
        ("json", '{"id": \n"x\n"}', 2, 3),
        ("json", "{'id': 1}", 1, 2),
        ("json", '{"amount": 01}', 1, 12),
        ("json", '{"amount": NaN}', 1, 12),
        ("json", '{"label": "\\ud800"}', 1, 11),
        ("json", '{"label": "\\x"}', 1, 12),
        ("jsonld", '{"@type": 5}', 1, 11),
        ("jsonld", '{"@id": ["x"]}', 1, 9),
    ],
)
def test_broken_syntax(format: str, content: str, line: int | None, column: int | None) -> None:
    error = refused(content, format)
    assert line is None or error.line == line
    assert column is None or error.column == column


@pytest.mark.parametrize("format", ["yaml", "json", "jsonld"])
def test_a_single_value_is_no_description(format: str) -> None:
    assert "map of keys and values" in refused('"Dear Sir or Madam"', format).message["en"]


def test_text_that_is_no_format_at_all() -> None:
    assert refused("Dear Sir or Madam").message["en"] == "The format of the document cannot be told."


@pytest.mark.parametrize("format", ["yaml", "json", "jsonld"])
def test_duplicate_keys(format: str) -> None:
    error = refused('{"id": "x",\n"label": "a",\n"label": "b"}', format)
    assert error.message["en"] == "The key “label” occurs twice (first on line 2)."
    assert (error.line, error.column) == (3, 1)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: &a [x]\nb: *a", 1),
        ("a: x\nb: *a", 2),
        ("id: !!str 5", 1),
        ("id: !secret x", 1),
        ("id: !!python/object/apply:os.system ['true']", 1),
    ],
)
def test_yaml_anchors_aliases_and_tags(content: str, line: int) -> None:
    error = refused(content, "yaml")
    assert "not accepted" in error.message["en"]
    assert error.line == line


BOMB = '<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE rdf:RDF [<!ENTITY a "aaaa">]>\n' + XML + "</rdf:RDF>"


@pytest.mark.parametrize("content", [BOMB, '<!DOCTYPE x SYSTEM "http://localhost/x">' + XML + "</rdf:RDF>"])
def test_doctype_and_entities(content: str) -> None:
    assert refused(content, "rdfxml").message["en"] == "DOCTYPE and entities are not accepted in RDF/XML."


def test_the_word_doctype_in_a_comment_or_text_is_harmless() -> None:
    content = (
        f"<!-- <!DOCTYPE x> -->{XML}<e:A><e:p>&lt;!DOCTYPE&gt;</e:p><e:q><![CDATA[<!DOCTYPE]]></e:q></e:A></rdf:RDF>"
    )
    assert len(read_document(content.encode(), format="rdfxml").quads) == 3


def test_undeclared_entities_in_xml() -> None:
    refused(f"{XML}<e:A><e:p>&a;</e:p></e:A></rdf:RDF>", "rdfxml")


def test_xml_in_another_encoding() -> None:
    assert (
        "ISO-8859-1" in refused(f'<?xml version="1.0" encoding="ISO-8859-1"?>{XML}</rdf:RDF>', "rdfxml").message["en"]
    )


DEPTH = 100_000


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("json", "[" * DEPTH),
        ("json", '{"assesses":' * DEPTH),
        ("json", "[" * DEPTH + "]" * DEPTH),
        ("jsonld", '{"@context":{},"http://e/p":' * DEPTH + "1" + "}" * DEPTH),
        ("yaml", "[" * DEPTH),
        ("yaml", "{a: " * DEPTH),
        ("yaml", "- " * DEPTH),
        ("yaml", "\n".join(" " * n + "serves:" for n in range(500))),
        ("turtle", "<http://a> <http://b> " + "<<( <http://a> <http://b> " * DEPTH),
        ("nquads", "<http://a> <http://b> " + "<<( <http://a> <http://b> " * DEPTH),
    ],
)
def test_deep_nesting(format: str, content: str) -> None:
    started = time.monotonic()
    refused(content, format)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("pair", [("[ <http://b> ", "1 ", "]"), ("(", "1", ")")])
def test_deeply_nested_turtle_ends_well(pair: tuple[str, str, str]) -> None:
    opening, core, closing = pair
    content = "<http://a> <http://b> " + opening * 20_000 + core + closing * 20_000 + " ."
    assert len(read_document(content.encode(), format="turtle").quads) > 20_000


@pytest.mark.parametrize("content", ["amount: 1e999999999", "amount: " + "9" * 5000, "amount: 1e-400"])
def test_absurd_numbers(content: str) -> None:
    assert "number" in refused(content, "yaml").message["en"]


def test_fifty_megabytes_of_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "big.ttl"
    path.write_bytes(b"nonsense " * 6_000_000)
    started = time.monotonic()
    error = refused(path)
    assert time.monotonic() - started < 2
    assert error.message["es"] == "El documento supera el límite de 32 MiB."


@pytest.mark.parametrize("format", NAMES)
def test_thirty_megabytes_of_nonsense_within_the_limit(format: str) -> None:
    started = time.monotonic()
    refused(b"nonsense " * 3_500_000, format)
    assert time.monotonic() - started < 10


def test_the_limit_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERKG_MAX_BYTES", "10")
    assert "limit" in refused("id: initiative/x", "yaml").message["en"]
    monkeypatch.setenv("CLUSTERKG_MAX_BYTES", "many")
    with pytest.raises(UsageError):
        read_document(b"id: x", format="yaml")


@pytest.mark.parametrize(
    ("format", "content"), [("turtle", "<http://a> <http://b> 1, 2, 3 ."), ("yaml", "count: [1, 2, 3]")]
)
def test_too_many_triples(format: str, content: str) -> None:
    assert len(read_document(content.encode(), format=format, limits=Limits(max_triples=3)).quads) == 3
    assert "more than 2 triples" in refused(content, format, limits=Limits(max_triples=2)).message["en"]


LONG = "http://x/" + "a" * 3_000_000


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("turtle", f"@prefix x: <{LONG}> .\n" + "x:a x:b x:c .\n" * 1000),
        ("turtle", f"@base <{LONG}/> .\n" + "<a> <b> <c> .\n" * 1000),
        ("trig", f"@prefix x: <{LONG}> .\nx:g {{" + "<a> <b> <c> .\n" * 1000 + "}"),
        ("json", f'{{"@context": {{"x": "{LONG}#"}}, "seeAlso": [' + ",".join(['{"id": "x:a"}'] * 1000) + "]}"),
        ("jsonld", f'{{"@context": {{"x": "{LONG}#"}}, "x:p": [' + ",".join(['{"x:q": 1}'] * 1000) + "]}"),
    ],
)
def test_short_names_that_stand_for_megabytes(format: str, content: str) -> None:
    started = time.monotonic()
    assert refused(content, format).message["en"].startswith("Written in full, the identifiers")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (XML + "<e:A><e:b>" * 50_000 + "</e:b></e:A>" * 50_000 + "</rdf:RDF>", "nest more than 64"),
        (XML + "<e:A " + " ".join(f'e:a{n}="1"' for n in range(100_000)) + "/></rdf:RDF>", "too many attributes"),
        (f'{XML}<f:A xmlns:f="{LONG}"/></rdf:RDF>', "namespace is too long"),
    ],
)
def test_xml_that_would_take_long(content: str, said: str) -> None:
    assert said in refused(content, "rdfxml").message["en"]


@pytest.mark.parametrize("format", ["turtle", "json"])
def test_a_value_longer_than_the_parsers_take(format: str) -> None:
    long = "a " * 8_500_000
    content = {"turtle": f'<http://a> <http://b> "{long}" .', "json": f'{{"label": "{long}"}}'}[format]
    assert refused(content, format).message["en"] == "A single value is too long (above 16 MiB)."


@pytest.mark.parametrize("key", ['"@set"', '"@list"'])
def test_remote_contexts_in_places_that_only_the_parser_sees(key: str) -> None:
    content = f'{{"@context": {{"i": "http://x/i"}}, "i": {{{key}: [{{"@context": "http://127.0.0.1:9/c"}}]}}}}'
    assert refused(content, "jsonld").message["en"] == "Remote contexts are never fetched."


def test_too_many_values() -> None:
    assert "more than 5 values" in refused("count: [1, 2, 3, 4, 5]", "yaml", limits=Limits(max_nodes=5)).message["en"]


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.ttl").message["en"] == "No such file."
    assert refused(tmp_path).message["en"] == "This is a folder, not a file."


def test_messages_name_the_file_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: b: c")
    assert format_error(refused(path), "es").startswith(f"{path}:1:5: No es YAML válido")
    assert format_error(refused(path, name="in/x.yaml"), "en").startswith("in/x.yaml:1:5: ")
