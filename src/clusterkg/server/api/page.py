"""A diagnosis as a plain page: one file, no script, no style; every text escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from clusterkg.diagnosis.model import Location, Report, Term
from clusterkg.rendering.details import citations, place
from clusterkg.rendering.language import Language
from clusterkg.rendering.marks import symbol
from clusterkg.rendering.terms import short_name


def diagnosis_page(report: Report, language: Language) -> str:
    """The report as HTML, in that language; it needs nothing besides itself."""

    def term(value: Term | None) -> str:
        return "" if value is None else language.pick(value.label) or short_name(value.value)

    def role(name: str) -> str:
        return language(f"role.{name}") if language.has(f"role.{name}") else name

    return _environment().get_template("diagnosis.html.j2").render(
        report=report,
        ui=language,
        pick=language.pick,
        term=term,
        role=role,
        place=_placed,
        cited=lambda items: citations(items, language),
        corners=lambda pentagon, names: language.listed([language.pick(pentagon.labels.get(n, {})) or n for n in names]),
        asked=lambda questions: dict.fromkeys(language.pick(question.text) for question in questions),
        symbol=symbol,
    )  # fmt: skip


def _placed(location: Location) -> str:
    """Where it stands; nothing for a graph, which has no lines."""
    return "" if location.line is None else place(location)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("clusterkg.server.api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
