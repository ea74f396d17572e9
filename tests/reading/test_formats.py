"""The same description in every syntax gives the same triples; formats are told from endings, names and content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

from clusterkg.errors import InputError, UsageError
from clusterkg.reading import find_documents, parse_quads, read_document
from clusterkg.reading.formats import FORMATS, format_named, sniff

BY_HAND = """
PREFIX : <https://w3id.org/clusterkg/ontology#>  PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>  PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
<description/acme-2021> a :Description ; :described "2021-03"^^xsd:gYearMonth ; :completeList :members , :champions ;
    dcterms:source [ :document <source/cbm> ; :locator "página 3"@es , "page 3"@en ] ; :assesses <initiative/acme> .
<initiative/acme> a :ClusterInitiative ; rdfs:label "Iniciativa Acme"@es , "Acme initiative"@en ;
    :founded "2004"^^xsd:gYear ; :serves <cluster/acme> ;
    :membership [ :actor <organisation/acme> ; :actorKind :largeFirm ; :since "2004-05-01"^^xsd:date ] ,
        [ a :Membership ; :actor <organisation/beta> ] ;
    :funding [ :publicShare "40.50"^^xsd:decimal ; :privateShare "60"^^xsd:decimal ] ;
    :body [ a :DecidingBody ; :seatTotal 9 ; :seat [ :chairs true ;
        :holder [ a :Person ; rdfs:label "Ana"@es , "Anita"@es ] ] ] .
