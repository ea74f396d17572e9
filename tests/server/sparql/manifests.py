"""The W3C's test manifests, read into requests and expectations."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
HTS = "http://www.w3.org/2011/http-statusCodes#"
STATUSES = {"OK": {200}, "Created": {201}, "NoContent": {204}, "NotFound": {404}} | {
    f"StatusCode{hundred}xx": set(range(hundred * 100, hundred * 100 + 100)) for hundred in range(1, 6)
}
BASE = "http://w3c.example/sparql11/"
"""Stands for the folder of the suite in IRIs, whatever it is called here."""

LEFT: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "left.yaml").read_text(encoding="utf-8")
)
"""By suite and test: why it does not pass."""


@dataclass(frozen=True)
class Request:
    """A request of a manifest and what is expected of its answer."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    statuses: frozenset[int]
    boolean: bool | None = None
    format: str = ""
    reply_headers: tuple[tuple[str, str], ...] = ()
    reply_body: str | None = None
    location: str = ""


@dataclass(frozen=True)
class Case:
    """One test: the graphs that it needs, by IRI, and its requests in their order."""

    suite: str
    name: str
    graphs: tuple[tuple[str, Path], ...]
    requests: tuple[Request, ...]


def folder() -> Path | None:
    """The folder of the SPARQL 1.1 tests, if there is one."""
    given = os.environ.get("CLUSTERKG_W3C")
    return Path(given) / "sparql" / "sparql11" if given else None


def require_suite() -> None:
    """Skip without the suite; on a build server fail."""
    found = folder()
    if found is None or not found.is_dir():
        reason = "CLUSTERKG_W3C does not name the folder of the W3C test suites"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def parameters(suite: str, cases: dict[str, object]) -> list[object]:
    """Cases for parametrize; those listed as left are expected to fail, and nothing else may."""
    unknown = set(LEFT.get(suite, {})) - set(cases)
    assert not cases or not unknown, f"left.yaml names tests that are not there: {unknown}"
    return [
        pytest.param(case, id=name, marks=[pytest.mark.xfail(reason=LEFT[suite][name], strict=True)])
        if name in LEFT.get(suite, {})
        else pytest.param(case, id=name)
        for name, case in cases.items()
    ]


@cache
def manifest(path: Path) -> Graph:
    graph = Graph()
    graph.parse(
        data=path.read_text(encoding="utf-8"), format="turtle", publicID=BASE + path.parent.name + "/" + path.name
    )
    return graph


def entries(path: Path) -> Iterator[tuple[str, URIRef, Graph]]:
    """Name, node and manifest of each test of a manifest."""
    graph = manifest(path)
    for root in graph.subjects(MF.entries):
        for node in Collection(graph, graph.value(root, MF.entries)):
            yield str(node).rpartition("#")[2], node, graph


def listed(graph: Graph, node: BNode | None, predicate: URIRef) -> list[BNode]:
    head = graph.value(node, predicate) if node is not None else None
    return list(Collection(graph, head)) if head is not None else []


def http_cases(suite: str, *files: str) -> dict[str, Case]:
    """The tests of manifests whose requests are written in the HTTP vocabulary, by name."""
    root = folder()
    if root is None:
        return {}
    cases = {}
    for file in files:
        for name, node, graph in entries(root / suite / file):
            data = []
            for given in graph.objects(node, UT.graphData):
                document = str(graph.value(given, UT.graph)).rpartition("/")[2]
                data.append((str(graph.value(given, RDFS.label)), root / suite / document))
            found = listed(graph, graph.value(node, MF.action), HT.requests)
            requests = tuple(_request(graph, one) for one in found)
            cases[name] = Case(suite, name, tuple(data), requests)
    return cases


def _request(graph: Graph, node: BNode) -> Request:
    reply = graph.value(node, HT.resp)
    boolean = graph.value(reply, MF.expectedBoolean)
    expected = graph.value(graph.value(reply, HT.body), CNT.chars) if graph.value(reply, HT.body) else None
    return Request(
        str(graph.value(node, HT.methodName)),
        str(graph.value(node, HT.absolutePath)),
        dict(_headers(graph, node)),
        _body(graph, graph.value(node, HT.body)),
        frozenset().union(*(STATUSES[str(s).removeprefix(HTS)] for s in graph.objects(reply, MF.expectedStatus))),
        boolean.toPython() if isinstance(boolean, Literal) else None,
        str(graph.value(reply, MF.expectedFormat) or ""),
        tuple(_headers(graph, reply)),
        str(expected) if expected is not None else None,
        str(graph.value(reply, MF.expectedLocation) or ""),
    )


