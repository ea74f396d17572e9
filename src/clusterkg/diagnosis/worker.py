"""Diagnoses in a process of its own (see clusterkg.workers): whatever bytes come from outside are read there and nowhere else.

Pool(PoolSettings(work="clusterkg.diagnosis.worker:Diagnoser"))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from clusterkg.descriptions import descriptions_of
from clusterkg.diagnosis.checker import Checker, Settings
from clusterkg.diagnosis.model import Report
from clusterkg.diagnosis.run import check
from clusterkg.errors import ClusterkgError, InputError, text
from clusterkg.reading import Document, Limits, read_document
from clusterkg.reading.content import text_of
from clusterkg.reading.formats import FORMATS as READ
from clusterkg.reading.formats import format_of_path, sniff
from clusterkg.reading.lint import errors_in
from clusterkg.rendering import render
from clusterkg.rendering.language import language
from clusterkg.vocabulary import Vocabulary
from clusterkg.workers.child import ReplyWriter

DEFAULT_PROFILE = Settings().profile
_RDF = ("jsonld", "turtle")
_KEPT = 4
"""Checkers at a time: each takes half a second to make, and some 40 MB."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that somebody sent. `format`: a name or media type of clusterkg.reading; None: as the name's ending or the content tells."""

    data: bytes = field(repr=False)
    name: str = "-"
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A description that a store holds: the IRI of its graph, that graph, and which description of it is meant; as N-Triples.

    `others` is what rules may see of other descriptions' clusters.
    """

    graph: str
    ntriples: bytes = field(repr=False)
    description: str
    others: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be diagnosed, and how the diagnosis is to be written: `form` is one of clusterkg.rendering.FORMATS."""

    source: tuple[Sent, ...] | Stored
    profile: str = DEFAULT_PROFILE
    as_of: str | None = None
    language: str = "en"
    form: str = "json"
    max_bytes: int = 32 << 20


class Diagnoser:
    """The work of one process: it keeps the checkers of the profiles that were asked for last."""

    def __init__(self, config: object = None) -> None:
        """Make the default profile ready. `config` is not used."""
        self._checkers: dict[str, Checker] = {}
        self.checker(DEFAULT_PROFILE)

    def work(self, request: Request, reply: ReplyWriter) -> dict[str, int]:
        """Diagnose, and write the diagnosis to `reply`; replies with the report's counts.

        Raises:
            InputError: for what cannot be used; `problems` has everything that was found wrong.
            NothingChecked: where nothing was there to diagnose.
            UsageError: for an unknown profile or language, or something that is no date.
        """
        speaks = language(request.language)
        report = self.report(request)
        reply.write(self.written(report, request.form, speaks.code))
        return dict(report.summary)

    def report(self, request: Request) -> Report:
        """The diagnosis itself. Raises as `work` does."""
        checker = self.checker(request.profile)
        if isinstance(request.source, Stored):
            documents, others = [_stored(request.source, checker.vocabulary)], _triples(request.source.others)
        else:
            documents, others = _read(request.source, request.max_bytes, checker.vocabulary), []
        problems: list[ClusterkgError] = []
        settings = Settings(profile=request.profile, as_of=request.as_of)
        try:
            report = check(documents, settings, checker=checker, others=others, on_problem=problems.append)
        except ClusterkgError:
            _refuse(problems)
            raise
        _refuse(problems)
        # A stored diagnosis goes by the name that the store gives it: it rests on a graph, not on a file.
        by_graph = isinstance(request.source, Stored) and request.form in _RDF
        return replace(report, inputs=()) if by_graph else report

    def written(self, report: Report, form: str, code: str) -> bytes:
        """The report in a format."""
        content: str | bytes = render(report, form, language(code))
        return content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content

    def checker(self, profile: str) -> Checker:
        """The checker of a profile, made at its first need. Raises UsageError for an unknown profile."""
        found = self._checkers.pop(profile, None) or Checker(Settings(profile=profile))
        self._checkers[profile] = found
        while len(self._checkers) > _KEPT:
            del self._checkers[next(iter(self._checkers))]
        return found


def _read(source: Sequence[Sent], max_bytes: int, vocabulary: Vocabulary) -> list[Document]:
    documents: list[Document] = []
    problems: list[InputError] = []
    for sent in source:
        try:
            document = _document(sent, Limits(max_bytes=max_bytes))
        except InputError as error:
            problems.append(error)
            continue
        documents.append(document)
        problems += errors_in(document, vocabulary)
    _refuse(problems)
    return documents


def _document(sent: Sent, limits: Limits) -> Document:
    if sent.format is None and format_of_path(Path(sent.name)) is None and sniff(text_of(sent.data, sent.name)) is None:
        names = ", ".join(known.label for known in READ)
        raise InputError(
            text("No se reconoce el formato del documento.", "The format of the document cannot be told."),
            file=sent.name,
            hint=text(
                f"Indíquelo en Content-Type. Se leen: {names}.", f"Give it as Content-Type. These are read: {names}."
            ),
        )
    return read_document(sent.data, name=sent.name, format=sent.format, limits=limits)


def _stored(source: Stored, vocabulary: Vocabulary) -> Document:
    """The stored graph, reduced to what belongs to the description that is meant, where it holds several."""
    from clusterkg.store.upkeep import document_of

    graph = ox.NamedNode(source.graph)
    quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in _triples(source.ntriples)]
    document = document_of(source.graph, quads)
    _refuse(errors_in(document, vocabulary))
    found = descriptions_of(document, vocabulary)
    own = next((one.quads for one in found if one.iri == source.description and len(found) > 1), document.quads)
    return replace(document, quads=own)


def _triples(ntriples: bytes) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)]


def _refuse(problems: Sequence[ClusterkgError]) -> None:
    """Raise the first problem, with all of them beside it: who sent several descriptions gets all or none of them judged."""
    if not problems:
        return
    first = next((one for one in problems if isinstance(one, InputError)), problems[0])
    if len(problems) > 1 and not isinstance(first, InputError):
        first = _plain(first)
    if isinstance(first, InputError):
        first.problems = tuple(_plain(one) for one in problems)
    raise first


def _plain(error: ClusterkgError) -> InputError:
    """A copy: an error among its own problems could not travel between processes."""
    return InputError(error.message, file=error.file, line=error.line, column=error.column, hint=error.hint)