<cluster/acme> a :Cluster ; rdfs:label "Acme" ; :field <field/aerospace> .
<field/aerospace> a :Field ; rdfs:label "Aerospace" .
<organisation/beta> a :Firm ; rdfs:label "Beta" .
"""

RDF_FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


def canonical(quads: list[Quad]) -> list[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def written(quads: list[Quad], ending: str) -> bytes:
    data = serialize(quads, format=RDF_FORMATS[ending])
    assert data is not None
    return data


def as_text(tree: Any) -> Any:
    """YAML read by another parser, numbers as JSON has them, everything else as text."""
    if isinstance(tree, dict):
        return {key: as_text(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [as_text(value) for value in tree]
    return tree if isinstance(tree, bool | int | float) else str(tree)


def test_yaml_says_what_turtle_says(yaml_file: Path) -> None:
    assert canonical(parse_quads(yaml_file)) == canonical(parse_quads(BY_HAND.encode(), format="turtle"))


@pytest.mark.parametrize("ending", [*RDF_FORMATS, "json"])
def test_every_syntax_gives_the_same_triples(ending: str, yaml_file: Path, tmp_path: Path) -> None:
    expected = parse_quads(yaml_file)
    other = tmp_path / f"other.{ending}"
    if ending == "json":
        # 40.50 has lost its last digit in Python's float; the tree is otherwise what YAML says.
        tree = as_text(yaml.safe_load(yaml_file.read_text(encoding="utf-8").replace("40.50", '"40.50"')))
        other.write_text(json.dumps(tree, indent=1, ensure_ascii=False), encoding="utf-8")
    else:
        other.write_bytes(written(expected, ending))
    assert canonical(parse_quads(other)) == canonical(expected)


@pytest.mark.parametrize("ending", list(RDF_FORMATS))
def test_conversion_there_and_back_loses_nothing(ending: str) -> None:
    source = b"""@prefix : <http://e/> . :a :p "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> , "x"@es-MX , _:b .
        _:b :q [ :r ( 1 _:b ) ] ; :s "l\\u00ednea\\n2" ."""
    quads = parse_quads(source, format="turtle")
    assert canonical(parse_quads(written(quads, ending), format=ending)) == canonical(quads)


def test_named_graphs_are_kept() -> None:
    document = read_document(b"@prefix : <http://e/> . :g { :a :p [ :q 1 ] } _:h { :a :p 2 }", format="trig")
    graphs = {str(quad.graph_name) for quad in document.quads}
    assert len(graphs) == 2
    assert "<http://e/g>" in graphs


def test_blank_nodes_are_named_by_document_order_and_content(yaml_text: str) -> None:
    one = read_document(yaml_text.encode(), format="yaml")
    two = read_document(yaml_text.encode(), format="yaml", name="elsewhere.yaml")
    changed = read_document(yaml_text.replace("Beta", "Gamma").encode(), format="yaml")
    assert one.quads == two.quads
    assert "_:" not in " ".join(map(str, one.quads))
    names = [quad.object.value for quad in one.quads if "genid" in str(quad.object)]
    prefix = f"https://w3id.org/clusterkg/.well-known/genid/{one.sha256[:12]}-"
    assert names == [f"{prefix}{n}" for n in range(1, len(names) + 1)]
    assert not set(names) & {str(getattr(quad.object, "value", "")) for quad in changed.quads}


@pytest.mark.parametrize("ending", list(RDF_FORMATS))
def test_blank_node_names_agree_between_runs(ending: str) -> None:
    quads = list(parse(b"@prefix : <http://e/> . :a :p [ :q [ :r 1 ] ] , [ :q 2 ] .", format=RdfFormat.TURTLE))
    data = written(quads, ending)
    assert read_document(data, format=ending).quads == read_document(data, format=ending).quads


def test_a_document_tells_where_it_comes_from(yaml_file: Path) -> None:
    document = read_document(yaml_file)
    assert document.path == str(yaml_file)
    assert document.format == "yaml"
    assert len(document.sha256) == 64
    assert read_document(yaml_file, name="shown.yaml").path == "shown.yaml"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('{"id": "x"}', "json"),
        (' [{"id": "x"}]', "json"),
        ("[]", "json"),
        ('<?xml version="1.0"?><rdf:RDF/>', "rdfxml"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "rdfxml"),
        ("# note\n<http://a> <http://b> <http://c> .", "ntriples"),
        ('<http://a> <http://b> "x . y"@en .', "ntriples"),
        ("<http://a> <http://b> _:c <http://g> .", "nquads"),
        ("@prefix : <http://e/> .", "trig"),
        ("PREFIX : <http://e/>", "trig"),
        ("ckg:a ckg:b ckg:c .", "trig"),
        ("<http://a> <http://b> 'x' ; <http://c> 1 .", "trig"),
        ("# note\nid: x", "yaml"),
        ('"@id": x', "yaml"),
        ("---\nid: x", "yaml"),
        ("- id: x", "yaml"),
        ("Dear Sir or Madam", None),
        ("", None),
    ],
)
def test_the_format_is_guessed_from_the_content(content: str, name: str | None) -> None:
    found = sniff(content)
    assert (found.name if found else None) == name


def test_bytes_without_a_name_are_sniffed(yaml_text: str) -> None:
    assert read_document(yaml_text.encode()).format == "yaml"


def test_an_explicit_format_wins_over_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text("<http://a> <http://b> <http://c> .")
    assert read_document(path, format="turtle").format == "turtle"


def test_every_format_is_known_by_name_alias_and_media_type() -> None:
    for entry in FORMATS:
        assert {format_named(name) for name in (entry.name, entry.name.upper(), *entry.aliases)} == {entry}


def test_an_unknown_format_is_a_usage_error_with_the_nearest_name() -> None:
    with pytest.raises(UsageError) as caught:
        read_document(b"x", format="turtel")
    assert caught.value.exit_code == 2
    assert caught.value.hint == {"es": "¿Quiso decir «turtle»?", "en": "Did you mean “turtle”?"}


def test_folders_are_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.ttl", "a.YAML", "notes.txt", ".hidden.ttl", "sub/c.nt", ".git/d.ttl", "sub/.e/f.ttl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = find_documents([tmp_path, tmp_path / "notes.txt", tmp_path / "b.ttl"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.YAML", "b.ttl", "sub/c.nt", "notes.txt"]


def test_a_hidden_folder_named_outright_is_walked(tmp_path: Path) -> None:
    path = tmp_path / ".data" / "a.ttl"
    path.parent.mkdir()
    path.write_text("x")
    assert find_documents([str(tmp_path / ".data")]) == [path]


def test_a_missing_path_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        find_documents([tmp_path / "nothing"])
    assert caught.value.file == str(tmp_path / "nothing")
    assert caught.value.message["es"] == "No existe el archivo o la carpeta."
