"""The four verdicts.

present: a D rule fires. at-risk: no D, but an S rule, or an E rule fails where every list it needs is complete (a shortfall).
absent: nothing fires, no question is open, and at least one E rule had something to look at. not-enough-evidence: otherwise.

As of a date after the description's own, a finding is what fires on both dates; what fires on one only is asked,
since time alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from clusterkg.diagnosis.knowledge import ErrorEntry, Knowledge
from clusterkg.diagnosis.model import Evidence, Finding, Question, Text, Verdict
from clusterkg.diagnosis.outcome import Hit
from clusterkg.diagnosis.speaker import Speaker, merged
from clusterkg.namespaces import CKG
from clusterkg.rules import Rule, natural

PRESENT, AT_RISK, ABSENT, UNDECIDED = "present", "at-risk", "absent", "not-enough-evidence"
DETECTS, SIGNALS, EVIDENCES = "detects", "signals", "evidences"
OPEN_LIST, MISSING, TIME, STANDING, STAGE = "open-list", "missing-evidence", "time-passed", "standing", "stage"


@dataclass(frozen=True)
class Judge:
    """Decides errors for one description. `own` speaks of the description's own date where the as-of date is later, else None."""

    now: Speaker
    own: Speaker | None
    knowledge: Knowledge
    minimum_standing: str
    not_checked: frozenset[str]
    stage: str | None

    def verdict(self, error: ErrorEntry, rules: tuple[Rule, ...]) -> Verdict:
        """One error's verdict from its rules."""
        skipped = [rule for rule in rules if rule.stages and self.stage is not None and self.stage not in rule.stages]
        open_stage = [rule for rule in rules if rule.stages and self.stage is None]
        considered = [rule for rule in rules if rule not in skipped and rule not in open_stage]
        signs = [rule for rule in considered if rule.role in (DETECTS, SIGNALS)]
        asks = [rule for rule in considered if rule.role == EVIDENCES]
        findings, questions = self._signs(signs)
        shortfalls, missing = self._missing(asks)
        findings += shortfalls
        questions += missing
        questions += self._stage_questions(open_stage)
        evidence = self._evidence(asks)
        weakest = min((e.standing for e in evidence), key=self._rank, default="")
        looked = bool(asks) and all(self.now.outcome.focus_nodes.get(rule.iri, 0) for rule in asks)
        name = _decide(findings, bool(questions), looked)
        if name == ABSENT and self._rank(weakest) < self._rank(self.minimum_standing):
            name, questions = UNDECIDED, self._standing_questions(evidence)
        return Verdict(
            error=error.code,
            iri=error.iri,
            label=error.label,
            success=error.success,
            verdict=name,
            verdict_label=self.knowledge.verdicts.get(name, {}),
            standing=_local(weakest) if name == ABSENT else "",
            findings=tuple(sorted(findings, key=_finding_key)),
            evidence=tuple(
                Evidence(e.rule, e.rule_label, e.value, _local(e.standing), e.statement_sources, e.location)
                for e in evidence
            ),
            questions=merged(questions),
            not_checked=tuple(sorted((r.code for r in rules if r.iri in self.not_checked), key=natural)),
            not_applicable=tuple(sorted((rule.code for rule in skipped), key=natural)),
            remedies=error.remedies,
            sources=error.sources,
        )

    def _signs(self, rules: Iterable[Rule]) -> tuple[list[Finding], list[Question]]:
        findings: list[Finding] = []
        questions: list[Question] = []
        for rule in rules:
            hits, before = self._hits(self.now, rule), self._hits(self.own, rule) if self.own else {}
            asked = self.now.outcome.open.get(rule.iri, ())
            for hit in asked:
                questions += self.now.questions(hit, OPEN_LIST)
            for key, hit in hits.items():
                if self.own is None or key in before:
                    findings.append(self.now.finding(hit))
                else:
                    questions.append(self._time_passed(self.now, hit))
            if self.own is not None and not asked:
                questions += [self._time_passed(self.own, hit) for key, hit in before.items() if key not in hits]
        return findings, questions

    def _missing(self, rules: Iterable[Rule]) -> tuple[list[Finding], list[Question]]:
        findings: list[Finding] = []
        questions: list[Question] = []
        for rule in rules:
            for hit in self.now.outcome.failed.get(rule.iri, ()):
                if self.now.gates_closed(hit):
                    findings.append(self.now.finding(hit))
                else:
                    questions += self.now.questions(hit, MISSING)
        return findings, questions

    def _evidence(self, rules: Iterable[Rule]) -> list[Evidence]:
        found = {
            (evidence.rule, evidence.value.value): evidence
            for rule in rules
            if not self.now.outcome.failed.get(rule.iri)
            for hit in self.now.outcome.witnesses.get(rule.iri, ())
            for evidence in [self.now.evidence(hit)]
        }
        return [found[key] for key in sorted(found, key=lambda key: (natural(key[0]), key[1]))]

    def _time_passed(self, speaker: Speaker, hit: Hit) -> Question:
        fields: dict[str, Text | str] = {
            "message": speaker.message(hit),
            "described": self.now.description.described,
            "asOf": self.now.outcome.view.as_of,
        }
        return speaker.ask_template(TIME, hit.focus, fields, [hit.rule.code])

    def _standing_questions(self, evidence: Iterable[Evidence]) -> list[Question]:
        wanted = self.knowledge.ranked(self.minimum_standing)
        return [
            self.now.ask_template(STANDING, ox.NamedNode(e.value.value), {"standing": wanted.label}, [e.rule])
            for e in evidence
            if self._rank(e.standing) < wanted.rank
        ]

    def _stage_questions(self, rules: Iterable[Rule]) -> list[Question]:
        """A rule that holds at some stages only, for a cluster whose stage is not known: what fires there is asked."""
        outcome = self.now.outcome
        asked = [rule.code for rule in rules if outcome.failed.get(rule.iri) or outcome.open.get(rule.iri)]
        about = ox.NamedNode(self.now.description.initiative)
        return [self.now.ask_template(STAGE, about, {}, asked)] if asked else []

    def _rank(self, standing: str) -> int:
        return self.knowledge.ranked(standing).rank if standing else 0

    @staticmethod
    def _hits(speaker: Speaker, rule: Rule) -> dict[tuple[str, str, str], Hit]:
        return {hit.key: hit for hit in speaker.outcome.failed.get(rule.iri, ())}


def _decide(findings: Iterable[Finding], asked: bool, looked: bool) -> str:
    roles = {finding.role for finding in findings}
    if DETECTS in roles:
        return PRESENT
    if roles:
        return AT_RISK
    return ABSENT if looked and not asked else UNDECIDED


def _finding_key(finding: Finding) -> tuple[object, ...]:
    return natural(finding.rule), finding.focus.value, finding.path or "", finding.value.value if finding.value else ""


def _local(iri: str) -> str:
    return CKG.local_name(iri)
