"""`/api/portfolio`: verdicts × clusters, from the diagnoses that the store keeps."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request, Response

from clusterkg.cli.library import library
from clusterkg.diagnosis.worker import DEFAULT_PROFILE
from clusterkg.errors import UsageError, did_you_mean, nearest, text
from clusterkg.namespaces import CKG
from clusterkg.rendering.language import Language
from clusterkg.rendering.marks import VERDICTS
from clusterkg.rendering.plain import cell
from clusterkg.server.api import parameters as given
from clusterkg.server.api.clusters import description_slug, filters
from clusterkg.server.api.documented import READING, problems
from clusterkg.server.api.knowledge import errors_of
from clusterkg.server.api.media import wanted_type
from clusterkg.server.api.models import ErrorSummary, ErrorTotal, PortfolioPage, PortfolioRow, Thing, VerdictName
from clusterkg.server.api.paging import counted, set_links
from clusterkg.server.api.rows import Facts, Key, facts_of, label_of, links_of, slug_of
from clusterkg.server.api.selection import DIAGNOSED, KEPT, Filters, by_name, selection
from clusterkg.server.api.sparql import count, iri, last_day, select, values
from clusterkg.server.app import services
from clusterkg.store.base import Store

router = APIRouter(tags=["portfolio"])

JSON, CSV = "application/json", "text/csv"
_JUDGED = f"""GRAPH ?judged {{ ?diagnosis ckg:judgement ?judgement . ?judgement ckg:error ?error ; ckg:verdict ?verdict }}
  {KEPT}"""


_VARIABLES = ("cluster", "description", "diagnosis", "asOf")


class VerdictFilter(StrEnum):
    """The four verdicts."""

    PRESENT = "present"
    AT_RISK = "at-risk"
    ABSENT = "absent"
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"


class PortfolioOrder(StrEnum):
    """What rows are sorted by; with a minus the other way round. A verdict: how many errors have it."""

    LABEL = "label"
    LABEL_DOWN = "-label"
    DESCRIBED = "described"
    DESCRIBED_DOWN = "-described"
    PRESENT = "present"
    PRESENT_DOWN = "-present"
    AT_RISK = "at-risk"
    AT_RISK_DOWN = "-at-risk"
    ABSENT = "absent"
    ABSENT_DOWN = "-absent"
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"
    NOT_ENOUGH_EVIDENCE_DOWN = "-not-enough-evidence"


class Which(StrEnum):
    """Which descriptions of a cluster."""

    LATEST = "latest"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which columns and rows, and in what order."""

    columns: list[ErrorSummary]
    verdicts: list[VerdictFilter]
    latest: bool
    order: PortfolioOrder


def asked(
    error: Annotated[list[str], Query(description="Only these errors, by code.", examples=[["TE-07"]])] = [],  # noqa: B006
    verdict: Annotated[
        list[VerdictFilter], Query(description="Only rows where one of the errors has one of these verdicts.")
    ] = [],  # noqa: B006
    descriptions: Annotated[Which, Query(description="The latest description of each cluster, or all.")] = Which.LATEST,
    sort: Annotated[
        PortfolioOrder, Query(description="What to sort by; with a minus the other way round.")
    ] = PortfolioOrder.LABEL,
) -> Asked:
    """What is asked of the portfolio besides the filters of clusters."""
    return Asked(_columns(error), verdict, descriptions is Which.LATEST, sort)


@router.get(
    "/portfolio",
    operation_id="getPortfolio",
    summary="Verdicts × clusters",
    response_model=PortfolioPage,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}, **problems(*READING)},
)
def get_portfolio(
    request: Request,
    response: Response,
    chosen: Annotated[Filters, Depends(filters)],
    wanted: Annotated[Asked, Depends(asked)],
    language: Annotated[Language, Depends(given.reader)],
    page: given.Page = 1,
    per_page: Annotated[int, Query(alias="per-page", ge=1, le=1000, description="How many a page.")] = 50,
) -> PortfolioPage | Response:
    """The verdicts on every cluster by the default profile, as of the date of its description, and how often each occurs."""
    kind = wanted_type(request, (JSON, CSV))
    store = services(request).store
    pattern = selection(store, replace(chosen, latest=wanted.latest))
    total, rows, totals = 0, list[PortfolioRow](), list[ErrorTotal]()
    if pattern is not None:
        pattern = f"{pattern} {DIAGNOSED} {_having(wanted)}"
        inner = f"SELECT DISTINCT ?cluster ?description WHERE {{ {pattern} }}"
        total = count(store, f"SELECT (COUNT(*) AS ?n) WHERE {{ {{ {inner} }} }}")
        totals = _totals(store, pattern, wanted.columns)
        window = f" LIMIT {per_page} OFFSET {(page - 1) * per_page}"
        rows = _rows(store, _page_query(pattern, wanted, language) + window, wanted.columns)
    set_links(request, response, total, page, per_page)
    if kind == CSV:
        response.headers["Content-Language"] = language.code
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return Response(_csv(rows, wanted.columns, language), media_type=CSV, headers=headers)
    return PortfolioPage(profile=DEFAULT_PROFILE, totals=totals, items=rows, **counted(total, page, per_page))


def _columns(asked: list[str]) -> list[ErrorSummary]:
    """The errors that are shown. Raises UsageError for a code that the profile does not know."""
    known = {one.code: one for one in errors_of(library(), DEFAULT_PROFILE)}
    for code in asked:
        if code not in known:
            near = nearest(code.upper(), known)
            listed = ", ".join(known)
            raise UsageError(
                text(f"No existe el error «{code[:60]}».", f"There is no error “{code[:60]}”."),
                hint=did_you_mean(near) if near else text(f"Errores: {listed}.", f"Errors: {listed}."),
            )
    return [one for code, one in known.items() if not asked or code in asked]


