"""What follows from the vocabulary for the data: OWL 2 RL by `reasonable`, property chains by CONSTRUCT, in a graph of their own.

`reasonable` ignores property chains and finds no contradictions: chains are read from the ontology and run as queries, contradictions are
the business of `clusterkg ontology check`. The result is kept below the user's cache folder, named by a hash of what it was drawn from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from clusterkg import __version__
from clusterkg.cache import kept
from clusterkg.errors import UsageError, text
from clusterkg.graph import Index, Node
from clusterkg.namespaces import ENTAILED_GRAPH, GENID_BASE, ID_BASE, OWL, RDF

ENTAILED = ox.NamedNode(ENTAILED_GRAPH)
_ROUNDS = 3  # chains may feed OWL RL and the other way round; the shipped vocabulary settles after two


def available() -> bool:
    """Whether the reasoner is installed (extra `entailments`)."""
    return find_spec("reasonable") is not None


def entailed_quads(store: ox.Store) -> list[ox.Quad]:
    """What follows from a store's statements about things of ours and is not stated there, in the graph of entailments; sorted.

    Raises:
        UsageError: when the reasoner is not installed.
    """
    stated = sorted({str(quad.triple) for quad in store})
    key = sha256("\n".join([__version__, *stated]).encode()).hexdigest()
    lines = kept("entailed", key, "nt", lambda: "".join(f"{line} .\n" for line in sorted(_entail(stated))).encode())
    parsed = ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
    return [ox.Quad(q.subject, q.predicate, q.object, ENTAILED) for q in parsed]


def chains(index: Index) -> Iterator[tuple[ox.NamedNode, list[ox.NamedNode]]]:
    """The property chains of an ontology: the property that follows, and the properties in their order."""
    for prop, head in _chain_axioms(index):
        links: list[ox.NamedNode] = []
        cell: Node = head
        while cell != RDF.nil:
            links += [o for o in index.nodes(cell, RDF.first) if isinstance(o, ox.NamedNode)]
            cell = index.nodes(cell, RDF.rest)[0]
        yield prop, links


def _chain_axioms(index: Index) -> Iterator[tuple[ox.NamedNode, Node]]:
    for prop in sorted(index.subjects(RDF.type, OWL.ObjectProperty), key=str):
        if isinstance(prop, ox.NamedNode):
            yield from ((prop, head) for head in index.nodes(prop, OWL.propertyChainAxiom))


def _entail(stated: Iterable[str]) -> Iterator[str]:
    if not available():
        raise UsageError(
            text("Falta el razonador para lo que se infiere.", "The reasoner for entailments is missing."),
            hint=text("pip install 'clusterkg[entailments]'", "pip install 'clusterkg[entailments]'"),
        )
    known = set(stated)
    everything = set(known)
    for _ in range(_ROUNDS):
        found = {line for line in (*_rl(everything), *_chained(everything)) if line not in everything}
        if not found:
            break
        everything |= found
    return (line for line in everything - known)


def _rl(lines: Iterable[str]) -> Iterator[str]:
    """OWL 2 RL; literals and blank nodes come back changed, so only statements between things of ours and named ones are kept."""
    import reasonable

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stated.ttl"
        file.write_text("".join(f"{line} .\n" for line in lines), encoding="utf-8")
        reasoner = reasonable.PyReasoner()
        reasoner.load_file(str(file))
        derived = reasoner.reason()
    for subject, predicate, value in derived:
        if _ours(str(subject)) and _named(value) and not _trivial(str(subject), str(predicate), str(value)):
            yield f"<{subject}> <{predicate}> <{value}>"


def _chained(lines: Iterable[str]) -> Iterator[str]:
    store = ox.Store()
    store.extend(ox.parse("".join(f"{line} .\n" for line in lines).encode(), format=ox.RdfFormat.N_TRIPLES))
    for prop, links in chains(Index(quad.triple for quad in store)):
        steps = " . ".join(
            f"?n{left} <{link.value}> ?n{right}"
            for link, (left, right) in zip(links, pairwise(range(len(links) + 1)), strict=True)
        )
        query = f"CONSTRUCT {{ ?n0 <{prop.value}> ?n{len(links)} }} WHERE {{ {steps} }}"
        yield from (str(t) for t in store.query(query) if _ours(str(t.subject.value)))  # type: ignore[union-attr]


def _ours(iri: str) -> bool:
    return iri.startswith((ID_BASE, GENID_BASE))


def _named(value: object) -> bool:
    return type(value).__name__ == "URIRef"


def _trivial(subject: str, predicate: str, value: str) -> bool:
    return value == OWL.Thing.value or (predicate == OWL.sameAs.value and subject == value)
