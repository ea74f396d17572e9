"""What descriptions may see of one another: rules that look across clusters meet others in the same field at the same place.

Descriptions are found by the fields that they name, so that many of them cost each no more than those it can meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from clusterkg.descriptions import Description, is_illustration
from clusterkg.view import meeting_points, neighbour_triples

_FEW = 2  # with so few clusters, one more or less decides whether rules that look across clusters apply at all


@dataclass(frozen=True, slots=True)
class Presence:
    """One description among others: its clusters, what others may see of it (nothing of an illustration), where it can meet them."""

    iri: str
    clusters: frozenset[str]
    offered: tuple[ox.Triple, ...]
    fields: frozenset[str]
    places: frozenset[str]

    def meets(self, other: Presence) -> bool:
        """Whether a rule could find the two together."""
        return bool(self.fields & other.fields and self.places & other.places)


def presence_of(description: Description) -> Presence:
    """How a description is present among others."""
    triples = neighbour_triples(description) if description.unchecked is None else []
    fields, places = meeting_points(triples)
    offered = () if is_illustration(description) else tuple(triples)
    return Presence(description.iri, frozenset(description.clusters), offered, fields, places)


class Surroundings:
    """The descriptions that may see one another."""

    def __init__(self, all_: Iterable[Presence] = ()) -> None:
        self._all: dict[str, Presence] = {}
        self._by_field: dict[str, dict[str, None]] = {}
        for one in all_:
            self.add(one)

    def add(self, one: Presence) -> None:
        """Take a description in."""
        self._all[one.iri] = one
        for name in one.fields:
            self._by_field.setdefault(name, {})[one.iri] = None

    def remove(self, iri: str) -> None:
        """Let go of a description."""
        one = self._all.pop(iri)
        for name in one.fields:
            del self._by_field[name][iri]

    def seen_by(self, one: Presence) -> list[ox.Triple]:
        """What a description may see of the others, save of its own clusters.

        Where it can meet nobody, but others are there, one statement of one of them tells so.
        """
        found = [t for other in self._near(one) if other.meets(one) and _apart(other, one) for t in other.offered]
        return found or next(([other.offered[0]] for other in self._all.values() if _apart(other, one)), [])

    def who_sees(self, before: Mapping[str, Presence], after: Mapping[str, Presence]) -> list[str]:
        """The descriptions, none of those that changed, that can see that these have: `after` are here already, `before` no longer."""
        changed = {str(t) for one in before.values() for t in one.offered} ^ {
            str(t) for one in after.values() for t in one.offered
        }
        if not changed:
            return []
        untouched = {iri: one for iri, one in self._all.items() if iri not in after}
        if min(len(_offering({**untouched, **state})) for state in (before, after)) <= _FEW:
            return sorted(untouched)
        movers = [*before.values(), *after.values()]
        return sorted(
            {one.iri for mover in movers for one in self._near(mover) if one.iri in untouched and one.meets(mover)}
        )

    def _near(self, one: Presence) -> Iterator[Presence]:
        """The descriptions that name one of its fields, each once, in the order in which they came."""
        named = dict.fromkeys(iri for name in sorted(one.fields) for iri in self._by_field.get(name, ()))
        return (self._all[iri] for iri in named)


def _apart(other: Presence, one: Presence) -> bool:
    return bool(other.offered) and not other.clusters & one.clusters


def _offering(state: Mapping[str, Presence]) -> set[str]:
    return {cluster for one in state.values() if one.offered for cluster in one.clusters}
