"""The diagnoses of a thing as a table: an error a row, a diagnosis a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from pyoxigraph import NamedNode

from clusterkg.namespaces import ID_BASE, RULE
from clusterkg.rendering.language import Language
from clusterkg.rendering.marks import symbol
from clusterkg.rules import natural
from clusterkg.server.api.rows import slug_of
from clusterkg.server.linked_data.asking import Asker, Row, text_of
from clusterkg.server.linked_data.names import Names, Words

_MOST = 4000
_CLUSTERS = ID_BASE + "cluster/"
_ASKED = f"""
SELECT ?diagnosis ?description ?asOf ?error ?code ?verdict ?notation (GROUP_CONCAT(DISTINCT STR(?rule); separator=" ") AS ?rules)
  (GROUP_CONCAT(DISTINCT STR(?subject); separator=" ") AS ?subjects) WHERE {{
  {{ ?diagnosis dcterms:subject %s }} UNION {{ ?diagnosis ckg:diagnoses %s }} UNION {{ VALUES ?diagnosis {{ %s }} }}
  ?diagnosis a ckg:Diagnosis ; ckg:diagnoses ?description ; ckg:asOf ?asOf ; ckg:judgement ?judgement .
  ?judgement ckg:error ?error ; ckg:verdict ?verdict .
  OPTIONAL {{ ?diagnosis dcterms:subject ?subject }}
  OPTIONAL {{ ?error ckg:code ?code }}
  OPTIONAL {{ ?verdict skos:notation ?notation }}
  OPTIONAL {{ ?judgement ckg:hasFinding/ckg:rule ?rule }}
}} GROUP BY ?diagnosis ?description ?asOf ?error ?code ?verdict ?notation LIMIT {_MOST}
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A diagnosis: its IRI, the description that was judged, as of when, and where the API has it."""

    iri: str
    description: str
    label: Words
    as_of: str
    api: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A verdict: its symbol, its name, the rules that found something."""

    notation: str
    symbol: str
    label: Words
    rules: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An error and what each diagnosis says of it; None where it says nothing."""

    error: str
    code: str
    label: Words
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class DiagnosisTable:
    """The verdicts on a thing."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def asked(asker: Asker, node: NamedNode) -> list[Row]:
    """The judgements on an initiative, a cluster or a description, or of a diagnosis, as the store holds them."""
    return asker.rows(_ASKED % (node, node, node))


def mentioned(rows: Sequence[Row]) -> set[str]:
    """The IRIs whose names the table needs."""
    return {text_of(row[name]) for row in rows for name in ("error", "verdict", "description")}


def table(rows: Sequence[Row], names: Names, speaks: Language) -> DiagnosisTable | None:
    """The judgements as a table, oldest diagnosis first; None where there are none."""
    columns = {}
    lines: dict[str, dict[str, Cell]] = {}
    codes: dict[str, str] = {}
    for row in rows:
        diagnosis, error, description = text_of(row["diagnosis"]), text_of(row["error"]), text_of(row["description"])
        label = names.called(description, speaks)
        columns[diagnosis] = Column(diagnosis, description, label, text_of(row["asOf"]), _api(row))
        codes[error] = text_of(row.get("code")) or error
        lines.setdefault(error, {})[diagnosis] = _cell(row, names, speaks)
    if not lines:
        return None
    ordered = sorted(columns.values(), key=lambda one: (one.as_of, one.description))
    return DiagnosisTable(
        tuple(ordered),
        tuple(
            Line(error, codes[error], names.called(error, speaks), tuple(lines[error].get(one.iri) for one in ordered))
            for error in sorted(lines, key=lambda iri: natural(codes[iri]))
        ),
    )


def _api(row: Row) -> str:
    """The path of the diagnosis as JSON, which goes by the cluster's slug and the date; nothing where no cluster is named."""
    clusters = [iri for iri in text_of(row.get("subjects")).split() if iri.startswith(_CLUSTERS)]
    if not clusters:
        return ""
    query = urlencode({"as-of": text_of(row["asOf"]), "description": text_of(row["description"])})
    return f"/api/clusters/{quote(slug_of(min(clusters)))}/diagnosis?{query}"


def _cell(row: Row, names: Names, speaks: Language) -> Cell:
    notation = text_of(row.get("notation"))
    found = text_of(row.get("rules")).split()
    rules = tuple(sorted(((iri, RULE.local_name(iri)) for iri in found), key=lambda pair: natural(pair[1])))
    return Cell(notation, symbol(notation), names.called(text_of(row["verdict"]), speaks), rules)
