"""Which graphs a token may write to, beyond its scope: what is derived is nobody's to write, what all rests on is administrators'."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request

from clusterkg.errors import text
from clusterkg.namespaces import DIAGNOSIS_BASE, PREFIXES
from clusterkg.server.operation.tokens import require
from clusterkg.server.problems import Problem
from clusterkg.sparql_targets import targets
from clusterkg.store.base import APART, KNOWLEDGE


def may_write(request: Request, graphs: Iterable[str | None]) -> None:
    """Raise Problem (403) where one of these graphs is not for this token to write."""
    for graph in graphs:
        if graph in APART or (graph or "").startswith(DIAGNOSIS_BASE):
            raise Problem(
                403,
                text(
                    "Ese grafo se deriva de los demás y no se escribe.",
                    "That graph is derived from others and is not written to.",
                ),
                hint=text(
                    "Escriba la descripción; su diagnóstico se renueva con ella.",
                    "Write the description; its diagnosis is renewed with it.",
                ),
            )
        if graph in KNOWLEDGE:
            require(request, "admin")


def may_update(request: Request, sparql: str) -> None:
    """Raise Problem (403) where an update may write to vocabulary or rules, or to any graph at all, and the token is no administrator's."""
    named = targets(sparql, PREFIXES).graphs
    if named is None or named & KNOWLEDGE:
        require(request, "admin")
