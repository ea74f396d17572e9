"""What a process does that only reads SPARQL: it tells whether a text is SPARQL 1.1, before any service is asked to make sense of it.

A service gets nothing but what the standard knows: words of its own (`DEFINE get:soft`) could have it fetch from elsewhere. The engine
here has no parser apart from its evaluation, which even over no data may take long; hence a process that can be killed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from clusterkg.namespaces import PREFIXES
from clusterkg.store.base import Dataset
from clusterkg.store.query_work import query_error, run
from clusterkg.workers.child import ReplyWriter


@dataclass(frozen=True, slots=True)
class CheckQuery:
    """Replies with the kind of its answer: "bindings", "boolean" or "graph"."""

    sparql: str
    base: str | None = None


@dataclass(frozen=True, slots=True)
class CheckUpdate:
    """Replies with None."""

    sparql: str
    base: str | None = None


class SyntaxWork:
    """Reads queries and updates. Raises QueryError, with line and column, for what is none."""

    def __init__(self, _: object = None) -> None:
        self._empty = ox.Store()

    def work(self, request: CheckQuery | CheckUpdate, _: ReplyWriter) -> str | None:
        """Check one text."""
        if isinstance(request, CheckUpdate):
            self._update(request)
            return None
        found = run(self._empty, request.sparql, Dataset(), request.base)
        if isinstance(found, ox.QueryTriples):
            return "graph"
        return "boolean" if isinstance(found, ox.QueryBoolean) else "bindings"

    def _update(self, request: CheckUpdate) -> None:
        try:
            ox.Store().update(request.sparql, base_iri=request.base, prefixes=PREFIXES)
        except (SyntaxError, ValueError) as error:
            raise query_error(str(error)) from error
        except (RuntimeError, OSError):
            return  # it was understood; whether it can be done depends on what is stored
