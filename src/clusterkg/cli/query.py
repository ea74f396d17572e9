"""`clusterkg query`: ask the shipped graph, and your own descriptions with it, or a store, in SPARQL."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from clusterkg.cli.failures import no_such_choice, report_error, said
from clusterkg.cli.options import Choice, Count, lang_option, out_option
from clusterkg.cli.output import emit, refuse_overwriting, text_width, wants_color
from clusterkg.errors import QueryError, UsageError
from clusterkg.rendering.language import Language

if TYPE_CHECKING:
    from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

    from clusterkg.queries import Query
    from clusterkg.reading import Document
    from clusterkg.rendering.page import Page

_TABULAR = ("table", "csv", "tsv", "json", "xml")
_BOOLEAN = ("table", "json", "xml")
_GRAPH = ("turtle",)


@click.command(
    epilog="""\b
Examples:
  clusterkg query                                    lists the shipped queries
  clusterkg query clusters --lang es
  clusterkg query rules-by-error --param error=error:TE-07
  clusterkg query my.rq --data my-cluster.yaml --format csv --out result.csv
  clusterkg query my.rq --store /srv/clusterkg --seconds 10
  clusterkg query 'SELECT ?c WHERE { ?c a ckg:Cluster }' --format json"""
)
@click.argument("query", required=False, metavar="QUERY")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the query; repeatable.")
@click.option("--data", multiple=True, metavar="PATH", help="Your own descriptions, asked along; repeatable.")
@click.option(
    "--format", "form", type=Choice(("table", "csv", "tsv", "json", "xml", "turtle")), help="Default: table, or turtle."
)
@click.option(
    "--entailments/--no-entailments",
    default=None,
    help="Ask what follows, too. Default: for your own SPARQL, where the reasoner is installed.",
)
@click.option("--diagnose", is_flag=True, help="Ask the verdicts, too; shipped queries that need them say so.")
@click.option(
    "--store",
    "place",
    envvar="CLUSTERKG_STORE",
    metavar="FOLDER|ADDRESS",
    help="Ask a store, and nothing else: a folder, or the address of a SPARQL 1.1 service. Default: CLUSTERKG_STORE.",
)
@click.option("--seconds", type=Count(), default=60, show_default=True, help="How long a store may take.")
@lang_option
@out_option
def query(
    *,
    query: str | None,
    params: tuple[str, ...],
    data: tuple[str, ...],
    form: str | None,
    entailments: bool | None,
    diagnose: bool,
    place: str | None,
    seconds: int,
    speaks: Language,
    out: Path | None,
) -> int:
    """Ask the knowledge graph. QUERY: the name of a shipped query, a .rq file, or SPARQL text."""
    from clusterkg.dataset import open_store
    from clusterkg.entailments import available
    from clusterkg.queries import ask, find_query

    if query is None:
        emit(_listing(speaks), out)
        return 0
    asked, given = find_query(query), dict(map(_pair, params))
    refuse_overwriting(out, [query] if query.endswith(".rq") else [])
    documents: list[Document] = []
    code = 0
    more = bool(data or entailments or diagnose)
    if more and click.get_current_context().get_parameter_source("place") is ParameterSource.COMMANDLINE:
        raise UsageError(said("error.query-store"))
    if place and not more:
        emit(_written(_of_store(place, asked, given, seconds, speaks), form, speaks, out), out)
        return code
    if data:
        from clusterkg.cli.check import read_all

        documents, failures = read_all(data, None, out)
        for failure in failures:
            report_error(failure, speaks)
            code = failure.exit_code
    if entailments is None:
        entailments = "entailments" in asked.needs if asked.user else available()
    store = open_store(documents, entailments=entailments, diagnoses=diagnose or "diagnoses" in asked.needs)
    with _interruptible():
        content = _written(ask(store, asked, given, speaks.code), form, speaks, out)
    emit(content, out)
    return code


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the process on the spot: the store answers in one piece, and Python would not be heard until then."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name:
        raise UsageError(said("error.param-form", value=given))
    return name.lstrip("?$"), value


def _of_store(
    place: str, query: Query, given: dict[str, str], seconds: float, speaks: Language
) -> QuerySolutions | QueryBoolean | list[Triple]:
    """What a store answers. Raises UsageError as `ask` does, DeadlineExceeded and its kin where it costs too much."""
    from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

    from clusterkg.cli.stores import opened
    from clusterkg.queries import bindings, fill
    from clusterkg.sparql_text import refuse_unsafe

    refuse_unsafe(query.sparql)
    sparql = fill(query.sparql, bindings(query, given, speaks.code))
    with opened(place, seconds=seconds) as store:
        try:
            answer = store.query(_with_prefixes(sparql))
        except QueryError as error:
            error.file = query.name or "SPARQL"
            raise
    if answer.kind == "graph":
        return [quad.triple for quad in parse(answer.body, format=RdfFormat.N_TRIPLES)]
    return parse_query_results(answer.body, format=QueryResultsFormat.JSON)


def _with_prefixes(sparql: str) -> str:
    """The query with the prefixes that it uses and does not declare, all in its first line, so that lines keep their numbers."""
    from clusterkg.namespaces import PREFIXES

    known = [
        f"PREFIX {name}: <{iri}> "
        for name, iri in PREFIXES.items()
        if re.search(rf"(?<![\w-]){re.escape(name)}:", sparql)
        and not re.search(rf"\bPREFIX\s+{re.escape(name)}\s*:", sparql, re.IGNORECASE)
    ]
    return "".join(known) + sparql


def _written(
    result: QuerySolutions | QueryBoolean | QueryTriples | list[Triple],
    form: str | None,
    speaks: Language,
    out: Path | None,
) -> bytes | str:
    from pyoxigraph import QueryBoolean, QueryResultsFormat, QueryTriples

    formats = {
        "csv": QueryResultsFormat.CSV,
        "tsv": QueryResultsFormat.TSV,
        "json": QueryResultsFormat.JSON,
        "xml": QueryResultsFormat.XML,
    }
    if isinstance(result, QueryTriples | list):
        _require(form or "turtle", _GRAPH)
        from clusterkg.rendering.rdf import turtle

        return turtle(sorted(set(result), key=str))
    if isinstance(result, QueryBoolean):
        _require(form or "table", _BOOLEAN)
        if form in (None, "table"):
            return f"{str(bool(result)).lower()}\n"
        return (result.serialize(format=formats[form or ""]) or b"") + b"\n"
    _require(form or "table", _TABULAR)
    if form in (None, "table"):
        return _table(result, speaks, out)
    content = result.serialize(format=formats[form or ""]) or b""
    return content if content.endswith(b"\n") else content + b"\n"


def _require(form: str, choices: tuple[str, ...]) -> None:
    if form not in choices:
        raise no_such_choice(form, "--format", choices)


def _table(solutions: QuerySolutions, speaks: Language, out: Path | None) -> str:
    import io

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for variable in solutions.variables:
        table.add_column(Text(variable.value), overflow="fold")
    count = 0
    for count, solution in enumerate(solutions, 1):  # noqa: B007 - the last number is the count
        table.add_row(*[Text(_shown(term)) for term in solution])
    buffer = io.StringIO()
    color = wants_color(out)
    console = Console(
        file=buffer, width=text_width(out), force_terminal=color, no_color=not color, highlight=False, emoji=False
    )
    console.print(table)
    lines = [line.rstrip() for line in buffer.getvalue().strip("\n").splitlines()]
    return "\n".join([*lines, speaks.count("query.rows", count)]) + "\n"


def _shown(term: object) -> str:
    from pyoxigraph import Literal, NamedNode

    from clusterkg.rendering.plain import plain
    from clusterkg.rendering.terms import short_name

    if isinstance(term, NamedNode):
        return plain(short_name(term.value))
    return "" if term is None else plain(term.value if isinstance(term, Literal) else str(term))


def _listing(speaks: Language) -> str:
    from clusterkg.queries import USERS, shipped_queries
    from clusterkg.rendering.page import Page

    page = Page(text_width(None), color=wants_color(None))
    known = shipped_queries().values()
    for user in USERS:
        page.line((speaks(f"query.user.{user}"), "bold"))
        for each in known:
            if each.user == user:
                _describe(each, page, speaks)
    return page.text()


def _describe(query: Query, page: Page, speaks: Language) -> None:
    page.line((query.name, "bold"), f" — {speaks.pick(query.title)}", indent=2, hanging=2)
    page.line(speaks.pick(query.description), indent=4)
    for parameter in query.parameters:
        default = "" if parameter.default is None else f" = {parameter.default}"
        page.line(f"--param {parameter.name}=… ({parameter.type}{default})", indent=6, hanging=2)
