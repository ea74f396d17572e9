"""pyshacl: the long-lived reference. Slow, on every platform, and the judge when engines disagree."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from typing import Any

import pyshacl
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from clusterkg.engines.base import RawResult
from clusterkg.errors import ConfigurationError, text


class Referee:
    """pyshacl behind the engine interface."""

    name = "pyshacl"

    def __init__(self) -> None:
        """Note the version that is installed."""
        self.version = version("pyshacl")

    def prepare(self, shapes: bytes) -> RefereeValidator:
        """Parse the shapes graph once."""
        return RefereeValidator(rdflib.Graph().parse(data=shapes, format="nt"))


class RefereeValidator:
    """Shapes held as an rdflib graph."""

    def __init__(self, shapes: rdflib.Graph) -> None:
        """Keep the parsed shapes."""
        self._shapes = shapes

    def validate(self, data: bytes) -> list[RawResult]:
        """Validate one graph; only `sh:result` counts, nested details do not."""
        graph = _PreparedGraph().parse(data=data, format="nt")
        try:
            _, report, _ = pyshacl.validate(
                graph, shacl_graph=self._shapes, inplace=True, advanced=False, do_owl_imports=False
            )
        except pyshacl.errors.ReportableRuntimeError as error:
            raise _broken(str(error)) from error
        if not isinstance(report, rdflib.Graph):
            raise _broken(str(report))
        return sorted(result_of(report, node) for node in report.objects(None, SH.result))


class _PreparedGraph(rdflib.Graph):
    """A graph that parses each query text once a process; pyshacl hands the same texts over for every focus node of every graph."""

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> rdflib.query.Result:
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **kwargs)


@lru_cache(maxsize=1024)
def _prepared(text_of_query: str) -> Query:
    return prepareQuery(text_of_query)


def _broken(reason: str) -> ConfigurationError:
    return ConfigurationError(
        text(f"pyshacl no acepta las reglas: {reason}", f"pyshacl does not accept the rules: {reason}")
    )


def result_of(report: rdflib.Graph, node: rdflib.term.Node) -> RawResult:
    """One `sh:result` of a report graph, written as every engine's results are."""

    def n3(predicate: rdflib.URIRef) -> str:
        value = report.value(node, predicate)
        return value.n3() if isinstance(value, rdflib.URIRef | rdflib.Literal | rdflib.BNode) else ""

    path = report.value(node, SH.resultPath)
    return RawResult(
        focus_node=n3(SH.focusNode),
        path="" if path is None else _path(report, path),
        value=_plain(n3(SH.value)),
        component=n3(SH.sourceConstraintComponent)[1:-1],
        severity=n3(SH.resultSeverity)[1:-1],
        source_shape=n3(SH.sourceShape)[1:-1],
    )


def _plain(term: str) -> str:
    """Literals as other engines write them: a plain string carries no datatype."""
    return term.removesuffix("^^<http://www.w3.org/2001/XMLSchema#string>")


def _path(report: rdflib.Graph, node: rdflib.term.Node) -> str:
    """A path in SPARQL syntax, for the forms that the rules use: predicate, sequence, inverse, alternative."""
    if isinstance(node, rdflib.URIRef):
        return node.n3()
    if (node, RDF.first, None) in report:
        return "(" + "/".join(_path(report, item) for item in Collection(report, node)) + ")"
    inverse = report.value(node, SH.inversePath)
    if inverse is not None:
        return "^" + _path(report, inverse)
    alternatives = report.value(node, SH.alternativePath)
    if alternatives is not None:
        return "(" + "|".join(_path(report, item) for item in Collection(report, alternatives)) + ")"
    raise _broken(f"path {node}")
