"""The client for programs and notebooks that wait for their answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self, TypeVar

import httpx
import rdflib

from clusterkg.client.core import Answer, Core, Filter
from clusterkg.client.messages import Operation, Request, Response
from clusterkg.client.records import Cluster, Portfolio
from clusterkg.client.reports import Report
from clusterkg.client.sources import Parameter, Source
from clusterkg.client.table import Table
from clusterkg.client.wire import base_url, closed, incoming, no_answer, outgoing

T = TypeVar("T")


class Client:
    """Asks one server. Safe to use from several threads; use it in a `with` statement, or `close` it.

    Every method raises the errors of clusterkg.client.errors when the server refuses or does not answer, and UsageError or InputError
    for what cannot even be sent.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        language: str = "en",
        timeout: float = 60.0,
        retries: int = 4,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`address` is the server's root. `token` is needed for writing only. `language`: of labels and messages, "es" or "en".

        `timeout` counts in seconds, for one request. A server that is busy (503) is asked again up to `retries` times, when it says so.
        `transport` replaces the network.
        """
        self._core = Core(language=language, token=token, retries=retries)
        self._http = httpx.Client(base_url=base_url(address), timeout=timeout, transport=transport)

    def query(self, query: str, /, **parameters: Parameter | None) -> Answer:
        """Ask SPARQL, or a shipped query by its name, with values for its `$name`s.

        Returns a Table for SELECT, a bool for ASK, an rdflib.Graph for CONSTRUCT and DESCRIBE. Our prefixes need no declaration.
        """
        return self._run(self._core.query(query, parameters))

    def table(self, query: str, /, **parameters: Parameter | None) -> Table:
        """The same where the answer has rows; UsageError for any other kind of query."""
        return self._run(self._core.table(query, parameters))

    def construct(self, query: str, /, **parameters: Parameter | None) -> rdflib.Graph:
        """The same where the answer is a graph; UsageError for any other kind of query."""
        return self._run(self._core.graph(query, parameters))

    def describe(self, iri: str) -> rdflib.Graph:
        """What is stated of a thing: a full IRI, a prefixed name (`error:TE-07`), or what follows /id/ (`cluster/x`)."""
        return self._run(self._core.describe(iri))

    def diagnose(
        self, *sources: Source, profile: str | None = None, as_of: str | None = None, format: str | None = None
    ) -> Report:
        """Judge descriptions, which are not stored: files, their content, or an rdflib.Graph.

        A `str` of several lines is content, any other is a path. `format` ("turtle", "yaml" …) is needed only where neither the ending
        nor the content tells. `as_of` is a day, month or year.
        """
        return self._run(self._core.diagnose(sources, profile, as_of, format))

    def clusters(self, **filters: Filter) -> Iterator[Cluster]:
        """Every cluster that passes the filters of /api/clusters (`country="colombia"`, `q="textil"` …), as they are reached."""
        page: int | None = 1
        while page:
            found, page = self._run(self._core.clusters(filters, page))
            yield from found

    def cluster(self, slug: str) -> Cluster:
        """One cluster. Raises NotFound."""
        return self._run(self._core.cluster(slug))

    def diagnosis(
        self, slug: str, *, profile: str | None = None, as_of: str | None = None, description: str | None = None
    ) -> Report:
        """The diagnosis of a cluster by its latest description, or by the one whose slug is given. Raises NotFound."""
        return self._run(self._core.diagnosis(slug, profile, as_of, description))

    def portfolio(self, **filters: Filter) -> Portfolio:
        """Verdicts × clusters, with the filters of /api/portfolio (`verdict=["present", "at-risk"]`, `sort="-present"` …)."""
        return self._run(self._core.portfolio(filters))

    def put(self, source: Source, *, format: str | None = None, graph: str | None = None) -> tuple[str, ...]:
        """Store a description, each in the graph of its own, in place of what was there; returns the names of the graphs.

        `graph`: the slug of a description or the IRI of any graph, for statements that are no description. Needs a token.
        """
        return self._run(self._core.put(source, format, graph))

    def delete(self, graph: str) -> None:
        """Remove a graph: the slug or IRI of a description, or the IRI of any graph. Needs a token. Raises NotFound."""
        self._run(self._core.delete(graph))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, operation: Operation[T]) -> T:
        try:
            request = next(operation)
            while True:
                request = operation.send(self._send(request))
        except StopIteration as end:
            result: T = end.value
            return result

    def _send(self, request: Request) -> Response:
        if self._http.is_closed:
            raise closed()
        if request.after:
            time.sleep(request.after)
        try:
            return incoming(self._http.request(**outgoing(request)))
        except httpx.HTTPError as error:
            raise no_answer(error, self._http.base_url) from error
