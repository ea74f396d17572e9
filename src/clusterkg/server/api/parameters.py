"""What the routes take in the address: how it is documented, and how it is checked."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from clusterkg.errors import UsageError, did_you_mean, nearest, text
from clusterkg.rendering.language import Language, language, languages
from clusterkg.server.app import services
from clusterkg.server.negotiation import spoken

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_LONGEST = 200
VARY = "Accept, Accept-Language"

Profile = Annotated[
    str,
    Query(max_length=100, description="Code of a profile (see /api/profiles).", examples=["ten-errors"]),
]
AsOf = Annotated[
    str | SkipJsonSchema[None],
    Query(
        alias="as-of",
        max_length=10,
        description="Judge as of this day, month or year; without it, as of the description's own date.",
        examples=["2021", "2021-03", "2021-03-01"],
        json_schema_extra={"pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
    ),
]
Lang = Annotated[
    str | SkipJsonSchema[None],
    Query(
        max_length=10,
        description="Language of texts for people: es or en. Without it, Accept-Language decides.",
        examples=["es"],
        json_schema_extra={"enum": list(languages())},
    ),
]
Page = Annotated[int, Query(ge=1, le=1_000_000, description="Which page, from 1.")]
PerPage = Annotated[int, Query(alias="per-page", ge=1, le=200, description="How many a page.")]
Words = Annotated[
    str | SkipJsonSchema[None],
    Query(
        max_length=_LONGEST,
        description="A text that the names of cluster, initiative, field or territory hold; case and accents do not matter.",
        examples=["medellin"],
    ),
]
_Name = Annotated[str, Field(min_length=1, max_length=_LONGEST)]
Country = Annotated[
    list[_Name],
    Query(
        description="A country: its slug, IRI, Wikidata number, or name in any language. Several: any of them.",
        examples=[["colombia"]],
    ),
]
Territory = Annotated[
    list[_Name],
    Query(
        description="An area of any level, in which the cluster lies; named as a country is.", examples=[["antioquia"]]
    ),
]
FieldOf = Annotated[
    list[_Name],
    Query(
        alias="field", description="A field (sector): slug, IRI, or name in any language.", examples=[["construction"]]
    ),
]
Kind = Annotated[
    list[_Name],
    Query(
        description="Type or category of the cluster: its local name, or its name in any language.",
        examples=[["emergingCluster"]],
    ),
]
Stage = Annotated[
    list[_Name],
    Query(
        description="Life-cycle stage, the declared one, else the inferred one: local name, or name in any language.",
        examples=[["clusterCreation"]],
    ),
]


class Illustration(StrEnum):
    """Whether made-up examples are let in."""

    NONE = "false"
    ONLY = "true"
    ALL = "all"


Illustrations = Annotated[
    Illustration, Query(description="Made-up examples: false leaves them out, true shows nothing else, all shows both.")
]


def checked_date(value: str | None) -> str | None:
    """The date itself. Raises UsageError where there is no such day, month or year."""
    if value is None:
        return None
    match = _DATE.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError as error:
        raise UsageError(
            text(f"«{value}» no es una fecha.", f"“{value}” is no date."),
            hint=text("Escriba 2021-03-01, 2021-03 o 2021.", "Write 2021-03-01, 2021-03 or 2021."),
        ) from error
    return value


def reader(request: Request, response: Response, lang: Lang = None) -> Language:
    """The language of the answer, which depends on what the reader prefers. Raises UsageError for one that there is not."""
    response.headers["Vary"] = VARY
    return language(lang) if lang is not None else spoken(request, services(request).settings.language)


def known_parameters(request: Request) -> None:
    """Raise UsageError for a parameter that the route does not know: a misspelt one would silently change the answer."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = {str(field.alias) for dependant in _dependants(route) for field in dependant.query_params}
    for name in request.query_params:
        if name not in known:
            near = nearest(name.replace("_", "-"), known)
            listed = ", ".join(sorted(known))
            raise UsageError(
                text(f"No existe el parámetro «{name[:60]}».", f"There is no parameter “{name[:60]}”."),
                hint=did_you_mean(near) if near else text(f"Parámetros: {listed}.", f"Parameters: {listed}."),
            )


def _dependants(route: APIRoute) -> list:  # type: ignore[type-arg]
    found = [route.dependant]
    for one in found:
        found += one.dependencies
    return found
