"""RDF syntaxes → quads with lines, through pyoxigraph.

pyoxigraph tells no lines, but pulls its input as it goes: fed one line per read, the line last given out is the line
of the statement just parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, cast

from pyoxigraph import BlankNode, Quad, RdfFormat, parse

from clusterkg.errors import InputError, text
from clusterkg.namespaces import ID_BASE
from clusterkg.reading.document import Locations
from clusterkg.reading.formats import Format
from clusterkg.reading.limits import Expansion, Limits, value_too_long
from clusterkg.reading.xml_check import check_xml

_MOST_QUOTED = 50
"""Quoted triples nest on the parser's stack, and a deep nest would end the process; descriptions use none."""


class LineReader:
    """A binary stream that hands out at most one line per read, and knows which."""

    def __init__(self, data: bytes) -> None:
        self._lines = data.splitlines(keepends=True)
        self._start = 0
        self.line = 0

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, never beyond the end of a line. (More than `size` would abort the process.)"""
        line = self._lines[self.line - 1] if self.line else b""
        if self._start >= len(line):
            if self.line >= len(self._lines):
                return b""
            line = self._lines[self.line]
            self.line, self._start = self.line + 1, 0
        end = len(line) if size < 0 else self._start + size
        part = line[self._start : end]
        self._start += len(part)
        return part


def parse_rdf(content: str, entry: Format, file: str, limits: Limits) -> tuple[list[Quad], Locations]:
    """The quads of a document in an RDF syntax, in document order. Raises InputError with line and column."""
    assert entry.rdf is not None
    if entry.rdf == RdfFormat.RDF_XML:
        check_xml(content, file, limits)
    elif content.count("<<") > _MOST_QUOTED:
        message = text("Hay demasiadas tripletas citadas (<< … >>).", "There are too many quoted triples (<< … >>).")
        raise InputError(message, file=file)
    reader = LineReader(content.encode())
    quads: list[Quad] = []
    locations = Locations()
    expansion = Expansion(file, limits)
    for quad in _parsed(reader, entry, file):
        if len(quads) >= limits.max_triples:
            raise too_many_triples(file, limits, reader.line)
        quads.append(quad)
        expansion.add(_note(locations, quad, reader.line) + len(_key(quad.graph_name)), reader.line)
    return quads, locations


def too_many_triples(file: str, limits: Limits, line: int | None = None) -> InputError:
    """The error for a document with more triples than allowed."""
    most = limits.max_triples
    return InputError(
        text(f"Hay más de {most} tripletas.", f"There are more than {most} triples."), file=file, line=line
    )


def _parsed(reader: LineReader, entry: Format, file: str) -> Iterator[Quad]:
    try:
        yield from parse(cast(IO[bytes], reader), format=entry.rdf, base_iri=ID_BASE)
    except SyntaxError as error:
        line, column = error.lineno or reader.line or None, error.offset or None
        detail = re.sub(r"^Parser error at line [^:]*: | \(line \d+\)$", "", error.msg or "")
        message = text(f"No es {entry.label} válido ({detail}).", f"This is not valid {entry.label} ({detail}).")
        raise InputError(message, file=file, line=line, column=column) from error
    except MemoryError as error:
        # Not the machine's: the parser's own bound on the length of one token.
        raise value_too_long(file, reader.line or None) from error
    except (ValueError, OSError) as error:
        message = text(f"No es {entry.label} válido.", f"This is not valid {entry.label}.")
        raise InputError(message, file=file, line=reader.line or None) from error
    except BaseException as error:
        # A panic of the parser is no Exception; it must not end the program.
        if type(error).__name__ != "PanicException":
            raise
        message = text(f"No se puede leer como {entry.label}.", f"It cannot be read as {entry.label}.")
        raise InputError(message, file=file, line=reader.line or None) from error


def _note(locations: Locations, quad: Quad, line: int) -> int:
    """Note where the statement stands; the length of its terms."""
    subject, predicate, value = _key(quad.subject), quad.predicate.value, _key(quad.object)
    if isinstance(quad.object, BlankNode):
        # An inline node is parsed before the statement that holds it: the statement begins where the node does.
        line = min(line, locations.of(value) or line)
    locations.note(line, subject, predicate, value)
    return len(subject) + len(predicate) + len(value)


def _key(term: object) -> str:
    return str(term) if isinstance(term, BlankNode) else str(getattr(term, "value", term))
