"""The interface that every engine fulfils: shapes are prepared once, each as-of view is validated on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class RawResult:
    """One `sh:result` as the engine reported it; terms in N-Triples syntax, empty text where there is none.

    Without the engine's message: every engine words, fills and tags it differently, so messages come from the rule (see diagnosis.texts).
    """

    focus_node: str
    path: str
    value: str
    component: str
    severity: str
    source_shape: str


class Validator(Protocol):
    """Prepared shapes. Stateless between calls and safe to reuse."""

    def validate(self, data: bytes) -> list[RawResult]:
        """Validate one data graph (N-Triples, UTF-8) and return its results, sorted.

        Raises:
            ConfigurationError: when the engine cannot run the shapes.
        """
        ...


class Engine(Protocol):
    """A SHACL engine."""

    name: str
    version: str

    def prepare(self, shapes: bytes) -> Validator:
        """Compile a shapes graph (N-Triples, UTF-8; every shape is an IRI, lists are blank nodes).

        Raises:
            ConfigurationError: when the shapes cannot be used.
        """
        ...
