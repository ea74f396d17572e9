"""The report as JSON, as `schemas/diagnosis.schema.json` describes it: the same report gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from clusterkg.diagnosis.model import (
    Citation,
    Decision,
    Diagnosis,
    Evidence,
    Finding,
    Location,
    Pentagon,
    Question,
    Remedy,
    Report,
    Stage,
    Term,
    Verdict,
)

Tree = dict[str, Any]


def render_json(report: Report) -> str:
    """The report as JSON text with a final line break."""
    return json.dumps(report_tree(report), ensure_ascii=False, indent=2) + "\n"


def report_tree(report: Report) -> Tree:
    """The report as the tree of dicts and lists that JSON writes."""
    return {
        "clusterkg": {"version": report.version},
        "profile": report.profile,
        "profileLabel": _text(report.profile_label),
        "asOf": report.as_of,
        "inputs": [{"path": i.path, "sha256": i.sha256} for i in report.inputs],
        "skipped": list(report.skipped),
        "engine": {"name": report.engine.name, "version": report.engine.version},
        "ontology": {"sha256": report.ontology_sha256},
        "shapes": {"sha256": report.shapes_sha256},
        "verdictLabels": _by_key(report.verdict_labels),
        "summary": dict(report.summary),
        "diagnoses": [_diagnosis(d) for d in report.diagnoses],
    }


def _diagnosis(diagnosis: Diagnosis) -> Tree:
    return {
        "iri": diagnosis.iri,
        "label": _text(diagnosis.label),
        "initiative": diagnosis.initiative,
        "clusters": list(diagnosis.clusters),
        "described": diagnosis.described,
        "asOf": diagnosis.as_of,
        "period": diagnosis.period,
        "illustration": diagnosis.illustration,
        "location": _location(diagnosis.location),
        "stage": _stage(diagnosis.stage),
        "pentagon": _pentagon(diagnosis.pentagon),
        "verdicts": [_verdict(v) for v in diagnosis.verdicts],
        "causes": [{"iri": c.iri, "label": _text(c.label), "errors": list(c.errors)} for c in diagnosis.causes],
        "focusNodes": dict(sorted(diagnosis.focus_nodes.items())),
    }


def _stage(stage: Stage) -> Tree:
    return {
        "declared": stage.declared.value if stage.declared else None,
        "declaredLabel": _text(stage.declared.label) if stage.declared else None,
        "inferred": stage.inferred.value if stage.inferred else None,
        "inferredLabel": _text(stage.inferred.label) if stage.inferred else None,
        "agrees": stage.agrees,
        "because": [
            {
                "stage": reason.stage,
                "stageLabel": _text(reason.stage_label),
                "rule": reason.rule,
                "text": _text(reason.text),
                "met": reason.met,
                "values": [_term(value) for value in reason.values],
            }
            for reason in stage.because
        ],
    }


def _pentagon(pentagon: Pentagon) -> Tree:
    return {
        "status": pentagon.status,
        "statusLabel": _text(pentagon.status_label),
        "present": list(pentagon.present),
        "missing": list(pentagon.missing),
        "unknown": list(pentagon.unknown),
        "labels": _by_key(pentagon.labels),
    }


def _verdict(verdict: Verdict) -> Tree:
    return {
        "error": verdict.error,
        "iri": verdict.iri,
        "label": _text(verdict.label),
        "success": _text(verdict.success),
        "verdict": verdict.verdict,
        "verdictLabel": _text(verdict.verdict_label),
        "standing": verdict.standing or None,
        "findings": [_finding(f) for f in verdict.findings],
        "evidence": [_evidence(e) for e in verdict.evidence],
        "questions": [_question(q) for q in verdict.questions],
        "notChecked": list(verdict.not_checked),
        "notApplicable": list(verdict.not_applicable),
        "remedies": _remedies(verdict.remedies),
        "sources": _citations(verdict.sources),
    }


def _finding(finding: Finding) -> Tree:
    sources = _citations(finding.sources)
    return {
        "rule": finding.rule,
        "ruleIri": finding.rule_iri,
        "role": finding.role,
        "severity": finding.severity,
        "component": finding.component,
        "focusNode": finding.focus.value,
        "focusLabel": _text(finding.focus.label),
        "path": finding.path,
        "pathLabel": _text(finding.path_label),
        "value": finding.value.value if finding.value else None,
        "valueLabel": _text(finding.value.label) if finding.value else None,
        "message": _text(finding.message),
        "source": sources[0] if sources else None,
        "sources": sources,
        "statementSources": _citations(finding.statement_sources),
        "location": _location(finding.location),
        "remedies": _remedies(finding.remedies),
        "decisions": [_decision(d) for d in finding.decisions],
        "repairs": [_text(r) for r in finding.repairs],
    }


def _decision(decision: Decision) -> Tree:
    return {
        "decides": decision.decides,
        "role": decision.role,
        "reason": decision.reason,
        "date": decision.date,
        "reply": decision.reply,
        "agreedAction": decision.agreed_action,
        "deadline": decision.deadline,
        "sources": _citations(decision.sources),
    }


def _evidence(evidence: Evidence) -> Tree:
    return {
        "rule": evidence.rule,
        "ruleLabel": _text(evidence.rule_label),
        "value": evidence.value.value,
        "valueLabel": _text(evidence.value.label),
        "standing": evidence.standing,
        "sources": _citations(evidence.statement_sources),
        "location": _location(evidence.location),
    }


def _question(question: Question) -> Tree:
    return {
        "kind": question.kind,
        "about": question.about.value,
        "aboutLabel": _text(question.about.label),
        "text": _text(question.text),
        "decides": list(question.decides),
    }


def _remedies(remedies: Iterable[Remedy]) -> list[Tree]:
    return [{"iri": r.iri, "text": _text(r.text), "sources": _citations(r.sources)} for r in remedies]


def _citations(citations: Iterable[Citation]) -> list[Tree]:
    """`locator` is one text for those who want one (English first); `locators` has every language."""
    return [
        {"document": c.document, "iri": c.iri, "locator": _first(c.locator), "locators": _text(c.locator)}
        for c in citations
    ]


def _first(texts: Mapping[str, str]) -> str:
    return texts.get("en") or texts.get("") or next((texts[tag] for tag in sorted(texts)), "")


def _term(term: Term) -> Tree:
    return {"value": term.value, "label": _text(term.label)}


def _location(location: Location) -> Tree:
    return {"file": location.file, "line": location.line}


def _text(texts: Mapping[str, str]) -> Tree:
    return dict(sorted(texts.items()))


def _by_key(texts: Mapping[str, Mapping[str, str]]) -> Tree:
    return {key: _text(value) for key, value in sorted(texts.items())}
