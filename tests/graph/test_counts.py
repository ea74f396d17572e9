"""What is there, in numbers (shown by `pytest -s tests/graph/test_counts.py`); and that everything has both languages and a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from facts import LANGUAGES, Backing, Data, Place, is_named, place_of
from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, parse

from clusterkg.graph import Index, Node
from clusterkg.namespaces import CKG, DCTERMS, RDF, RDFS, SKOS
from clusterkg.vocabulary import shipped_vocabulary

# Kinds whose label says all that there is to say; what they tell further has properties of its own.
SAYS_ALL_IN_ITS_LABEL = {CKG.Action, CKG.ErrorCauseLink, CKG.FrequentQuestion, CKG.Recommendation, CKG.Claim}
KINDS = (
    SKOS.Concept,
    SKOS.ConceptScheme,
    CKG.Error,
    CKG.Success,
    CKG.AnticlusterCause,
    CKG.ErrorCauseLink,
    CKG.Action,
    CKG.RuleRole,
    CKG.Verdict,
)
QUESTION = (CKG.question, CKG.answer)
KNOWN_BY_NAME = (
    CKG.Actor,
    CKG.Cluster,
    CKG.ClusterInitiative,
    CKG.AdministrativeArea,
    CKG.Territory,
    CKG.Field,
    CKG.Undertaking,
    CKG.Body,
    CKG.Observation,
    CKG.Claim,
    CKG.Recommendation,
    CKG.Publication,
)


def concepts(vocabulary: Index) -> Iterator[NamedNode]:
    """Everything in the schemes and registers, subclasses included, each once."""
    classes = [NamedNode(name) for kind in KINDS for name in sorted(shipped_vocabulary().subclasses(kind.value))]
    found = dict.fromkeys(node for one in classes for node in vocabulary.subjects(RDF.type, one))
    return (node for node in found if isinstance(node, NamedNode))


def lacking(index: Index, node: Node, *properties: NamedNode) -> list[str]:
    """Languages in which none of the properties has a text."""
    spoken = {language for one in properties for language, value in index.texts(node, one).items() if value.strip()}
    return [language for language in LANGUAGES if language not in spoken]


def half_said(index: Index, node: Node) -> Iterator[str]:
    """What a concept says in one of the two languages only, or not at all though it should."""
    kinds = set(index.nodes(node, RDF.type))
    for language in lacking(index, node, RDFS.label, SKOS.prefLabel):
        yield f"{node.value}: label@{language}"
    if not kinds & SAYS_ALL_IN_ITS_LABEL or index.objects(node, SKOS.definition):
        yield from (f"{node.value}: definition@{language}" for language in lacking(index, node, SKOS.definition))
    if CKG.FrequentQuestion in kinds:
        yield from (f"{node.value}: {one.value}@{la}" for one in QUESTION for la in lacking(index, node, one))


def unsourced(index: Index, node: Node) -> str | None:
    """Why a concept's source does not do: none and not marked as ours either, or one that cannot be found again."""
    cited = index.nodes(node, DCTERMS.source)
    if not cited:
        return None if index.nodes(node, CKG.origin) else "no source, and not marked as ours"
    for one in cited:
        place = place_of(index, one)
        if CKG.Citation not in index.nodes(one, RDF.type) or not place.complete:
            return f"a citation without document or locator: {place}"
        if CKG.SourceDocument not in index.nodes(*index.nodes(one, CKG.document), RDF.type):
            return f"a document that the register does not hold: {place.document}"
    return None


