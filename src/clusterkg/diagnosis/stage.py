"""The inferred life-cycle stage: the highest rank whose conditions are all met, beside the declared one."""

from __future__ import annotations

import pyoxigraph as ox

from clusterkg.diagnosis.knowledge import Knowledge
from clusterkg.diagnosis.model import Stage, StageReason, Term
from clusterkg.diagnosis.outcome import Outcome
from clusterkg.diagnosis.texts import Labels
from clusterkg.graph import Term as Node
from clusterkg.namespaces import CKG
from clusterkg.rules import Rule


def infer_stage(outcome: Outcome, rules: tuple[Rule, ...], knowledge: Knowledge, labels: Labels) -> Stage:
    """Evaluate the condition rules (role `conditions`), grouped by the stage that they concern."""
    by_stage: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.role == "conditions":
            by_stage.setdefault(rule.concerns, []).append(rule)
    reasons: list[StageReason] = []
    reached: tuple[int, str] | None = None
    for iri in sorted(by_stage, key=lambda stage: knowledge.ranked(stage).rank):
        entry = knowledge.ranked(iri)
        found = [_reason(outcome, rule, iri, labels) for rule in by_stage[iri]]
        reasons += found
        if found and all(reason.met for reason in found):
            reached = (entry.rank, iri)
    declared = _declared(outcome, labels)
    inferred = Term(reached[1], labels.of(ox.NamedNode(reached[1]))) if reached else None
    agrees = None if declared is None or inferred is None else declared.value == inferred.value
    return Stage(declared, inferred, agrees, tuple(reasons))


def _reason(outcome: Outcome, rule: Rule, stage: str, labels: Labels) -> StageReason:
    met = not outcome.failed.get(rule.iri) and outcome.focus_nodes.get(rule.iri, 0) > 0
    values = {_name(hit.value): hit.value for hit in outcome.witnesses.get(rule.iri, ()) if hit.value is not None}
    terms = tuple(Term(name, labels.of(value)) for name, value in sorted(values.items())) if met else ()
    return StageReason(stage, labels.of(ox.NamedNode(stage)), rule.code, rule.label, met, terms)


def _declared(outcome: Outcome, labels: Labels) -> Term | None:
    index = outcome.view.index
    for initiative in index.objects(ox.NamedNode(outcome.view.description), CKG.assesses):
        for cluster in index.objects(initiative, CKG.serves):
            stage = index.one(cluster, CKG.declaredStage)
            if isinstance(stage, ox.NamedNode):
                return Term(stage.value, labels.of(stage))
    return None


def _name(term: Node | None) -> str:
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else str(term)
