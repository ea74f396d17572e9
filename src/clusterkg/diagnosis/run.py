"""One run: documents in, a report out; in this process or in several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pyoxigraph as ox

from clusterkg import __version__
from clusterkg.descriptions import Description, descriptions_of
from clusterkg.diagnosis import model
from clusterkg.diagnosis.checker import Checker, Settings
from clusterkg.diagnosis.surroundings import Surroundings, presence_of
from clusterkg.diagnosis.verdicts import ABSENT, AT_RISK, PRESENT, UNDECIDED
from clusterkg.errors import ClusterkgError, InputError, MalformedDescription, NothingChecked, text
from clusterkg.reading import Document
from clusterkg.view import last_day

Progress = Callable[[int, int], None]
OnProblem = Callable[[ClusterkgError], None]
Task = tuple[Description, Sequence[ox.Triple]]


def check(
    documents: Sequence[Document],
    settings: Settings,
    *,
    progress: Progress | None = None,
    on_problem: OnProblem | None = None,
    checker: Checker | None = None,
    others: Sequence[ox.Triple] = (),
) -> model.Report:
    """Diagnose every description in `documents`; `progress(done, total)` is told after each.

    A description that cannot be diagnosed is handed to `on_problem` and left out; without it, its error is raised.
    `checker`: one made ready earlier, of the same profile and engine. `others`: what rules may see of clusters that are not described
    in `documents` (see `view.neighbour_triples`).

    Raises:
        NothingChecked: when no description could be diagnosed.
        InputError: for the first broken description, where `on_problem` is not given.
        UsageError, ConfigurationError: see Checker.
    """
    if settings.as_of is not None:
        last_day(settings.as_of)
    problem = on_problem or _raise
    checker = checker.under(settings) if checker is not None else Checker(settings)
    found = {document.path: _descriptions(document, checker, problem) for document in documents}
    descriptions = sorted((d for group in found.values() for d in group), key=lambda d: (d.iri, d.document.path))
    present = [presence_of(description) for description in descriptions]
    surroundings = Surroundings(present)
    seen = [[*surroundings.seen_by(one), *others] for one in present]
    tasks = list(zip(descriptions, seen, strict=True))
    diagnoses = []
    for number, judged in enumerate(_judge_all(checker, tasks), 1):
        if isinstance(judged, MalformedDescription):
            for each in judged.problems:
                problem(each)
        else:
            diagnoses.append(judged)
        if progress is not None:
            progress(number, len(descriptions))
    if not diagnoses:
        raise _nothing_checked()
    return report_of(checker, documents, tuple(path for path, group in found.items() if not group), diagnoses)


def _judge_all(checker: Checker, tasks: Sequence[Task]) -> Iterator[model.Diagnosis | MalformedDescription]:
    """Judge in order, in this process or in `jobs` others."""
    jobs = min(checker.settings.jobs, len(tasks))
    if jobs <= 1:
        yield from (_judge(checker, task) for task in tasks)
        return
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(checker.settings,)
    ) as pool:
        yield from pool.map(_judge_here, tasks, chunksize=max(1, len(tasks) // (jobs * 8)))


def _judge(checker: Checker, task: Task) -> model.Diagnosis | MalformedDescription:
    try:
        return checker.diagnose(*task)
    except MalformedDescription as malformed:
        return malformed


_worker: list[Checker] = []  # one checker for each worker process: making one takes longer than a hundred diagnoses


def _start(settings: Settings) -> None:
    _worker.append(Checker(settings))


def _judge_here(task: Task) -> model.Diagnosis | MalformedDescription:
    return _judge(_worker[0], task)


def _descriptions(document: Document, checker: Checker, problem: OnProblem) -> list[Description]:
    """The descriptions of a document that can be diagnosed; the others are handed to `problem`."""
    try:
        stated = descriptions_of(document, checker.vocabulary)
    except InputError as error:
        problem(error)
        return []
    for description in stated:
        if description.unchecked is not None:
            problem(description.unchecked)
    return [description for description in stated if description.unchecked is None]


def _raise(error: ClusterkgError) -> None:
    raise error


def _nothing_checked() -> NothingChecked:
    return NothingChecked(
        text("No se revisó nada: no hay ninguna descripción.", "Nothing was checked: there is no description."),
        hint=text(
            "Una descripción es un nodo de tipo Description; «clusterkg template» escribe una para llenar.",
            "A description is a node of type Description; “clusterkg template” writes one to fill in.",
        ),
    )


def report_of(
    checker: Checker, documents: Iterable[Document], skipped: tuple[str, ...], diagnoses: list[model.Diagnosis]
) -> model.Report:
    """The report of some diagnoses: counted, with all that they rest on. `skipped`: paths of documents that hold no description."""
    counts: Mapping[str, int] = Counter(v.verdict for d in diagnoses for v in d.verdicts)
    summary = {"descriptions": len(diagnoses)} | {
        name: counts.get(name, 0) for name in (PRESENT, AT_RISK, ABSENT, UNDECIDED)
    }
    return model.Report(
        version=__version__,
        profile=checker.profile.code,
        profile_label=checker.profile.label,
        as_of=checker.settings.as_of,
        inputs=tuple(sorted((model.InputFile(d.path, d.sha256) for d in documents), key=lambda i: i.path)),
        skipped=tuple(sorted(skipped)),
        engine=model.Engine(checker.engine.name, checker.engine.version),
        ontology_sha256=checker.ontology_sha256,
        shapes_sha256=checker.shapes_sha256,
        verdict_labels={
            name: checker.knowledge.verdicts.get(name, {}) for name in (PRESENT, AT_RISK, ABSENT, UNDECIDED)
        },
        summary=summary,
        diagnoses=tuple(diagnoses),
    )
