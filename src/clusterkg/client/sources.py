"""What callers hand in: SPARQL or the name of a shipped query with its parameters, and descriptions as files, bytes or texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from clusterkg.dataset import description_graph, graph_quads
from clusterkg.errors import InputError, UsageError, text
from clusterkg.namespaces import ID_BASE, PREFIXES, XSD
from clusterkg.queries import Term, bindings, fill, find_query
from clusterkg.reading import Document, read_document
from clusterkg.reading.formats import Format, format_named, format_of_path, sniff

Parameter = str | int | float | Decimal | bool | date
"""A value for `$name` in a query. An `rdflib.URIRef` is an IRI; any other text is one only where a shipped query declares it so."""

Source = Path | bytes | str | rdflib.Graph
"""A description: a file, its content, or a graph. A `str` of several lines is content, else it is a path."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A description ready to be sent: its bytes, their media type and what messages call it."""

    content: bytes = field(repr=False)
    media_type: str
    name: str | None = None


def sparql_of(given: str, parameters: Mapping[str, Parameter | None], language: str) -> str:
    """The SPARQL that is meant, with its parameters in place; our prefixes, where it uses them, are declared in its first line.

    Raises:
        UsageError: for an unknown query or parameter, or a value that does not fit.
    """
    query = find_query(given)
    stated = {name: value for name, value in parameters.items() if value is not None}
    if query.name:
        terms = bindings(query, {name: _written(value) for name, value in stated.items()}, language)
    else:
        declared = {one.name for one in query.parameters}
        own = {name: _term(name, value) for name, value in stated.items() if name not in declared}
        known = {name: _written(value) for name, value in stated.items() if name in declared}
        terms = bindings(query, known, language) | own
    prologue = "".join(
        f"PREFIX {prefix}: <{stem}> " for prefix, stem in PREFIXES.items() if re.search(rf"\b{prefix}:", query.sparql)
    )
    return f"{prologue}\n{fill(query.sparql, terms)}"


def iri_of(given: str) -> str:
    """The IRI that a full one, a prefixed name (`error:TE-07`) or a slug below /id/ (`cluster/x`) means.

    Raises:
        UsageError: for what can be none.
    """
    prefix, colon, local = given.partition(":")
    iri = PREFIXES[prefix] + local if colon and prefix in PREFIXES else given if colon else ID_BASE + given
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise UsageError(text(f"«{given}» no es un IRI.", f"“{given}” is no IRI.")) from error


def graph_iri(given: str) -> str:
    """The graph of a description by its slug or IRI; any other IRI is that of a graph."""
    iri = iri_of(given if ":" in given else f"description/{given.removeprefix('description/')}")
    return description_graph(iri).value if iri.startswith(f"{ID_BASE}description/") else iri


def posted(source: Source, format: str | None) -> Posted:
    """A description as it is sent to be diagnosed.

    Raises:
        InputError: where a file cannot be read.
        UsageError: for an unknown format.
    """
    if isinstance(source, rdflib.Graph):
        return Posted(_ntriples(source), "application/n-triples")
    if not (path := _path(source)):
        content = source if isinstance(source, bytes) else str(source).encode()
        return Posted(content, _media_type(content, None, format))
    try:
        content = path.read_bytes()
    except OSError as error:
        message = text("No se puede leer el archivo.", "The file cannot be read.")
        raise InputError(message, file=str(path)) from error
    return Posted(content, _media_type(content, path, format), path.name)


def graphs_of(source: Source, format: str | None, graph: str | None) -> dict[str, bytes]:
    """N-Triples by the graph that each belongs to: the one named, else one for each description that is found.

    Raises:
        InputError: for what is no description, and where no graph is named.
    """
    from clusterkg.vocabulary import shipped_vocabulary

    if graph is not None and isinstance(source, rdflib.Graph):
        return {graph_iri(graph): _ntriples(source)}
    document = _document(source, format)
    if graph is not None:
        return {graph_iri(graph): _lines(quad.triple for quad in document.quads)}
    found: dict[str, list[Triple]] = {}
    for quad in graph_quads(document, shipped_vocabulary()):
        assert isinstance(quad.graph_name, NamedNode)
        found.setdefault(quad.graph_name.value, []).append(quad.triple)
    return {iri: _lines(triples) for iri, triples in found.items()}


def _document(source: Source, format: str | None) -> Document:
    if isinstance(source, rdflib.Graph):
        return read_document(_ntriples(source), format="ntriples")
    if path := _path(source):
        return read_document(path, format=format)
    return read_document(source if isinstance(source, bytes) else str(source).encode(), format=format)


def _path(source: Path | bytes | str) -> Path | None:
    if isinstance(source, Path):
        return source
    return Path(source) if isinstance(source, str) and "\n" not in source and "\r" not in source else None


def _media_type(content: bytes, path: Path | None, format: str | None) -> str:
    known: Format | None = format_named(format) if format else format_of_path(path) if path else None
    known = known or sniff(content[:100_000].decode(errors="replace").lstrip("\ufeff"))
    return next((alias for alias in known.aliases if "/" in alias), "") if known else "application/octet-stream"


def _ntriples(graph: rdflib.Graph) -> bytes:
    return graph.serialize(format="nt", encoding="utf-8")


def _lines(triples: Iterable[Triple]) -> bytes:
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _written(value: Parameter) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _term(name: str, value: Parameter) -> Term:
    if isinstance(value, rdflib.URIRef):
        return NamedNode(iri_of(str(value)))
    kinds = {bool: "boolean", int: "integer", float: "double", Decimal: "decimal", datetime: "dateTime", date: "date"}
    kind = next((kinds[one] for one in type(value).__mro__ if one in kinds), None)
    if kind is None and not isinstance(value, str):
        message = text(f"El valor de «{name}» no se puede usar.", f"The value of “{name}” cannot be used.")
        raise UsageError(message)
    lexical = value.isoformat() if isinstance(value, date) else _written(value)
    return Literal(lexical, datatype=XSD[kind]) if kind else Literal(lexical)
