"""How much a reader takes in before it refuses."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from clusterkg.errors import UsageError, text

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
    """

    max_bytes: int = field(default_factory=_default_max_bytes)
    max_depth: int = 64
    max_nodes: int = 2_000_000
    max_triples: int = 2_000_000
