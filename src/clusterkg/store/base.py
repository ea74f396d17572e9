"""What every store can do: the one interface between the graph and those who ask it or change it.

    EmbeddedStore   Oxigraph in a folder (embedded.py)
    RemoteStore     any SPARQL 1.1 service (remote.py)

Graphs are named by IRI; `None` is the default graph. A store's default graph, as queries see it, is the union of all its
graphs but those of APART; what is written to the default graph itself is kept in the graph DEFAULT_GRAPH. RDF goes in and
comes out as bytes, so that it can cross a process boundary as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from clusterkg.namespaces import ENTAILED_GRAPH, GRAPH_BASE, RULES_GRAPH, VOCABULARY_GRAPH

DEFAULT_GRAPH = GRAPH_BASE + "default"
"""Where the statements are kept that somebody wrote to the default graph."""
KNOWLEDGE = frozenset({VOCABULARY_GRAPH, RULES_GRAPH})
"""What all else rests on: for administrators to change."""
APART = frozenset({ENTAILED_GRAPH})
"""Graphs that the default graph leaves out: what follows is asked for by name, so that questions about what is stated stay such."""

JSON_RESULTS = "application/sparql-results+json"
XML_RESULTS = "application/sparql-results+xml"
CSV_RESULTS = "text/csv"
TSV_RESULTS = "text/tab-separated-values"
TURTLE = "text/turtle"
NTRIPLES = "application/n-triples"
NQUADS = "application/n-quads"
TRIG = "application/trig"
RDF_XML = "application/rdf+xml"
JSON_LD = "application/ld+json"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may cost: seconds, and bytes of its answer (None: as the store is set up).

    `own`: it was written by this program, for a page or its health; such queries do not wait behind those of others.
    """

    seconds: float | None = None
    answer_bytes: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """The RDF dataset of a request (SPARQL 1.1 Protocol, 2.1.4). Empty: the store's own; else these graphs and no others."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The media type to answer with, by kind of answer; None: nothing of that kind is acceptable."""

    bindings: str | None = JSON_RESULTS
    boolean: str | None = JSON_RESULTS
    graph: str | None = NTRIPLES


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `kind`: "bindings" (SELECT), "boolean" (ASK) or "graph" (CONSTRUCT, DESCRIBE).

    `media_type` is None, and `body` empty, where nothing of that kind was acceptable.
    """

    kind: str
    media_type: str | None
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PutGraph:
    """Replace a graph by these statements (N-Triples)."""

    graph: str | None
    ntriples: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddToGraph:
    """Add these statements (N-Triples) to a graph; with nothing to add, an absent graph comes to be all the same."""

    graph: str | None
    ntriples: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DropGraph:
    """Remove a graph, if it is there."""

    graph: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """SPARQL 1.1 Update; `using` is the dataset of its WHERE clauses (SPARQL 1.1 Protocol, 2.2.3)."""

    sparql: str
    using: Dataset = Dataset()
    base: str | None = None


Change = PutGraph | AddToGraph | DropGraph | Update


@dataclass(frozen=True, slots=True)
class GraphState:
    """One graph: how many statements, the SHA-256 of their N-Triples (empty where the store cannot tell), and since when."""

    triples: int
    sha256: str
    modified: str


@dataclass(frozen=True, slots=True)
class State:
    """A whole state of the store. `number` grows with every write; `sha256` names the content; `modified` is an ISO instant in UTC.

    `program` names the version of rules and program that made the diagnoses; empty where the store does not keep it.
    """

    number: int
    sha256: str
    modified: str
    triples: int
    program: str = ""
    graphs: Mapping[str, GraphState] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a write did: the state that holds it, and which of the graphs it names were there before."""

    state: State
    existed: frozenset[str | None] = frozenset()


class Store(Protocol):
    """Safe to use from several threads. Every method may raise StoreUnavailable."""

    def query(
        self,
        sparql: str,
        *,
        accepted: Accepted = Accepted(),
        dataset: Dataset = Dataset(),
        limits: Limits = Limits(),
    ) -> Answer:
        """Answer a query as a whole, or raise.

        Raises:
            QueryError, QueryRefused: for what is no query, or not allowed.
            DeadlineExceeded, MemoryExceeded, AnswerTooLarge, Busy: when it costs too much.
        """
        ...

    def write(self, changes: Sequence[Change], *, limits: Limits = Limits()) -> Receipt:
        """Make these changes, all or none, in their order; what is returned is safe from a kill of any process.

        The diagnoses of the descriptions that they touch are renewed in the same step.

        Raises:
            QueryError, QueryRefused, InputError: for what cannot be read.
            DeadlineExceeded, MemoryExceeded, Busy: when it costs too much; then nothing was changed.
            UsageError: where the store is open for reading only.
        """
        ...

    def graph(self, iri: str | None, media_type: str = NTRIPLES, *, limits: Limits = Limits()) -> bytes | None:
        """The statements of one graph, as a whole; None where there is no such graph."""
        ...

    def dump(self, output: BinaryIO) -> None:
        """Write every named graph as N-Quads: all that is needed to fill another store."""
        ...

    def state(self) -> State:
        """The state that a query would meet now."""
        ...

    def backup(self, folder: Path) -> None:
        """Copy the present state to a new folder, from which `clusterkg restore` fills a store. Raises UsageError where it exists."""
        ...

    def ready(self) -> bool:
        """Whether a query would be answered now."""
        ...

    def close(self) -> None:
        """Let go of processes, files and connections."""
        ...
