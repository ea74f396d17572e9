"""Runs mutants of the view's queries against the samples of the rules.

Two steps, since most samples cannot notice most mutants. First every sample's view is made once, and each mutant is asked in passing
whether it derives anything there that the unbroken query does not, or less. Then each mutant meets the samples where it does, until one
no longer comes out as it must: first those whose rule speaks of what differs, and those with the rarest difference.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import get_context

import pyoxigraph as ox

from clusterkg.baking import bake
from clusterkg.descriptions import Description
from clusterkg.diagnosis import Checker
from clusterkg.namespaces import CKG, NOW, PREFIXES, RDF
from clusterkg.resources import resource
from clusterkg.view import View, Viewer, last_day

from ..rules import samples
from .operators import QueryMutant
from .runner import Death, equivalent

# Of mutants listed as equivalent: so many samples are asked all the same.
ASKED = 20

_NAME = re.compile(r"\b([a-z]+):([A-Za-z][\w-]*)")
_COMMON = frozenset(term.value for term in (RDF.type, NOW.closedFor, NOW.status, CKG.assesses))
_VARIABLE_PREDICATE = re.compile(r"\?\w+\s+(\?\w+)\s+\?\w+\s*[.}]")


@dataclass(frozen=True)
class Sample:
    """A sample, and per date what its judges see of its view."""

    case: samples.Case
    seen: dict[str, int]

    @property
    def description(self) -> Description:
        """What is described; made anew each time, since there are many samples."""
        return samples.description(self.case.update, self.case.profile)

    @property
    def others(self) -> list[ox.Triple]:
        """What is known of other descriptions."""
        return samples.neighbours(self.case.others)

    @property
    def checker(self) -> Checker:
        """The profile that diagnoses the sample; for looking only."""
        return samples.checker(profile=self.case.profile)


@dataclass(frozen=True)
class Difference:
    """What a mutant derives and the query does not, or the other way round: a hash of the triples, and the terms in them."""

    triples: int
    terms: frozenset[str]


class Bench(Viewer):
    """Makes the usual view and meanwhile compares; or makes a mutant's view."""

    def __init__(self, mutants: Iterable[QueryMutant]) -> None:
        super().__init__(samples.checker().vocabulary, resource("shapes"))
        self._compared: dict[str, list[QueryMutant]] = defaultdict(list)
        for mutant in mutants:
            self._compared[mutant.file].append(mutant)
        self._reads = {name: _predicates(query) for name, query in self._queries.items()}
        self._comparing = False
        self._others: tuple[ox.Triple, ...] = ()
        self._content: dict[str, int] = {}
        self._known: dict[tuple[object, ...], dict[str, Difference]] = {}
        self.differences: dict[str, Difference] = {}
        self.refused: dict[str, str] = {}

    def compare(self, description: Description, day: str, others: Sequence[ox.Triple]) -> View:
        """The usual view. `differences` then says what differs for each mutant that derives something else."""
        self.differences, self._content, self._others, self._comparing = {}, {}, tuple(others), True
        try:
            return self.view(description, day, others)
        finally:
            self._comparing = False

    def mutated(self, mutant: QueryMutant, description: Description, day: str, others: Sequence[ox.Triple]) -> View:
        """The view that the broken query makes."""
        usual = self._queries
        self._queries = usual | {mutant.file: mutant.text}
        try:
            return self.view(description, day, others)
        finally:
            self._queries = usual

    def _derive(self, name: str, query: str) -> None:
        if not self._comparing:
            super()._derive(name, query)
            return
        if not self._content:
            self._add_up(q.triple for q in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        usual = self._new(self._triples(query))
        if name in self._compared:
            # Where a query reads the same, its mutants differ in the same way.
            key = (
                name,
                self._others,
                *(self._content.get(predicate, 0) for predicate in self._reads[name] or self._content),
            )
            if key not in self._known:
                self._known[key] = self._differences(name, usual)
            self.differences |= self._known[key]
        self._add_up(usual)
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in usual)

    def _differences(self, name: str, usual: set[ox.Triple]) -> dict[str, Difference]:
        found: dict[str, Difference] = {}
        for mutant in self._compared[name]:
            if mutant.name in self.refused:
                continue
            try:
                odd = self._new(self._triples(mutant.text)) ^ usual
            except SyntaxError as error:
                self.refused[mutant.name] = str(error)
                continue
            if odd:
                terms = frozenset(
                    term.value for t in odd for term in (t.predicate, t.object) if isinstance(term, ox.NamedNode)
                )
                found[mutant.name] = Difference(hash(frozenset(odd)), terms)
        return found

    def _add_up(self, triples: Iterable[ox.Triple]) -> None:
        for triple in triples:
            predicate = triple.predicate.value
            self._content[predicate] = self._content.get(predicate, 0) ^ hash(triple)

    def _new(self, triples: set[ox.Triple]) -> set[ox.Triple]:
        """Those that are not in the view already."""
        return {t for t in triples if ox.Quad(t.subject, t.predicate, t.object) not in self._store}

    def _triples(self, query: str) -> set[ox.Triple]:
        return set(self._store.query(query, prefixes=PREFIXES))  # type: ignore[arg-type]


