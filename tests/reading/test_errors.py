"""How errors are told."""

from __future__ import annotations

import pytest

from clusterkg import errors
from clusterkg.errors import (
    ClusterkgError,
    ConfigurationError,
    InputError,
    NothingChecked,
    UnknownTermError,
    UsageError,
    format_error,
    nearest,
    text,
)

MESSAGE = text("Mal.", "Bad.")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "Mal."),
        ({"file": "a.ttl"}, "a.ttl: Mal."),
        ({"file": "a.ttl", "line": 3}, "a.ttl:3: Mal."),
        ({"file": "a.ttl", "line": 3, "column": 7}, "a.ttl:3:7: Mal."),
        ({"file": "a.ttl", "hint": text("Así.", "Thus.")}, "a.ttl: Mal. — Así."),
    ],
)
def test_one_line_for_people(place: dict[str, object], expected: str) -> None:
    assert format_error(InputError(MESSAGE, **place), "es") == expected  # type: ignore[arg-type]


def test_exit_codes() -> None:
    codes = {kind: kind.exit_code for kind in (InputError, UnknownTermError, UsageError, ConfigurationError)}
    assert set(codes.values()) == {2}
    assert NothingChecked.exit_code == 3


def test_every_error_is_in_the_tree_and_in_its_documentation() -> None:
    kinds = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert all(issubclass(kind, ClusterkgError) for kind in kinds)
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds)


def test_the_nearest_word() -> None:
    assert nearest("asseses", ["assesses", "accesses"]) == "assesses"
    assert nearest("TYPE", ["type", "tie"]) == "type"
    assert nearest("xyz", ["type"]) is None
    assert nearest("xyz", []) is None
