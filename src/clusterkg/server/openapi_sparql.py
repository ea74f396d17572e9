"""The SPARQL protocols in the OpenAPI document: what their routes take and give, which they read from the request themselves."""

from __future__ import annotations

from typing import Any

from clusterkg.server.api.documented import PROBLEM
from clusterkg.store.base import CSV_RESULTS, JSON_LD, JSON_RESULTS, NTRIPLES, RDF_XML, TSV_RESULTS, TURTLE, XML_RESULTS

_TEXT = {"type": "string"}
_IRIS = {"type": "array", "items": {"type": "string", "format": "iri"}}
_ASK = "ASK { ?s ?p ?o }"
_INSERT = "INSERT DATA { GRAPH <http://example.org/g> { <http://example.org/s> <http://example.org/p> 1 } }"

_MEANINGS = {
    200: "The answer",
    201: "A graph was made; Location tells where",
    204: "Done",
    304: "The reader has it already (If-None-Match)",
    400: "Malformed: syntax errors come with line and column",
    401: "A token is missing or not valid",
    403: "Not allowed: SERVICE that is not listed; writing without a token that allows it",
    404: "There is no such graph",
    406: "Nothing acceptable; `available` lists what there is",
    413: "Too large",
    415: "A media type that is not understood; `supported` lists those that are",
    422: "Cannot be processed",
    429: "Too many requests",
    503: "Busy, or out of memory; try again after Retry-After",
    504: "The deadline has passed",
}


def _parameter(name: str, schema: dict[str, Any], told: str, place: str = "query") -> dict[str, Any]:
    return {"name": name, "in": place, "description": told, "schema": schema, "required": False}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": _MEANINGS[status], "content": PROBLEM} for status in statuses}


def _answers(*types: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"description": _MEANINGS[200], "content": {kind: {"schema": {}} for kind in types}},
    }


def _done(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": _MEANINGS[status]} for status in statuses}


_GRAPHS = (TURTLE, NTRIPLES, RDF_XML, JSON_LD)
_RESULTS = (JSON_RESULTS, XML_RESULTS, CSV_RESULTS, TSV_RESULTS, *_GRAPHS, "application/json", "application/xml")
_COSTS = (413, 429, 503, 504)
_DATASET = [
    _parameter("default-graph-uri", _IRIS, "The graphs that make up the default graph, instead of all"),
    _parameter("named-graph-uri", _IRIS, "The named graphs, instead of all"),
]
_USING = [
    _parameter("using-graph-uri", _IRIS, "The default graph of WHERE clauses"),
    _parameter("using-named-graph-uri", _IRIS, "The named graphs of WHERE clauses"),
]


def _body(direct: str, example: str, field: str, lists: list[dict[str, Any]]) -> dict[str, Any]:
    properties = {field: {**_TEXT, "example": example}, **{one["name"]: one["schema"] for one in lists}}
    form = {"type": "object", "required": [field], "properties": properties}
    content = {direct: {"schema": {**_TEXT, "example": example}}, "application/x-www-form-urlencoded": {"schema": form}}
    return {"required": True, "content": content}


QUERY_GET: dict[str, Any] = {
    "operation_id": "query",
    "summary": "Answer a SPARQL 1.1 query, or describe the service",
    "responses": {**_answers(*_RESULTS), **_done(304), **_problems(400, 403, 406, *_COSTS)},
    "openapi_extra": {
        "parameters": [
            _parameter("query", {**_TEXT, "example": _ASK}, "The query; without it, the service description"),
            *_DATASET,
        ]
    },
}
QUERY_POST: dict[str, Any] = {
    "operation_id": "postQuery",
    "summary": "Answer a SPARQL 1.1 query that is posted",
    "responses": {**_answers(*_RESULTS), **_problems(400, 403, 406, 415, *_COSTS)},
    "openapi_extra": {
        "parameters": _DATASET,
        "requestBody": _body("application/sparql-query", _ASK, "query", _DATASET),
    },
}
UPDATE_POST: dict[str, Any] = {
    "operation_id": "update",
    "summary": "Carry out a SPARQL 1.1 update, all or nothing",
    "status_code": 204,
    "responses": {**_done(204), **_problems(400, 401, 403, 415, *_COSTS)},
    "openapi_extra": {
        "parameters": _USING,
        "requestBody": _body("application/sparql-update", _INSERT, "update", _USING),
    },
}
_GRAPH = [
    _parameter("graph", {"type": "string", "format": "iri"}, "The graph's IRI"),
    _parameter("default", {"type": "string", "enum": [""]}, "The default graph, instead of a named one"),
]
_RDF_BODY = {"required": True, "content": {kind: {"schema": _TEXT} for kind in _GRAPHS}}
_MULTIPART = {
    "multipart/form-data": {
        "schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}
    }
}
GRAPH_STORE: dict[str, dict[str, Any]] = {
    "GET": {
        "operation_id": "getGraph",
        "summary": "The statements of one graph",
        "responses": {
            **_answers(*_GRAPHS, "application/json", "application/xml"),
            **_done(304),
            **_problems(400, 404, 406, *_COSTS),
        },
        "openapi_extra": {"parameters": _GRAPH},
    },
    "PUT": {
        "operation_id": "putGraph",
        "summary": "Replace one graph",
        "status_code": 204,
        "responses": {**_done(201, 204), **_problems(400, 401, 403, 415, *_COSTS)},
        "openapi_extra": {"parameters": _GRAPH, "requestBody": _RDF_BODY},
    },
    "POST": {
        "operation_id": "postGraph",
        "summary": "Add to one graph, or make a new one",
        "status_code": 204,
        "responses": {**_done(201, 204), **_problems(400, 401, 403, 415, *_COSTS)},
        "openapi_extra": {
            "parameters": _GRAPH,
            "requestBody": {"required": True, "content": {**_RDF_BODY["content"], **_MULTIPART}},  # type: ignore[dict-item]
        },
    },
    "DELETE": {
        "operation_id": "deleteGraph",
        "summary": "Remove one graph",
        "status_code": 204,
        "responses": {**_done(204), **_problems(400, 401, 403, 404, *_COSTS)},
        "openapi_extra": {"parameters": _GRAPH},
    },
}
