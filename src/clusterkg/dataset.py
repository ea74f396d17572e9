"""The store that questions are asked of: everything shipped, and the caller's own documents with it.

Each description, each passage and each diagnosis stands in a named graph of its own. The default graph holds vocabulary and rules
and, besides, every statement of the named graphs once: a question that names no graph meets each statement a single time, wherever
and however often it is made.

What is drawn from the shipped files alone is kept in the cache folder, under a name that changes with any of their bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse, serialize

from clusterkg.cache import kept, shipped_key
from clusterkg.descriptions import descriptions_of
from clusterkg.entailments import entailed_quads
from clusterkg.errors import ConfigurationError, text
from clusterkg.namespaces import DESCRIPTION_BASE, DIAGNOSIS_BASE, GRAPH_BASE, ID_BASE
from clusterkg.reading import Document, find_documents, read_document
from clusterkg.resources import resource, resources
from clusterkg.vocabulary import Vocabulary, shipped_vocabulary

_UNITE = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"


def open_store(extra: Iterable[Document] = (), *, entailments: bool = False, diagnoses: bool = False) -> Store:
    """A new store in memory. `extra` are documents of the caller's.

    With `entailments`, what follows stands in a graph of its own (see entailments.py). With `diagnoses`, every description is judged
    by the default profile as of its own date, in the graph `…/graph/diagnosis/slug`.

    Raises:
        ConfigurationError: when something shipped is broken.
        UsageError: when entailments are asked for and the reasoner is not installed.
    """
    own = list(extra)
    store = Store()
    _load(store, "shipped", _shipped_quads)
    for document in own:
        store.extend(graph_quads(document, shipped_vocabulary()))
    if entailments and own:
        store.extend(entailed_quads(store))
    elif entailments:
        _load(store, "entailed", lambda: entailed_quads(store))
    if diagnoses and own:
        # Whether clusters overlap is judged among all descriptions, hence the caller's together with the shipped ones.
        store.extend(diagnosis_quads([*shipped_documents(), *own]))
    elif diagnoses:
        _load(store, "diagnoses", lambda: diagnosis_quads(shipped_documents()))
    store.update(_UNITE)
    return store


def graph_quads(document: Document, vocabulary: Vocabulary) -> list[Quad]:
    """The statements of a document, each description in the graph of its own; quads that name a graph keep it."""
    found = descriptions_of(document, vocabulary)
    if not found:
        graph = NamedNode(f"{GRAPH_BASE}data/{Path(document.path).stem}")
        return [_in_graph(quad, graph) for quad in document.quads]
    return [_in_graph(quad, description_graph(one.iri)) for one in found for quad in one.quads]


def description_graph(iri: str) -> NamedNode:
    """The graph of a description: `…/graph/description/slug` for `…/id/description/slug`."""
    return NamedNode(DESCRIPTION_BASE + _slug(iri) if iri.startswith(ID_BASE) else iri)


def diagnosis_graph(iri: str) -> NamedNode:
    """The graph of a description's diagnosis: `…/graph/diagnosis/slug` for `…/id/description/slug`, a hash for IRIs of others."""
    return NamedNode(
        DIAGNOSIS_BASE + (_slug(iri) if iri.startswith(ID_BASE) else sha256(iri.encode()).hexdigest()[:20])
    )


def diagnosis_quads(documents: Sequence[Document]) -> list[Quad]:
    """Every description of the documents judged by the default profile, each diagnosis in the graph of its own.

    Those that cannot be judged are left out, as `clusterkg check` would say.
    """
    from clusterkg.diagnosis import Settings, check
    from clusterkg.rendering.triples import triples_of

    report = check(documents, Settings(), on_problem=lambda problem: None)
    quads = []
    for one in report.diagnoses:
        graph = diagnosis_graph(one.iri)
        quads += [Quad(t.subject, t.predicate, t.object, graph) for t in triples_of(replace(report, diagnoses=(one,)))]
    return quads


def _load(store: Store, kind: str, draw: Callable[[], Iterable[Quad]]) -> None:
    def drawn() -> bytes:
        return serialize(draw(), format=RdfFormat.N_QUADS) or b""

    store.bulk_load(kept(kind, shipped_key(), "nq", drawn), format=RdfFormat.N_QUADS)


def _shipped_quads() -> list[Quad]:
    vocabulary = shipped_vocabulary()
    described = [quad for document in shipped_documents() for quad in graph_quads(document, vocabulary)]
    return [*vocabulary.store, *rule_quads(), *described]


def rule_quads() -> list[Quad]:
    """The shipped rules as they are written, before their parameters are filled in."""
    quads: list[Quad] = []
    for path in sorted(resource("shapes").rglob("*.ttl")):
        try:
            quads += parse(path=path, rename_blank_nodes=True)
        except (SyntaxError, OSError) as error:
            message = text("Este archivo de reglas está dañado.", "This file of rules is broken.")
            raise ConfigurationError(message, file=str(path)) from error
    return quads


def shipped_documents() -> list[Document]:
    """The shipped data but for the register of sources, which is vocabulary; paths as from the root, so that no machine shows."""
    register = resource("data", "sources.ttl")
    found = [read_document(path) for path in find_documents([resource("data")]) if path != register]
    return [replace(one, path=Path(one.path).relative_to(resources()).as_posix()) for one in found]


def _slug(iri: str) -> str:
    return iri.removeprefix(ID_BASE).removeprefix("description/")


def _in_graph(quad: Quad, graph: NamedNode) -> Quad:
    if not isinstance(quad.graph_name, DefaultGraph):
        return quad
    return Quad(quad.subject, quad.predicate, quad.object, graph)
