"""The first stage: any RDF syntax, YAML or JSON → a Document of quads with their lines.

Nothing is ever fetched, and only errors of `clusterkg.errors` leave this package.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Quad

from clusterkg.errors import InputError, text
from clusterkg.reading.content import content_of, text_of
from clusterkg.reading.document import Document, Locations
from clusterkg.reading.formats import FORMATS, Format, find_documents, format_named, format_of_path, sniff
from clusterkg.reading.json_tree import json_tree
from clusterkg.reading.jsonld import parse_tree
from clusterkg.reading.limits import Limits
from clusterkg.reading.rdf import parse_rdf
from clusterkg.reading.skolem import Skolemiser
from clusterkg.reading.yaml_tree import yaml_tree

if TYPE_CHECKING:
    from clusterkg.vocabulary import Vocabulary

__all__ = ["FORMATS", "Document", "Limits", "Locations", "find_documents", "parse_quads", "read_document"]


def read_document(
    source: Path | bytes,
    *,
    name: str | None = None,
    format: str | None = None,
    limits: Limits | None = None,
    vocabulary: Vocabulary | None = None,
) -> Document:
    """Read one file, or bytes that came from elsewhere.

    `name` is shown in messages (default: the path, or "-" for bytes). `format` is a name or media type; without it
    the ending of the path or of `name` tells, else the content. With a `vocabulary` the statements are checked
    against it (see lint.py).

    Raises InputError, with file, line and column where they are known, for everything that is wrong with the
    document; UsageError for an unknown format.
    """
    limits = limits or Limits()
    file = name if name is not None else str(source) if isinstance(source, Path) else "-"
    data = content_of(source, file, limits)
    sha256 = hashlib.sha256(data).hexdigest()
    entry, quads, locations = _parsed(data, file, format, limits)
    skolemiser = Skolemiser(sha256)
    named = skolemiser.quads(quads)
    document = Document(file, sha256, entry.name, named, locations.renamed(skolemiser.names))
    if vocabulary is not None:
        from clusterkg.reading.lint import require_clean

        require_clean(document, vocabulary)
    return document


def parse_quads(
    source: Path | bytes, *, name: str | None = None, format: str | None = None, limits: Limits | None = None
) -> list[Quad]:
    """The quads of a document as they are, blank nodes included: for conversion without loss.

    Raises:
        InputError, UsageError: as `read_document` does.
    """
    limits = limits or Limits()
    file = name if name is not None else str(source) if isinstance(source, Path) else "-"
    return _parsed(content_of(source, file, limits), file, format, limits)[1]


def _parsed(data: bytes, file: str, format: str | None, limits: Limits) -> tuple[Format, list[Quad], Locations]:
    entry = format_named(format) if format else format_of_path(Path(file))
    content = text_of(data, file)
    entry = entry or sniff(content)
    if entry is None:
        names = ", ".join(known.name for known in FORMATS)
        raise InputError(
            text("No se reconoce el formato del documento.", "The format of the document cannot be told."),
            file=file,
            hint=text(
                f"Indíquelo con --input-format (en convert, con --from): {names}.",
                f"Give it with --input-format (in convert, with --from): {names}.",
            ),
        )
    if entry.rdf is not None:
        return entry, *parse_rdf(content, entry, file, limits)
    roots = yaml_tree(content, file, limits) if entry.name == "yaml" else [json_tree(content, file, limits)]
    if not roots:
        raise InputError(text("El documento está vacío.", "The document is empty."), file=file)
    return entry, *parse_tree(roots, entry.name != "jsonld", file, limits)
