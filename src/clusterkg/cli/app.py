"""The group of commands. A command's module is imported when it is called or listed, heavy libraries when it runs."""

from __future__ import annotations

from importlib import import_module

import click

from clusterkg import __version__
from clusterkg.cli.failures import no_such_command

_COMMANDS = {
    "check": "clusterkg.cli.check:check",
    "explain": "clusterkg.cli.explain:explain",
    "rules": "clusterkg.cli.listing:rules",
    "profiles": "clusterkg.cli.listing:profiles",
    "query": "clusterkg.cli.query:query",
    "template": "clusterkg.cli.template:template",
    "convert": "clusterkg.cli.convert:convert",
    "ontology": "clusterkg.cli.ontology:ontology",
    "load": "clusterkg.cli.load:load",
    "export": "clusterkg.cli.export:export",
    "status": "clusterkg.cli.status:status",
    "backup": "clusterkg.cli.backup:backup",
    "restore": "clusterkg.cli.backup:restore",
    "serve": "clusterkg.cli.serve:serve",
    "token": "clusterkg.cli.token:token",
}


class Commands(click.Group):
    """Commands by name, in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        target = _COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments call. Raises UsageError, with the nearest name, where there is none."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            raise no_such_command(args[0], _COMMANDS)
        return super().resolve_command(ctx, args)


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=False,
    invoke_without_command=True,
    epilog="""\b
Examples:
  clusterkg template --lang es > my-cluster.yaml
  clusterkg check my-cluster.yaml --lang es
  clusterkg check data/clusters --format json --out diagnosis.json
  clusterkg explain TE-07

Exit codes: 0 nothing at or above --fail-on, 1 something, 2 the input or the call cannot be used,
3 nothing was checked.""",
)
@click.version_option(__version__, "-V", "--version", prog_name="clusterkg", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> int:
    """Which of the ten cluster errors does a description show, on what evidence, and what to do next?

    Descriptions of cluster initiatives go in (YAML, JSON or any RDF syntax); explained verdicts come out, in Spanish
    or English. Without --lang, the language is that of CLUSTERKG_LANG or of your system.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 0
