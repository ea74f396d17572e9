"""How much a reader takes in before it refuses."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from clusterkg.errors import InputError, UsageError, text

MEBIBYTE = 1024 * 1024


def _default_max_bytes() -> int:
    raw = os.environ.get("CLUSTERKG_MAX_BYTES")
    if raw is None or not raw.strip():
        return 32 * MEBIBYTE
    if not raw.strip().isdecimal() or int(raw) == 0:
        raise UsageError(
            text(
                f"CLUSTERKG_MAX_BYTES debe ser un número entero de bytes mayor que cero, y es «{raw}».",
                f"CLUSTERKG_MAX_BYTES must be a whole number of bytes above zero, and it is “{raw}”.",
            )
        )
    return int(raw)


@dataclass(frozen=True)
class Limits:
    """Sizes above which a document is refused.

    max_bytes    size of the document; the environment variable CLUSTERKG_MAX_BYTES changes the default of 32 MiB
    max_depth    how deep maps and lists may nest in YAML and JSON, and elements in RDF/XML
    max_nodes    values in a YAML or JSON tree
    max_triples  triples in one document
    max_expanded characters of all its terms together, short names and relative IRIs written in full
    """

    max_bytes: int = field(default_factory=_default_max_bytes)
    max_depth: int = 64
    max_nodes: int = 2_000_000
    max_triples: int = 2_000_000
    max_expanded: int = 256 * MEBIBYTE


class Expansion:
    """Adds up how long the terms of one document become: a short name may stand for an IRI of megabytes."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file = file
        self._left = limits.max_expanded

    def add(self, characters: int, line: int | None) -> None:
        """Count one more term. Raises InputError when the document has used up its allowance."""
        self._left -= characters
        if self._left < 0:
            raise InputError(
                text(
                    "Los identificadores del documento, escritos en su forma completa, ocupan demasiado.",
                    "Written in full, the identifiers of the document take up too much room.",
                ),
                file=self._file,
                line=line,
                hint=text("Acorte los prefijos y la base.", "Shorten the prefixes and the base."),
            )


def value_too_long(file: str, line: int | None = None) -> InputError:
    """The error for a single value that is longer than a parser takes in."""
    return InputError(
        text("Un solo valor es demasiado largo (más de 16 MiB).", "A single value is too long (above 16 MiB)."),
        file=file,
        line=line,
    )
