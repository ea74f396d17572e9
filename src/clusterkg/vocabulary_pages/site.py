"""Renders the pages and writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterkg import __version__
from clusterkg.errors import UsageError, text
from clusterkg.rendering.language import languages
from clusterkg.vocabulary_pages.catalogue import Catalogue, Entry, shortened, sort_key
from clusterkg.vocabulary_pages.page import Section
from clusterkg.vocabulary_pages.reading import Piece, Reading
from clusterkg.vocabulary_pages.rule_content import RuleContent
from clusterkg.vocabulary_pages.speaking import Speaker, page_language

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).resolve().parent
_LIST = "pages.json"
_ORDER = (
    "module",
    "profile",
    "error",
    "rule",
    "class",
    "property",
    "view-term",
    "scheme",
    "concept",
    "action",
    "source",
)


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: the folder, how many files, how many things have a page."""

    folder: Path
    files: int
    things: int


def build_site(resources: Path, folder: Path, codes: Sequence[str] = ()) -> Built:
    """Write the pages of the vocabulary below `resources` into `folder`, in these languages (none given: in all).

    What an earlier run wrote there is replaced; the list of pages (`pages.json`: IRI → path below a language) tells which that is.

    Raises:
        UsageError: when the folder holds other things, cannot be written, or Jinja2 is not installed.
        ConfigurationError: for a broken vocabulary, rule or profile.
    """
    catalogue = Catalogue.load(resources)
    reading = Reading(catalogue, resources / "shapes" / "view")
    files = Site(catalogue, reading, tuple(dict.fromkeys(codes)) or languages()).files()
    _write(folder, files)
    return Built(folder, len(files), len(catalogue.entries))


class Site:
    """All files of the site, by path."""

    def __init__(self, catalogue: Catalogue, reading: Reading, codes: Sequence[str]) -> None:
        self._catalogue = catalogue
        self._reading = reading
        self._codes = codes
        self._environment = _environment()

    def files(self) -> dict[str, str]:
        """Path below the folder → content; sorted by path."""
        found = {name: (_HERE / "static" / name).read_text(encoding="utf-8") for name in ("site.css", "search.js")}
        found["index.html"] = self._render("front.html.j2", languages=[page_language(code) for code in self._codes])
        for code in self._codes:
            found.update({f"{code}/{path}": content for path, content in self._of_language(code)})
        paths = {iri: entry.path for iri, entry in sorted(self._catalogue.entries.items())}
        listed = {"pages": paths, "files": sorted([*found, _LIST])}
        found[_LIST] = json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
        return dict(sorted(found.items()))

    def _of_language(self, code: str) -> Iterator[tuple[str, str]]:
        ui = page_language(code)
        deep = RuleContent(self._catalogue, self._reading, Speaker(self._catalogue, ui, "../"))
        render = self._renderer(ui, "../")
        for entry in self._catalogue.entries.values():
            page = deep.page(entry)
            yield entry.path, render("page.html.j2", path=entry.path, page=page, title=deep.say.words(entry.label))
        flat = RuleContent(self._catalogue, self._reading, Speaker(self._catalogue, ui, ""))
        yield from self._overviews(flat)

    def _overviews(self, content: RuleContent) -> Iterator[tuple[str, str]]:
        say, render = content.say, self._renderer(content.say.ui, "")
        groups = [(kind, content.kind_plural(kind), self._catalogue.of_kind(kind)) for kind in self._kinds()]
        flow = Section(say.ui("section.flow"), "flow", drawing=content.rule_diagrams.flow())
        yield (
            "index.html",
            render("index.html.j2", path="index.html", groups=groups, flow=flow, title=say.say("site.title")),
        )
        letters = self._letters(say)
        yield (
            "az.html",
            render("az.html.j2", path="az.html", letters=letters, title=say.say("az.title"), content=content),
        )
        yield (
            "view.html",
            render(
                "view.html.j2",
                path="view.html",
                queries=[(query, self._linked(query.text)) for query in self._reading.queries],
                title=say.say("view.title"),
            ),
        )
        for kind, plural, entries in groups:
            section = content.table("section.all", "all", entries)
            title = say.say("list.title", kind=plural)
            yield f"{kind}.html", render("list.html.j2", path=f"{kind}.html", section=section, title=title)
        yield "search-data.js", self._search_data(content)

    def _kinds(self) -> list[str]:
        known = dict.fromkeys(entry.kind for entry in self._catalogue.entries.values())
        return sorted(known, key=lambda kind: (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), kind))

    def _letters(self, say: Speaker) -> list[tuple[str, list[Entry]]]:
        found: dict[str, list[Entry]] = {}
        for entry in sorted(self._catalogue.entries.values(), key=lambda e: (sort_key(say.words(e.label).text), e.iri)):
            first = say.words(entry.label).text.lstrip("¿¡«“\"'")[:1].upper()
            letter = first.translate(str.maketrans("ÁÉÍÓÚÜ", "AEIOUU"))
            found.setdefault(letter if letter.isalpha() else "#", []).append(entry)
        return sorted(found.items())

    def _search_data(self, content: RuleContent) -> str:
        """A script that only assigns data: a page opened from a folder may not fetch, but may load a script."""
        rows = []
        for entry in self._catalogue.entries.values():
            label = content.say.words(entry.label).text
            others = sorted({told for told in entry.label.values() if told != label})
            rows.append(
                [label, content.kind(entry.kind), entry.path, entry.code or shortened(entry.iri), " · ".join(others)]
            )
        body = ",\n".join(json.dumps(row) for row in rows)
        return f"window.vocabularyPages = [\n{body}\n];\n"

    def _linked(self, code: str) -> tuple[Piece, ...]:
        return tuple(self._reading.linked(code))

    def _renderer(self, ui: Any, base: str) -> Callable[..., str]:
        others = [page_language(code) for code in self._codes if code != ui.code]
        kinds = [kind for kind in self._kinds() if kind in _ORDER]
        shared = {"ui": ui, "base": base, "others": others, "kinds": kinds}

        def render(template: str, **values: object) -> str:
            return self._render(template, **shared, **values)

        return render

    def _render(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(version=__version__, catalogue=self._catalogue, **values)


def _environment() -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise UsageError(
            text("Para escribir las páginas hace falta Jinja2.", "Writing the pages needs Jinja2."),
            hint=text("Instálelo con: pip install 'clusterkg[docs]'", "Install it with: pip install 'clusterkg[docs]'"),
        ) from error
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["shortened"] = shortened
    return environment


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        _clear(folder, keep=files)
        for parent in sorted({(folder / path).parent for path in files}):
            parent.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            (folder / path).write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(
            text(f"No se puede escribir {folder}: {error.strerror}.", f"{folder} cannot be written: {error.strerror}.")
        ) from error


def _clear(folder: Path, keep: Container[str]) -> None:
    """Remove what an earlier run wrote and this one does not write again. Raises UsageError for a folder with other things in it."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            text(f"La carpeta {folder} tiene otras cosas dentro.", f"The folder {folder} holds other things."),
            hint=text("Indique una carpeta vacía o nueva.", "Name an empty folder or a new one."),
        ) from None
    inside = folder.resolve()
    for name in (str(name) for name in listed if name not in keep):
        path = (folder / name).resolve()
        if path.is_relative_to(inside) and path.is_file():
            path.unlink()
