"""Which format and which language the reader gets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.requests import Request
from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

from clusterkg.rendering.language import Language, language, languages

_CHARSET = re.compile(r';\s*charset\s*=\s*("[^"]*"|[^;,\s]*)', re.IGNORECASE)


def best_type(request: Request, offers: Sequence[str]) -> str | None:
    """The media type of `offers` (the default first) that the reader likes best; None where none is acceptable.

    Without an Accept header, and for `*/*`, the default.
    """
    accept = request.headers.getlist("accept")
    if not any(value.strip() for value in accept):
        return offers[0]
    # A charset tells no two formats apart here: all that is text is UTF-8.
    wanted = parse_accept_header(_CHARSET.sub("", ",".join(accept)), MIMEAccept)
    return wanted.best_match(list(offers))


def spoken(request: Request, default: str = "en") -> Language:
    """The language of an answer for people: `?lang=`, else by Accept-Language, else the server's own."""
    known = languages()
    asked = request.query_params.get("lang", "")
    if asked in known:
        return language(asked)
    wanted = parse_accept_header(request.headers.get("accept-language", ""), LanguageAccept)
    primary = (tag.partition("-")[0].lower() for tag, quality in wanted if quality)
    return language(next((tag for tag in primary if tag in known), default))
