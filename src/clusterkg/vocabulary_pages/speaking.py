"""What a page says, in one language: texts, links, and the texts of the pages themselves (`locales/*.json`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from clusterkg.rendering.language import Language, language
from clusterkg.rules import Source
from clusterkg.vocabulary_pages.catalogue import Catalogue, Entry, shortened

_FOLDER = Path(__file__).resolve().parent / "locales"
_WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of running text. `lang`: its language where that is not the page's; `href`: where it leads; `code`: set as code."""

    text: str
    lang: str = ""
    href: str = ""
    code: bool = False


Value = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A heading and what stands under it."""

    title: Part
    values: tuple[Value, ...]


class Speaker:
    """Speaks one language on pages that lie at one depth; `base` leads from the page to the language's folder."""

    def __init__(self, catalogue: Catalogue, ui: Language, base: str) -> None:
        self.catalogue = catalogue
        self.ui = ui
        self.base = base

    def words(self, texts: Mapping[str, str]) -> Part:
        """A text in the page's language; failing that in another one, marked as such."""
        chosen = self.ui.pick(texts)
        own = texts.get(self.ui.code) == chosen
        tag = next((tag for tag, told in sorted(texts.items()) if told == chosen and tag), "")
        return Part(chosen, "" if own else tag)

    def say(self, key: str, **values: object) -> Part:
        """A text of the page itself."""
        return Part(self.ui(key, **values))

    def ref(self, iri: str, *, code: bool = False) -> Part:
        """A thing by its name, with a link to its page; from elsewhere, its shortened IRI with a link where it is a web address."""
        entry = self.catalogue.get(iri)
        if entry is not None:
            return self.link(entry, code=code)
        label = self._foreign(iri)
        href = iri if iri.startswith(_WEB) else ""
        return Part(label, href=href, code=label == shortened(iri))

    def link(self, entry: Entry, *, code: bool = False) -> Part:
        """A link to the page of an entry: by its label, or by its shortened IRI as code."""
        href = self.base + entry.path
        if code:
            return Part(shortened(entry.iri), href=href, code=True)
        return replace(self.words(entry.label), href=href)

    def predicate(self, iri: str) -> Part:
        """What a predicate is called."""
        entry = self.catalogue.get(iri)
        return self.link(entry) if entry else self.ref(iri)

    def cited(self, source: Source) -> Value:
        """`mhcluster, error 7`, the document being a link."""
        document = self.catalogue.get(source.document)
        name = document.code if document and document.code else shortened(source.document)
        parts = [Part(name, href=self.base + document.path if document else "")]
        locator = self.words(source.locator)
        return (*parts, Part(", "), locator) if locator.text else tuple(parts)

    def all_cited(self, sources: Iterable[Source]) -> tuple[Value, ...]:
        """Citations, one a line."""
        return tuple(self.cited(source) for source in sources)

    def _foreign(self, iri: str) -> str:
        key = f"foreign.{shortened(iri)}"
        return self.ui(key) if key in self.ui.messages else shortened(iri)


def page_language(code: str) -> Language:
    """A language with the texts of the pages besides those of the whole program.

    Raises:
        UsageError: when there is no such language.
    """
    known = language(code)
    return Language(code, {**known.messages, **page_texts(code)})


@cache
def page_texts(code: str) -> Mapping[str, str]:
    """The texts of the pages in that language."""
    content: dict[str, str] = json.loads((_FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return content
