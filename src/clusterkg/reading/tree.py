"""The tree that YAML and JSON have in common, with the place of every value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as OneOf

from clusterkg.errors import InputError, Text, text
from clusterkg.reading.limits import Limits

Kind = OneOf["text", "integer", "decimal", "boolean", "null"]

_HALF = re.compile("[\ud800-\udfff]")
_LONGEST_NUMBER = 100
_LARGEST_EXPONENT = 300


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, kept as it was written: nothing is rounded, and a date stays text."""

    line: int
    column: int
    value: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map, in the order in which it was written."""

    line: int
    column: int
    members: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)

    def entries(self) -> Iterator[tuple[Scalar, Node]]:
        """Key and value of every member."""
        return iter(self.members.values())


Node = Scalar | Sequence | Mapping


class Builder:
    """Checks that both parsers share: depth, number of values, duplicate keys, well-formed text and numbers."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self._limits = limits
        self._nodes = 0

    def fail(self, message: Text, line: int, column: int, hint: Text | None = None) -> InputError:
        """An error at a place of this file; to be raised by the caller."""
        return InputError(message, file=self.file, line=line, column=column, hint=hint)

    def scalar(self, line: int, column: int, value: str, kind: Kind) -> Scalar:
        """A scalar, after checking that it can be kept."""
        self._count(line, column)
        if kind == "text" and not value.isascii() and _HALF.search(value):
            raise self.fail(
                text(
                    "El texto contiene un carácter incompleto (un «surrogate» suelto).",
                    "The text holds half a character (a lone surrogate).",
                ),
                line,
                column,
            )
        if kind in ("integer", "decimal"):
            self._check_number(line, column, value)
        return Scalar(line, column, value, kind)

    def container(self, line: int, column: int, depth: int) -> None:
        """To be called when a list or a map opens; `depth` counts from 1."""
        self._count(line, column)
        if depth > self._limits.max_depth:
            most = self._limits.max_depth
            raise self.fail(
                text(f"Hay más de {most} niveles de anidamiento.", f"Values nest more than {most} levels deep."),
                line,
                column,
            )

    def member(self, mapping: Mapping, key: Scalar, value: Node) -> None:
        """Add a member; a key may occur once."""
        if key.value in mapping.members:
            first = mapping.members[key.value][0].line
            raise self.fail(
                text(
                    f"La clave «{key.value}» aparece dos veces (la primera, en la línea {first}).",
                    f"The key “{key.value}” occurs twice (first on line {first}).",
                ),
                key.line,
                key.column,
                text("Para varios valores escriba una lista.", "For several values write a list."),
            )
        mapping.members[key.value] = (key, value)

    def _count(self, line: int, column: int) -> None:
        self._nodes += 1
        if self._nodes > self._limits.max_nodes:
            most = self._limits.max_nodes
            raise self.fail(text(f"Hay más de {most} valores.", f"There are more than {most} values."), line, column)

    def _check_number(self, line: int, column: int, value: str) -> None:
        exponent = re.search(r"[eE]([+-]?\d+)$", value)
        if len(value) > _LONGEST_NUMBER or (exponent and abs(int(exponent[1])) > _LARGEST_EXPONENT):
            raise self.fail(
                text("El número es demasiado grande o demasiado preciso.", "The number is too large or too precise."),
                line,
                column,
            )
