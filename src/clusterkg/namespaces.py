"""The namespaces that the program speaks of, as pyoxigraph terms."""

from __future__ import annotations

from pyoxigraph import NamedNode


class Namespace:
    """A stem of IRIs: `SKOS.Concept` or `CKG["document"]` is a NamedNode."""

    def __init__(self, stem: str) -> None:
        self._stem = stem

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self._stem + name)

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        return NamedNode(self._stem + name)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, NamedNode) and term.value.startswith(self._stem)

    def __str__(self) -> str:
        return self._stem

    def local_name(self, iri: str) -> str:
        """What follows the stem, or the IRI unchanged if it lies outside."""
        return iri.removeprefix(self._stem)


ROOT = "https://w3id.org/clusterkg/"
ID_BASE = ROOT + "id/"
GENID_BASE = ROOT + ".well-known/genid/"
GRAPH_BASE = ROOT + "graph/"
DESCRIPTION_BASE = GRAPH_BASE + "description/"
DIAGNOSIS_BASE = GRAPH_BASE + "diagnosis/"
VOCABULARY_GRAPH = GRAPH_BASE + "vocabulary"
RULES_GRAPH = GRAPH_BASE + "rules"
ENTAILED_GRAPH = GRAPH_BASE + "entailed"
CONTEXT_IRI = ROOT + "context.jsonld"

CKG = Namespace(ROOT + "ontology#")
NOW = Namespace(ROOT + "now#")
RULE = Namespace(ROOT + "rule/")
ID = Namespace(ID_BASE)
ERROR = Namespace(ID_BASE + "error/")
ACTION = Namespace(ID_BASE + "action/")
PROFILE = Namespace(ID_BASE + "profile/")
SOURCE = Namespace(ID_BASE + "source/")

RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SH = Namespace("http://www.w3.org/ns/shacl#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
PROV = Namespace("http://www.w3.org/ns/prov#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
ORG = Namespace("http://www.w3.org/ns/org#")
SCHEMA = Namespace("https://schema.org/")
VOID = Namespace("http://rdfs.org/ns/void#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")

PREFIXES: dict[str, str] = {
    "ckg": str(CKG),
    "now": str(NOW),
    "rule": str(RULE),
    "error": str(ERROR),
    "action": str(ACTION),
    "profile": str(PROFILE),
    "source": str(SOURCE),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "owl": str(OWL),
    "xsd": str(XSD),
    "skos": str(SKOS),
    "sh": str(SH),
    "dcterms": str(DCTERMS),
    "prov": str(PROV),
    "foaf": str(FOAF),
    "org": str(ORG),
    "schema": str(SCHEMA),
    "void": str(VOID),
    "dcat": str(DCAT),
}
"""Prefixes for writing; the context binds those that do not clash with one of its own words (see context.py)."""
