"""Several diagnoses at a glance: the findings by rule, then a matrix of descriptions and errors, which a terminal shows last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size

from clusterkg.diagnosis.model import Diagnosis, Finding, Report
from clusterkg.rendering.details import citations, place
from clusterkg.rendering.language import Language
from clusterkg.rendering.marks import VERDICTS, letter, name, style, symbol, tally
from clusterkg.rendering.page import Page, Segment
from clusterkg.rendering.plain import plain
from clusterkg.rules import natural

_CELL = 4
_NARROWEST_LABEL, _WIDEST_LABEL = 20, 46
_FINDINGS_SHOWN = 8


def overview_page(page: Page, report: Report, language: Language, *, details: bool) -> None:
    """Write the findings by rule (unless everything follows in full), the matrix, its legend and the summary."""
    columns = _columns(report)
    if not details:
        _findings(page, report, language)
    if report.diagnoses:
        labels = _labels(report.diagnoses, language)
        widest = max(cell_len(label) for label in labels)
        least = min(_WIDEST_LABEL, max(_NARROWEST_LABEL, widest))
        room = max(1, (page.width - _NARROWEST_LABEL - 1) // _CELL)
        for start in range(0, len(columns), room):
            part = columns[start : start + room]
            width = min(least, max(_NARROWEST_LABEL, page.width - 1 - _CELL * len(part)))
            _matrix(page, report, labels, part, width, language)
            page.gap()
        _legend(page, report, columns, language)
    _summary(page, report, language)
    if report.diagnoses and not details:
        page.gap()
        page.line((language("hint.details", file=report.diagnoses[0].location.file), "dim"), hanging=2)


def _columns(report: Report) -> list[str]:
    return list(dict.fromkeys(verdict.error for d in report.diagnoses for verdict in d.verdicts))


def _headings(columns: Sequence[str]) -> dict[str, str]:
    """Codes without the stem that all of them share, so that a column stays narrow: TE-07 becomes 07."""
    stems = {code[: code.rfind("-") + 1] for code in columns}
    stem = stems.pop() if len(stems) == 1 else ""
    return {code: code.removeprefix(stem) for code in columns}


def _labels(diagnoses: Sequence[Diagnosis], language: Language) -> list[str]:
    """Names of the rows; the date is added, since one initiative may be described several times."""
    return [f"{plain(language.pick(d.label) or d.iri)} ({plain(d.as_of)})" for d in diagnoses]


def _matrix(
    page: Page, report: Report, labels: list[str], columns: Sequence[str], width: int, language: Language
) -> None:
    headings = _headings(_columns(report))
    head: list[Segment] = [(" " * (width + 1), "")]
    page.line(*head, *[(_fit(headings[code], _CELL), "bold") for code in columns])
    for label, diagnosis in zip(labels, report.diagnoses, strict=True):
        found = {verdict.error: verdict.verdict for verdict in diagnosis.verdicts}
        cells: list[Segment] = [_fit(_shortened(label, width), width + 1)]
        for code in columns:
            verdict = found.get(code)
            mark = f"{symbol(verdict)}{letter(verdict, language)}" if verdict else "–"
            cells.append((_fit(mark, _CELL), style(verdict or "")))
        page.line(*cells)


def _shortened(label: str, width: int) -> str:
    """The label, cut before its date where it is too long."""
    if cell_len(label) <= width:
        return label
    start, space, date = label.rpartition(" (")
    tail = f"… ({date}" if space and cell_len(date) + 8 < width else "…"
    return set_cell_size(start if len(tail) > 1 else label, width - cell_len(tail)).rstrip() + tail


def _fit(content: str, width: int) -> str:
    return set_cell_size(content, width)


def _legend(page: Page, report: Report, columns: Sequence[str], language: Language) -> None:
    marks: list[Segment] = []
    for verdict in VERDICTS:
        marks.append((f"{symbol(verdict)}{letter(verdict, language)}", style(verdict)))
        marks.append(f" {name(verdict, report, language).lower()}   ")
    page.line(*marks)
    labels = {v.error: language.pick(v.label) for d in report.diagnoses for v in d.verdicts}
    headings = _headings(columns)
    for code in columns:
        page.line((f"{_fit(headings[code], 3)} ", "bold"), labels[code], hanging=4)
    page.gap()


def _summary(page: Page, report: Report, language: Language) -> None:
    number = report.summary.get("descriptions", len(report.diagnoses))
    page.line((f"{language.count('summary', number)}: ", "bold"), *tally(report, language), hanging=2)
    if report.skipped:
        page.line(language("skipped", files=", ".join(report.skipped)), hanging=2)


def _findings(page: Page, report: Report, language: Language) -> None:
    rows = [
        (finding.rule, number, finding)
        for number, diagnosis in enumerate(report.diagnoses)
        for verdict in diagnosis.verdicts
        for finding in verdict.findings
    ]
    names = _labels(report.diagnoses, language)
    rows.sort(key=lambda row: (natural(row[0]), row[1]))
    if rows:
        page.line((language("findings"), "bold"))
    for rule, group in groupby(rows, key=lambda row: row[0]):
        _group(page, rule, [(names[number], finding) for _, number, finding in group], language)
    if rows:
        page.gap()


def _group(page: Page, rule: str, found: list[tuple[str, Finding]], language: Language) -> None:
    first = found[0][1]
    role_key = f"role.{first.role}"
    role = language(role_key) if language.has(role_key) else first.role
    look = style("present" if first.role == "detects" else "at-risk")
    source = f" [{citations(first.sources, language)}]" if first.sources else ""
    page.gap()
    page.line((f"{rule} ", look), f"({role}) ", language.count("times", len(found)), (source, "dim"), hanging=2)
    for label, finding in found[:_FINDINGS_SHOWN]:
        where = f" ({place(finding.location)})"
        page.line("• ", (label, "bold"), f": {language.pick(finding.message)}", (where, "dim"), indent=2, hanging=2)
    if len(found) > _FINDINGS_SHOWN:
        page.line(language("and-more", n=len(found) - _FINDINGS_SHOWN), indent=4)
