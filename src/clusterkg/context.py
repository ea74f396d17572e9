"""The published JSON-LD context, built from the vocabulary.

Run `python -m clusterkg.context` after a change of the vocabulary; a test says when the file is stale.

* A property whose values are names of the vocabulary reads `workField: marketing` as ckg:marketing ("@type": "@vocab").
* Any other property that takes things reads `actor: organisation/acme` below the identifier base ("@type": "@id").
* A text that may have languages takes a plain string, or a map by language ("@container": "@language").
* A map with `id`, `type`, `label` … works wherever a thing is expected.

A processor that fetches this context ignores its "@base", as JSON-LD demands: relative identifiers need a base of
their own there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clusterkg.namespaces import CKG, DCTERMS, FOAF, ID_BASE, OWL, PREFIXES, RDF, RDFS, XSD
from clusterkg.resources import resource, resources
from clusterkg.vocabulary import Vocabulary

_DATE = XSD.date.value
_TEXT = frozenset({RDF.PlainLiteral.value, RDF.langString.value})

_ALIASES: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "states": "@graph",
    "label": {"@id": RDFS.label.value, "@container": "@language"},
    "comment": {"@id": RDFS.comment.value, "@container": "@language"},
    "description": {"@id": DCTERMS.description.value, "@container": "@language"},
    "source": {"@id": DCTERMS.source.value, "@type": "@id"},
    "sameAs": {"@id": OWL.sameAs.value, "@type": "@id"},
    "seeAlso": {"@id": RDFS.seeAlso.value, "@type": "@id"},
    "license": {"@id": DCTERMS.license.value, "@type": "@id"},
    "homepage": {"@id": FOAF.homepage.value, "@type": "@id"},
}


def build_context(vocabulary: Vocabulary) -> dict[str, Any]:
    """The context as a JSON object. Names of other vocabularies win over prefixes, prefixes over properties of ours."""
    prefixes = {name: stem for name, stem in PREFIXES.items() if name not in _ALIASES}
    names = sorted(iri.removeprefix(str(CKG)) for iri in vocabulary.properties if iri.startswith(str(CKG)))
    properties = {
        name: _entry(CKG[name].value, vocabulary) for name in names if name not in _ALIASES and name not in prefixes
    }
    head = {"@version": 1.1, "@base": ID_BASE, "@vocab": str(CKG)}
    return {"@context": {**head, **prefixes, **_ALIASES, **properties}}


def _entry(iri: str, vocabulary: Vocabulary) -> dict[str, Any]:
    short = {"@id": "ckg:" + iri.removeprefix(str(CKG))}
    if vocabulary.takes_nodes(iri):
        return {**short, "@type": "@vocab" if vocabulary.takes_names(iri) else "@id"}
    expected = vocabulary.expected_datatypes(iri)
    if expected & _TEXT:
        return {**short, "@container": "@language"}
    if _DATE in expected:
        # Months and years are told from days by their form when a document is read.
        return {**short, "@type": "xsd:date"}
    if len(expected) == 1:
        return {**short, "@type": "xsd:" + next(iter(expected)).removeprefix(str(XSD))}
    return short


def context_text(vocabulary: Vocabulary) -> str:
    """The content of ontology/context.jsonld; the same vocabulary gives the same bytes."""
    return json.dumps(build_context(vocabulary), indent=2, ensure_ascii=False) + "\n"


def write_context(path: Path | None = None) -> Path:
    """Write the context of the shipped vocabulary to `path` (default: ontology/context.jsonld)."""
    target = path or resource("ontology", "context.jsonld")
    target.write_text(context_text(Vocabulary.load(resources())), encoding="utf-8", newline="\n")
    return target


if __name__ == "__main__":
    print(write_context())
