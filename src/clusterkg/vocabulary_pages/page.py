"""A page as data, before it becomes HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from clusterkg.vocabulary_pages.catalogue import Entry
from clusterkg.vocabulary_pages.drawing import Drawing
from clusterkg.vocabulary_pages.reading import Piece
from clusterkg.vocabulary_pages.speaking import Field, Part, Value


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of cells, each a list of lines; `anchor` can be linked to."""

    cells: tuple[tuple[Value, ...], ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; the first cell of a row is its heading."""

    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A thing in a tree, with its definition and what lies below it."""

    part: Part
    text: Part
    children: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a heading; what it does not have is empty."""

    title: str
    anchor: str
    text: tuple[Part, ...] = ()
    fields: tuple[Field, ...] = ()
    values: tuple[Value, ...] = ()
    table: Table | None = None
    tree: tuple[Item, ...] = ()
    code: tuple[Piece, ...] = ()
    drawing: Drawing | None = None
    level: int = 2


@dataclass(frozen=True, slots=True)
class Page:
    """A page about one thing."""

    entry: Entry
    kind: str
    prose: tuple[Part, ...] = ()
    notes: tuple[Part, ...] = ()
    origin: tuple[Value, ...] = ()
    fields: tuple[Field, ...] = ()
    sections: tuple[Section, ...] = field(default=())


def lines(parts: Iterable[Part]) -> tuple[Value, ...]:
    """Parts, one a line."""
    return tuple((part,) for part in parts)


def cells(*columns: Iterable[Part], anchor: str = "") -> TableRow:
    """A row from columns of parts."""
    return TableRow(tuple(lines(column) for column in columns), anchor)
