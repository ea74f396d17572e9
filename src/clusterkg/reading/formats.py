"""Formats: their names, their endings, and how to guess one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat

from clusterkg.errors import InputError, UsageError, did_you_mean, nearest, text


@dataclass(frozen=True)
class Format:
    """A syntax that can be read; `rdf` is None where the document is a tree (YAML, JSON, JSON-LD)."""

    name: str
    label: str
    endings: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    rdf: RdfFormat | None = None


FORMATS: tuple[Format, ...] = (
    Format("turtle", "Turtle", (".ttl",), ("ttl", "text/turtle"), RdfFormat.TURTLE),
    Format("trig", "TriG", (".trig",), ("application/trig",), RdfFormat.TRIG),
    Format("ntriples", "N-Triples", (".nt",), ("nt", "n-triples", "application/n-triples"), RdfFormat.N_TRIPLES),
    Format("nquads", "N-Quads", (".nq",), ("nq", "n-quads", "application/n-quads"), RdfFormat.N_QUADS),
    Format("rdfxml", "RDF/XML", (".rdf", ".xml", ".owl"), ("rdf", "xml", "application/rdf+xml"), RdfFormat.RDF_XML),
    Format("jsonld", "JSON-LD", (".jsonld",), ("json-ld", "application/ld+json")),
    Format("yaml", "YAML", (".yaml", ".yml"), ("yml", "application/yaml")),
    Format("json", "JSON", (".json",), ("application/json",)),
)
_BY_NAME = {name: entry for entry in FORMATS for name in (entry.name, *entry.aliases)}
_BY_ENDING = {ending: entry for entry in FORMATS for ending in entry.endings}


def format_named(name: str) -> Format:
    """The format of that name, alias or media type. Raises UsageError for an unknown one."""
    known = _BY_NAME.get(name.strip().lower())
    if known is None:
        names = ", ".join(entry.name for entry in FORMATS)
        near = nearest(name.lower(), _BY_NAME)
        hint = did_you_mean(near) if near else text(f"Se leen: {names}.", f"These are read: {names}.")
        raise UsageError(text(f"No se conoce el formato «{name}».", f"Unknown format “{name}”."), hint=hint)
    return known


def format_of_path(path: Path) -> Format | None:
    """The format that the ending of a file name tells, if it tells one."""
    return _BY_ENDING.get(path.suffix.lower())


_TERM = r"(?:<[^<>\s]*>|_:\S+)"
_STATEMENT = re.compile(rf"^{_TERM}\s+<[^<>\s]*>\s+(?:{_TERM}|\"(?:[^\"\\]|\\.)*\"\S*)(?P<graph>\s+{_TERM})?\s*\.")
_YAML_LINE = re.compile(r"^(?:---|- |[\"']?[@\w./-]+[\"']?:(?:\s|$))")
_TURTLE_LINE = re.compile(r"^(?:@prefix|@base|prefix\s|base\s|graph\s|<|_:|\[|\(|[\w.-]*:[^\s])", re.IGNORECASE)


def sniff(content: str) -> Format | None:
    """Guess the format from the first line that says anything; None when nothing fits."""
    head = content[:20_000].lstrip()
    if head.startswith(("{", "[{")) or re.match(r"\[\s*[\]{\"]", head):
        return _BY_NAME["json"]
    if re.match(r"<\?xml|<!--|<!DOCTYPE|<rdf:RDF|<\w+(:\w+)?\s[^>]*xmlns", head):
        return _BY_NAME["rdfxml"]
    lines = (line.strip() for line in head.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if statement := _STATEMENT.match(first):
        return _BY_NAME["nquads" if statement["graph"] else "ntriples"]
    if _YAML_LINE.match(first):
        return _BY_NAME["yaml"]
    # TriG contains Turtle.
    return _BY_NAME["trig"] if _TURTLE_LINE.match(first) else None


def find_documents(paths: Iterable[str | Path]) -> list[Path]:
    """The files to read: files as given, folders walked; sorted within a folder, hidden files and folders skipped.

    A file named outright is taken whatever its ending; in a folder only known endings count. Nothing is listed twice.
    Raises InputError for a path that is not there.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        try:
            if path.is_dir():
                found.update(dict.fromkeys(_walk(path)))
            elif path.exists():
                found[path] = None
            else:
                raise InputError(text("No existe el archivo o la carpeta.", "No such file or folder."), file=str(path))
        except (OSError, ValueError) as error:
            raise InputError(text("No se puede abrir.", "It cannot be opened."), file=str(path)) from error
    return list(found)


def _walk(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if format_of_path(path) and path.is_file())
    return sorted(path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))
