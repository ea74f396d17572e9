"""`clusterkg convert`: the same statements in another syntax."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from clusterkg.cli.options import lang_option
from clusterkg.cli.output import emit, refuse_overwriting
from clusterkg.rendering.language import Language


@click.command(
    epilog="""\b
Examples:
  clusterkg convert my-cluster.yaml my-cluster.ttl
  clusterkg convert my-cluster.ttl my-cluster.yaml
  clusterkg convert my-cluster.yaml - --to ntriples

Formats: turtle, trig, ntriples, nquads, rdfxml, jsonld, yaml, json. What is written is read back and
compared; where a format cannot hold the statements, nothing is written."""
)
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "source_format", metavar="FORMAT", help="Syntax of IN, where its ending does not tell it.")
@click.option("--to", "target_format", metavar="FORMAT", help="Syntax of OUT, where its ending does not tell it.")
@lang_option
def convert(
    *, source: str, target: str, source_format: str | None, target_format: str | None, speaks: Language
) -> None:
    """Convert a description between formats without loss; - is standard input or output."""
    from clusterkg.cli.failures import said, tell
    from clusterkg.conversion import convert as converted
    from clusterkg.errors import UsageError
    from clusterkg.reading import parse_quads
    from clusterkg.reading.formats import format_of_path
    from clusterkg.rendering.plain import plain

    out = None if target == "-" else Path(target)
    form = target_format or (known.name if out and (known := format_of_path(out)) else None)
    if form is None:
        raise UsageError(said("error.missing", name="--to"))
    refuse_overwriting(out, [source])
    quads = parse_quads(sys.stdin.buffer.read() if source == "-" else Path(source), format=source_format)
    emit(converted(quads, form), out)
    if out is not None:
        tell(plain(speaks("wrote", file=target)))
