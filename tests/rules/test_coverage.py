"""The samples leave no rule, threshold, gate or verdict out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pyoxigraph as ox
import pytest

from clusterkg.baking import bake
from clusterkg.engines import RawResult
from clusterkg.resources import resource
from clusterkg.rules import Parameter, Rule
from clusterkg.view import Viewer

from .samples import Case, cases, cases_of, checker, description, neighbours, rules

VERDICTS = ("present", "at-risk", "absent", "not-enough-evidence")
RULES = [rule for _, rule in rules()]
SIGNS = ("detects", "signals")
# Steps that change nothing, and why.
EQUIVALENT = {("TE-03-2", "competitors", -1): "whoever competes does so with somebody: one competitor is two"}

# Verdicts that the rules of an error rule out, and why.
NEVER = {
    **{(error, "at-risk"): "the detector finds whatever the evidence lacks" for error in ("EC-03", "EC-05")},
    **{
        (f"LD-0{n}", "not-enough-evidence"): "the data itself is looked at, and leaves nothing open"
        for n in range(1, 5)
    },
}


def test_every_file_is_about_a_rule() -> None:
    assert {(case.profile, case.rule) for case in cases()} == {(profile, rule.code) for profile, rule in rules()}


def test_names_are_used_once() -> None:
    assert [name for name, times in Counter(case.id for case in cases()).items() if times > 1] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_sample_fails_and_a_sample_passes(rule: Rule) -> None:
    kinds = {case.kind for case in cases_of(rule.code)}
    assert {"fail", "pass"} <= kinds


@pytest.mark.parametrize("rule", [r for r in RULES if r.gates and r.role in SIGNS], ids=lambda rule: rule.code)
def test_a_sign_whose_gate_is_open_is_a_question(rule: Rule) -> None:
    own = cases_of(rule.code)
    assert any(rule.code in case.findings for case in own)
    assert any(rule.code in case.questions and rule.code not in case.findings for case in own)


@pytest.mark.parametrize("rule", [r for r in RULES if r.gates and r.role == "evidences"], ids=lambda rule: rule.code)
def test_missing_evidence_is_a_shortfall_or_a_question(rule: Rule) -> None:
    own = cases_of(rule.code)
    assert any(rule.code in case.shortfalls for case in own)
    assert any(rule.code in case.questions and rule.code not in case.shortfalls for case in own)


def _thresholds() -> Iterator[tuple[Rule, Parameter, int]]:
    for rule in RULES:
        for parameter in rule.parameters:
            for step in (-1, 1):
                if (rule.code, parameter.name, step) not in EQUIVALENT:
                    yield rule, parameter, step


@pytest.mark.parametrize(
    ("rule", "parameter", "step"),
    [pytest.param(r, p, s, id=f"{r.code} {p.name} {s:+d}") for r, p, s in _thresholds()],
)
def test_samples_stand_on_both_sides_of_each_threshold(rule: Rule, parameter: Parameter, step: int) -> None:
    """One less and one more, and some sample of the rule comes out otherwise."""
    moved = replace(
        parameter, value=ox.Literal(str(Decimal(parameter.value.value) + step), datatype=parameter.value.datatype)
    )
    changed = replace(rule, parameters=tuple(moved if p.name == moved.name else p for p in rule.parameters))
    own = cases_of(rule.code)
    assert any(_results(rule, case) != _results(changed, case) for case in own)


def _reachable() -> Iterator[tuple[str, str]]:
    """Each error with the verdicts that its rules can give: at risk takes an S rule or a gated E rule, present D, absent E."""
    concerned = {rule.concerns for rule in RULES if rule.role != "conditions"}
    for iri, error in checker().knowledge.errors.items():
        own = [rule for rule in RULES if rule.concerns == iri]
        roles = {rule.role for rule in own}
        warns = any(rule.role == "signals" or (rule.role == "evidences" and rule.gates) for rule in own)
        never = {"present": "detects" not in roles, "absent": "evidences" not in roles, "at-risk": not warns}
        yield from ((error.code, verdict) for verdict in VERDICTS if iri in concerned and not never.get(verdict))


def test_every_error_reaches_every_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = sorted(_reachable())
    errors = sorted({error for error, _ in wanted})
    profile_of = {rule.code.rpartition("-")[0]: profile for profile, rule in rules()}
    reached = Counter(
        (error, case.verdicts.get(error, "absent"))
        for case in cases()
        for error in errors
        if profile_of[error] == case.profile
    )
    with capsys.disabled():
        print("\n" + "error".ljust(8) + "".join(verdict.rjust(22) for verdict in VERDICTS))
        for error in errors:
            print(error.ljust(8) + "".join(str(reached[error, verdict]).rjust(22) for verdict in VERDICTS))
    assert {pair for pair in wanted if not reached[pair]} == set(NEVER)


@cache
def _viewer() -> Viewer:
    return Viewer(checker().vocabulary, resource("shapes"))


@cache
def _view(name: str) -> tuple[ox.Triple, ...]:
    case = next(case for case in cases() if case.id == name)
    found = description(case.update, case.profile)
    return _viewer().view(found, case.as_of or found.described, neighbours(case.others)).triples


def _results(rule: Rule, case: Case) -> list[RawResult]:
    shapes = bake([rule])
    return checker().engine.prepare(shapes.ntriples).validate(shapes.relevant(_view(case.id)))
