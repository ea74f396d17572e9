"""The report as text for a terminal: one description in full, several as a matrix with the findings by rule."""

from __future__ import annotations

from clusterkg.diagnosis.model import Report
from clusterkg.rendering.details import diagnosis_page
from clusterkg.rendering.language import Language
from clusterkg.rendering.matrix import overview_page
from clusterkg.rendering.page import Page


def render_text(
    report: Report, language: Language, *, width: int = 100, color: bool = False, details: bool = False
) -> str:
    """The report as text, at most `width` columns wide (single long words excepted).

    `details` shows every description in full, after the matrix where there are several.
    """
    page = Page(width, color=color)
    several = len(report.diagnoses) != 1
    if several:
        overview_page(page, report, language, details=details)
    if not several or details:
        for diagnosis in report.diagnoses:
            if several:
                page.gap()
            diagnosis_page(page, report, diagnosis, language)
    return page.text()
