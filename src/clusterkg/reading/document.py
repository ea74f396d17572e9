"""What reading yields: a Document, and where in its file each statement stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad


class Locations:
    """Lines (from 1) of subjects and statements. The first line noted for a thing wins."""

    def __init__(self) -> None:
        self._subjects: dict[str, int] = {}
        self._predicates: dict[tuple[str, str], int] = {}
        self._statements: dict[tuple[str, str, str], int] = {}

    def note(self, line: int, subject: str, predicate: str | None = None, value: str | None = None) -> None:
        """Remember that `subject` (or its statement) stands on `line`."""
        self._subjects.setdefault(subject, line)
        if predicate is not None:
            self._predicates.setdefault((subject, predicate), line)
            if value is not None:
                self._statements.setdefault((subject, predicate, value), line)

    def of(self, subject: str, predicate: str | None = None, object: object = None) -> int | None:
        """The line of a statement, failing that of the property, failing that of the subject.

        None for an unknown subject. `object` may be a pyoxigraph term, or its IRI or lexical form.
        """
        if predicate is not None:
            value = object.value if isinstance(object, NamedNode | Literal) else object
            if isinstance(value, str) and (line := self._statements.get((subject, predicate, value))) is not None:
                return line
            if (line := self._predicates.get((subject, predicate))) is not None:
                return line
        return self._subjects.get(subject)

    def renamed(self, names: dict[str, str]) -> Locations:
        """The same lines, with blank node labels (as "_:label") replaced by IRIs."""
        result = Locations()
        result._subjects = {names.get(s, s): line for s, line in self._subjects.items()}
        result._predicates = {(names.get(s, s), p): line for (s, p), line in self._predicates.items()}
        result._statements = {(names.get(s, s), p, names.get(o, o)): n for (s, p, o), n in self._statements.items()}
        return result


@dataclass(frozen=True)
class Document:
    """One file as read. Blank nodes are IRIs below `…/.well-known/genid/`, numbered in document order."""

    path: str
    sha256: str
    format: str
    quads: tuple[Quad, ...]
    locations: Locations = field(default_factory=Locations, repr=False, compare=False)
