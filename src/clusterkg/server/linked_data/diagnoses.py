"""The diagnoses of a thing as a table: an error a row, a diagnosis a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from clusterkg.namespaces import RULE
from clusterkg.rendering.language import Language
from clusterkg.rendering.marks import symbol
from clusterkg.rules import natural
from clusterkg.server.linked_data.asking import Asker, Row, text_of
from clusterkg.server.linked_data.names import Names, Words

_MOST = 4000
_ASKED = f"""
SELECT ?diagnosis ?description ?asOf ?error ?code ?verdict ?notation (GROUP_CONCAT(DISTINCT STR(?rule); separator=" ") AS ?rules) WHERE {{
  {{ ?diagnosis dcterms:subject %s }} UNION {{ ?diagnosis ckg:diagnoses %s }}
  ?diagnosis a ckg:Diagnosis ; ckg:diagnoses ?description ; ckg:asOf ?asOf ; ckg:judgement ?judgement .
  ?judgement ckg:error ?error ; ckg:verdict ?verdict .
  OPTIONAL {{ ?error ckg:code ?code }}
  OPTIONAL {{ ?verdict skos:notation ?notation }}
  OPTIONAL {{ ?judgement ckg:hasFinding/ckg:rule ?rule }}
}} GROUP BY ?diagnosis ?description ?asOf ?error ?code ?verdict ?notation LIMIT {_MOST}
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A diagnosis: its IRI, the description that was judged, and as of when."""

    iri: str
    description: str
    label: Words
    as_of: str


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
    """The judgements on an initiative, a cluster or a description, as the store holds them."""
    return asker.rows(_ASKED % (node, node))


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
        columns[diagnosis] = Column(diagnosis, description, label, text_of(row["asOf"]))
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


def _cell(row: Row, names: Names, speaks: Language) -> Cell:
    notation = text_of(row.get("notation"))
    found = text_of(row.get("rules")).split()
    rules = tuple(sorted(((iri, RULE.local_name(iri)) for iri in found), key=lambda pair: natural(pair[1])))
    return Cell(notation, symbol(notation), names.called(text_of(row["verdict"]), speaks), rules)
