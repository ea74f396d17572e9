"""The OpenAPI document: what FastAPI draws from the routes, with every problem documented as it is answered."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

from clusterkg.server.api.documented import PROBLEM
from clusterkg.server.api.models import Problem
from clusterkg.server.problems import MEDIA_TYPE

Tree = dict[str, Any]

_TAGS = [
    {"name": "diagnosis", "description": "Verdicts on descriptions, sent or stored."},
    {"name": "clusters", "description": "Clusters as their descriptions state them."},
    {"name": "portfolio", "description": "Verdicts across clusters."},
    {"name": "knowledge", "description": "What there is to check: profiles, rules, errors."},
]
_DESCRIPTION = """\
Descriptions of clusters and cluster initiatives in, explained verdicts out.

Texts come by language tag (`es`, `en`). Dates are as precise as they were stated: a day, a month or a year.
Every error is a problem document (RFC 9457, `application/problem+json`) in the reader's language (`lang=`, else `Accept-Language`).
"""
_LICENSE = {"name": "Apache 2.0 (program), CC BY 4.0 (data)", "identifier": "Apache-2.0 AND CC-BY-4.0"}


def install(app: FastAPI) -> None:
    """Have the application describe itself."""
    draw = app.openapi

    def openapi() -> Tree:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(draw())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(tree: Tree) -> Tree:
    tree["info"] |= {"title": "clusterkg", "description": _DESCRIPTION, "license": _LICENSE}
    tree["servers"] = [{"url": "/", "description": "This server."}]
    tree["tags"] = [*_TAGS, *(tag for tag in tree.get("tags", []) if tag["name"] not in {one["name"] for one in _TAGS})]
    components = tree.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    components.setdefault("securitySchemes", {})["bearer"] = {
        "type": "http",
        "scheme": "bearer",
        "description": "A token with the scope that a write needs; whoever runs the server gives them out.",
    }
    for path, operations in tree["paths"].items():
        for method, operation in operations.items():
            operation["operationId"] = _named(operation, path, method)
            _document_problems(operation)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return tree


def _named(operation: Tree, path: str, method: str) -> str:
    """The name that the route was given; where it was given none, one from its tag and its function, not from its address."""
    name = str(operation["operationId"])
    drawn = re.sub(r"\W", "_", f"{path}_{method}")
    if not name.endswith(drawn):
        return name
    words: list[str] = [*operation.get("tags", ["other"])[:1], *name.removesuffix(drawn).split("_")]
    first, *rest = [word.lower() for word in words if word]
    return first + "".join(word.capitalize() for word in rest)


def _document_problems(operation: Tree) -> None:
    """Whatever is refused is refused with a problem document: every 4xx says so, and the same way."""
    responses = operation.setdefault("responses", {})
    validation = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if str(validation.get("$ref", "")).endswith("/HTTPValidationError"):
        responses["422"] = {"description": "A parameter is not valid."}
    for status, response in responses.items():
        if status.startswith("4") or MEDIA_TYPE in response.get("content", {}):
            response["content"] = response.get("content", {}) | PROBLEM
    responses.setdefault("default", {"description": "Any other problem.", "content": PROBLEM})
