"""SPARQL 1.1 Service Description: what this service can do, and what it holds now."""

from __future__ import annotations

import json
import threading
from hashlib import sha256

from fastapi import Request
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize
from starlette.responses import Response

from clusterkg import __version__
from clusterkg.errors import ClusterkgError
from clusterkg.namespaces import RDF, RDFS, VOID, Namespace
from clusterkg.server import protocol
from clusterkg.server.app import services
from clusterkg.server.protocol import GRAPH_TYPES
from clusterkg.store.base import JSON_RESULTS, TURTLE, Accepted, Limits, State, Store

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
_SIMPLE = NamedNode("http://www.w3.org/ns/entailment/Simple")
_RESULTS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)
_PREFIXES = {"sd": str(SD), "rdf": str(RDF), "rdfs": str(RDFS), "void": str(VOID), "formats": str(FORMATS)}
_LISTED = 1_000
"""Graphs that are listed at most."""
_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_LOCK = threading.Lock()

Node = NamedNode | BlankNode


def answer(request: Request) -> Response:
    """The description, in the format that the reader likes best; Turtle where none is acceptable, since that still tells more than 406."""
    media_type = protocol.wanted(request, GRAPH_TYPES) or TURTLE
    state = services(request).store.state()
    endpoint = protocol.public_address(request, "/sparql")
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if state.sha256:
        told = repr((__version__, state.number, state.sha256, endpoint, media_type))
        headers["ETag"] = f'W/"{sha256(told.encode()).hexdigest()[:32]}"'
        if protocol.unchanged(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
    triples = _service(request, state)
    form = RdfFormat.from_media_type(GRAPH_TYPES[media_type])
    # JSON-LD is written expanded, as every other answer of the store.
    prefixes = None if form == RdfFormat.N_TRIPLES else _PREFIXES
    return protocol.answer(request, serialize(triples, format=form, prefixes=prefixes) or b"", media_type, headers)


def _service(request: Request, state: State) -> list[Triple]:
    endpoint = NamedNode(protocol.public_address(request, "/sparql"))
    service = NamedNode(f"{endpoint.value}#service")
    features = [SD.UnionDefaultGraph]
    if services(request).settings.allowed_services:
        features.append(SD.BasicFederatedQuery)
    triples = [
        Triple(service, RDF.type, SD.Service),
        Triple(service, SD.endpoint, endpoint),
        Triple(service, SD.supportedLanguage, SD.SPARQL11Query),
        Triple(service, SD.defaultEntailmentRegime, _SIMPLE),
        *(Triple(service, SD.feature, feature) for feature in features),
        *(Triple(service, SD.resultFormat, FORMATS[name]) for name in _RESULTS),
    ]
    if request.app.state.tokens is not None:
        triples += _updates(protocol.public_address(request, "/sparql/update"))
    return triples + _dataset(service, state, _default_triples(request, state))


def _updates(address: str) -> list[Triple]:
    """The service for those who may write."""
    endpoint = NamedNode(address)
    service = NamedNode(f"{address}#service")
    return [
        Triple(service, RDF.type, SD.Service),
        Triple(service, SD.endpoint, endpoint),
        Triple(service, SD.supportedLanguage, SD.SPARQL11Update),
    ]


def _dataset(service: NamedNode, state: State, default_triples: int | None) -> list[Triple]:
    dataset, default = BlankNode("dataset"), BlankNode("default")
    triples = [
        Triple(service, SD.defaultDataset, dataset),
        Triple(dataset, RDF.type, SD.Dataset),
        Triple(dataset, SD.defaultGraph, default),
        Triple(default, RDF.type, SD.Graph),
    ]
    if default_triples is not None:
        triples.append(Triple(default, VOID.triples, Literal(default_triples)))
    names = sorted(state.graphs)
    if len(names) > _LISTED:
        shown = {
            "es": f"Se listan {_LISTED} de {len(names)} grafos.",
            "en": f"{_LISTED} of {len(names)} graphs are listed.",
        }
        triples += [Triple(dataset, RDFS.comment, Literal(said, language=code)) for code, said in shown.items()]
    for number, name in enumerate(names[:_LISTED]):
        named, graph = BlankNode(f"n{number}"), BlankNode(f"g{number}")
        triples += [
            Triple(dataset, SD.namedGraph, named),
            Triple(named, RDF.type, SD.NamedGraph),
            Triple(named, SD.name, NamedNode(name)),
            Triple(named, SD.graph, graph),
            Triple(graph, RDF.type, SD.Graph),
            Triple(graph, VOID.triples, Literal(state.graphs[name].triples)),
        ]
    return triples


def _default_triples(request: Request, state: State) -> int | None:
    """How many statements a query meets without naming a graph: what stands in two graphs counts once. None where counting fails."""
    key = (state.number, state.sha256)
    with _LOCK:
        known: tuple[tuple[int, str], int] | None = getattr(request.app.state, "default_triples", None)
    if known is not None and known[0] == key and state.sha256:
        return known[1]
    try:
        counted = _counted(services(request).store)
    except ClusterkgError:
        return None  # a description without that figure is of more use than none
    with _LOCK:
        request.app.state.default_triples = (key, counted)
    return counted


def _counted(store: Store) -> int:
    found = store.query(
        _COUNT, accepted=Accepted(bindings=JSON_RESULTS, boolean=None, graph=None), limits=Limits(own=True)
    )
    return int(json.loads(found.body)["results"]["bindings"][0]["n"]["value"])
