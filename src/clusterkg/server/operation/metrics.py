"""Figures for Prometheus, in a registry of the application's own."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Protocol, runtime_checkable

from fastapi import APIRouter, Request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from clusterkg import __version__
from clusterkg.errors import ClusterkgError
from clusterkg.namespaces import DIAGNOSIS_BASE
from clusterkg.store.base import Store
from clusterkg.workers import Pool

router = APIRouter(tags=["operation"])

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60)  # seconds
_NOW = ("busy", "waiting")  # figures of a pool that go up and down; the others only grow
_LOG = logging.getLogger(__name__)
disable_created_metrics()  # type: ignore[no-untyped-call]  # the instant at which each series began would double their number


@runtime_checkable
class HasPools(Protocol):
    """A store whose queries run in processes of ours."""

    def pools(self) -> Mapping[str, Pool]:
        """Its pools by name."""
        ...


class Metrics:
    """The figures of one application."""

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("clusterkg_http_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "clusterkg_http_request_seconds",
            "From the request to the end of its answer.",
            labels[:2],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._bytes = Counter("clusterkg_http_response_bytes", "Bytes of answers.", labels[1:2], registry=self.registry)
        self.running = Gauge("clusterkg_http_requests_running", "Requests under way.", registry=self.registry)
        Gauge("clusterkg_build", "The program's version.", ("version",), registry=self.registry).labels(
            __version__
        ).set(1)
        self.registry.register(StoreFigures(store))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def request(self, method: str, route: str, status: str, seconds: float, size: int) -> None:
        """Note a request that is over."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)
        self._bytes.labels(route).inc(size)

    def text(self) -> bytes:
        """All figures, in the text format of Prometheus."""
        return generate_latest(self.registry)


class StoreFigures(Collector):
    """What the store holds and what its processes do, asked when the figures are read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask the store."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The figures of this moment; of a store that does not answer, only that."""
        try:
            state = self._store.state()
        except ClusterkgError as error:
            _LOG.warning("store does not answer", extra={"problem": type(error).__name__})
            yield GaugeMetricFamily("clusterkg_store_up", "Whether the store answers.", 0)
        else:
            diagnoses = sum(1 for graph in state.graphs if graph.startswith(DIAGNOSIS_BASE))
            yield GaugeMetricFamily("clusterkg_store_up", "Whether the store answers.", 1)
            yield GaugeMetricFamily("clusterkg_store_triples", "Statements in the store.", state.triples)
            yield GaugeMetricFamily("clusterkg_store_graphs", "Named graphs in the store.", len(state.graphs))
            yield GaugeMetricFamily("clusterkg_store_state", "Number of the store's state.", state.number)
            yield GaugeMetricFamily("clusterkg_store_diagnoses", "Diagnoses in the store.", diagnoses)
        if isinstance(self._store, HasPools):
            yield from _of_pools(self._store.pools())


def _of_pools(pools: Mapping[str, Pool]) -> Iterable[Metric]:
    for name in sorted({field.name for pool in pools.values() for field in fields(pool.figures)}):
        family = GaugeMetricFamily if name in _NOW else CounterMetricFamily
        metric = family(f"clusterkg_pool_{name}", f"Requests to worker processes: {name}.", labels=("pool",))
        for pool, each in sorted(pools.items()):
            metric.add_metric((pool,), getattr(each.figures, name))
        yield metric


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def figures(request: Request) -> Response:
    """Counts and durations of requests, the store's size and state, and its processes."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
