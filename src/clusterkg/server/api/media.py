"""Media types: of what may be sent, and of what is answered."""

from __future__ import annotations

from email.message import Message

from starlette.requests import Request

from clusterkg.errors import UsageError, text
from clusterkg.reading.formats import FORMATS as READ
from clusterkg.reading.formats import format_named
from clusterkg.rendering import FORMATS as WRITTEN
from clusterkg.server.negotiation import best_type
from clusterkg.server.problems import Problem

TYPES = {
    "json": "application/json",
    "jsonld": "application/ld+json",
    "turtle": "text/turtle",
    "html": "text/html",
    "text": "text/plain",
    "csv": "text/csv",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Format of a diagnosis → media type; which of them there are, clusterkg.rendering says. The page is this package's own."""

FORMS = {TYPES[form]: form for form in TYPES if form in (*WRITTEN, "html")}
"""Media type → format, the default first."""

MULTIPART = "multipart/form-data"
_ALIASES = {
    "text/yaml": "yaml",
    "text/x-yaml": "yaml",
    "application/x-yaml": "yaml",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
    "application/x-turtle": "turtle",
    "text/n3": "turtle",
    "text/plain": None,
    "application/octet-stream": None,
}
"""Other names that are about; None: the content tells."""

SENT_TYPES = tuple(dict.fromkeys([alias for one in READ for alias in one.aliases if "/" in alias] + list(_ALIASES)))
_CURL = "application/x-www-form-urlencoded"  # what curl says of whatever --data-binary sends
_CHARSETS = ("", "utf-8", "utf8", "us-ascii", "ascii")


def wanted_form(request: Request) -> str:
    """The format of the diagnosis that the reader likes best. Raises Problem (406)."""
    return FORMS[wanted_type(request, tuple(FORMS))]


def wanted_type(request: Request, offers: tuple[str, ...]) -> str:
    """The media type that the reader likes best. Raises Problem (406)."""
    found = best_type(request, offers)
    if found is None:
        names = ", ".join(offers)
        raise Problem(
            406,
            text("No hay respuesta en los formatos que acepta.", "There is no answer in the formats that you accept."),
            hint=text(f"En «Accept» puede pedir: {names}.", f"Accept may ask for: {names}."),
        )
    return found


def sent_format(content_type: str) -> str | None:
    """The format that a Content-Type names; None where the content is to tell it.

    Raises:
        Problem: 415, for a type that is not read, or characters that are not UTF-8.
    """
    header = Message()
    header["content-type"] = content_type or "text/plain"
    kind = header.get_content_type() if "/" in content_type else (content_type or "text/plain").strip().lower()
    charset = header.get_param("charset", "")
    if not isinstance(charset, str) or charset.strip().lower() not in _CHARSETS:
        raise _unsupported(text("Solo se lee UTF-8.", "Only UTF-8 is read."))
    if kind in _ALIASES or kind == _CURL:
        return _ALIASES.get(kind)
    try:
        if "/" in kind:
            return format_named(kind).name
    except UsageError:
        pass
    raise _unsupported(text(f"No se lee «{_shown(kind)}».", f"“{_shown(kind)}” is not read."))


def refuse_encoding(request: Request) -> None:
    """Raise Problem (415) for a body that is compressed."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        shown = _shown(encoding)
        raise _unsupported(
            text(f"No se lee la codificación «{shown}».", f"The encoding “{shown}” is not read."), encodings=True
        )


def _unsupported(detail: dict[str, str], *, encodings: bool = False) -> Problem:
    names = ", ".join((MULTIPART, *SENT_TYPES))
    hint = text(f"Se leen: {names}.", f"These are read: {names}.")
    header = {"Accept-Encoding": "identity"} if encodings else {"Accept-Post": names}
    return Problem(415, detail, hint=None if encodings else hint, headers=header)


def _shown(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"
