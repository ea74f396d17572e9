"""`clusterkg token`: who may write through the server."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from clusterkg.cli.failures import said, tell
from clusterkg.cli.options import Choice, lang_option
from clusterkg.cli.output import emit
from clusterkg.errors import UsageError
from clusterkg.rendering.language import Language
from clusterkg.rendering.plain import plain

_SCOPES = ("read", "write", "admin")


class Day(click.ParamType[str]):
    """The last day on which something holds."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The instant at which that day has passed, in UTC. Raises UsageError where it is no day, or has passed already."""
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
                raise ValueError(value)
            end = datetime.fromisoformat(f"{value}T23:59:59+00:00")
        except ValueError as error:
            raise UsageError(said("error.day", value=value)) from error
        if end < datetime.now(UTC):
            raise UsageError(said("error.day-passed", value=value))
        return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def _file_option(function: Any) -> Any:
    return click.option(
        "--tokens",
        "file",
        envvar="CLUSTERKG_TOKENS",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        callback=_required,
        help="The file of tokens, the one that the server is given. Default: CLUSTERKG_TOKENS.",
    )(function)


def _required(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path:
    if file is None:
        raise UsageError(said("error.no-token-file"))
    return file


@click.group(
    epilog="""\b
Examples:
  clusterkg token add mexico --scope write --expires 2027-12-31 --tokens tokens.json
  clusterkg token list --tokens tokens.json
  clusterkg token revoke mexico --tokens tokens.json"""
)
def token() -> None:
    """Tokens that let programs and people write through the server. Their file holds hashes only."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    type=Choice(_SCOPES),
    default="read",
    show_default=True,
    help="What it allows; each holds those before it.",
)
@click.option(
    "--expires", type=Day(), metavar="DATE", help="The last day on which it is valid. Default: it does not end."
)
@_file_option
@lang_option
def add(*, name: str, scope: str, expires: str | None, file: Path, speaks: Language) -> None:
    """Make a token called NAME and show it, this once."""
    from clusterkg.server.operation.tokens import Tokens

    secret = Tokens(file).add(name, scope, expires)
    emit(secret + "\n")
    tell(speaks("token.once"))


@token.command("list")
@_file_option
@lang_option
def list_(*, file: Path, speaks: Language) -> None:
    """List the tokens: name, scope, since when, until when."""
    from clusterkg.server.operation.tokens import Tokens

    rows = [
        [
            one.name,
            one.scope,
            one.created,
            one.expires or "–",
            speaks("token.revoked", date=one.revoked) if one.revoked else "",
        ]
        for one in Tokens(file).all()
    ]
    if not rows:
        tell(speaks("token.none"))
        return
    head = [speaks(f"token.{name}") for name in ("name", "scope", "created", "expires")] + [""]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]
    ]
    emit("\n".join(plain(line) for line in lines) + "\n")


@token.command()
@click.argument("name")
@_file_option
@lang_option
def revoke(*, name: str, file: Path, speaks: Language) -> None:
    """Make the token called NAME worthless; a running server refuses it from the next request on."""
    from clusterkg.server.operation.tokens import Tokens

    Tokens(file).revoke(name)
    emit(plain(speaks("token.gone", name=name)) + "\n")
