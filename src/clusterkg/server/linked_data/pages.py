"""HTML: the templates, and what every page has (navigation, language switch, formats to download)."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from clusterkg import __version__
from clusterkg.errors import UsageError, text
from clusterkg.namespaces import ROOT
from clusterkg.rendering.language import Language, languages
from clusterkg.rendering.language import language as language_named
from clusterkg.server.linked_data.addresses import Address, href, is_external, prefix_of
from clusterkg.server.linked_data.replies import DATA_LICENCE, Extent, Makers, language_of, query_for
from clusterkg.vocabulary_pages.speaking import page_texts

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).resolve().parent
STATIC = _HERE / "static"

MENU = (
    ("id/cluster", "menu.clusters"),
    ("id/initiative", "menu.initiatives"),
    ("id/error", "menu.errors"),
    ("shapes", "menu.rules"),
    ("ontology", "menu.vocabulary"),
    ("id/source", "menu.sources"),
    ("queries", "menu.queries"),
    ("catalog", "menu.catalogue"),
)
"""The ways in that every page shows: path and text."""


@cache
def page_language(code: str) -> Language:
    """A language with the texts of these pages, besides those of the whole program and what it calls words of other vocabularies."""
    known = language_named(code)
    foreign = {key: told for key, told in page_texts(code).items() if key.startswith("foreign.")}
    own: dict[str, str] = json.loads((_HERE / "locales" / f"{code}.json").read_text(encoding="utf-8"))
    return Language(code, {**known.messages, **foreign, **own})


def page_language_of(request: Request) -> Language:
    """The reader's language, with the texts of these pages."""
    return page_language(language_of(request).code)


_NONE: Makers = {}
_ONE_PAGE = Extent()


class Pages:
    """Renders pages for one request."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.speaks = page_language_of(request)
        self.prefix = prefix_of(request)

    def render(
        self, template: str, address: Address, makers: Makers = _NONE, extent: Extent = _ONE_PAGE, **values: Any
    ) -> str:
        """A page from a template; `makers` are the formats that there are besides.

        `trail` (crumbs: text and IRI), `title` and what the template needs come in `values`.
        """
        shared = {
            "ui": self.speaks,
            "href": lambda iri: href(iri, self.prefix),
            "is_external": is_external,
            "root": ROOT,
            "prefix": self.prefix,
            "style": f"{self.prefix}/static/linked-data/{style_name()}",
            "menu": MENU,
            "address": address,
            "extent": extent,
            "formats": self._formats(address, makers),
            "others": [(code, page_language(code), self._in(code)) for code in languages() if code != self.speaks.code],
            "page_link": lambda page: query_for(self.request, page) or "?",
            "licence": DATA_LICENCE,
            "version": __version__,
            "figure": lambda count: f"{count:,}".replace(",", self.speaks("ld.thousands")),
        }
        return _environment().get_template(template).render(shared | values)

    def _formats(self, address: Address, makers: Makers) -> list[tuple[str, str]]:
        query = query_for(self.request)
        shown = [ending for ending in makers if ending != "html"]
        return [(ending, f"{self.prefix}/{address.path}.{ending}{query}") for ending in shown]

    def _in(self, code: str) -> str:
        """The same page in another language."""
        kept = query_for(self.request).removeprefix("?").split("&")
        others = [one for one in kept if one and not one.startswith("lang=")]
        return "?" + "&".join([*others, f"lang={code}"])


def style_name() -> str:
    """The style sheet's name, which changes with its content, so that it may be kept for ever."""
    return f"style-{_style_hash()}.css"


@cache
def _style_hash() -> str:
    return sha256((STATIC / "style.css").read_bytes()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise UsageError(
            text("Para las páginas hace falta Jinja2.", "The pages need Jinja2."),
            hint=text(
                "Instálelo con: pip install 'clusterkg[server]'", "Install it with: pip install 'clusterkg[server]'"
            ),
        ) from error
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
