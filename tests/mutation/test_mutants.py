"""When a shape or a view query is broken, a sample fails: every mutant is killed, save those listed as equivalent with a reason.

All mutants of the rules run always. Of the view queries a seeded part runs; CLUSTERKG_MUTANTS=all runs them all, which takes long.
"""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from ..rules import samples
from .runner import Death, all_query_mutants, all_rule_mutants, equivalent, run_rule_mutant
from .view_runner import run_query_mutants

SEED, PART = 20261121, 30


@pytest.fixture(scope="module")
def rule_deaths() -> list[Death]:
    return [run_rule_mutant(mutant) for mutant in all_rule_mutants()]


@pytest.fixture(scope="module")
def query_deaths() -> list[Death]:
    mutants = all_query_mutants()
    if os.environ.get("CLUSTERKG_MUTANTS") != "all":
        mutants = random.Random(SEED).sample(mutants, PART)
    return run_query_mutants(mutants, jobs=min(os.cpu_count() or 1, 4))


def _table(title: str, deaths: list[Death]) -> str:
    made = Counter(d.operator for d in deaths)
    killed = Counter(d.operator for d in deaths if d.killer and not d.killer.startswith("refused"))
    refused = Counter(d.operator for d in deaths if d.killer and d.killer.startswith("refused"))
    same = Counter(d.operator for d in deaths if d.killer is None and d.mutant in equivalent())
    lines = [
        f"{title}: {len(deaths)} mutants, {len(samples.cases())} samples",
        f"{'operator':22}{'made':>6}{'killed':>8}{'refused':>9}{'equivalent':>12}",
    ]
    lines += [f"{name:22}{made[name]:6}{killed[name]:8}{refused[name]:9}{same[name]:12}" for name in sorted(made)]
    total = (sum(made.values()), sum(killed.values()), sum(refused.values()), sum(same.values()))
    return "\n".join([*lines, f"{'all':22}{total[0]:6}{total[1]:8}{total[2]:9}{total[3]:12}"])


@pytest.mark.slow
def test_mutants_of_rules_are_killed(rule_deaths: list[Death], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\n" + _table("rules", rule_deaths))
    survivors = [d.mutant for d in rule_deaths if d.killer is None and d.mutant not in equivalent()]
    assert not survivors, "\n".join(survivors)


@pytest.mark.slow
def test_mutants_of_view_queries_are_killed(query_deaths: list[Death], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\n" + _table("view queries", query_deaths))
    survivors = [d.mutant for d in query_deaths if d.killer is None and d.mutant not in equivalent()]
    assert not survivors, "\n".join(survivors)


@pytest.mark.slow
def test_equivalent_mutants_exist_and_are_not_killed(rule_deaths: list[Death], query_deaths: list[Death]) -> None:
    names = {mutant.name for mutant in all_rule_mutants()} | {mutant.name for mutant in all_query_mutants()}
    killed = {d.mutant for d in (*rule_deaths, *query_deaths) if d.killer}
    assert not set(equivalent()) - names
    assert not set(equivalent()) & killed
