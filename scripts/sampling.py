"""What a reader compares: statements in words with their place, and paragraphs of the documents with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

from facts import Data, Place, Statement, is_named
from pyoxigraph import Literal, NamedNode, Triple

from clusterkg.graph import Index
from clusterkg.namespaces import CKG, DCTERMS, ID, RDF, RDFS, SKOS
from clusterkg.vocabulary import both_languages

WORDS_OF_A_PARAGRAPH = 15
_HEADS = (SKOS.prefLabel, RDFS.label, CKG.entryText)
# What is ours and not the document's: how a thing is written down, and remarks on that.
_NOT_STATED = {RDF.type, CKG.ourReading, CKG.illustration, CKG.standing, DCTERMS.source}


class Drawn(Protocol):
    """What can be drawn: it is from a document, and prints as text or as a row."""

    @property
    def document(self) -> str:
        """The document's key."""

    def as_text(self) -> str:
        """For people."""

    def as_row(self) -> tuple[str, ...]:
        """For a table."""

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The names of the columns."""


class _Columns:
    """A row of text: the fields in their order."""

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(one.name for one in fields(cls))  # type: ignore[arg-type]

    def as_row(self) -> tuple[str, ...]:
        """The values."""
        return tuple(str(getattr(self, name)) for name in self.columns())


@dataclass(frozen=True, order=True)
class Line(_Columns):
    """A statement in words, with the document and place that back it."""

    document: str
    locator: str
    subject: str
    property: str
    value: str
    backing: str
    file: str
    about: str

    def as_text(self) -> str:
        """Three lines: the statement, where it is said, where it stands here."""
        where = ", ".join(one for one in (self.file, self.about) if one)
        return f"{self.subject} — {self.property}: {self.value}\n   {self.document}: {self.locator} ({self.backing})\n   {where}"


@dataclass(frozen=True, order=True)
class Paragraph(_Columns):
    """A paragraph of a document with its lines, from 1."""

    document: str
    lines: str
    text: str

    def as_text(self) -> str:
        """Where it is, then what it says."""
        return f"{self.document}, lines {self.lines}\n   {self.text}"


def readable(data: Data, language: str) -> list[Line]:
    """Every statement about a named thing or a part of one, in words, sorted; a text in two languages is one statement."""
    words = _Words(data, language)
    found: dict[Line, None] = {}
    for one in data.statements:
        if one.triple.predicate in _NOT_STATED or not _spoken(one, data.index, language):
            continue
        line = Line(
            document=one.places[0].document if one.places else "",
            locator="; ".join(_locator(place, language) for place in one.places),
            subject=words.subject(one.triple),
            property=words.label(one.triple.predicate),
            value=words.value(one.triple.object),
            backing=one.backing.value,
            file=one.file,
            about=_identifier(one.triple.subject),
        )
        found[line] = None
    return sorted(found)


def paragraphs(texts: Mapping[str, Path]) -> list[Paragraph]:
    """Every paragraph of the documents that has enough words to say something, in the order of the documents."""
    return [one for key, path in sorted(texts.items()) for one in _paragraphs(key, path.read_text(encoding="utf-8"))]


def _paragraphs(document: str, text: str) -> Iterator[Paragraph]:
    written = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    held: list[tuple[int, str]] = []
    for number, line in [*written, (0, "")]:
        if held and not _goes_on(held[-1], (number, line)):
            joined = " ".join(part for _, part in held)
            if len(re.findall(r"\w+", joined)) >= WORDS_OF_A_PARAGRAPH:
                yield Paragraph(document, f"{held[0][0]}–{held[-1][0]}", joined)
            held = []
        held.append((number, line))


def _goes_on(last: tuple[int, str], new: tuple[int, str]) -> bool:
    """Whether the next line with words belongs to the same paragraph: it follows at once, or carries on a sentence."""
    return new[0] == last[0] + 1 or (last[1][-1].isalnum() and new[1][:1].islower())


def _spoken(one: Statement, index: Index, language: str) -> bool:
    """Whether this is the one of several languages that is shown."""
    said = one.triple.object
    if not isinstance(said, Literal) or not said.language or said.language == language:
        return True
    return language not in index.texts(one.triple.subject, one.triple.predicate)


def _identifier(node: object) -> str:
    return ID.local_name(node.value) if isinstance(node, NamedNode) and is_named(node) else ""


def _locator(place: Place, language: str) -> str:
    return place.es if language == "es" else place.en


class _Words:
    """Labels of things. A thing without a label is told by its kind and its owner, or by what it says in turn."""

    def __init__(self, data: Data, language: str) -> None:
        self.index = data.index
        self.language = language
        self.owners: dict[object, object] = {}
        for one in data.statements:
            if isinstance(one.triple.object, NamedNode) and one.triple.predicate not in _NOT_STATED:
                self.owners.setdefault(one.triple.object, one.triple.subject)

    def label(self, node: object) -> str:
        """Its label in the reader's language; "" for a thing of the data without any; else the last part of its IRI."""
        texts = next((found for head in _HEADS if (found := self.index.texts(node, head))), {})
        if not isinstance(node, NamedNode) or (not texts and node in self.owners):
            return ""
        return both_languages({tag or None: text for tag, text in texts.items()}, node.value)[self.language]

    def subject(self, triple: Triple) -> str:
        """Whom a statement is about; where it gives the name, what kind of thing bears it."""
        node = triple.subject
        if (label := self.label(node)) and triple.predicate not in _HEADS:
            return label
        if label:
            return self._kind(node)
        owner = self.owners.get(node)
        return f"{self._kind(node)} ({self.label(owner) or self._kind(owner)})"

    def value(self, node: object, deeper: bool = True) -> str:
        """What a statement says: a text, a figure, a label; of a part without a label, what it says in turn."""
        if isinstance(node, Literal):
            return node.value
        if (label := self.label(node)) or not deeper:
            return label or self._kind(node)
        said = {
            f"{self.label(one.predicate)}: {self.value(one.object, deeper=False)}"
            for one in self.index.about(node)
            if one.predicate not in _NOT_STATED
        }
        return f"{self._kind(node)} [{'; '.join(sorted(said))}]"

    def _kind(self, node: object) -> str:
        return ", ".join(sorted(self.label(kind) for kind in self.index.nodes(node, RDF.type))) or "?"
