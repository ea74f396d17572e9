"""`clusterkg ontology`: does the vocabulary contradict itself? Its documentation, as pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterkg.cli.options import LanguageType, lang_option
from clusterkg.cli.output import emit, text_width, wants_color
from clusterkg.rendering.language import Language, preferred_language

if TYPE_CHECKING:
    from clusterkg.merged import Name
    from clusterkg.ontology_check import OntologyReport
    from clusterkg.shape_lint import LintProblem


@click.group()
def ontology() -> None:
    """Work on the vocabulary itself."""


@ontology.command(
    epilog="""\b
Examples:
  clusterkg ontology check
  clusterkg ontology check my-module.ttl --lang es

Exit codes: 0 sound, 1 a contradiction or a class that nothing can be of, 2 it cannot be checked."""
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@lang_option
def check(*, files: tuple[Path, ...], speaks: Language) -> int:
    """Check consistency and classes with HermiT, and the shapes for what engines pass over in silence.

    FILES are checked together with the shipped vocabulary.
    """
    from clusterkg.ontology_check import check_ontology
    from clusterkg.resources import resources
    from clusterkg.shape_lint import lint_shapes
    from clusterkg.vocabulary import shipped_vocabulary

    problems = lint_shapes(resources() / "shapes", shipped_vocabulary())
    report = check_ontology(resources(), list(files))
    emit(_text(report, problems, speaks))
    return 0 if report.sound and not problems else 1


@ontology.command(
    epilog="""\b
Examples:
  clusterkg ontology docs build/vocabulary
  clusterkg ontology docs pages-es --lang es

Needs: pip install 'clusterkg[docs]'."""
)
@click.argument("folder", metavar="OUT_FOLDER", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--lang",
    "only",
    type=LanguageType(),
    metavar="es|en",
    help="Write the pages in this language only, and say so in it. Default: in every language.",
)
def docs(*, folder: Path, only: Language | None) -> None:
    """Write the pages of the vocabulary: modules, terms, schemes, concepts, rules, errors and profiles.

    They open from the folder itself, without a server, and load nothing from elsewhere. What an earlier run wrote into
    OUT_FOLDER is replaced; a folder that holds other things is left alone.
    """
    from clusterkg.resources import resources
    from clusterkg.vocabulary_pages import build_site
    from clusterkg.vocabulary_pages.speaking import page_language

    built = build_site(resources(), folder, [only.code] if only else [])
    says = page_language(only.code if only else preferred_language())
    emit(says("built", things=built.things, files=built.files, start=folder / "index.html") + "\n")


def _text(report: OntologyReport, problems: Sequence[LintProblem], speaks: Language) -> str:
    from clusterkg.rendering.page import Page

    page = Page(text_width(None), color=wants_color(None))
    page.line(
        speaks(
            "ontology.counts",
            classes=report.classes,
            properties=report.properties,
            individuals=report.individuals,
            reasoner=report.reasoner,
            seconds=f"{report.seconds:.1f}",
        )
    )
    if report.sound:
        page.line(("✓ ", "green"), speaks("ontology.sound"))
    if report.inconsistent:
        page.line(("✗ ", "bold red"), f"{speaks('ontology.inconsistent')}:")
        for contradiction in report.explanation:
            page.line(f"• {speaks.pick(contradiction.message)}", indent=2, hanging=2)
    if report.unsatisfiable:
        page.line(("✗ ", "bold red"), f"{speaks('ontology.unsatisfiable')}:")
        for name in report.unsatisfiable:
            page.line(f"• {_name(name, speaks)}", indent=2, hanging=2)
    page.line(("✗ ", "bold red") if problems else ("✓ ", "green"), speaks("ontology.shapes", count=len(problems)))
    for problem in problems:
        page.line(f"• {problem.where}: {problem.problem}", indent=2, hanging=2)
    return page.text()


def _name(name: Name, speaks: Language) -> str:
    return speaks.pick(name.label) or name.iri
