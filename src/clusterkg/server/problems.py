"""Every error as a problem document (RFC 9457), in the reader's language, and never a traceback.

`type` is `https://w3id.org/clusterkg/problem/NAME`; `title` names the kind, `detail` this case, `hint` the way out. Where the error
has a place, `line`, `column` and `file` say it; an error that carries several problems lists them as `problems`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Send

from clusterkg import errors
from clusterkg.errors import ClusterkgError, Text, text
from clusterkg.namespaces import ROOT
from clusterkg.rendering.language import Language
from clusterkg.server.negotiation import best_type, spoken

MEDIA_TYPE = "application/problem+json"
PAGE = "problem_page"
"""Where the application's state has what renders a problem for people: (request, document) → HTML. May be missing."""
_LOG = logging.getLogger(__name__)

KINDS: tuple[tuple[type[ClusterkgError], int, str], ...] = (
    (errors.QueryError, 400, "query"),
    (errors.QueryRefused, 403, "refused"),
    (errors.UsageError, 400, "usage"),
    (errors.MalformedDescription, 422, "malformed-description"),
    (errors.InputError, 422, "input"),
    (errors.NothingChecked, 422, "nothing-checked"),
    (errors.DeadlineExceeded, 504, "deadline"),
    (errors.MemoryExceeded, 503, "memory"),
    (errors.AnswerTooLarge, 413, "answer-too-large"),
    (errors.Busy, 503, "busy"),
    (errors.StoreUnavailable, 503, "store-unavailable"),
    (errors.ConfigurationError, 500, "configuration"),
)
"""Status and name by class of error; the first that fits."""

_TITLES: dict[str, Text] = {
    "query": text("La consulta no se entiende", "The query cannot be understood"),
    "refused": text("No se permite", "Not allowed"),
    "usage": text("La petición no se puede cumplir", "The request cannot be carried out"),
    "malformed-description": text("La descripción se contradice", "The description contradicts itself"),
    "input": text("La entrada no se puede usar", "The input cannot be used"),
    "nothing-checked": text("No se revisó nada", "Nothing was checked"),
    "deadline": text("Se agotó el plazo", "The deadline has passed"),
    "memory": text("No alcanza la memoria", "Not enough memory"),
    "answer-too-large": text("La respuesta es demasiado grande", "The answer is too large"),
    "busy": text("Hay demasiadas peticiones", "Too many requests"),
    "store-unavailable": text("El almacén no responde", "The store does not answer"),
    "configuration": text("El servicio está mal configurado", "The service is misconfigured"),
    "internal": text("Error interno", "Internal error"),
    "400": text("La petición está mal formada", "The request is malformed"),
    "401": text("Falta una credencial válida", "A valid credential is missing"),
    "403": text("No se permite", "Not allowed"),
    "404": text("No existe", "Not found"),
    "405": text("Ese método no se admite aquí", "That method is not supported here"),
    "406": text("Ningún formato aceptable", "No acceptable format"),
    "411": text("Falta la longitud", "Length required"),
    "413": text("El envío es demasiado grande", "What was sent is too large"),
    "415": text("Ese formato no se admite", "That format is not supported"),
    "422": text("La petición no se puede procesar", "The request cannot be processed"),
    "429": text("Demasiadas peticiones desde su dirección", "Too many requests from your address"),
    "503": text("El servicio no está disponible", "The service is not available"),
}
_AGAIN = "5"  # seconds


class Problem(HTTPException):
    """An HTTP error with texts in both languages; raise it anywhere below a route."""

    def __init__(
        self,
        status: int,
        detail: Text,
        *,
        hint: Text | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail.get("en", ""), dict(headers) if headers else None)
        self.texts = detail
        self.hint = hint
        self.extra = dict(extra or {})


def install(app: FastAPI) -> None:
    """Have every error of the application answered here."""
    app.add_exception_handler(ClusterkgError, _of_ours)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(Exception, unexpected)


