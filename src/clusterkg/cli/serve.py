"""`clusterkg serve`: the server."""

from __future__ import annotations

from pathlib import Path

import click

from clusterkg.cli.load import put_shipped
from clusterkg.cli.options import Choice, lang_option
from clusterkg.cli.output import emit
from clusterkg.errors import UsageError, text
from clusterkg.rendering.language import Language


@click.command(
    epilog="""\b
Examples:
  clusterkg serve --shipped
  clusterkg serve --port 8080 --store /srv/clusterkg --tokens /etc/clusterkg/tokens.json
  clusterkg serve --host 0.0.0.0 --public-url https://clusters.example.org --trusted-proxies 10.0.0.5

Every setting can also be given as CLUSTERKG_… in the environment, or in a TOML file (--config): see
docs/operating.md."""
)
@click.option("--host", metavar="ADDRESS", help="Address to listen on. Default: 127.0.0.1, this machine only.")
@click.option("--port", type=int, metavar="PORT", help="Port to listen on; 0 takes a free one. Default: 8000.")
@click.option(
    "--store",
    metavar="FOLDER|ADDRESS",
    help="Folder of the store, or address of a SPARQL 1.1 service. Default: your data folder.",
)
@click.option("--shipped", is_flag=True, help="First load the shipped knowledge graph, unless it is there already.")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="TOML file of settings."
)
@click.option("--public-url", metavar="ADDRESS", help="Address under which readers reach the server.")
@click.option("--trusted-proxies", metavar="ADDRESSES", help="Proxies whose X-Forwarded headers are believed.")
@click.option(
    "--tokens",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Who may write (clusterkg token). Default: nobody.",
)
@click.option("--rate", metavar="RATE", help="Requests that one address may make, as 600/minute. Default: no limit.")
@click.option("--workers", type=int, metavar="N", help="Processes that answer queries. Default: 2.")
@click.option("--query-seconds", type=float, metavar="S", help="Deadline of a query. Default: 20.")
@click.option("--log-format", type=Choice(("json", "text")), help="How the log is written. Default: json.")
@lang_option
def serve(*, shipped: bool, config: Path | None, speaks: Language, **flags: object) -> int:
    """Serve the store: SPARQL, linked data, diagnoses. Ends on Ctrl-C or SIGTERM, after the requests under way."""
    try:
        from clusterkg.server.serve import load_settings
        from clusterkg.server.serve import serve as run
    except ImportError as error:
        raise UsageError(
            text("El servidor no está instalado.", "The server is not installed."),
            hint=text("pip install 'clusterkg[server]'", "pip install 'clusterkg[server]'"),
        ) from error
    settings = load_settings(config, flags)
    run(
        settings,
        lambda address: emit(speaks("serve.ready", address=address) + "\n"),
        lambda store: put_shipped(store, speaks) if shipped else None,
    )
    return 0
