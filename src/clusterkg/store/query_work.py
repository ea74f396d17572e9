"""What a query process does: it opens published states of an embedded store, for reading only, and answers from them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from clusterkg.errors import QueryError, StoreUnavailable, text
from clusterkg.namespaces import PREFIXES
from clusterkg.sparql_names import stated_dataset
from clusterkg.sparql_text import refuse_unsafe
from clusterkg.store.base import DEFAULT_GRAPH, Accepted, Dataset
from clusterkg.workers.child import ReplyWriter

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SENTENCE = re.compile(r"(?:^expected (?:one of )?|, )([A-Z][a-z]+ [^,\[\]]+)")
_EXPECTED = re.compile(r"""(?<![\w\]])"[^"]*"|'[^'.]*'(?=,|$)|\b[A-Z]{2,}\b""")
_SENTENCES = {
    "Prefix not found": text("el prefijo no está declarado", "the prefix is not declared"),
    "The SELECT contains a variable that is unbound": text(
        "SELECT nombra una variable que el patrón no liga o que no se agrupa",
        "SELECT names a variable that the pattern does not bind, or that is not grouped by",
    ),
}
"""What the parser says in words."""
_MOST_EXPECTED = 8
_SHOWN = 300  # characters of what the engine said


@dataclass(frozen=True, slots=True)
class QueryConfig:
    """`services`: the endpoints that SERVICE may ask."""

    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A query of a state. Replies with (kind, media type or None); the body is the answer."""

    state: str
    sparql: str
    accepted: Accepted
    dataset: Dataset
    base: str | None = None


@dataclass(frozen=True, slots=True)
class GetGraph:
    """One graph of a state, or with `graph` None every named one. Replies with whether it is there; the body is the RDF."""

    state: str
    graph: str | None
    media_type: str


class StateGone(StoreUnavailable):
    """A state cannot be opened: newer ones have been published since it was asked for, and it has been let go."""


class QueryWork:
    """Answers queries; keeps the state open that it was asked of last."""

    def __init__(self, config: QueryConfig) -> None:
        self._config = config
        self._state = ""
        self._store = ox.Store()

    def work(self, request: Ask | GetGraph, reply: ReplyWriter) -> object:
        """Answer one request. Raises as Store.query does."""
        store = self._opened(request.state)
        if isinstance(request, GetGraph):
            return _graph(store, request, reply)
        refuse_unsafe(request.sparql, self._config.services)
        try:
            return _answer(store, request, reply)
        except RuntimeError as error:
            raise not_carried_out(str(error)) from error
        except OSError as error:
            if not self._config.services:
                raise  # a fault of the disk, and ours
            raise not_carried_out(str(error)) from error

    def _opened(self, state: str) -> ox.Store:
        if state != self._state:
            try:
                self._store = ox.Store.read_only(state)
            except (OSError, RuntimeError) as error:
                raise StateGone(
                    text("No se puede abrir el almacén.", "The store cannot be opened."), file=Path(state).name
                ) from error
            self._state = state
        return self._store


def _answer(store: ox.Store, request: Ask, reply: ReplyWriter) -> tuple[str, str | None]:
    found = run(store, request.sparql, request.dataset, request.base)
    output = cast(IO[bytes], reply)
    if isinstance(found, ox.QueryTriples):
        wanted = request.accepted.graph
        if wanted is not None:
            form = ox.RdfFormat.from_media_type(wanted)
            ox.serialize(found, output, form, prefixes=_prefixes(wanted))
        return "graph", wanted
    kind = "boolean" if isinstance(found, ox.QueryBoolean) else "bindings"
    wanted = request.accepted.boolean if kind == "boolean" else request.accepted.bindings
    if wanted is not None:
        found.serialize(output, ox.QueryResultsFormat.from_media_type(wanted))
    return kind, wanted


def run(
    store: ox.Store, sparql: str, dataset: Dataset, base: str | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """A query over a dataset. Raises QueryError, with line and column, for what is no SPARQL query."""
    stated = Dataset() if dataset else Dataset(*stated_dataset(sparql, base))
    if len(stated.default) > 1:
        dataset = stated
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None
    if len(dataset.default) > 1:
        store = _merged(store, dataset)
        default = [ox.DefaultGraph()]
    elif dataset:
        default = [ox.NamedNode(iri) for iri in dataset.default]
    if dataset:
        named = [ox.NamedNode(iri) for iri in dataset.named]
    try:
        return store.query(sparql, base_iri=base, prefixes=PREFIXES, default_graph=default, named_graphs=named)
    except (SyntaxError, ValueError) as error:
        raise query_error(str(error)) from error


def not_carried_out(said: str) -> QueryError:
    """What the engine said of a request that it understood, but could not carry out."""
    shown = said if len(said) <= _SHOWN else said[:_SHOWN] + " …"
    return QueryError(text(f"No se pudo llevar a cabo: {shown}", f"It could not be carried out: {shown}"))


def too_complex() -> QueryError:
    """What brings a process down: the engine reads and plans by recursion, and its stack has an end."""
    return QueryError(
        text(
            "La consulta está anidada en exceso, o encadena demasiadas alternativas.",
            "The query is nested too deeply, or chains too many alternatives.",
        ),
        hint=text("Use VALUES en lugar de muchos UNION u ||.", "Use VALUES instead of many a UNION or ||."),
    )


def query_error(said: str) -> QueryError:
    """What the parser said, as an error with its place: in words where it has some, else what it would have taken."""
    place = _PLACE.match(said)
    detail = " ".join((place[3] if place else said).split())
    sentence = _SENTENCE.search(detail)
    expected = list(dict.fromkeys(_EXPECTED.findall(detail)))
    if sentence:
        shown = _SENTENCES.get(sentence[1], text(sentence[1], sentence[1]))
    elif expected and detail.startswith("expected"):
        some = ", ".join(expected[:_MOST_EXPECTED]) + (" …" if len(expected) > _MOST_EXPECTED else "")
        shown = text(f"aquí cabría {some}", f"this could have been {some}")
    else:
        shown = text("algo sobra o falta aquí", "something is missing or too much here")
    return QueryError(
        text(f"No es SPARQL 1.1: {shown['es']}.", f"This is not SPARQL 1.1: {shown['en']}."),
        line=int(place[1]) if place else None,
        column=int(place[2]) if place else None,
    )


def _merged(store: ox.Store, dataset: Dataset) -> ox.Store:
    """The merge of several default graphs, in which a statement of two of them stands once, as SPARQL wants it."""
    merged = ox.Store()
    for iri in dataset.default:
        found = store.quads_for_pattern(None, None, None, ox.NamedNode(iri))
        merged.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in found)
    for iri in dataset.named:
        merged.extend(store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))
    return merged


def _graph(store: ox.Store, request: GetGraph, reply: ReplyWriter) -> bool:
    output = cast(IO[bytes], reply)
    form = ox.RdfFormat.from_media_type(request.media_type)
    if request.graph is None:
        ox.serialize(_named_quads(store), output, form, prefixes=_prefixes(request.media_type))
        return True
    graph = ox.NamedNode(request.graph)
    if not store.contains_named_graph(graph):
        return request.graph == DEFAULT_GRAPH  # the default graph is always there, if only empty
    triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, graph))
    ox.serialize(triples, output, form, prefixes=_prefixes(request.media_type))
    return True


def _named_quads(store: ox.Store) -> Iterable[ox.Quad]:
    for graph in store.named_graphs():
        yield from store.quads_for_pattern(None, None, None, graph)


def _prefixes(media_type: str) -> dict[str, str] | None:
    form = ox.RdfFormat.from_media_type(media_type)
    return PREFIXES if form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG) else None


def parsed(ntriples: bytes) -> list[ox.Triple]:
    """N-Triples with blank nodes of their own names. Raises QueryError for what is none."""
    try:
        found = ox.parse(io.BytesIO(ntriples), ox.RdfFormat.N_TRIPLES, rename_blank_nodes=True)
        return [quad.triple for quad in found]
    except (SyntaxError, ValueError) as error:
        raise query_error(str(error)) from error
