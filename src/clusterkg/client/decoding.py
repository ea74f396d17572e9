"""JSON as dataclasses: `notChecked` becomes `not_checked`; keys that nobody knows are passed over, missing ones and null stay empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def read_as(kind: type[T], tree: Any) -> T:
    """An object of that dataclass from JSON. Raises ValueError where a known key holds something of another type."""
    if not isinstance(tree, Mapping):
        raise ValueError(f"no {kind.__name__}")
    known = _keys(cast("Any", kind))
    return kind(**{name: _read(hint, tree[key]) for name, key, hint in known if tree.get(key) is not None})


@cache
def _keys(kind: Any) -> tuple[tuple[str, str, Any], ...]:
    """Name, JSON key and type of each field."""
    hints = get_type_hints(kind)
    return tuple((one.name, _camel(one.name), hints[one.name]) for one in fields(kind))


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def _read(hint: Any, tree: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return _read(next(one for one in inner if one is not NoneType), tree)
    if origin is tuple:
        return tuple(_read(inner[0], one) for one in _of(list, tree))
    if origin is cast("Any", Mapping):
        return {key: _read(inner[1], value) for key, value in _of(dict, tree).items()}
    if is_dataclass(hint):
        return read_as(cast("Any", hint), tree)
    return tree if hint is Any else _of(hint, tree)


def _of(kind: Any, tree: Any) -> Any:
    if not isinstance(tree, kind) or (kind is int and isinstance(tree, bool)):
        raise ValueError(f"{kind.__name__} expected, not {type(tree).__name__}")
    return tree
