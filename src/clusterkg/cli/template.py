"""`clusterkg template`: an empty description to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from clusterkg.cli.failures import said
from clusterkg.cli.options import format_option, lang_option, out_option
from clusterkg.cli.output import emit
from clusterkg.errors import UsageError
from clusterkg.rendering.language import Language


@click.command(
    epilog="""\b
Examples:
  clusterkg template > my-cluster.yaml
  clusterkg template --lang es --out mi-cluster.yaml"""
)
@format_option("yaml")
@lang_option
@out_option
def template(*, form: str, speaks: Language, out: Path | None) -> None:
    """Write an empty, commented description to fill in."""
    from clusterkg.template import yaml_template

    if out is not None and out.is_file() and out.stat().st_size:
        raise UsageError(said("error.exists", file=out))
    emit(yaml_template(speaks), out)
