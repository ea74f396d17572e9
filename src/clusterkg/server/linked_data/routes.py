"""Which path is answered by which part. Every route is for reading: GET and HEAD."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from clusterkg.namespaces import ID_BASE
from clusterkg.server.linked_data import catalogue, documents, dumps, graphs, lists, queries, shapes, vocabulary
from clusterkg.server.linked_data.addresses import Address, address_of, checked
from clusterkg.server.linked_data.resources import describe

router = APIRouter()


def _route(*paths: str) -> Callable[[Callable[[Request], Response]], Callable[[Request], Response]]:
    """Registers a function for these paths; they are no part of the API's description, which is for programs that speak JSON."""

    def register(function: Callable[[Request], Response]) -> Callable[[Request], Response]:
        for path in paths:
            router.add_api_route(path, function, methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
        return function

    return register


@_route("/")
def start(request: Request) -> Response:
    """The start page."""
    return lists.start(request)


@_route("/id", "/id.{ending}")
def kinds(request: Request) -> Response:
    """The kinds of things."""
    return lists.list_of_kinds(request)


@_route("/id/{rest:path}")
def thing(request: Request) -> Response:
    """A thing, or the list of a kind."""
    address = address_of(request)
    if "/" not in address.iri.removeprefix(ID_BASE).rstrip("/"):
        return lists.list_of_kind(request, address)
    return describe(request, address)


@_route("/rule/{rest:path}", "/.well-known/genid/{rest:path}")
def rule(request: Request) -> Response:
    """A rule, or a thing without a name of its own."""
    return describe(request, address_of(request))


@_route("/graph", "/graph.{ending}")
def all_graphs(request: Request) -> Response:
    """Every graph."""
    return graphs.list_of_graphs(request, address_of(request))


@_route("/graph/{rest:path}")
def graph(request: Request) -> Response:
    """A graph, or what has its name below `/graph`."""
    return graphs.graph(request, address_of(request))


@_route("/shapes", "/shapes.{ending}", "/shapes/{profile:path}")
def baked_shapes(request: Request) -> Response:
    """The shapes of a profile."""
    return shapes.shapes(request, address_of(request))


@_route("/ontology", "/ontology.{ending}", "/now", "/now.{ending}")
def whole_vocabulary(request: Request) -> Response:
    """Every term."""
    return vocabulary.whole_vocabulary(request, address_of(request))


@_route("/ontology/{module}")
def module(request: Request) -> Response:
    """A part of the vocabulary; being a document, it is answered as one."""
    return describe(request, address_of(request), thing=False)


@_route("/ontology/term/{term}", "/now/term/{term}")
def term(request: Request) -> Response:
    """A term of the vocabulary by itself: `…/ontology#Cluster` at `/ontology/term/Cluster`."""
    address = address_of(request)
    iri = checked(address.iri.replace("/term/", "#", 1))
    return describe(request, Address(iri, address.path, address.ending), thing=False)


@_route("/queries", "/queries.{ending}")
def all_queries(request: Request) -> Response:
    """Every shipped question."""
    return queries.list_of_queries(request)


@_route("/queries/{name}")
def one_query(request: Request) -> Response:
    """A question and its answer."""
    return queries.one_query(request)


@_route("/catalog", "/catalog.{ending}", "/.well-known/void", "/.well-known/void.{ending}")
def void(request: Request) -> Response:
    """VoID and DCAT."""
    return catalogue.catalogue(request, address_of(request))


@_route("/dump/{name}")
def dump(request: Request) -> Response:
    """Everything in one file."""
    return dumps.dump(request, request.path_params["name"])


@_route("/context.jsonld")
def context(request: Request) -> Response:
    """The JSON-LD context."""
    return documents.context(request)


@_route("/schema", "/schema.{ending}")
def schemas(request: Request) -> Response:
    """The JSON Schemas."""
    return documents.list_of_schemas(request)


@_route("/schema/{name}")
def schema(request: Request) -> Response:
    """A JSON Schema."""
    return documents.schema(request, request.path_params["name"])


@_route("/problem", "/problem.{ending}", "/problem/{name}")
def problem(request: Request) -> Response:
    """What a type of problem means."""
    return documents.problem(request, address_of(request))


@_route("/favicon.ico", "/static/linked-data/icon.svg")
def icon(request: Request) -> Response:
    """The sign of the site."""
    return documents.icon(request)


@_route("/static/linked-data/{name}")
def style(request: Request) -> Response:
    """The style sheet."""
    return documents.style(request, request.path_params["name"])
