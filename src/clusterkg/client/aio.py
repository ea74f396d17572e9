"""The client for programs that do something else while they wait: the methods of Client, to be awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
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
from clusterkg.client.wire import base_url, incoming, no_answer, outgoing

T = TypeVar("T")


class AsyncClient:
    """Asks one server, as Client does; use it in an `async with` statement, or await `close`."""

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        language: str = "en",
        timeout: float = 60.0,
        retries: int = 4,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """See Client."""
        self._core = Core(language=language, token=token, retries=retries)
        self._http = httpx.AsyncClient(base_url=base_url(address), timeout=timeout, transport=transport)

    async def query(self, query: str, /, **parameters: Parameter | None) -> Answer:
        """See Client.query."""
        return await self._run(self._core.query(query, parameters))

    async def table(self, query: str, /, **parameters: Parameter | None) -> Table:
        """See Client.table."""
        return await self._run(self._core.table(query, parameters))

    async def construct(self, query: str, /, **parameters: Parameter | None) -> rdflib.Graph:
        """See Client.construct."""
        return await self._run(self._core.graph(query, parameters))

    async def describe(self, iri: str) -> rdflib.Graph:
        """See Client.describe."""
        return await self._run(self._core.describe(iri))

    async def diagnose(
        self, *sources: Source, profile: str | None = None, as_of: str | None = None, format: str | None = None
    ) -> Report:
        """See Client.diagnose."""
        return await self._run(self._core.diagnose(sources, profile, as_of, format))

    async def clusters(self, **filters: Filter) -> AsyncIterator[Cluster]:
        """See Client.clusters."""
        page: int | None = 1
        while page:
            found, page = await self._run(self._core.clusters(filters, page))
            for cluster in found:
                yield cluster

    async def cluster(self, slug: str) -> Cluster:
        """See Client.cluster."""
        return await self._run(self._core.cluster(slug))

    async def diagnosis(
        self, slug: str, *, profile: str | None = None, as_of: str | None = None, description: str | None = None
    ) -> Report:
        """See Client.diagnosis."""
        return await self._run(self._core.diagnosis(slug, profile, as_of, description))

    async def portfolio(self, **filters: Filter) -> Portfolio:
        """See Client.portfolio."""
        return await self._run(self._core.portfolio(filters))

    async def put(self, source: Source, *, format: str | None = None, graph: str | None = None) -> tuple[str, ...]:
        """See Client.put."""
        return await self._run(self._core.put(source, format, graph))

    async def delete(self, graph: str) -> None:
        """See Client.delete."""
        await self._run(self._core.delete(graph))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _run(self, operation: Operation[T]) -> T:
        try:
            request = next(operation)
            while True:
                request = operation.send(await self._send(request))
        except StopIteration as end:
            result: T = end.value
            return result

    async def _send(self, request: Request) -> Response:
        if request.after:
            await asyncio.sleep(request.after)
        try:
            return incoming(await self._http.request(**outgoing(request)))
        except httpx.HTTPError as error:
            raise no_answer(error, self._http.base_url) from error