class Fixed(Viewer):
    """Gives views that were made before."""

    def __init__(self, views: Iterable[View]) -> None:
        self._views = {view.as_of: view for view in views}

    def view(self, description: Description, as_of: str, others: Iterable[ox.Triple] = ()) -> View:
        """The view on that date."""
        return self._views[last_day(as_of)]


def run_query_mutants(mutants: Sequence[QueryMutant], jobs: int) -> list[Death]:
    """What becomes of the mutants, in their order; the queries are dealt out to so many processes."""
    files = Counter(mutant.file for mutant in mutants).most_common()
    shares = [[m for m in mutants if m.file in {file for file, _ in files[n::jobs]}] for n in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        ends = {death.mutant: death for deaths in pool.map(_run_share, shares) for death in deaths}
    return [ends[mutant.name] for mutant in mutants]


def _run_share(mutants: Sequence[QueryMutant]) -> list[Death]:
    runner = ViewRunner(mutants)
    listed = equivalent()
    return [runner.run(mutant, ASKED if mutant.name in listed else None) for mutant in mutants]


class ViewRunner:
    """Mutants of view queries and the samples that may notice them."""

    def __init__(self, mutants: Sequence[QueryMutant], cases: Iterable[samples.Case] | None = None) -> None:
        """Make every sample's view once, and note where each mutant differs."""
        self._bench = Bench(mutants)
        self._where: dict[str, list[tuple[Difference, Sample]]] = defaultdict(list)
        self._killers: dict[str, list[str]] = defaultdict(list)
        for case in samples.cases() if cases is None else cases:
            self._meet(case)

    def run(self, mutant: QueryMutant, at_most: int | None = None) -> Death:
        """The mutant's end; of the samples that may notice it at most so many are asked."""
        ended = partial(Death, mutant.name, mutant.operator)
        if mutant.name in self._bench.refused:
            return ended(f"refused: {self._bench.refused[mutant.name]}")
        killers = self._killers[mutant.file]
        for sample in self._order(mutant, killers)[:at_most]:
            if self._notices(sample, mutant):
                if sample.case.id in killers:
                    killers.remove(sample.case.id)
                killers.insert(0, sample.case.id)
                return ended(sample.case.id)
        return ended(None)

    def _meet(self, case: samples.Case) -> None:
        sample = Sample(case, {})
        description, others = sample.description, sample.others
        differences: dict[str, Difference] = {}
        for day in _days(case, description):
            view = self._bench.compare(description, day, others)
            sample.seen[day] = _seen(sample, view)
            differences |= self._bench.differences
        for name, difference in differences.items():
            self._where[name].append((difference, sample))

    def _order(self, mutant: QueryMutant, killers: list[str]) -> list[Sample]:
        """First what has killed others of this query, then where the rule speaks of what differs, then rare differences."""
        places = {name: place for place, name in enumerate(killers)}
        often = Counter(difference for difference, _ in self._where[mutant.name])

        def rank(pair: tuple[Difference, Sample]) -> tuple[int, bool, int]:
            difference, sample = pair
            spoken_of = not difference.terms.isdisjoint(_terms(sample.case.profile, sample.case.rule))
            return places.get(sample.case.id, len(places)), not spoken_of, often[difference]

        found = sorted(self._where[mutant.name], key=rank)
        return [sample for _, sample in found]

    def _notices(self, sample: Sample, mutant: QueryMutant) -> bool:
        description, others = sample.description, sample.others
        views = {day: self._bench.mutated(mutant, description, day, others) for day in sample.seen}
        if all(_seen(sample, view) == sample.seen[day] for day, view in views.items()):
            return False
        checker = copy(sample.checker)
        checker._viewer = Fixed(views.values())
        checker.settings = replace(checker.settings, as_of=sample.case.as_of)
        real = samples.outcome(checker.diagnose(description, others))
        return real != samples.expected(sample.case, real)


@cache
def _terms(profile: str, code: str) -> frozenset[str]:
    """What a rule speaks of: every term in its shapes and gates, save those that most rules share."""
    rule = next(rule for where, rule in samples.rules() if rule.code == code and where == profile)
    return bake([rule]).predicates.union(gate.list for gate in rule.gates) - _COMMON


def _predicates(query: str) -> tuple[str, ...]:
    """IRIs of what a query can read; none for a query that reads every predicate."""
    pattern = query[query.index("WHERE") :]
    if any(
        f"VALUES ({name}" not in query and f" {name})" not in query for name in _VARIABLE_PREDICATE.findall(pattern)
    ):
        return ()
    names = {PREFIXES[prefix] + local for prefix, local in _NAME.findall(pattern) if prefix in PREFIXES}
    return (RDF.type.value, *sorted(names))


def _days(case: samples.Case, description: Description) -> list[str]:
    """The dates on which a diagnosis looks at the description: the as-of date, and its own where that is earlier."""
    days = [case.as_of or description.described]
    if last_day(days[0]) > last_day(description.described):
        days.append(description.described)
    return days


def _seen(sample: Sample, view: View) -> int:
    """All that a verdict can rest on: what the shapes can see, and where the date lies."""
    return hash((sample.checker.shapes.relevant(view.triples), view.before_founding, view.period))
