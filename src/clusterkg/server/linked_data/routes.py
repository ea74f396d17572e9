"""Which path is answered by which part. Every route is for reading: GET and HEAD."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from clusterkg.namespaces import ID_BASE
from clusterkg.server.linked_data import lists
from clusterkg.server.linked_data.addresses import Address, address_of, checked
from clusterkg.server.linked_data.resources import describe

router = APIRouter()


def _route(*paths: str) -> Callable[[Callable[[Request], Response]], Callable[[Request], Response]]:
    """Registers a function for these paths; they are no part of the API's description, which is for programs that speak JSON."""

    def register(function: Callable[[Request], Response]) -> Callable[[Request], Response]:
        for path in paths:
            router.add_api_route(
                path, function, methods=["GET", "HEAD"], include_in_schema=False, response_model=None
            )
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


@_route("/ontology/term/{term}", "/now/term/{term}")
def term(request: Request) -> Response:
    """A term of the vocabulary by itself: `…/ontology#Cluster` at `/ontology/term/Cluster`."""
    address = address_of(request)
    iri = checked(address.iri.replace("/term/", "#", 1))
    return describe(request, Address(iri, address.path, address.ending), thing=False)


