"""The published context follows from the vocabulary."""

from __future__ import annotations

import json

from clusterkg.context import build_context, context_text
from clusterkg.namespaces import CKG
from clusterkg.resources import resource
from clusterkg.vocabulary import Vocabulary


def test_the_file_is_fresh(vocabulary: Vocabulary) -> None:
    shipped = resource("ontology", "context.jsonld").read_text(encoding="utf-8")
    assert shipped == context_text(vocabulary), "stale: run python -m clusterkg.context"


def test_every_property_can_be_written(vocabulary: Vocabulary) -> None:
    context = build_context(vocabulary)["@context"]
    names = {CKG.local_name(iri) for iri in vocabulary.properties if iri.startswith(str(CKG))}
    assert len(names) > 100
    assert names - set(context) == set()


def test_no_name_of_the_vocabulary_means_something_else_as_a_key(vocabulary: Vocabulary) -> None:
    context = build_context(vocabulary)["@context"]
    names = {CKG.local_name(iri) for iri in vocabulary.individuals | vocabulary.classes if iri.startswith(str(CKG))}
    own = {f"ckg:{name}" for name in names}
    clashes = {name for name in names & set(context) if dict(context[name]).get("@id") not in own}
    assert clashes == set()


def test_forms_of_terms(vocabulary: Vocabulary) -> None:
    context = build_context(vocabulary)["@context"]
    assert context["workField"] == {"@id": "ckg:workField", "@type": "@vocab"}
    assert context["list"] == {"@id": "ckg:list", "@type": "@vocab"}
    assert context["actor"] == {"@id": "ckg:actor", "@type": "@id"}
    assert context["document"] == {"@id": "ckg:document", "@type": "@id"}
    assert context["field"] == {"@id": "ckg:field", "@type": "@id"}
    assert context["since"] == {"@id": "ckg:since", "@type": "xsd:date"}
    assert context["amount"] == {"@id": "ckg:amount", "@type": "xsd:decimal"}
    assert context["locator"] == {"@id": "ckg:locator", "@container": "@language"}
    assert context["measures"] == {"@id": "ckg:measures"}
    assert context["source"] == {"@id": "http://purl.org/dc/terms/source", "@type": "@id"}
    assert context["rule"] == "https://w3id.org/clusterkg/rule/"


def test_the_same_vocabulary_gives_the_same_bytes(vocabulary: Vocabulary) -> None:
    again = Vocabulary.load(resource())
    assert context_text(again) == context_text(vocabulary)
    assert json.loads(context_text(again)) == build_context(vocabulary)
