"""`POST /api/diagnose`: a description in, its diagnosis out; nothing is stored."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clusterkg.diagnosis.worker import DEFAULT_PROFILE, Sent
from clusterkg.diagnosis.worker import Request as Work
from clusterkg.errors import text
from clusterkg.rendering.language import Language
from clusterkg.server.api import parameters as given
from clusterkg.server.api.diagnosers import diagnosers
from clusterkg.server.api.documented import DIAGNOSING, diagnosis, problems
from clusterkg.server.api.media import MULTIPART, SENT_TYPES, TYPES, refuse_encoding, sent_format, wanted_form
from clusterkg.server.api.upload import read_body
from clusterkg.server.api.work import Form
from clusterkg.server.app import services
from clusterkg.server.problems import Problem

router = APIRouter(tags=["diagnosis"])

_EXAMPLE = """\
id: description/alpha-2024
type: Description
described: 2024-03-01
assesses:
  id: initiative/alpha
  type: ClusterInitiative
  label: {es: "Iniciativa Alfa", en: "Alpha initiative"}
  serves: {id: cluster/alpha, type: Cluster, label: {es: "Clúster Alfa", en: "Alpha cluster"}}
"""
_BODY: dict[str, Any] = {
    "required": True,
    "description": "A description in any syntax that `clusterkg check` reads, or a form with files. text/plain: the content tells.",
    "content": {
        **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in SENT_TYPES},
        "application/yaml": {"schema": {"type": "string", "format": "binary"}, "example": _EXAMPLE},
        "application/json": {"schema": {"type": "object"}},
        "application/ld+json": {"schema": {"type": "object"}},
        MULTIPART: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
                },
            }
        },
    },
}


@router.post(
    "/diagnose",
    operation_id="diagnose",
    summary="Diagnose a description",
    response_class=Response,
    responses={**diagnosis(), **problems(*DIAGNOSING, 415)},
    openapi_extra={"requestBody": _BODY},
)
async def diagnose(
    request: Request,
    language: Annotated[Language, Depends(given.reader)],
    profile: given.Profile = DEFAULT_PROFILE,
    as_of: given.AsOf = None,
) -> Response:
    """The verdicts on a description that is sent, with findings, evidence, questions and next steps. Nothing is stored.

    Several descriptions are judged together, and all or none of them: rules that look across clusters see the others.
    """
    form = wanted_form(request)
    most = services(request).settings.upload_size << 20
    work = Work((), profile, given.checked_date(as_of), language.code, form, most)
    refuse_encoding(request)
    content_type = request.headers.get("content-type", "")
    several = content_type.split(";")[0].strip().lower() == MULTIPART
    told = None if several else sent_format(content_type)
    body = await read_body(request, most)
    if not body:
        raise Problem(422, text("No se envió nada.", "Nothing was sent."))
    sent: Work | Form
    if several:
        sent = Form(body, content_type, work)
    else:
        sent = Work((Sent(body, format=told),), work.profile, work.as_of, work.language, work.form, most)
    written = await run_in_threadpool(diagnosers(request).run, sent)
    return diagnosis_response(written, form, language)


def diagnosis_response(written: bytes, form: str, language: Language) -> Response:
    """A diagnosis in one of the formats. It depends on what the reader accepts and speaks."""
    headers = {"Vary": given.VARY, "Content-Language": language.code}
    if form in ("json", "jsonld", "turtle"):
        del headers["Content-Language"]  # it has every language
    if form == "json":
        headers["Link"] = '</schema/diagnosis.schema.json>; rel="describedby"'
    return Response(written, media_type=TYPES[form], headers=headers)
