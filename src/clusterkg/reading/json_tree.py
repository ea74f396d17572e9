"""JSON → tree. Unlike the standard library's reader it keeps lines and the digits of numbers, and bounds depth."""

from __future__ import annotations

import re
from bisect import bisect_right
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from clusterkg.errors import InputError, Text, text
from clusterkg.reading.limits import Limits
from clusterkg.reading.tree import Builder, Kind, Mapping, Node, Scalar, Sequence

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"(true|false|null)(?!\w)")


def json_tree(content: str, file: str, limits: Limits) -> Node:
    """The value of a JSON text. Raises InputError with line and column."""
    parser = _Parser(content, file, limits)
    node, end = parser.value(parser.skip(0), 0)
    end = parser.skip(end)
    if end != len(content):
        raise parser.fail(text("Sobra texto después del final.", "There is text after the end."), end)
    return node


class _Parser:
    def __init__(self, content: str, file: str, limits: Limits) -> None:
        self._content = content
        self._builder = Builder(file, limits)
        self._starts = [0, *(match.end() for match in re.finditer(r"\n", content))]

    def place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1

    def fail(self, problem: Text, position: int) -> InputError:
        message = text(f"No es JSON válido. {problem['es']}", f"This is not valid JSON. {problem['en']}")
        return self._builder.fail(message, *self.place(position))

    def skip(self, position: int) -> int:
        match = _SPACE.match(self._content, position)
        return match.end() if match else position

    def value(self, position: int, depth: int) -> tuple[Node, int]:
        start = self._content[position : position + 1]
        if start == "{":
            return self._mapping(position, depth + 1)
        if start == "[":
            return self._sequence(position, depth + 1)
        if start == '"':
            return self._text(position)
        if number := _NUMBER.match(self._content, position):
            kind: Kind = "decimal" if number[1] or number[2] else "integer"
            return self._builder.scalar(*self.place(position), number[0], kind), number.end()
        if word := _WORD.match(self._content, position):
            kind = "null" if word[1] == "null" else "boolean"
            return self._builder.scalar(*self.place(position), word[1], kind), word.end()
        raise self.fail(text("Aquí se espera un valor.", "A value is expected here."), position)

    def _text(self, position: int) -> tuple[Scalar, int]:
        try:
            value, end = scanstring(self._content, position + 1, True)
        except JSONDecodeError as error:
            raise self.fail(
                text(f"El texto no está bien escrito ({error.msg}).", f"The text is malformed ({error.msg})."),
                error.pos,
            ) from error
        return self._builder.scalar(*self.place(position), value, "text"), end

    def _sequence(self, position: int, depth: int) -> tuple[Sequence, int]:
        self._builder.container(*self.place(position), depth)
        node = Sequence(*self.place(position))
        position = self.skip(position + 1)
        if self._content.startswith("]", position):
            return node, position + 1
        while True:
            item, position = self.value(position, depth)
            node.items.append(item)
            more, position = self._separator(position, "]")
            if not more:
                return node, position

    def _mapping(self, position: int, depth: int) -> tuple[Mapping, int]:
        self._builder.container(*self.place(position), depth)
        node = Mapping(*self.place(position))
        position = self.skip(position + 1)
        if self._content.startswith("}", position):
            return node, position + 1
        while True:
            if not self._content.startswith('"', position):
                raise self.fail(
                    text("Aquí se espera una clave entre comillas dobles.", "A key in double quotes is expected here."),
                    position,
                )
            key, position = self._text(position)
            position = self.skip(position)
            if not self._content.startswith(":", position):
                raise self.fail(text("Después de la clave falta «:».", "“:” is missing after the key."), position)
            value, position = self.value(self.skip(position + 1), depth)
            self._builder.member(node, key, value)
            more, position = self._separator(position, "}")
            if not more:
                return node, position

    def _separator(self, position: int, close: str) -> tuple[bool, int]:
        position = self.skip(position)
        found = self._content[position : position + 1]
        if found == close:
            return False, position + 1
        if found == ",":
            return True, self.skip(position + 1)
        raise self.fail(text(f"Aquí falta «,» o «{close}».", f"“,” or “{close}” is missing here."), position)