def problem_response(
    request: Request,
    status: int,
    name: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """A problem document, or for a browser a page that says the same; `name` ends its type."""
    language = spoken(request)
    title = _TITLES.get(name) or _TITLES.get(str(status)) or text("Error", "Error")
    kind = f"{ROOT}problem/{name}" if not name.isdigit() else "about:blank"
    content = {"type": kind, "title": language.pick(title), "status": status, "detail": detail, **(extra or {})}
    if request_id := _request_id(request):
        # Whoever reports the problem can name it, and whoever runs the service finds it in the log.
        content |= {"instance": f"{ROOT}request/{request_id}", "requestId": request_id}
    given = {"Content-Language": language.code, **(headers or {})}
    if status in (503, 504, 429):
        given.setdefault("Retry-After", _AGAIN)
    page = getattr(request.scope["app"].state, PAGE, None)
    if page is not None and best_type(request, [MEDIA_TYPE, "application/json", "text/html"]) == "text/html":
        return HTMLResponse(page(request, content), status, headers={"Vary": "Accept, Accept-Language", **given})
    return JSONResponse(content, status, headers=given, media_type=MEDIA_TYPE)


async def answer_problem(request: Request, problem: Problem, send: Send) -> None:
    """Answer with this problem from outside the routes, as a middleware must."""
    response = await _of_http(request, problem)
    await response(request.scope, request.receive, send)


async def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, ClusterkgError)
    language = spoken(request)
    status, name = next(((status, name) for kind, status, name in KINDS if isinstance(error, kind)), (500, "internal"))
    extra: dict[str, Any] = _place(error)
    if error.hint:
        extra["hint"] = language.pick(error.hint)
    if isinstance(error, errors.InputError) and error.problems:
        extra["problems"] = [_told(one, language) for one in error.problems]
    if status >= 500:
        told = {"detail": error.message.get("en"), "requestId": _request_id(request)}
        _LOG.warning("%s", name, extra={"problem": name, **told})
    return problem_response(request, status, name, language.pick(error.message), extra=extra)


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    language = spoken(request)
    extra: dict[str, Any] = {}
    detail = error.detail
    if isinstance(error, Problem):
        detail = language.pick(error.texts)
        extra = error.extra | ({"hint": language.pick(error.hint)} if error.hint else {})
    elif str(error.status_code) in _TITLES:
        detail = language.pick(_TITLES[str(error.status_code)]) + "."
    return problem_response(
        request, error.status_code, str(error.status_code), detail, headers=error.headers, extra=extra
    )


async def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    language = spoken(request)
    places = [
        {"parameter": ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]), "detail": str(one["msg"])}
        for one in error.errors()
    ]
    detail = text("Un parámetro no es válido.", "A parameter is not valid.")
    return problem_response(request, 422, "422", language.pick(detail), extra={"problems": places})


async def unexpected(request: Request, error: Exception) -> Response:
    """Something of ours is broken: the log says what, the reader only that."""
    _LOG.error("unexpected error", exc_info=error, extra={"requestId": _request_id(request)})
    detail = text("Algo falló en el servicio; quedó anotado.", "Something failed in the service; it has been noted.")
    return problem_response(request, 500, "internal", spoken(request).pick(detail))


def _request_id(request: Request) -> str | None:
    found: str | None = request.scope.get("state", {}).get("request_id")
    return found


def _told(error: ClusterkgError, language: Language) -> dict[str, Any]:
    hint = {"hint": language.pick(error.hint)} if error.hint else {}
    return {"detail": language.pick(error.message), **hint, **_place(error)}


def _place(error: ClusterkgError) -> dict[str, Any]:
    # Of a file only its name: how folders are called, here or at the sender's, is nobody's business.
    file = re.split(r"[\\/]", error.file)[-1] if error.file else None
    found = {"file": file, "line": error.line, "column": error.column}
    return {name: value for name, value in found.items() if value is not None}
