"""Names what contradicts what in an inconsistent ontology; HermiT itself only says that something does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from pyoxigraph import NamedNode

from clusterkg.errors import Text, text
from clusterkg.graph import Node
from clusterkg.hermit import Hermit
from clusterkg.merged import Merged, Name
from clusterkg.namespaces import OWL, RDF

T = TypeVar("T")

_RUNS = 12
_FILES_PER_RUN = 15


@dataclass(frozen=True)
class Contradiction:
    """What cannot all be true.

    `individuals` are the ones whose statements contradict each other, `classes` what they are said to be. With
    `minimal`, not one of the individuals can be left out; without it, the search was cut short and some may be
    innocent. No individuals: the vocabulary contradicts itself.
    """

    individuals: tuple[Name, ...]
    classes: tuple[Name, ...]
    minimal: bool
    message: Text


def explain(merged: Merged, hermit: Hermit) -> tuple[Contradiction, ...]:
    """The contradictions that stand in the statements themselves, or else the one that the reasoner can corner."""
    return tuple(_direct(merged)) or (_cornered(merged, hermit),)


def _direct(merged: Merged) -> Iterator[Contradiction]:
    """Individuals of two classes that exclude each other, counting superclasses."""
    disjoint = set(_disjoint_pairs(merged))
    for individual in merged.statements:
        held = merged.classes_of(individual)
        pairs = [pair for pair in combinations(sorted(held, key=str), 2) if frozenset(pair) in disjoint]
        for one, other in pairs:
            names = merged.name(individual), merged.name(one), merged.name(other)
            yield Contradiction(
                individuals=(names[0],),
                classes=names[1:],
                minimal=True,
                message=_each(
                    names,
                    "«{0}» figura a la vez como «{1}» y como «{2}», que se excluyen.",
                    "“{0}” is stated to be both “{1}” and “{2}”, which exclude each other.",
                ),
            )


def _disjoint_pairs(merged: Merged) -> Iterator[frozenset[Node]]:
    together = merged.index.subjects(RDF.type, OWL.AllDisjointClasses)
    for triple in merged.background:
        if triple.predicate == OWL.disjointWith:
            yield frozenset((triple.subject, triple.object))  # type: ignore[arg-type]
        elif triple.predicate == OWL.disjointUnionOf or (
            triple.predicate == OWL.members and triple.subject in together
        ):
            yield from map(frozenset, combinations(merged.items(triple.object), 2))


def _cornered(merged: Merged, hermit: Hermit) -> Contradiction:
    """A smallest set of individuals whose statements HermiT finds contradictory, together with the vocabulary."""

    def first_inconsistent(trials: Sequence[Sequence[NamedNode]]) -> int | None:
        return hermit.first_inconsistent([merged.only(trial) for trial in trials])

    culprits, minimal = smallest(list(merged.statements), first_inconsistent)
    names = tuple(merged.name(one) for one in culprits)
    classes = sorted({kind for one in culprits for kind in merged.stated_classes(one)}, key=str)
    return Contradiction(names, tuple(map(merged.name, classes)), minimal, _message(names, minimal))


def smallest(items: Sequence[T], first_bad: Callable[[Sequence[Sequence[T]]], int | None]) -> tuple[list[T], bool]:
    """A smallest bad subset of `items`, all of which together are bad, and whether there was time to make it smallest.

    `first_bad` gets trials, each a superset of the one before, and gives the index of the first that is bad. Searching
    for the shortest bad prefix finds its last item to be indispensable; that one is kept, and the search starts again
    in front of it.
    """
    found: list[T] = []
    good, bad = -1, len(items)  # prefixes of `items`, by length, that are good or bad together with `found`
    for _ in range(_RUNS):
        while bad > 0 and bad == good + 1:
            found.append(items[bad - 1])
            good, bad = -1, bad - 1
        if bad == 0:
            return found, True
        lengths = _spread(good + 1, bad)
        index = first_bad([[*items[:length], *found] for length in lengths])
        if index is None:
            good = lengths[-1]
        else:
            good, bad = (lengths[index - 1] if index else good), lengths[index]
    return [*items[:bad], *found], False


def _spread(start: int, stop: int) -> list[int]:
    """Numbers of the range, evenly spread, the first of them always among them."""
    step = max(1, -(-(stop - start) // _FILES_PER_RUN))
    return list(range(start, stop, step))


def _message(names: tuple[Name, ...], minimal: bool) -> Text:
    if not names:
        return text(
            "El vocabulario se contradice a sí mismo, sean cuales sean los individuos.",
            "The vocabulary contradicts itself, whatever the individuals.",
        )
    listed = text(
        ", ".join(f"«{name.label['es']}»" for name in names), ", ".join(f"“{name.label['en']}”" for name in names)
    )
    if minimal:
        return text(
            f"Lo que se afirma de {listed['es']} no puede ser verdad a la vez.",
            f"What is stated of {listed['en']} cannot all be true.",
        )
    return text(
        f"En lo que se afirma de estos individuos hay una contradicción: {listed['es']}.",
        f"Somewhere in what is stated of these there is a contradiction: {listed['en']}.",
    )


def _each(names: Sequence[Name], es: str, en: str) -> Mapping[str, str]:
    return text(es.format(*(name.label["es"] for name in names)), en.format(*(name.label["en"] for name in names)))
