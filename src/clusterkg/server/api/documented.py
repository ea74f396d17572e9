"""How the routes of the API are documented: problems, formats."""

from __future__ import annotations

from typing import Any

from clusterkg.server.api.media import FORMS
from clusterkg.server.api.report import Report
from clusterkg.server.problems import MEDIA_TYPE

PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
READING = (400, 406, 422, 503, 504)
"""What any answer from the store can be instead."""

DIAGNOSING = (400, 406, 413, 422, 503, 504)
_SAID = {
    400: "The request cannot be carried out: an unknown parameter, profile, date or language.",
    404: "There is no such thing.",
    406: "No format that is accepted.",
    413: "What was sent, or the answer, is too large.",
    415: "A format that is not read.",
    422: "A parameter is not valid, or a description is wrong: `problems` has each one with line and column.",
    503: "Too many requests, or not enough memory: repeat it after `Retry-After` seconds.",
    504: "The deadline has passed.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses for what can go wrong; anything else that can (a limit of the rate, a fault) is a problem document as well."""
    found: dict[int | str, dict[str, Any]] = {
        status: {"description": _SAID[status], "content": PROBLEM} for status in sorted(set(statuses))
    }
    return found | {"default": {"description": "Any other problem.", "content": PROBLEM}}


def diagnosis() -> dict[int | str, dict[str, Any]]:
    """The response of a diagnosis in every format."""
    written: dict[str, Any] = {"application/json": {}, "application/ld+json": {"schema": {"type": "object"}}}
    written |= {kind: {"schema": {"type": "string"}} for kind in FORMS if kind not in written}
    return {
        200: {"model": Report, "description": "The diagnosis, in the format that Accept asks for.", "content": written}
    }