def test_schemes(vocabulary: Index) -> None:
    schemes = sorted(vocabulary.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    sizes = {one.value.rsplit("#")[-1]: len(set(vocabulary.subjects(SKOS.inScheme, one))) for one in schemes}
    print(f"\n{len(schemes)} schemes, {len(set(vocabulary.subjects(RDF.type, SKOS.Concept)))} concepts")
    print("\n".join(f"{size:6}  {name}" for name, size in sizes.items()))
    assert schemes
    assert not [name for name, size in sizes.items() if not size], "schemes without a concept"


def test_kinds(vocabulary: Index) -> None:
    kinds = Counter(str(kind.value) for node in concepts(vocabulary) for kind in vocabulary.nodes(node, RDF.type))
    print("\n" + "\n".join(f"{number:6}  {kind.rsplit('#')[-1]}" for kind, number in kinds.most_common()))
    assert kinds[SKOS.Concept.value]


def test_sources(vocabulary: Index) -> None:
    sources = vocabulary.subjects(RDF.type, CKG.SourceDocument)
    print(f"\n{len(sources)} sources: {', '.join(sorted(vocabulary.text(one, CKG.code) for one in sources))}")
    assert not [one.value for one in sources if lacking(vocabulary, one, RDFS.label)]
    assert not [one.value for one in sources if lacking(vocabulary, one, SKOS.definition)]


def test_statements(data: Data) -> None:
    backed = Counter((s.backing, s.places[0].document if s.places else "") for s in data.statements)
    print(
        f"\n{len(data.statements)} statements about named things in {len(data.passages)} passages and in descriptions"
    )
    for (backing, document), number in sorted(backed.items()):
        print(f"{number:6}  {document or '–':10} {backing}")
    loose = sum(number for (backing, _), number in backed.items() if backing is Backing.DESCRIPTION)
    print(f"{loose:6}  rest on the citation of their description alone")
    assert data.statements


def test_every_concept_speaks_both_languages(vocabulary: Index) -> None:
    assert not [gap for node in concepts(vocabulary) for gap in half_said(vocabulary, node)]


def test_every_concept_has_a_source_or_is_marked_as_ours(vocabulary: Index) -> None:
    reasons = {node.value: reason for node in concepts(vocabulary) if (reason := unsourced(vocabulary, node))}
    assert not reasons


def test_every_statement_of_a_passage_can_be_found_again(data: Data) -> None:
    graphs = Counter(passage.iri for passage in data.passages)
    assert not [iri for iri, number in graphs.items() if number > 1], "passages that two files hold"
    assert not [one.iri for one in data.passages if not one.place.complete]


def test_nothing_is_stated_beside_a_passage(data: Data) -> None:
    """Outside of the named graphs stand the passages themselves, and the works that they cite."""
    for document in data.below("passages"):
        beside = [quad for quad in document.quads if isinstance(quad.graph_name, DefaultGraph)]
        index = Index(quad.triple for quad in beside)
        reached = {triple for one in index.subjects(RDF.type, CKG.Passage) for triple in index.reachable(one)}
        assert not [quad for quad in beside if quad.triple not in reached], Path(document.path).name


def test_every_statement_of_a_description_has_a_source(data: Data) -> None:
    bare = [f"{one.file}: {one.triple}" for one in data.statements if one.backing is Backing.NOTHING]
    assert not bare, "\n".join(bare)


def test_what_is_labelled_in_one_language_is_in_the_other(data: Data) -> None:
    for document in data.documents:
        index = Index(quad.triple for quad in document.quads)
        for property_ in (RDFS.label, RDFS.comment, SKOS.definition, DCTERMS.description, CKG.locator):
            tagged = {
                quad.subject
                for quad in document.quads
                if quad.predicate == property_ and isinstance(quad.object, Literal) and quad.object.language
            }
            half = sorted(node.value for node in tagged if lacking(index, node, property_))
            assert not half, f"{Path(document.path).name}, {property_.value}: {half}"


def test_every_thing_that_people_know_by_name_has_a_label(data: Data) -> None:
    kinds = {NamedNode(name) for one in KNOWN_BY_NAME for name in shipped_vocabulary().subclasses(one.value)}
    subjects = {one.triple.subject for one in data.statements if is_named(one.triple.subject)}
    known = [node for node in subjects if kinds & set(data.index.nodes(node, RDF.type))]
    assert len(known) > 100
    assert not sorted(node.value for node in known if lacking(data.index, node, RDFS.label, SKOS.prefLabel))


def test_a_contradiction_names_passages_that_state_something(data: Data) -> None:
    stated = {passage.iri: len(passage.triples) for passage in data.passages}
    found = data.index.subjects(RDF.type, CKG.Contradiction)
    print(f"\n{len(found)} contradictions")
    assert found
    for one in found:
        between = [node.value for node in data.index.nodes(one, CKG.between)]
        assert between, one.value
        assert not [iri for iri in between if not stated.get(iri)], one.value
        assert not lacking(data.index, one, RDFS.label), one.value
        assert not lacking(data.index, one, RDFS.comment), one.value
        # Within one passage the comment has to say what disagrees with what.
        assert len(set(between)) > 1 or data.index.text(one, RDFS.comment), one.value


@pytest.mark.parametrize("place", [Place("", "a", "a"), Place("cbm", "", "a"), Place("cbm", "a", "")])
def test_a_place_that_cannot_be_found_again_is_seen(place: Place) -> None:
    assert not place.complete


SOUND = """
@prefix ckg: <https://w3id.org/clusterkg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:doc> a ckg:SourceDocument .
<urn:c> a skos:Concept ; rdfs:label "uno"@es , "one"@en ; skos:definition "el primero"@es , "the first"@en ;
    dcterms:source [ a ckg:Citation ; ckg:document <urn:doc> ; ckg:locator "sección 1"@es , "section 1"@en ] .
"""


@pytest.mark.parametrize(
    ("removed", "gaps", "reason"),
    [
        ("", [], None),
        (' , "one"@en', ["label@en"], None),
        ('"el primero"@es , ', ["definition@es"], None),
        (' , "section 1"@en', [], "a citation without document or locator"),
        ("<urn:doc> a ckg:SourceDocument .", [], "a document that the register does not hold"),
        ("a ckg:Citation ; ", [], "a citation without document or locator"),
    ],
)
def test_a_gap_is_seen(removed: str, gaps: list[str], reason: str | None) -> None:
    index = Index(quad.triple for quad in parse(SOUND.replace(removed, "").encode(), format=RdfFormat.TURTLE))
    concept = NamedNode("urn:c")
    assert [gap.removeprefix("urn:c: ") for gap in half_said(index, concept)] == gaps
    assert (unsourced(index, concept) or "").startswith(reason or "")
    assert bool(unsourced(index, concept)) is bool(reason)
