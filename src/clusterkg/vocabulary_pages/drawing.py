"""Drawings as data: boxes with lines of text, and edges.

Widths of text are estimated, not measured, so that the same input gives the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

PAD = 10
LINE = 18
_NARROW, _WIDE = set("iljft.,;:'|!()[] Iíì"), set("mwMW@—…%")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text in a box: `style` is a class of the style sheet, `lang` its language where not the page's."""

    text: str
    style: str = ""
    href: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with rows; `style` is a class of the style sheet."""

    x: int
    y: int
    width: int
    rows: tuple[Row, ...]
    style: str = ""

    @property
    def height(self) -> int:
        """Its rows, with a margin above and below."""
        return height_of(self.rows)

    @property
    def left(self) -> tuple[int, int]:
        """The middle of its left side."""
        return self.x, self.y + self.height // 2

    @property
    def right(self) -> tuple[int, int]:
        """The middle of its right side."""
        return self.x + self.width, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one point to another; `end` is "arrow", "triangle" or nothing."""

    path: str
    end: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole drawing; `title` says what it shows, `description` says it in words."""

    name: str
    title: str
    description: str
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...] = field(default=())

    @property
    def width(self) -> int:
        """Of everything in it, with a margin."""
        return max((box.x + box.width for box in self.boxes), default=0) + 2

    @property
    def height(self) -> int:
        """Of everything in it, with a margin."""
        return max((box.y + box.height for box in self.boxes), default=0) + 2


def height_of(rows: tuple[Row, ...]) -> int:
    """The height of a box with these rows."""
    return len(rows) * LINE + PAD


def text_width(text: str, style: str = "") -> float:
    """About how wide a text of 13 pixels is, in a wide typeface; names are set in bold."""
    plain = sum(4.6 if c in _NARROW else 12.4 if c in _WIDE else 9.4 if c.isupper() else 7.9 for c in text)
    return plain * 1.12 if style == "name" else plain


def wrapped(text: str, width: int, most: int, style: str = "", href: str = "", lang: str = "") -> list[Row]:
    """The text in at most `most` rows that fit a box of that width; what does not fit ends in an ellipsis."""
    room = width - 2 * PAD
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, style) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [Row(_clipped(line, room, style), style, href, lang) for line in lines]


def elbow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Across, up or down, across."""
    middle = (start[0] + end[0]) // 2
    return f"M{start[0]} {start[1]}H{middle}V{end[1]}H{end[0]}"


def curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    """A smooth line from side to side."""
    third = (end[0] - start[0]) // 2
    return f"M{start[0]} {start[1]}C{start[0] + third} {start[1]} {end[0] - third} {end[1]} {end[0]} {end[1]}"


def stacked(
    x: int, y: int, width: int, contents: Iterable[tuple[tuple[Row, ...], str]], gap: int
) -> tuple[list[Box], int]:
    """Boxes below each other from `y` on, and where the next one would begin."""
    boxes = []
    for rows, style in contents:
        box = Box(x, y, width, rows, style)
        boxes.append(box)
        y += box.height + gap
    return boxes, y


def _clipped(line: str, room: int, style: str) -> str:
    if text_width(line, style) <= room:
        return line
    while line and text_width(line + "…", style) > room:
        line = line[:-1]
    return line.rstrip() + "…"
