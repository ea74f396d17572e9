"""What validation said about one description on one date: raw results, sorted by rule and by what they mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from clusterkg.baking import OPEN, WITNESS, BakedShapes
from clusterkg.engines import RawResult
from clusterkg.graph import Term
from clusterkg.rules import Rule
from clusterkg.view import View


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: its rule, the focus node, path (SPARQL syntax) and value as terms."""

    rule: Rule
    focus: Term
    path: str
    value: Term | None
    severity: str
    component: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two hits on different dates the same."""
        return self.rule.iri, str(self.focus), str(self.value)


@dataclass(frozen=True)
class Outcome:
    """Results of one view: `failed` (sign there, or evidence missing), `open` (sign there, gate open), `witnesses` (evidence)."""

    view: View
    failed: dict[str, tuple[Hit, ...]]
    open: dict[str, tuple[Hit, ...]]
    witnesses: dict[str, tuple[Hit, ...]]
    focus_nodes: dict[str, int]


def sort_results(view: View, shapes: BakedShapes, results: Iterable[RawResult], focus_nodes: dict[str, int]) -> Outcome:
    """Sort raw results by the part of the rule that reported them; the same thing said twice counts once."""
    parts: dict[str, dict[str, dict[tuple[str, str, str], Hit]]] = {
        "rule": defaultdict(dict),
        OPEN: defaultdict(dict),
        WITNESS: defaultdict(dict),
    }
    for result in _enough(shapes, results):
        rule, part = shapes.part_of(result.source_shape)
        hit = Hit(
            rule, parse_term(result.focus_node), result.path, parse_term(result.value) if result.value else None,
            result.severity, result.component,
        )  # fmt: skip
        parts[part][rule.iri][result.focus_node, result.path, result.value] = hit
    frozen = {part: {iri: tuple(hits.values()) for iri, hits in found.items()} for part, found in parts.items()}
    return Outcome(view, frozen["rule"], frozen[OPEN], frozen[WITNESS], focus_nodes)


def _enough(shapes: BakedShapes, results: Iterable[RawResult]) -> Iterable[RawResult]:
    """All results but those of witnesses that found fewer values than make evidence."""
    found = tuple(results)
    seen = Counter(result.source_shape for result in found)
    return (r for r in found if seen[r.source_shape] >= shapes.minimum.get(r.source_shape, 0))


def parse_term(ntriples: str) -> Term:
    """A term in N-Triples syntax as a pyoxigraph term."""
    quad = next(iter(ox.parse(f"<urn:s> <urn:p> {ntriples} .".encode(), format=ox.RdfFormat.N_TRIPLES)))
    term: Term = quad.object
    return term
