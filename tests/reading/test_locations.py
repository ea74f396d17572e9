"""Statements are found again in their files."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import RdfFormat, parse

from clusterkg.reading import read_document
from clusterkg.reading.rdf import LineReader

ID = "https://w3id.org/clusterkg/id/"
CKG = "https://w3id.org/clusterkg/ontology#"

TURTLE = b"""@prefix : <http://e/> .
:a
  :p "one" ;
  :q [
    :r 2
  ] ;
  :s '''many
lines''' .

:b :p :a .
"""

XML = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
  <e:A rdf:about="http://e/a">
    <e:p>one</e:p>
    <e:q>
      <e:B>
        <e:r>2</e:r>
      </e:B>
    </e:q>
  </e:A>
</rdf:RDF>
"""


def test_turtle() -> None:
    of = read_document(TURTLE, format="turtle").locations.of
    assert of("http://e/a", "http://e/p") == 3
    assert of("http://e/a", "http://e/q") == 5  # where the inline node begins to say something, not where it closes
    assert of("http://e/a", "http://e/s") == 8
    assert of("http://e/b") == 10
    assert of("http://e/a", "http://e/unknown") == 3
    assert of("http://e/nobody") is None


def test_rdf_xml() -> None:
    document = read_document(XML, format="rdfxml")
    of = document.locations.of
    assert of("http://e/a") == 3
    assert of("http://e/a", "http://e/p", "one") == 4
    assert of("http://e/a", "http://e/q") == 6
    nested = next(quad.subject.value for quad in document.quads if "genid" in str(quad.subject))
    assert of(nested, "http://e/r") == 7


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_lines_do_not_depend_on_the_kind_of_line_end(newline: bytes) -> None:
    document = read_document(TURTLE.replace(b"\n", newline), format="turtle")
    assert document.locations.of("http://e/b") == 10


def test_yaml(yaml_text: str) -> None:
    document = read_document(yaml_text.encode(), format="yaml")
    of = document.locations.of
    lines = yaml_text.splitlines()
    initiative = ID + "initiative/acme"
    assert lines[of(initiative) - 1].strip() == "id: initiative/acme"
    assert of(ID + "description/acme-2021", CKG + "completeList", CKG + "champions") == 4
    assert lines[of(initiative, CKG + "founded") - 1].strip() == "founded: 2004"
    assert lines[of(ID + "organisation/beta") - 1].strip().startswith("actor:")
    for quad in document.quads:
        line = of(quad.subject.value, quad.predicate.value, quad.object)
        assert line is not None, quad
        value = getattr(quad.object, "value", "").rsplit("#", 1)[-1].removeprefix(ID)
        if "genid" not in value and value not in ("initiative/acme", "cluster/acme"):
            assert value in lines[line - 1], quad


def test_json_and_json_ld_agree_with_yaml_about_lines() -> None:
    tree = {
        "id": "description/x",
        "type": "Description",
        "assesses": {"label": {"es": "a"}, "serves": ["cluster/a", "cluster/b"]},
    }
    data = json.dumps(tree, indent=1).encode()
    for name in ("json", "jsonld", "yaml"):
        document = read_document(data, format=name)
        nested = next(quad.subject.value for quad in document.quads if "genid" in str(quad.subject))
        assert document.locations.of(ID + "description/x", CKG + "assesses") == 4
        assert document.locations.of(nested, CKG + "serves", ID + "cluster/b") == 10


def test_every_item_of_a_list_has_its_own_line() -> None:
    document = read_document(
        b"id: initiative/x\nmembership:\n- actor: organisation/a\n- actor: organisation/b\n", format="yaml"
    )
    members = [quad.object for quad in document.quads if quad.predicate.value == CKG + "membership"]
    assert [document.locations.of(ID + "initiative/x", CKG + "membership", member) for member in members] == [3, 4]


def test_the_reader_never_gives_more_than_asked_for() -> None:
    reader = LineReader(b"abcdef\ngh")
    assert [reader.read(4) for _ in range(4)] == [b"abcd", b"ef\n", b"gh", b""]
    assert reader.line == 2


def test_very_long_lines_are_read_whole() -> None:
    text = b'<http://e/a> <http://e/p> "' + b"x" * 300_000 + b'" .\n'
    document = read_document(text + b"<http://e/b> <http://e/p> 1 .", format="turtle")
    assert len(document.quads) == 2
    assert document.locations.of("http://e/b") == 2
    assert document.quads == tuple(parse(text + b"<http://e/b> <http://e/p> 1 .", format=RdfFormat.TURTLE))
