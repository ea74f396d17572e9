"""`clusterkg check`: descriptions in, verdicts out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterkg.cli.failures import report_error, said, tell
from clusterkg.cli.options import Choice, Count, DateText, format_option, lang_option, out_option, profile_option
from clusterkg.cli.output import emit, refuse_overwriting, text_width, wants_color
from clusterkg.errors import ClusterkgError, InputError, NothingChecked, UsageError
from clusterkg.rendering import FORMATS
from clusterkg.rendering.language import Language
from clusterkg.rendering.plain import plain

if TYPE_CHECKING:
    from clusterkg.diagnosis.model import Report
    from clusterkg.reading import Document

LEVELS = {
    "present": ("present",),
    "at-risk": ("present", "at-risk"),
    "not-enough-evidence": ("present", "at-risk", "not-enough-evidence"),
    "never": (),
}
"""For each level, the verdicts that make the exit code 1."""

UNUSABLE = 2
"""Exit code where an input cannot be used, whatever the others show."""

_LONG = 12
"""From how many descriptions on the work is long enough for a progress bar."""


@click.command(
    epilog="""\b
Examples:
  clusterkg check my-cluster.yaml
  clusterkg check data/clusters --lang es --details
  clusterkg check data/clusters --as-of 2015 --format csv --out verdicts.csv
  cat my-cluster.ttl | clusterkg check - --input-format turtle --format json
  clusterkg check portfolio/ --fail-on at-risk"""
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@profile_option
@click.option(
    "--as-of", type=DateText(), metavar="DATE", help="Judge as of this day, month or year, not each own date."
)
@lang_option
@format_option(*FORMATS)
@out_option
@click.option("--details", is_flag=True, help="In text: every description in full, not the findings only.")
@click.option(
    "--fail-on", type=Choice(tuple(LEVELS)), default="present", show_default=True, help="When to exit with 1."
)
@click.option("--input-format", metavar="FORMAT", help="Syntax of the input, where ending and content do not tell it.")
@click.option("--jobs", type=Count(), default=1, show_default=True, help="Processes at the same time.")
@click.option("--engine", metavar="NAME", help="SHACL engine. Default: the fastest one installed.")
def check(
    *,
    paths: tuple[str, ...],
    profile: str,
    as_of: str | None,
    speaks: Language,
    form: str,
    out: Path | None,
    details: bool,
    fail_on: str,
    input_format: str | None,
    jobs: int,
    engine: str | None,
) -> int:
    """Diagnose descriptions: files, folders, or - for standard input."""
    from clusterkg.diagnosis import Settings
    from clusterkg.diagnosis import check as diagnose

    if not paths:
        raise UsageError(said("error.no-paths"))
    documents, problems = read_all(paths, input_format, out)
    for problem in problems:
        report_error(problem, speaks)

    def on_problem(problem: ClusterkgError) -> None:
        problems.append(problem)
        report_error(problem, speaks)

    if not documents and not problems:
        raise NothingChecked(said("error.nothing-found"))
    if not documents:
        return UNUSABLE
    settings = Settings(profile=profile, as_of=as_of, engine=engine, jobs=jobs)
    try:
        with progress_bar(speaks) as progress:
            report = diagnose(documents, settings, progress=progress, on_problem=on_problem)
    except NothingChecked as nothing:
        if not problems:
            raise
        unusable = any(isinstance(problem, InputError) for problem in problems)
        return UNUSABLE if unusable else nothing.exit_code
    emit(_rendered(report, form, speaks, out, details), out)
    for path in sorted(set(report.skipped) - {problem.file for problem in problems}):
        tell(plain(speaks("skipped", files=path)))
    _tell_repeated(report, speaks)
    if any(isinstance(problem, InputError) for problem in problems):
        return UNUSABLE
    return exit_code(report, fail_on)


def read_all(
    paths: Sequence[str], input_format: str | None, out: Path | None = None
) -> tuple[list[Document], list[ClusterkgError]]:
    """Every document that can be read, and an error for every one that cannot.

    Raises:
        UsageError: when the format is unknown, or `out` is an input.
    """
    from clusterkg.reading import find_documents, read_document
    from clusterkg.vocabulary import shipped_vocabulary

    documents: list[Document] = []
    failures: list[ClusterkgError] = []
    for path in dict.fromkeys(paths):
        try:
            files: list[Path | None] = [None] if path == "-" else list(find_documents([path]))
        except InputError as error:
            failures.append(error)
            continue
        for file in files:
            refuse_overwriting(out, [file] if file else [])
            source: Path | bytes = sys.stdin.buffer.read() if file is None else file
            try:
                documents.append(read_document(source, format=input_format, vocabulary=shipped_vocabulary()))
            except InputError as error:
                failures.append(error)
    return documents, failures


def _tell_repeated(report: Report, speaks: Language) -> None:
    """Name the descriptions that came more than once: a copy that somebody forgot, or two versions of one."""
    places: dict[str, list[str]] = {}
    for diagnosis in report.diagnoses:
        places.setdefault(diagnosis.iri, []).append(diagnosis.location.file)
    for iri, files in places.items():
        if len(files) > 1:
            tell(plain(speaks("twice", iri=iri, places=", ".join(files))))


def exit_code(report: Report, fail_on: str) -> int:
    """1 where a verdict is at or above the level, else 0."""
    return int(any(report.summary.get(verdict, 0) for verdict in LEVELS[fail_on]))


@contextmanager
def progress_bar(speaks: Language) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, if that is a terminal and there is much to do; else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = None

        def progress(done: int, total: int) -> None:
            nonlocal task
            if total < _LONG:
                return
            if task is None:
                task = bar.add_task(speaks("progress"), total=total)
            bar.update(task, completed=done, total=total)

        yield progress


def _rendered(report: Report, form: str, speaks: Language, out: Path | None, details: bool) -> str:
    if form != "text":
        from clusterkg.rendering import render

        return render(report, form, speaks)
    from clusterkg.rendering.text import render_text

    return render_text(report, speaks, width=text_width(out), color=wants_color(out), details=details)
