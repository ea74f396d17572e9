"""What a client can ask of a server, apart from how it is sent: every method returns an operation (see messages.py)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import rdflib

from clusterkg import __version__
from clusterkg.client import sources
from clusterkg.client.decoding import read_as
from clusterkg.client.errors import (
    AnswerNotUnderstood,
    Problem,
    QueryNotUnderstood,
    ServerProblem,
    error_of,
    read_problem,
)
from clusterkg.client.messages import Operation, Request, Response, not_understood
from clusterkg.client.records import Cluster, ClusterPage, Portfolio
from clusterkg.client.reports import Report, read_report
from clusterkg.client.table import Table, read_table
from clusterkg.errors import UsageError, text

Answer = Table | bool | rdflib.Graph
Filter = str | int | bool | Sequence[str] | None
"""A filter of a list, as /openapi.json names it (with underscores for hyphens); several values are alternatives."""

T = TypeVar("T")
_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_ACCEPTED = f"{_RESULTS}, {_TRIPLES};q=0.9"
_JSON = {"accept": "application/json"}
_LARGE = 1000  # rows a page: one request for most portfolios
_FIRST_PAUSE = 0.5  # seconds, doubled at each attempt, where the server names no time


@dataclass(frozen=True, slots=True)
class Core:
    """`language`: of labels and messages. `retries`: how often a server that answers 503 is asked again, within `patience` seconds."""

    language: str = "en"
    token: str | None = None
    retries: int = 4
    patience: float = 60.0

    def query(self, given: str, parameters: Mapping[str, sources.Parameter | None]) -> Operation[Answer]:
        """See Client.query."""
        sparql = sources.sparql_of(given, parameters, self.language)
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": _ACCEPTED}
        try:
            response = yield from self._ask(
                Request("POST", "sparql", headers=headers, content=urlencode({"query": sparql}).encode())
            )
        except QueryNotUnderstood as error:
            raise _on_own_lines(error.problem) from None
        return _answer(response)

    def table(self, given: str, parameters: Mapping[str, sources.Parameter | None]) -> Operation[Table]:
        """See Client.table."""
        answer = yield from self.query(given, parameters)
        if not isinstance(answer, Table):
            raise UsageError(text("La consulta no es SELECT.", "The query is no SELECT."))
        return answer

    def graph(self, given: str, parameters: Mapping[str, sources.Parameter | None]) -> Operation[rdflib.Graph]:
        """See Client.construct."""
        answer = yield from self.query(given, parameters)
        if not isinstance(answer, rdflib.Graph):
            raise UsageError(
                text("La consulta no es CONSTRUCT ni DESCRIBE.", "The query is neither CONSTRUCT nor DESCRIBE.")
            )
        return answer

    def describe(self, iri: str) -> Operation[rdflib.Graph]:
        """See Client.describe."""
        return self.graph(f"DESCRIBE <{sources.iri_of(iri)}>", {})

    def diagnose(
        self, given: Sequence[sources.Source], profile: str | None, as_of: str | None, format: str | None
    ) -> Operation[Report]:
        """See Client.diagnose."""
        files = tuple(sources.posted(one, format) for one in given)
        request = Request("POST", "api/diagnose", _stated({"profile": profile, "as-of": as_of}), _JSON, files=files)
        return _read(read_report, (yield from self._ask(request)))

    def clusters(self, filters: Mapping[str, Filter], page: int = 1) -> Operation[tuple[Sequence[Cluster], int | None]]:
        """One page and the number of the next, if there is one; see Client.clusters."""
        found = yield from self._list(ClusterPage, "api/clusters", {**filters, "page": page})
        return found.items, page + 1 if page < found.pages and found.items else None

    def cluster(self, slug: str) -> Operation[Cluster]:
        """See Client.cluster."""
        response = yield from self._ask(Request("GET", f"api/clusters/{quote(slug, safe='')}", headers=_JSON))
        return _read(lambda tree: read_as(Cluster, tree), response)

    def portfolio(self, filters: Mapping[str, Filter]) -> Operation[Portfolio]:
        """Every page; see Client.portfolio."""
        chosen = {"per_page": _LARGE, **filters}
        whole = yield from self._list(Portfolio, "api/portfolio", {**chosen, "page": 1})
        for number in range(2, whole.pages + 1):
            part = yield from self._list(Portfolio, "api/portfolio", {**chosen, "page": number})
            whole = replace(whole, items=whole.items + part.items)
        return whole

    def _list(self, kind: type[T], path: str, filters: Mapping[str, Filter]) -> Operation[T]:
        def read(tree: Any) -> T:
            if not isinstance(tree, Mapping) or not isinstance(tree.get("items"), list):
                raise ValueError("no list")
            return read_as(kind, tree)

        return _read(read, (yield from self._ask(Request("GET", path, _filters(filters), _JSON))))

    def diagnosis(
        self, slug: str, profile: str | None, as_of: str | None, description: str | None
    ) -> Operation[Report]:
        """See Client.diagnosis."""
        path = f"api/clusters/{quote(slug, safe='')}/diagnosis"
        request = Request("GET", path, _stated({"profile": profile, "as-of": as_of, "description": description}), _JSON)
        return _read(read_report, (yield from self._ask(request)))

    def put(self, source: sources.Source, format: str | None, graph: str | None) -> Operation[tuple[str, ...]]:
        """See Client.put."""
        graphs = sources.graphs_of(source, format, graph)
        headers = {"content-type": _TRIPLES, "accept": "*/*"}
        for iri, ntriples in graphs.items():
            yield from self._ask(Request("PUT", "rdf-graph-store", {"graph": iri}, headers, ntriples))
        return tuple(graphs)

    def delete(self, graph: str) -> Operation[None]:
        """See Client.delete."""
        yield from self._ask(Request("DELETE", "rdf-graph-store", {"graph": sources.graph_iri(graph)}))

    def _ask(self, request: Request) -> Operation[Response]:
        """The answer, if it is one; a server that is busy is asked again.

        Raises:
            ServerProblem, AnswerNotUnderstood: when it is none.
        """
        request = replace(request, headers=self._headers() | dict(request.headers))
        waited, pause, retries = 0.0, _FIRST_PAUSE, self.retries
        response = yield request
        while response.status == 503 and retries:
            said = response.retry_after(time.time())
            wait = pause if said is None else said
            if waited + wait > self.patience:
                break
            response = yield replace(request, after=wait)
            waited, pause, retries = waited + wait, pause * 2, retries - 1
        if response.status >= 400:
            raise error_of(read_problem(response.status, _tree(response)))
        if response.status >= 300:
            raise _moved(response)
        return response

    def _headers(self) -> dict[str, str]:
        credential = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return {"user-agent": f"clusterkg/{__version__}", "accept-language": self.language, **credential}


def _on_own_lines(problem: Problem) -> ServerProblem:
    """The same problem with the line as the caller wrote it: our prefixes are declared in a line before it."""
    line = problem.line - 1 if problem.line and problem.line > 1 else problem.line
    return error_of(replace(problem, line=line))


def _answer(response: Response) -> Answer:
    if response.media_type == _TRIPLES:
        return rdflib.Graph().parse(data=response.content, format="nt")
    if response.media_type != _RESULTS:
        raise not_understood("SPARQL", response)
    tree = response.json()
    if isinstance(tree, dict) and isinstance(tree.get("boolean"), bool):
        return bool(tree["boolean"])
    return _read(read_table, response)


def _read(reader: Callable[[Any], T], response: Response) -> T:
    try:
        return reader(response.json())
    except ValueError as error:
        raise not_understood("JSON", response) from error


def _tree(response: Response) -> object:
    try:
        return response.json() if response.media_type.endswith("json") else None
    except AnswerNotUnderstood:
        return None


def _moved(response: Response) -> AnswerNotUnderstood:
    place = response.headers.get("location", "?")
    return AnswerNotUnderstood(
        text(f"El servidor remite a {place}.", f"The server refers to {place}."),
        hint=text("Use esa dirección.", "Use that address."),
    )


def _stated(query: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in query.items() if value is not None}


def _filters(given: Mapping[str, Filter]) -> dict[str, str | Sequence[str]]:
    written: dict[str, str | Sequence[str]] = {}
    for name, value in given.items():
        if value is not None:
            plain = str(value).lower() if isinstance(value, bool | int) else value
            written[name.rstrip("_").replace("_", "-")] = plain
    return written
