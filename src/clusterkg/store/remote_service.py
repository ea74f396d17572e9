"""A SPARQL service as the remote store asks it: in its dialect, within limits, every answer looked at before it is believed."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from clusterkg.sparql_text import query_form, tokens
from clusterkg.store.base import Dataset, Limits
from clusterkg.store.dialects import Dialect, dialect_of
from clusterkg.store.http import Connection, Form, Reply
from clusterkg.store.remote_answers import ASKED_FOR, Row, require_success, rows, statements
from clusterkg.store.remote_settings import RemoteSettings

_OWN_BYTES = 1 << 30  # of an answer to a question of the store itself
_PROBE_SECONDS = 5.0
_DATA = "INSERT DATA"  # long, and never with a dataset: not worth reading


class Service:
    """One service. Safe to use from several threads; every method may raise StoreUnavailable, DeadlineExceeded, Busy."""

    def __init__(self, settings: RemoteSettings) -> None:
        self.settings = settings
        self._connection = Connection(settings.credentials, patience=settings.patience)
        self._dialect = settings.engine

    def dialect(self) -> Dialect:
        """The dialect that it speaks: as set, or as its answers say."""
        if self._dialect is None:
            self._post(self.settings.query, {"query": "ASK {}"}, ASKED_FOR["boolean"], Limits(_PROBE_SECONDS))
        assert self._dialect is not None
        return self._dialect

    def probe(self) -> None:
        """See whether it answers, soon."""
        self.ask("ASK {}", "boolean", limits=Limits(_PROBE_SECONDS))

    def ask(self, sparql: str, kind: str, dataset: Dataset = Dataset(), limits: Limits = Limits()) -> Reply:
        """The answer to a query of that kind ("bindings", "boolean", "graph"), as it came. Raises QueryError, AnswerTooLarge."""
        dialect = self.dialect()
        before = dialect.describe + " " if dialect.describe and kind == "graph" and _describes(sparql) else ""
        form: dict[str, str | Sequence[str]] = {"query": before + sparql}
        if dialect.milliseconds:
            form[dialect.milliseconds] = str(int(1000 * (limits.seconds or self.settings.query_seconds)))
        if "query" in dialect.union and not dataset and not _has(sparql, "FROM"):
            form[dialect.union["query"]] = ""
        if dataset.default:
            form["default-graph-uri"] = dataset.default
        if dataset.named or (dataset and dialect.nothing):
            form["named-graph-uri"] = dataset.named or (dialect.nothing,)
        return self._post(self.settings.query, form, ASKED_FOR[kind], limits)

    def select(self, sparql: str, limits: Limits = Limits()) -> list[Row]:
        """The rows of a SELECT of the store's own."""
        return rows(self.ask(sparql, "bindings", limits=self._own(limits)), self.dialect())

    def statements(self, graph: str, limits: Limits = Limits()) -> list[ox.Triple]:
        """The statements of a graph."""
        asked = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}"
        return statements(self.ask(asked, "graph", limits=self._own(limits)))

    def update(self, steps: Sequence[str], limits: Limits = Limits()) -> None:
        """Make these operations in one request.

        Oxigraph gives its own default graph, without the union, to operations that stand beside others with USING or WITH.

        Raises:
            QueryError: where the service does not take them.
        """
        assert self.settings.update is not None
        if steps:
            sparql = " ;\n".join(steps)
            form = {"update": sparql}
            union = self.dialect().union.get("update")
            if union and not any(_has(step, "USING", "WITH") for step in steps if not step.startswith(_DATA)):
                form[union] = ""
            self._post(self.settings.update, form, "*/*", self._own(limits))

    def close(self) -> None:
        """Let go of every connection."""
        self._connection.close()

    def _own(self, limits: Limits) -> Limits:
        """The limits of what the store itself asks."""
        most = _OWN_BYTES if limits.answer_bytes is None else limits.answer_bytes
        return Limits(limits.seconds or self.settings.write_seconds, most)

    def _post(self, address: str, form: Form, accept: str, limits: Limits) -> Reply:
        seconds = limits.seconds or self.settings.query_seconds
        most = self.settings.answer_bytes if limits.answer_bytes is None else limits.answer_bytes
        reply = self._connection.post(address, form, accept, seconds=seconds, most=most)
        if self._dialect is None:
            self._dialect = dialect_of(reply.headers.get("server", ""))
        return require_success(reply, address, self._dialect, seconds=seconds)


def _describes(sparql: str) -> bool:
    return query_form(sparql) == "graph" and _has(sparql, "DESCRIBE")


def _has(sparql: str, *words: str) -> bool:
    """Whether one of these keywords stands outside of every bracket."""
    return any(not token.depth and token.is_word(*words) for token in tokens(sparql))