def _having(wanted: Asked) -> str:
    """The pattern that keeps the rows of which one of the columns has one of the verdicts."""
    if not wanted.verdicts:
        return ""
    verdicts = values(("verdict",), [(verdict_iri(one.value),) for one in wanted.verdicts])
    return f"FILTER EXISTS {{ {verdicts} {_judged(wanted.columns)} }}"


def _judged(columns: list[ErrorSummary]) -> str:
    """The verdicts on these errors, in the diagnoses that the store keeps."""
    return f"{_JUDGED} FILTER(?error IN ({', '.join(iri(one.iri) for one in columns)}))"


def _totals(store: Store, pattern: str, columns: list[ErrorSummary]) -> list[ErrorTotal]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(VERDICTS, 0))
    query = f"""SELECT ?error ?verdict (COUNT(DISTINCT ?row) AS ?n) WHERE {{
      {{ SELECT DISTINCT ?cluster ?description ?judged ?diagnosis WHERE {{ {pattern} }} }}
      {_judged(columns)} BIND(CONCAT(STR(?cluster), " ", STR(?description)) AS ?row) }} GROUP BY ?error ?verdict"""
    for row in select(store, query):
        if row.get("verdict") in _NAMES:
            counts[row["error"]][_NAMES[row["verdict"]]] = int(row["n"])
    return [ErrorTotal(error=one.code, iri=one.iri, label=one.label, counts=dict(counts[one.iri])) for one in columns]


def _page_query(pattern: str, wanted: Asked, language: Language) -> str:
    """A query for ?cluster, ?description, ?diagnosis and ?asOf in order."""
    by, down = wanted.order.value.removeprefix("-"), wanted.order.value.startswith("-")
    order = f"ORDER BY {'DESC' if down else 'ASC'}(?key) ?cluster ?description"
    if by == "label":
        return f"{by_name(_VARIABLES, pattern, language.code)} {order}"
    if by == "described":
        key = f"GRAPH ?judged {{ ?diagnosis ckg:described ?day }} BIND({last_day('?day')} AS ?key)"
    else:
        having = f"VALUES ?verdict {{ {iri(verdict_iri(by))} }} {_judged(wanted.columns)}"
        counts = f"SELECT ?diagnosis (COUNT(DISTINCT ?judgement) AS ?n) WHERE {{ {having} }} GROUP BY ?diagnosis"
        key = f"OPTIONAL {{ {counts} }} BIND(COALESCE(?n, 0) AS ?key)"
    shown = " ".join(f"?{name}" for name in _VARIABLES)
    return f"SELECT DISTINCT {shown} ?key WHERE {{ {pattern} {key} }} {order}"


def _rows(store: Store, query: str, columns: list[ErrorSummary]) -> list[PortfolioRow]:
    found = select(store, query)
    keys = [(str(row["cluster"]), str(row["description"])) for row in found]
    facts = facts_of(store, keys)
    cells = _cells(store, sorted({str(row["diagnosis"]) for row in found}), columns)
    return [
        _row(key, facts[key], str(row["asOf"]), cells[row["diagnosis"]]) for key, row in zip(keys, found, strict=True)
    ]


def _cells(store: Store, diagnoses: list[str], columns: list[ErrorSummary]) -> dict[str, dict[str, str]]:
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    if not diagnoses:
        return cells
    codes = {one.iri: one.code for one in columns}
    block = values(("diagnosis",), [(one,) for one in diagnoses])
    query = f"SELECT DISTINCT ?diagnosis ?error ?verdict WHERE {{ {block} {_judged(columns)} }} ORDER BY ?error"
    for row in select(store, query):
        if row["verdict"] in _NAMES:
            cells[row["diagnosis"]][codes[row["error"]]] = _NAMES[row["verdict"]]
    return cells


def _row(key: Key, facts: Facts, as_of: str, verdicts: dict[str, str]) -> PortfolioRow:
    cluster, description = key
    counts = Counter(verdicts.values())
    return PortfolioRow(
        slug=slug_of(cluster),
        iri=cluster,
        label=label_of(facts, cluster),
        countries=facts.listed("country"),
        fields=facts.listed("field"),
        stage=facts.one("declared") or facts.one("inferred"),
        illustration=facts.illustration,
        description=description,
        described=facts.described,
        as_of=as_of,
        verdicts=cast(dict[str, VerdictName], dict(sorted(verdicts.items()))),
        counts={name: counts.get(name, 0) for name in VERDICTS},
        links=links_of(cluster, description_slug(description)),
    )


def verdict_iri(name: str) -> str:
    """The IRI of a verdict: `at-risk` → `ckg:atRisk`."""
    first, *rest = name.split("-")
    return CKG[first + "".join(part.capitalize() for part in rest)].value


_NAMES = {verdict_iri(name): name for name in VERDICTS}


def _csv(rows: list[PortfolioRow], columns: list[ErrorSummary], language: Language) -> str:
    """One row a cluster, one column an error; column names are the same in every language."""

    def told(things: list[Thing]) -> str:
        return "; ".join(language.pick(one.label) or one.iri for one in things)

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    head = ("cluster", "label", "countries", "fields", "stage", "illustration", "description", "described", "asOf")
    writer.writerow([*head, *(one.code for one in columns)])
    for row in rows:
        shown = [
            row.iri,
            language.pick(row.label),
            told(row.countries),
            told(row.fields),
            told([row.stage] if row.stage else []),
        ]
        shown += [str(row.illustration).lower(), row.description, row.described, row.as_of]
        writer.writerow([cell(one) for one in [*shown, *(row.verdicts.get(column.code, "") for column in columns)]])
    return buffer.getvalue()
