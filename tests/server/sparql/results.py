"""Results compared as the standard means it: up to the names of blank nodes, and to the order of rows where none was asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
FORMATS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
Row = dict[str, object]


def same_graph(first: Iterable[ox.Triple], second: Iterable[ox.Triple]) -> bool:
    """Whether two graphs are isomorphic."""
    return _canonical(first) == _canonical(second)


def turtle(content: str | bytes, base: str = "http://base.example/") -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(content, ox.RdfFormat.TURTLE, base_iri=base)]


def _canonical(triples: Iterable[ox.Triple]) -> set[ox.Quad]:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def same_rows(first: Sequence[Row], second: Sequence[Row], *, ordered: bool) -> bool:
    """Whether two results have the same rows, as often and, where `ordered`, in the same order."""
    return len(first) == len(second) and _canonical(_rows(first, ordered)) == _canonical(_rows(second, ordered))


def _rows(rows: Sequence[Row], ordered: bool) -> list[ox.Triple]:
    triples = []
    for number, row in enumerate(rows):
        node = ox.BlankNode(f"row{number}")
        triples.append(ox.Triple(node, RDF_TYPE, ox.NamedNode("x:row")))
        if ordered:
            triples.append(ox.Triple(node, ox.NamedNode("x:place"), ox.Literal(number)))
        for name, value in row.items():
            triples.append(ox.Triple(node, ox.NamedNode(f"x:variable/{name}"), _by_value(value)))
    return triples


def _by_value(term: object) -> object:
    """Numbers by what they mean: 1.0 and 1.00 are one decimal."""
    if not isinstance(term, ox.Literal) or not term.datatype.value.startswith(XSD):
        return term
    kind = term.datatype.value.removeprefix(XSD)
    try:
        if kind in ("integer", "decimal"):
            return ox.Literal(format(Decimal(term.value).normalize(), "f"), datatype=term.datatype)
        if kind in ("double", "float"):
            return ox.Literal(repr(float(term.value)), datatype=term.datatype)
    except (ArithmeticError, ValueError):
        return term
    return term


def solutions(content: bytes, kind: ox.QueryResultsFormat) -> bool | tuple[list[str], list[Row]]:
    """A result in one of the W3C's formats: the truth value, or variables and rows."""
    found = ox.parse_query_results(content, format=kind)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    return names, [{name: row[name] for name in names if row[name] is not None} for row in found]


def result_set(path: Path, base: str) -> bool | tuple[list[str], list[Row]] | list[ox.Triple]:
    """What a Turtle file expects: a result written as RDF, or a graph."""
    triples = turtle(path.read_bytes(), base)
    found = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)

    def values(subject: object, name: str) -> list[object]:
        return [quad.object for quad in found.quads_for_subject(subject) if quad.predicate.value == RS + name]

    roots = [t.subject for t in triples if t.predicate == RDF_TYPE and t.object == ox.NamedNode(RS + "ResultSet")]
    if not roots:
        return triples
    if truth := values(roots[0], "boolean"):
        return truth[0].value == "true"
    rows = []
    for solution in sorted(values(roots[0], "solution"), key=lambda one: [int(i.value) for i in values(one, "index")]):
        pairs = [(values(b, "variable")[0].value, values(b, "value")[0]) for b in values(solution, "binding")]
        rows.append(dict(pairs))
    return [name.value for name in values(roots[0], "resultVariable")], rows


def comma_separated(content: bytes) -> tuple[list[str], list[Row]]:
    """CSV, in which only blank nodes can be told from text."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    found = []
    for row in rows[1:]:
        cells = zip(rows[0], row, strict=True)
        found.append({name: ox.BlankNode(v[2:]) if v.startswith("_:") else ox.Literal(v) for name, v in cells})
    return rows[0], found
