"""A report in every format: text, JSON, JSON-LD, Turtle, CSV. Renderers look nothing up; the report is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterkg.rendering.language import Language

if TYPE_CHECKING:
    from clusterkg.diagnosis.model import Report

FORMATS = ("text", "json", "jsonld", "turtle", "csv")
"""Names of the formats, the default first."""


def render(report: Report, format: str, language: Language) -> str:
    """The report in one of FORMATS; text at its default width, without colour.

    Raises:
        KeyError: for any other format.
    """
    if format == "json":
        from clusterkg.rendering.json import render_json

        return render_json(report)
    if format == "csv":
        from clusterkg.rendering.csv import render_csv

        return render_csv(report, language)
    if format in ("jsonld", "turtle"):
        from clusterkg.rendering.rdf import render_jsonld, render_turtle

        return render_turtle(report) if format == "turtle" else render_jsonld(report)
    if format == "text":
        from clusterkg.rendering.text import render_text

        return render_text(report, language)
    raise KeyError(format)
