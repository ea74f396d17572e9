"""Whatever comes in, only errors of the program come out."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse, serialize

from clusterkg.descriptions import descriptions_of
from clusterkg.errors import ClusterkgError, format_error
from clusterkg.reading import read_document
from clusterkg.reading.formats import FORMATS
from clusterkg.vocabulary import shipped_vocabulary

NAMES = [entry.name for entry in FORMATS]
SNIPPETS = [
    *(
        "@prefix : <http://e/> .",
        ":a",
        "<http://e/a>",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ";",
        ",",
        " . ",
        "_:b",
        '"x"',
        "@es",
    ),
    *("^^", "<<(", ")>>", "1.5", "a", "\n", "\r", "\t", "  ", "- ", ": ", "id: ", "type: ", "'", '"', "#", "&a ", "*a"),
    *("!!x ", "|\n", ">\n", "? ", "---\n", "true", "null", "<!--", "-->", "&amp;", "<![CDATA[", "]]>", "<?x", "?>"),
    *(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
        "</rdf:RDF>",
        "<rdf:Description rdf:nodeID='a'/>",
    ),
    *("\\u0041", "\\", "é", "\U0001f600", "\ufeff", "\x01", "%41", "//"),
]
KEYWORDS = [
    "@id",
    "@type",
    "@value",
    "@language",
    "@list",
    "@set",
    "@graph",
    "@reverse",
    "@included",
    "@index",
    "@json",
    "@nest",
    "@none",
]
WORDS = [
    *KEYWORDS,
    "id",
    "type",
    "label",
    "actor",
    "since",
    "amount",
    "workField",
    "source",
    "http://e/p",
    "a b",
    "",
    "_:x",
    "es",
    "2004",
    "ckg:x",
]

settings.register_profile("reading", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
quick = settings(settings.get_profile("reading"))


def survives(data: bytes, name: str | None) -> None:
    vocabulary = shipped_vocabulary()
    told = []
    try:
        descriptions_of(read_document(data, format=name, vocabulary=vocabulary), vocabulary)
    except ClusterkgError as error:
        told = [format_error(error, "es"), format_error(error, "en")]
    assert all(told)


@pytest.mark.parametrize("name", [None, *NAMES])
@quick
@given(data=st.binary(max_size=200))
def test_random_bytes(name: str | None, data: bytes) -> None:
    survives(data, name)


@pytest.mark.parametrize("name", [None, *NAMES])
@quick
@given(parts=st.lists(st.sampled_from(SNIPPETS), max_size=30))
def test_random_pieces_of_syntax(name: str | None, parts: list[str]) -> None:
    survives("".join(parts).encode(), name)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=8)
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=15,
)
contexts = st.dictionaries(
    st.sampled_from(["@base", "@vocab", "@language", "@version", "p", "id", "x", "type"]),
    scalars
    | st.fixed_dictionaries(
        {},
        optional={
            "@id": st.sampled_from(WORDS),
            "@type": st.sampled_from(WORDS),
            "@container": trees,
            "@context": trees,
        },
    ),
    max_size=3,
)


@pytest.mark.parametrize("name", ["json", "jsonld", "yaml"])
@quick
@given(tree=trees)
def test_random_trees(name: str, tree: object) -> None:
    survives(json.dumps(tree).encode(), name)


@pytest.mark.parametrize("name", ["json", "jsonld"])
@quick
@given(context=contexts, tree=st.dictionaries(st.sampled_from(WORDS), trees, max_size=4))
def test_random_contexts(name: str, context: dict[str, object], tree: dict[str, object]) -> None:
    survives(json.dumps({"@context": context, **tree}).encode(), name)


@pytest.mark.parametrize("position", range(0, 900, 7))
def test_a_description_cut_short(position: int, yaml_text: str) -> None:
    survives(yaml_text.encode()[:position], "yaml")


STATEMENTS = """@prefix : <https://w3id.org/clusterkg/ontology#> .
<d> a :Description ; :described "2021"^^<http://www.w3.org/2001/XMLSchema#gYear> ; :assesses <i> .
<i> :serves [ :count 5 ; :locator "x"@es , '''y
z''' ] ; :amount 1.5 .
"""
SAMPLES = {
    name: serialize(
        parse(STATEMENTS, format=RdfFormat.TURTLE, base_iri="http://e/"), format=entry.rdf or RdfFormat.JSON_LD
    )
    for name, entry in zip(NAMES, FORMATS, strict=True)
}
SAMPLES["yaml"] = (
    b"id: description/x\ntype: Description\ndescribed: 2021\nassesses: {id: i, serves: {label: {es: x}}}\n"
)


@pytest.mark.parametrize("name", NAMES)
@quick
@given(start=st.integers(0, 2000), length=st.integers(0, 20), patch=st.binary(max_size=3) | st.sampled_from(SNIPPETS))
def test_a_description_with_a_scratch(name: str, start: int, length: int, patch: bytes | str) -> None:
    data = SAMPLES[name] or b""
    start %= len(data)
    survives(data[:start] + (patch if isinstance(patch, bytes) else patch.encode()) + data[start + length :], name)