def _headers(graph: Graph, node: BNode) -> Iterator[tuple[str, str]]:
    for header in listed(graph, node, HT.headers):
        yield str(graph.value(header, HT.fieldName)), str(graph.value(header, HT.fieldValue))


def _body(graph: Graph, node: BNode | None) -> bytes:
    if node is None:
        return b""
    return str(graph.value(node, CNT.chars)).encode(str(graph.value(node, CNT.characterEncoding)))


def written_cases(suite: str) -> dict[str, Case]:
    """The tests whose requests stand as text in comments, by name."""
    root = folder()
    if root is None:
        return {}
    cases = {}
    for name, node, graph in entries(root / suite / "manifest.ttl"):
        told = next(str(comment) for comment in graph.objects(node, RDFS.comment) if "#### Request" in comment)
        asked, _, answered = told.partition("#### Request")[2].partition("#### Response")
        cases[name] = Case(suite, name, (), (_written(asked, answered),))
    return cases


def _written(asked: str, answered: str) -> Request:
    head, headers, body = _message(asked)
    method, target, _ = head.split()
    status, expected, content = _message(answered)
    multipart = headers.get("Content-Type", "").startswith("multipart/")
    headers.pop("Host", None)
    kept = tuple((name, value) for name, value in expected.items() if name == "Content-Type")
    return Request(
        method,
        target,
        headers,
        (body.replace("\n", "\r\n") if multipart else body).encode(),
        frozenset({int(status.split()[0])}),
        reply_headers=kept,
        reply_body=content or None,
        location=expected.get("Location", ""),
    )


def _message(block: str) -> tuple[str, dict[str, str], str]:
    """First line, headers, body of a message that is indented by four."""
    lines = [re.sub(r"^ {4}", "", line).rstrip() for line in block.strip("\n").splitlines()]
    text = "\n".join(lines).strip("\n")
    head, _, body = text.partition("\n\n")
    first, *rest = head.splitlines()
    headers = dict(line.split(": ", 1) for line in rest)
    return first, headers, body.strip("\n") + "\n" if body.strip() else ""


@dataclass(frozen=True)
class QueryCase:
    """A test of the query language: the IRIs and files of its dataset, its query, its expected result."""

    name: str
    query: Path
    default: tuple[Path, ...]
    named: tuple[Path, ...]
    result: Path


def query_cases(*files: str) -> dict[str, QueryCase]:
    """The tests of query evaluation that these manifests include, by group and name."""
    root = folder()
    if root is None:
        return {}
    cases = {}
    for file in files:
        graph = manifest(root / file)
        for top in graph.subjects(MF.include):
            for included in Collection(graph, graph.value(top, MF.include)):
                group = str(included).split("/")[-2]
                cases |= dict(_query_cases(root / group))
    return cases


def _query_cases(group: Path) -> Iterator[tuple[str, QueryCase]]:
    for name, node, graph in entries(group / "manifest.ttl"):
        if graph.value(node, RDF.type) not in (MF.QueryEvaluationTest, MF.CSVResultFormatTest):
            continue
        action = graph.value(node, MF.action)

        def files(predicate: URIRef, node=action, graph=graph) -> tuple[Path, ...]:
            found = [graph.value(given, QT.graph) or given for given in graph.objects(node, predicate)]
            return tuple(sorted(group / str(one).rpartition("/")[2] for one in found))

        query = group / str(graph.value(action, QT.query)).rpartition("/")[2]
        result = group / str(graph.value(node, MF.result)).rpartition("/")[2]
        yield (
            f"{group.name}/{name}",
            QueryCase(f"{group.name}/{name}", query, files(QT.data), files(QT.graphData), result),
        )


def iri_of(path: Path) -> str:
    """The IRI of a file of the suite."""
    return f"{BASE}{path.parent.name}/{path.name}"


def syntax_cases(file: str) -> dict[str, tuple[Path, bool]]:
    """By group and name, the queries of these manifests that are only to be understood, or not to be."""
    root = folder()
    if root is None:
        return {}
    graph = manifest(root / file)
    top = next(graph.subjects(MF.include))
    groups = [str(included).split("/")[-2] for included in Collection(graph, graph.value(top, MF.include))]
    good = {MF.PositiveSyntaxTest11: True, MF.NegativeSyntaxTest11: False}
    return {
        f"{group}/{name}": (
            root / group / str(tests.value(node, MF.action)).rpartition("/")[2],
            good[tests.value(node, RDF.type)],
        )
        for group in groups
        for name, node, tests in entries(root / group / "manifest.ttl")
        if tests.value(node, RDF.type) in good
    }
