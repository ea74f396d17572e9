"""RDF that somebody sends or asks for, read and written in processes that can be stopped: what is hostile to a parser harms nobody else."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, cast

import pyoxigraph as ox
from fastapi import FastAPI

from clusterkg.errors import InputError, UsageError, text
from clusterkg.namespaces import CONTEXT_IRI, PREFIXES, RDF
from clusterkg.reading import parse_quads
from clusterkg.server.settings import Settings
from clusterkg.store.base import JSON_LD, RDF_XML
from clusterkg.workers import Pool, PoolSettings
from clusterkg.workers.child import ReplyWriter

_MIB = 1 << 20
_GROWTH = 16  # N-Triples write out what other syntaxes abbreviate
_LOCK = threading.Lock()
_SEVERAL = text(
    "El documento reparte sus enunciados en varios grafos; aquí se escribe uno.",
    "The document has statements in several graphs; here one is written.",
)
_NAME = re.compile(r"[^\W\d][\w.-]*\Z")  # how an XML name ends; predicates become elements, which need such a name
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SYNTAX = frozenset(
    str(RDF) + name
    for name in (
        *("RDF", "Description", "ID", "about", "nodeID", "resource", "parseType", "datatype", "li"),
        *("bagID", "aboutEach", "aboutEachPrefix"),
    )
)
"""What RDF/XML itself is made of, and what it would read as something else."""


@dataclass(frozen=True, slots=True)
class Document:
    """RDF as it came; `base` resolves its relative IRIs, `name` is what the sender calls it."""

    media_type: str
    body: bytes = field(repr=False)
    base: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """N-Triples that are wanted in another format."""

    ntriples: bytes = field(repr=False)
    media_type: str


class RdfWork:
    """Reads and writes RDF."""

    def __init__(self, _: object = None) -> None:
        pass

    def work(self, request: Sequence[Document] | Rewrite, reply: ReplyWriter) -> None:
        """Write documents as N-Triples, in which no two of them share a blank node; or N-Triples in another format.

        Raises:
            InputError: for what is malformed, with its line and column; for statements in named graphs.
            UsageError: for statements that the format has no way to say.
        """
        output = cast(IO[bytes], reply)
        if isinstance(request, Rewrite):
            quads = ox.parse(io.BytesIO(request.ntriples), ox.RdfFormat.N_TRIPLES)
            triples = (_sayable(quad.triple, request.media_type) for quad in quads)
            ox.serialize(triples, output, ox.RdfFormat.from_media_type(request.media_type), prefixes=PREFIXES)
            return
        for document in request:
            ox.serialize(_triples(document), output, ox.RdfFormat.N_TRIPLES)


def _triples(document: Document) -> Iterator[ox.Triple]:
    content, form = document.body, ox.RdfFormat.from_media_type(document.media_type)
    try:
        if document.media_type == JSON_LD and CONTEXT_IRI.encode() in content:
            # The published context is known here; any other is neither known nor fetched.
            quads = parse_quads(content, name=document.name or "-", format="jsonld")
            content, form = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"", ox.RdfFormat.N_QUADS
        for quad in ox.parse(io.BytesIO(content), form, base_iri=document.base, rename_blank_nodes=True):
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                raise InputError(_SEVERAL, file=document.name or None)
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise _malformed(error, document) from error


def _malformed(error: Exception, document: Document) -> InputError:
    said = str(error)
    line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    return InputError(
        text(
            f"No se puede leer como {document.media_type}: {said}",
            f"It cannot be read as {document.media_type}: {said}",
        ),
        file=document.name or None,
        line=line if isinstance(line, int) else None,
        column=column if isinstance(column, int) else None,
    )


def _sayable(triple: ox.Triple, media_type: str) -> ox.Triple:
    """The triple itself. Raises UsageError where RDF/XML or JSON-LD cannot say it: the engine would write what nobody can read."""
    value = triple.object
    if isinstance(value, ox.Triple):
        raise _unsayable("<<( … )>>")
    if media_type == RDF_XML:
        predicate = triple.predicate.value
        tail = re.split(r"[^\w.-]", predicate)[-1]
        if predicate in _SYNTAX or not any(_NAME.match(tail[start:]) for start in range(len(tail))):
            raise _unsayable(f"<{predicate}>")
        if isinstance(value, ox.Literal) and (found := _NOT_XML.search(value.value)):
            raise _unsayable(f"U+{ord(found[0]):04X}")
    return triple


def _unsayable(what: str) -> UsageError:
    return UsageError(
        text(f"Este formato no puede expresar {what}.", f"This format cannot express {what}."),
        hint=text("Pida Turtle o N-Triples.", "Ask for Turtle or N-Triples."),
    )


def parsed(app: FastAPI, settings: Settings, documents: Sequence[Document]) -> bytes:
    """The statements of all these documents, as N-Triples.

    Raises:
        InputError: see RdfWork.
        DeadlineExceeded, MemoryExceeded, AnswerTooLarge, Busy: when it costs too much.
    """
    return _pool(app, settings).run(tuple(documents), seconds=settings.write_seconds).body


def rewritten(app: FastAPI, settings: Settings, ntriples: bytes, media_type: str) -> bytes:
    """Statements in RDF/XML or JSON-LD.

    Raises:
        UsageError: see RdfWork.
        DeadlineExceeded, MemoryExceeded, AnswerTooLarge, Busy: when it costs too much.
    """
    most = settings.answer_size * _MIB
    body = (
        _pool(app, settings).run(Rewrite(ntriples, media_type), seconds=settings.query_seconds, answer_bytes=most).body
    )
    return body.replace(b"\r", b"&#xD;") if media_type == RDF_XML else body  # XML reads a bare one as a line feed


def _pool(app: FastAPI, settings: Settings) -> Pool:
    """The application's processes for RDF, made when they are first needed."""
    with _LOCK:
        pool: Pool | None = getattr(app.state, "rdf", None)
        if pool is None:
            pool = app.state.rdf = Pool(
                PoolSettings(
                    work="clusterkg.server.parsing:RdfWork",
                    size=settings.workers,
                    memory=settings.query_memory * _MIB,
                    answer_bytes=_GROWTH * settings.upload_size * _MIB,
                    queue=settings.queue,
                    patience=settings.queue_seconds,
                )
            )
        return pool


def close(app: FastAPI) -> None:
    """Stop those processes, if there are any."""
    with _LOCK:
        pool: Pool | None = getattr(app.state, "rdf", None)
        app.state.rdf = None
    if pool is not None:
        pool.close()
