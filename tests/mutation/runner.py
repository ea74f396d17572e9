"""Runs mutants against the samples of the rules: a mutant is killed where some sample no longer comes out as it must."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from clusterkg.baking import BakedShapes, bake
from clusterkg.descriptions import Description
from clusterkg.diagnosis.knowledge import ErrorEntry
from clusterkg.diagnosis.outcome import Outcome, sort_results
from clusterkg.diagnosis.speaker import Speaker
from clusterkg.diagnosis.stage import infer_stage
from clusterkg.diagnosis.verdicts import Judge
from clusterkg.engines import Validator
from clusterkg.errors import ConfigurationError
from clusterkg.resources import resource
from clusterkg.rules import Rule
from clusterkg.view import View, view_queries

from ..rules import samples
from .operators import Mutant, QueryMutant, query_mutants, rule_mutants

EQUIVALENT = Path(__file__).parent / "equivalent.yaml"


@dataclass(frozen=True)
class Prepared:
    """A sample made ready: what is described, and the outcomes of the unbroken rules.

    `now` is on the sample's date, `own` on the description's own where that is earlier.
    """

    case: samples.Case
    description: Description
    now: Outcome
    own: Outcome | None


@dataclass(frozen=True)
class Death:
    """How a mutant ended: the sample that noticed it, or why it cannot run; None for a survivor."""

    mutant: str
    operator: str
    killer: str | None


@lru_cache(maxsize=1)
def prepared(profile: str) -> tuple[Prepared, ...]:
    """Every sample of a profile, made ready once for all mutants of its rules."""
    return tuple(_prepare(case) for case in samples.cases() if case.profile == profile)


def all_rule_mutants() -> list[Mutant]:
    """The mutants of every rule that a sample can speak of."""
    return [mutant for _, rule in samples.rules() for mutant in rule_mutants(rule)]


@cache
def _profile_of() -> dict[str, str]:
    """IRI of a rule → the profile that its samples are diagnosed with."""
    return {rule.iri: profile for profile, rule in samples.rules()}


def all_query_mutants() -> list[QueryMutant]:
    """The mutants of every view query."""
    return [m for name, text in view_queries(resource("shapes")).items() for m in query_mutants(name, text)]


def equivalent() -> dict[str, str]:
    """Mutants that no sample can notice, each with the reason."""
    stated = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.exists() else []
    return {entry["mutant"]: entry["reason"] for entry in stated or []}


def run_rule_mutant(mutant: Mutant) -> Death:
    """Validate every sample's view with the broken rule alone, and judge its error anew."""
    checker = samples.checker()
    try:
        shapes = bake([mutant.rule])
        validator = checker.engine.prepare(shapes.ntriples)
    except ConfigurationError as error:
        return Death(mutant.name, mutant.operator, f"refused: {error.message['en']}")
    # The rule's own samples first: they are the ones that should notice.
    own = prepared(_profile_of()[mutant.rule.iri])
    for sample in sorted(own, key=lambda s: s.case.rule != mutant.rule.code):
        try:
            if _notices(sample, mutant.rule, shapes, validator):
                return Death(mutant.name, mutant.operator, sample.case.id)
        except ConfigurationError as error:
            return Death(mutant.name, mutant.operator, f"refused: {error.message['en']}")
    return Death(mutant.name, mutant.operator, None)


def _prepare(case: samples.Case) -> Prepared:
    checker = samples.checker(profile=case.profile)
    description = samples.description(case.update, case.profile)
    others = samples.neighbours(case.others)
    now = checker.outcome(description, case.as_of or description.described, others)
    own = checker.outcome(description, description.described, others) if now.view.period == "later" else None
    return Prepared(case, description, now, own)


def _notices(sample: Prepared, rule: Rule, shapes: BakedShapes, validator: Validator) -> bool:
    now = _replaced(sample.now, rule, shapes, validator)
    own = _replaced(sample.own, rule, shapes, validator) if sample.own else None
    return _said(sample, now, own, rule) != _said(sample, sample.now, sample.own, rule.iri)


def _replaced(outcome: Outcome, rule: Rule, shapes: BakedShapes, validator: Validator) -> Outcome:
    """The outcome with this one rule's results replaced by those of its mutant."""
    if outcome.view.before_founding:
        return outcome
    fresh = sort_results(
        outcome.view,
        shapes,
        validator.validate(shapes.relevant(outcome.view.triples)),
        {rule.iri: _focus(outcome.view, rule)},
    )
    return Outcome(
        outcome.view,
        {k: v for k, v in outcome.failed.items() if k != rule.iri} | fresh.failed,
        {k: v for k, v in outcome.open.items() if k != rule.iri} | fresh.open,
        {k: v for k, v in outcome.witnesses.items() if k != rule.iri} | fresh.witnesses,
        outcome.focus_nodes | fresh.focus_nodes,
    )


def _focus(view: View, rule: Rule) -> int:
    return sum(len(view.index.objects_of(target)) for target in rule.targets)


def _said(sample: Prepared, now: Outcome, own: Outcome | None, changed: Rule | str) -> object:
    """What a sample's expectation looks at, for the error or the stage that the rule concerns."""
    checker = samples.checker(profile=sample.case.profile)
    iri = changed if isinstance(changed, str) else changed.iri
    rules = tuple(changed if isinstance(changed, Rule) and r.iri == iri else r for r in checker.rules)
    rule = next(r for r in rules if r.iri == iri)
    speaker = Speaker(sample.description, now, checker.knowledge)
    if rule.role == "conditions":
        return _stage(sample, now, rules, speaker)
    if now.view.before_founding:
        return None
    before = Speaker(sample.description, own, checker.knowledge) if own else None
    judge = Judge(
        speaker, before, checker.knowledge, checker.profile.minimum_standing, frozenset(), _stage_now(sample, now)
    )
    error = _error(checker.knowledge.errors.values(), rule)
    verdict = judge.verdict(error, tuple(r for r in rules if r.concerns == rule.concerns))
    codes = {code for question in verdict.questions for code in question.decides}
    return verdict.verdict, sorted((f.rule, f.role == "evidences") for f in verdict.findings), sorted(codes)


def _stage_now(sample: Prepared, now: Outcome) -> str | None:
    checker = samples.checker(profile=sample.case.profile)
    stage = infer_stage(
        now, checker.rules, checker.knowledge, Speaker(sample.description, now, checker.knowledge).labels
    )
    known = stage.declared or stage.inferred
    return known.value if known else None


def _stage(sample: Prepared, now: Outcome, rules: tuple[Rule, ...], speaker: Speaker) -> object:
    checker = samples.checker(profile=sample.case.profile)
    stage = infer_stage(now, rules, checker.knowledge, speaker.labels)
    unmet = sorted(reason.rule for reason in stage.because if not reason.met) if sample.case.unmet is not None else None
    return unmet, (stage.inferred and stage.inferred.value) if sample.case.stage is not None else None


def _error(errors: Iterable[ErrorEntry], rule: Rule) -> ErrorEntry:
    return next(error for error in errors if error.iri == rule.concerns)
