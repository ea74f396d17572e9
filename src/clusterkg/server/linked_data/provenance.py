"""Where statements come from: the graph that they stand in, told as a document with the place in it, a description, the vocabulary …"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from clusterkg.namespaces import GRAPH_BASE
from clusterkg.rendering.language import Language
from clusterkg.server.linked_data.asking import Asker
from clusterkg.server.linked_data.names import Names, Words, pick

_ABOUT = """
  { ?g ckg:document ?document . OPTIONAL { ?g ckg:locator ?locator } }
  UNION { GRAPH ?g { ?description a ckg:Description } }
  UNION { GRAPH ?g { ?diagnosis a ckg:Diagnosis } }
"""


@dataclass(slots=True)
class Origin:
    """What is known of a graph: the document and the place that it reports, the description or the diagnosis that it holds."""

    graph: str
    documents: set[str] = field(default_factory=set)
    locator: dict[str, str] = field(default_factory=dict)
    holds: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Source:
    """A graph as it is told to readers: its kind, the things that it is about, the place in the document."""

    number: int
    graph: str
    kind: str
    things: tuple[tuple[str, Words], ...]
    locator: Words


def origins(asker: Asker, graphs: Iterable[str]) -> dict[str, Origin]:
    """What is known of these graphs, by IRI, in their order."""
    found = {graph: Origin(graph) for graph in dict.fromkeys(graphs) if graph}
    for row in asker.rows_for("g", found, _ABOUT):
        graph = row["g"]
        assert isinstance(graph, NamedNode)
        origin = found[graph.value]
        document, locator = row.get("document"), row.get("locator")
        if isinstance(document, NamedNode):
            origin.documents.add(document.value)
        if isinstance(locator, Literal):
            origin.locator[locator.language or ""] = locator.value
        for name in ("description", "diagnosis"):
            held = row.get(name)
            if isinstance(held, NamedNode):
                origin.holds.add(held.value)
    return found


def mentioned(found: Iterable[Origin]) -> set[str]:
    """The IRIs whose names are needed to tell of these."""
    return {iri for one in found for iri in (*one.documents, *one.holds)}


def sources(found: Sequence[Origin], names: Names, speaks: Language) -> list[Source]:
    """The graphs as readers are told of them, numbered from 1."""
    told = []
    for number, origin in enumerate(found, 1):
        things = tuple((iri, names.called(iri, speaks)) for iri in sorted(origin.documents or origin.holds))
        locator = pick(origin.locator, speaks) if origin.locator else Words("")
        told.append(Source(number, origin.graph, kind_of(origin.graph), things, locator))
    return told


def kind_of(graph: str) -> str:
    """The first part of a graph's name, which tells its kind: description, source, vocabulary …; "other" for those of others."""
    local = graph.removeprefix(GRAPH_BASE)
    return local.partition("/")[0] if local != graph else "other"
