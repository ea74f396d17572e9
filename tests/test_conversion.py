"""Conversion without loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, Literal, NamedNode, Quad

from clusterkg.conversion import convert
from clusterkg.errors import UsageError
from clusterkg.namespaces import CKG, RDFS, XSD
from clusterkg.reading import FORMATS, parse_quads

ROOT = Path(__file__).resolve().parents[1]
NAMES = [entry.name for entry in FORMATS]
TRICKY = """
@prefix ckg: <https://w3id.org/clusterkg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://w3id.org/clusterkg/id/> .
<description/a> a ckg:Description ; ckg:described "2021"^^xsd:gYear ; ckg:assesses _:i ;
    rdfs:label "Año"@es , "Year"@en , "plain" , "no"@es , "dos"@es ; rdfs:comment "solo texto" .
_:i a ckg:ClusterInitiative ; ckg:founded "2004-05"^^xsd:gYearMonth , "2004-05-01"^^xsd:date ; ckg:serves _:c , _:c2 ;
    ckg:membership [ ckg:actor _:c ; ckg:actorKind ckg:university ] ;
    ckg:funding [ ckg:publicShare 40.50 , "040"^^xsd:decimal , 40 , "4e1"^^xsd:double , "40" ] ;
    rdfs:seeAlso <http://example.org/a?b=c#d> , ( 1 "x" true "01"^^xsd:integer ) .
_:c rdfs:label "no" , "1" , "2021-01-01" , "null" , "a: b" , "line\\none" , "\\"quoted\\"" , "- x" , "" , " blank " .
_:c2 ckg:partOf _:c3 . _:c3 ckg:partOf _:c2 ; <http://example.org/unknown/property> "v"^^<http://example.org/type> .
<http://example.org/loose> ckg:about ckg:members , _:c , "text" .
"""
GRAPHS = """
<http://e.org/a> <http://e.org/p> _:x <http://e.org/g> .
_:x <http://e.org/p> "v"@es-MX <http://e.org/h> .
_:x <http://e.org/p> "w" .
<http://e.org/a> <http://e.org/p> <http://e.org/b> _:g .
_:g <http://e.org/p> "about the graph" .
"""


def canonical(quads):
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@pytest.mark.parametrize("first", NAMES)
@pytest.mark.parametrize("second", NAMES)
def test_there_and_back_for_every_pair(first, second):
    quads = parse_quads(TRICKY.encode(), format="turtle")
    once = parse_quads(convert(quads, first), format=first)
    twice = parse_quads(convert(once, second), format=second)
    assert canonical(twice) == canonical(quads)


@pytest.mark.parametrize("name", ["trig", "nquads", "jsonld", "yaml", "json"])
def test_graphs_are_kept(name):
    quads = parse_quads(GRAPHS.encode(), format="nquads")
    assert canonical(parse_quads(convert(quads, name), format=name)) == canonical(quads)


@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml"])
def test_graphs_are_never_dropped(name):
    with pytest.raises(UsageError):
        convert(parse_quads(GRAPHS.encode(), format="nquads"), name)


@pytest.mark.parametrize("name", NAMES)
def test_same_input_same_bytes(name):
    quads = parse_quads(TRICKY.encode(), format="turtle")
    assert convert(quads, name) == convert(parse_quads(TRICKY.encode(), format="turtle"), name)


def test_yaml_reads_like_one_written_by_hand():
    told = convert(parse_quads(ROOT / "data" / "illustrations" / "model-cluster.yaml"), "yaml").decode()
    assert told.startswith("id: description/")
    assert "\nassesses:\n  id: initiative/" in told
    assert "@value" not in told
    assert "http://www.w3.org" not in told


_IRIS = st.sampled_from([CKG.actor, CKG.label, RDFS.label, CKG.described, CKG.count, NamedNode("http://e.org/p")])
_THINGS = st.sampled_from([NamedNode("http://e.org/a"), NamedNode("https://w3id.org/clusterkg/id/x/y"), CKG.members])
_BLANKS = st.sampled_from([BlankNode("a"), BlankNode("b"), BlankNode("c")])
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
_LITERALS = st.one_of(
    _TEXT.map(Literal),
    _TEXT.map(lambda t: Literal(t, language="es")),
    st.tuples(_TEXT, st.sampled_from([XSD.date, XSD.integer, XSD.decimal, XSD.gYear, NamedNode("http://e.org/t")])).map(
        lambda pair: Literal(pair[0], datatype=pair[1])
    ),
    st.integers().map(Literal),
)
_QUADS = st.builds(
    Quad, st.one_of(_THINGS, _BLANKS), _IRIS, st.one_of(_THINGS, _BLANKS, _LITERALS), st.just(DefaultGraph())
)


@given(st.lists(_QUADS, min_size=1, max_size=8), st.sampled_from(NAMES))
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_what_was_there(quads, name):
    try:
        content = convert(quads, name)
    except UsageError:
        return  # Said, not lost.
    assert canonical(parse_quads(content, format=name)) == canonical(quads)


def test_many_blank_nodes_take_no_time(tmp_path: Path) -> None:
    chain = "".join(f"_:a{n} <http://x/p> _:a{n + 1} .\n" for n in range(1000))
    clique = "".join(f"_:b{n} <http://x/q> _:b{m} .\n" for n in range(12) for m in range(12) if n != m)
    source = tmp_path / "many.nt"
    source.write_text(chain + clique, encoding="utf-8")
    written = convert(parse_quads(source, format="ntriples"), "turtle")
    assert len(parse_quads(written, format="turtle")) == 1000 + 12 * 11
