"""YAML → tree, by libyaml's events: no recursion, and every value keeps its line.

Scalars are resolved by the rules of YAML 1.2, so `no` stays text and a date stays as it was written. Anchors, aliases
and tags are refused: a description needs none of them, and they are what YAML bombs are made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from clusterkg.errors import InputError, text
from clusterkg.reading.limits import Limits
from clusterkg.reading.tree import Builder, Kind, Mapping, Node, Scalar, Sequence

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z")


def yaml_tree(content: str, file: str, limits: Limits) -> list[Node]:
    """The documents of a YAML stream, empty ones left out. Raises InputError with line and column."""
    builder = Builder(file, limits)
    try:
        return list(_documents(yaml.parse(content, Loader=yaml.CSafeLoader), builder))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        detail = error.problem or error.context or ""
        line, column = _place(mark) if mark else (None, None)
        raise InputError(
            text(f"No es YAML válido ({detail}).", f"This is not valid YAML ({detail})."),
            file=file,
            line=line,
            column=column,
            hint=_hint(detail),
        ) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", None)
        line = content.count("\n", 0, position) + 1 if isinstance(position, int) else None
        raise InputError(
            text("No es YAML: contiene caracteres de control.", "This is not YAML: it holds control characters."),
            file=file,
            line=line,
        ) from error


def _place(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _hint(detail: str) -> dict[str, str] | None:
    if "\\t" in detail or "cannot start any token" in detail:
        return text(
            "Use espacios, no tabuladores, y comillas para textos que empiezan con un signo.",
            "Indent with spaces, not tabs, and quote texts that begin with a sign.",
        )
    if "mapping values" in detail:
        return text("Escriba entre comillas los textos que contienen «: ».", "Quote texts that contain “: ”.")
    return None


def _documents(events: Iterator[yaml.Event], builder: Builder) -> Iterator[Node]:
    stack: list[Sequence | Mapping] = []
    keys: list[Scalar | None] = []
    for event in events:
        line, column = _place(event.start_mark)
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            node: Node = stack.pop()
            keys.pop()
        elif isinstance(event, yaml.NodeEvent):
            _refuse_references(event, builder, line, column)
            if not isinstance(event, yaml.ScalarEvent):
                builder.container(line, column, len(stack) + 1)
                is_map = isinstance(event, yaml.MappingStartEvent)
                stack.append(Mapping(line, column) if is_map else Sequence(line, column))
                keys.append(None)
                continue
            node = _scalar(event, builder, line, column)
        else:
            continue
        if stack:
            _attach(stack[-1], keys, node, builder)
        elif not (isinstance(node, Scalar) and node.kind == "null"):
            yield node


def _attach(parent: Sequence | Mapping, keys: list[Scalar | None], node: Node, builder: Builder) -> None:
    if isinstance(parent, Sequence):
        parent.items.append(node)
        return
    key = keys[-1]
    if key is not None:
        builder.member(parent, key, node)
        keys[-1] = None
    elif isinstance(node, Scalar):
        keys[-1] = node
    else:
        raise builder.fail(text("Una clave debe ser texto.", "A key must be text."), node.line, node.column)


def _refuse_references(event: yaml.NodeEvent, builder: Builder, line: int, column: int) -> None:
    if event.anchor is not None:
        raise builder.fail(
            text(
                "No se admiten anclas ni alias de YAML (& y *).", "YAML anchors and aliases (& and *) are not accepted."
            ),
            line,
            column,
            text(
                "Repita el valor, o dé un «id» a la cosa y nómbrela por él.",
                "Repeat the value, or give the thing an “id” and refer to it by that.",
            ),
        )
    if getattr(event, "tag", None) is not None:
        raise builder.fail(
            text("No se admiten etiquetas de YAML (!…).", "YAML tags (!…) are not accepted."),
            line,
            column,
            text("Escriba entre comillas un texto que empieza con «!».", "Quote a text that begins with “!”."),
        )


def _scalar(event: yaml.ScalarEvent, builder: Builder, line: int, column: int) -> Scalar:
    plain = event.implicit[0]
    return builder.scalar(line, column, event.value, _kind(event.value) if plain else "text")


def _kind(value: str) -> Kind:
    if value in ("", "~", "null", "Null", "NULL"):
        return "null"
    if value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return "boolean"
    if _INTEGER.match(value):
        return "integer"
    return "decimal" if _DECIMAL.match(value) else "text"
