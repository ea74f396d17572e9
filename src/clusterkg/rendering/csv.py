"""The report as CSV for spreadsheets and data frames: one row for each description and error.

Column names are the same in every language, so that scripts keep working; the labels in the cells follow the language.
"""

from __future__ import annotations

import csv
import io

from clusterkg.diagnosis.model import Diagnosis, Report, Term, Verdict
from clusterkg.rendering.language import Language
from clusterkg.rendering.plain import cell

COLUMNS = (
    "description",
    "label",
    "initiative",
    "described",
    "asOf",
    "illustration",
    "declaredStage",
    "inferredStage",
    "pentagon",
    "error",
    "errorLabel",
    "verdict",
    "verdictLabel",
    "standing",
    "rules",
    "findingCount",
    "evidenceCount",
    "questionCount",
    "notChecked",
    "notApplicable",
    "firstMessage",
    "firstQuestion",
    "firstRemedy",
    "file",
    "line",
)


def render_csv(report: Report, language: Language) -> str:
    """The report as CSV text (RFC 4180, CRLF). A cell that could run as a formula starts with an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for diagnosis in report.diagnoses:
        for verdict in diagnosis.verdicts:
            writer.writerow([cell(value) for value in _row(diagnosis, verdict, language)])
    return buffer.getvalue()


def _row(diagnosis: Diagnosis, verdict: Verdict, language: Language) -> list[str]:
    pick = language.pick
    remedies = [remedy for finding in verdict.findings for remedy in finding.remedies] or list(verdict.remedies)
    place = next((f.location for f in verdict.findings), diagnosis.location)
    return [
        diagnosis.iri,
        pick(diagnosis.label),
        diagnosis.initiative,
        diagnosis.described,
        diagnosis.as_of,
        str(diagnosis.illustration).lower(),
        _name(diagnosis.stage.declared, language),
        _name(diagnosis.stage.inferred, language),
        diagnosis.pentagon.status,
        verdict.error,
        pick(verdict.label),
        verdict.verdict,
        pick(verdict.verdict_label),
        verdict.standing,
        " ".join(sorted({finding.rule for finding in verdict.findings})),
        str(len(verdict.findings)),
        str(len(verdict.evidence)),
        str(len(verdict.questions)),
        " ".join(verdict.not_checked),
        " ".join(verdict.not_applicable),
        pick(verdict.findings[0].message) if verdict.findings else "",
        pick(verdict.questions[0].text) if verdict.questions else "",
        pick(remedies[0].text) if remedies and verdict.verdict in ("present", "at-risk") else "",
        place.file,
        "" if place.line is None else str(place.line),
    ]


def _name(term: Term | None, language: Language) -> str:
    return "" if term is None else language.pick(term.label) or term.value
