"""The report as RDF triples: a SHACL report, the terms of our vocabulary and PROV, with an IRI for every node.

Nothing is random: a diagnosis is named by what it says and what it rests on, its parts by their place in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Triple

from clusterkg.diagnosis.model import (
    Citation,
    Decision,
    Diagnosis,
    Evidence,
    Finding,
    Location,
    Question,
    Report,
    Verdict,
)
from clusterkg.diagnosis.model import Text as Texts
from clusterkg.namespaces import CKG, DCTERMS, DIAGNOSIS_BASE, GRAPH_BASE, PROFILE, PROV, RDF, RDFS, SH, SKOS, XSD

Term = NamedNode | Literal

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
_DATES = {10: XSD.date, 7: XSD.gYearMonth, 4: XSD.gYear}


def triples_of(report: Report) -> list[Triple]:
    """All triples of a report, each once, sorted by their N-Triples text."""
    found = {str(triple): triple for diagnosis in report.diagnoses for triple in _diagnosis(report, diagnosis)}
    found |= {str(triple): triple for triple in _inputs(report)}
    return [found[key] for key in sorted(found)]


def diagnosis_iri(report: Report, diagnosis: Diagnosis) -> NamedNode:
    """The name of a diagnosis: the same description, date, profile, file, shapes and ontology give the same name."""
    parts = (
        diagnosis.iri,
        diagnosis.as_of,
        report.profile,
        _file_hash(report, diagnosis.location.file),
        report.shapes_sha256,
        report.ontology_sha256,
        f"{report.engine.name} {report.engine.version}",
    )
    return NamedNode(f"{DIAGNOSIS_BASE}{sha256(chr(10).join(parts).encode()).hexdigest()[:20]}")


def _diagnosis(report: Report, diagnosis: Diagnosis) -> Iterator[Triple]:
    node = diagnosis_iri(report, diagnosis)
    description = NamedNode(diagnosis.iri)
    findings = [finding for verdict in diagnosis.verdicts for finding in verdict.findings]
    yield from (Triple(node, RDF.type, kind) for kind in (CKG.Diagnosis, SH.ValidationReport, PROV.Entity))
    yield from _labels(node, RDFS.label, diagnosis.label)
    yield Triple(node, CKG.diagnoses, description)
    yield Triple(node, PROV.wasDerivedFrom, description)
    yield from _from_file(node, _file_hash(report, diagnosis.location.file))
    yield Triple(node, DCTERMS.subject, NamedNode(diagnosis.initiative))
    yield from (Triple(node, DCTERMS.subject, NamedNode(cluster)) for cluster in diagnosis.clusters)
    yield Triple(node, CKG.described, date_literal(diagnosis.described))
    yield Triple(node, CKG.asOf, date_literal(diagnosis.as_of))
    yield Triple(node, CKG.underProfile, PROFILE[report.profile])
    yield Triple(node, SH.conforms, Literal(not findings))
    if diagnosis.illustration:
        yield Triple(node, CKG.illustration, Literal(True))
    yield from _activity(report, node)
    yield from _state(diagnosis, node)
    for verdict in diagnosis.verdicts:
        yield from _judgement(node, verdict)


def _activity(report: Report, node: NamedNode) -> Iterator[Triple]:
    """How the diagnosis came about: shapes and ontology used, engine and program as agents."""
    activity, shapes = NamedNode(f"{node.value}#activity"), NamedNode(f"{GRAPH_BASE}shapes/{report.shapes_sha256}")
    ontology = NamedNode(f"{GRAPH_BASE}ontology/{report.ontology_sha256}")
    yield Triple(node, PROV.wasGeneratedBy, activity)
    yield Triple(activity, RDF.type, PROV.Activity)
    for used, digest in ((shapes, report.shapes_sha256), (ontology, report.ontology_sha256)):
        yield Triple(activity, PROV.used, used)
        yield Triple(used, RDF.type, PROV.Entity)
        yield Triple(used, CKG.sha256, Literal(digest))
    agents = (("program", "clusterkg", report.version), ("engine", report.engine.name, report.engine.version))
    for part, name, version in agents:
        agent = NamedNode(f"{node.value}#{part}")
        yield Triple(activity, PROV.wasAssociatedWith, agent)
        yield Triple(agent, RDF.type, PROV.SoftwareAgent)
        yield Triple(agent, RDFS.label, Literal(f"{name} {version}".strip()))


def _state(diagnosis: Diagnosis, node: NamedNode) -> Iterator[Triple]:
    """Stage and pentagon as of the date; the status is told by its notation, as its concept in the vocabulary is."""
    for predicate, stage in (
        (CKG.declaredStage, diagnosis.stage.declared),
        (CKG.inferredStage, diagnosis.stage.inferred),
    ):
        if stage is not None:
            yield Triple(node, predicate, NamedNode(stage.value))
    pentagon = diagnosis.pentagon
    status = NamedNode(f"{node.value}#pentagon")
    yield Triple(node, CKG.pentagonStatus, status)
    yield Triple(status, RDF.type, SKOS.Concept)
    yield Triple(status, SKOS.notation, Literal(pentagon.status))
    yield from _labels(status, RDFS.label, pentagon.status_label)
    for predicate, corners in ((CKG.missingKind, pentagon.missing), (CKG.unknownKind, pentagon.unknown)):
        yield from (Triple(node, predicate, CKG[corner]) for corner in corners)


def _judgement(diagnosis: NamedNode, verdict: Verdict) -> Iterator[Triple]:
    node = NamedNode(f"{diagnosis.value}#{verdict.error}")
    yield Triple(diagnosis, CKG.judgement, node)
    yield Triple(node, RDF.type, CKG.Judgement)
    yield Triple(node, CKG.error, NamedNode(verdict.iri))
    yield Triple(node, CKG.verdict, CKG[_camel(verdict.verdict)])
    if verdict.standing:
        yield Triple(node, CKG.standing, _named(verdict.standing))
    for number, finding in enumerate(verdict.findings, 1):
        part = NamedNode(f"{node.value}-finding-{number}")
        yield Triple(diagnosis, SH.result, part)
        yield Triple(node, CKG.hasFinding, part)
        yield from _finding(part, finding)
    for number, evidence in enumerate(verdict.evidence, 1):
        part = NamedNode(f"{node.value}-evidence-{number}")
        yield Triple(node, CKG.hasEvidence, part)
        yield from _evidence(part, evidence)
    for number, question in enumerate(verdict.questions, 1):
        part = NamedNode(f"{node.value}-question-{number}")
        yield Triple(node, CKG.hasQuestion, part)
        yield from _question(part, question)
    yield from (Triple(node, CKG.recommends, NamedNode(remedy.iri)) for remedy in verdict.remedies)
    yield from (Triple(node, CKG.notChecked, _rule_iri(code)) for code in verdict.not_checked)
    yield from (Triple(node, CKG.notApplicable, _rule_iri(code)) for code in verdict.not_applicable)


def _finding(node: NamedNode, finding: Finding) -> Iterator[Triple]:
    yield from (Triple(node, RDF.type, kind) for kind in (CKG.Finding, SH.ValidationResult))
    yield Triple(node, CKG.rule, NamedNode(finding.rule_iri))
    yield Triple(node, CKG.role, CKG[finding.role])
    yield Triple(node, SH.sourceShape, NamedNode(finding.rule_iri))
    yield Triple(node, SH.resultSeverity, _named(finding.severity, str(SH)))
    yield Triple(node, SH.sourceConstraintComponent, _named(finding.component, str(SH)))
    yield Triple(node, SH.focusNode, _term(finding.focus.value))
    if finding.path and _IRI.match(finding.path):
        yield Triple(node, SH.resultPath, NamedNode(finding.path))
    if finding.value is not None:
        yield Triple(node, SH.value, _term(finding.value.value))
    yield from _labels(node, SH.resultMessage, finding.message)
    yield from _place(node, finding.location)
    yield from _citations(node, f"{node.value}-source", finding.statement_sources)
    yield from (Triple(node, CKG.recommends, NamedNode(remedy.iri)) for remedy in finding.remedies)
    for number, decision in enumerate(finding.decisions, 1):
        yield from _decision(NamedNode(f"{node.value}-decision-{number}"), node, finding, decision)


def _decision(node: NamedNode, about: NamedNode, finding: Finding, decision: Decision) -> Iterator[Triple]:
    yield Triple(node, RDF.type, CKG.Decision)
    yield Triple(node, CKG.about, about)
    yield Triple(node, CKG.finding, NamedNode(finding.rule_iri))
    yield Triple(node, CKG.decides, _named(decision.decides))
    texts = (
        (CKG.byRole, decision.role),
        (CKG.reason, decision.reason),
        (CKG.reply, decision.reply),
        (CKG.agreedAction, decision.agreed_action),
    )
    yield from (Triple(node, predicate, Literal(content)) for predicate, content in texts if content)
    for predicate, date in ((CKG.date, decision.date), (CKG.deadline, decision.deadline)):
        if date:
            yield Triple(node, predicate, date_literal(date))
    yield from _citations(node, f"{node.value}-source", decision.sources)


def _evidence(node: NamedNode, evidence: Evidence) -> Iterator[Triple]:
    yield Triple(node, RDF.type, CKG.Evidence)
    yield Triple(node, CKG.rule, _rule_iri(evidence.rule))
    yield Triple(node, SH.value, _term(evidence.value.value))
    yield from _labels(node, RDFS.label, evidence.value.label)
    if evidence.standing:
        yield Triple(node, CKG.standing, _named(evidence.standing))
    yield from _place(node, evidence.location)
    yield from _citations(node, f"{node.value}-source", evidence.statement_sources)


def _question(node: NamedNode, question: Question) -> Iterator[Triple]:
    yield Triple(node, RDF.type, CKG.Question)
    yield from _labels(node, CKG.question, question.text)
    yield Triple(node, SKOS.notation, Literal(question.kind))
    yield Triple(node, CKG.about, _term(question.about.value))
    yield from (Triple(node, CKG.rule, _rule_iri(code)) for code in question.decides)


def _inputs(report: Report) -> Iterator[Triple]:
    for item in report.inputs:
        node = _file(item.sha256)
        yield Triple(node, RDF.type, PROV.Entity)
        yield Triple(node, CKG.sha256, Literal(item.sha256))
        yield Triple(node, CKG.file, Literal(item.path))


def _place(node: NamedNode, location: Location) -> Iterator[Triple]:
    yield Triple(node, CKG.file, Literal(location.file))
    if location.line is not None:
        yield Triple(node, CKG.line, Literal(location.line))


def _citations(node: NamedNode, stem: str, citations: Iterable[Citation]) -> Iterator[Triple]:
    for number, item in enumerate(citations, 1):
        citation = NamedNode(f"{stem}-{number}")
        yield Triple(node, DCTERMS.source, citation)
        yield Triple(citation, RDF.type, CKG.Citation)
        yield Triple(citation, CKG.document, NamedNode(item.iri))
        yield from _labels(citation, CKG.locator, item.locator)


def _labels(node: NamedNode, predicate: NamedNode, texts: Texts) -> Iterator[Triple]:
    for code, content in texts.items():
        yield Triple(node, predicate, Literal(content, language=code) if code else Literal(content))


def _from_file(node: NamedNode, digest: str) -> Iterator[Triple]:
    if digest:
        yield Triple(node, PROV.wasDerivedFrom, _file(digest))


def _file(digest: str) -> NamedNode:
    return NamedNode(f"{GRAPH_BASE}file/{digest}")


def _file_hash(report: Report, path: str) -> str:
    return next((item.sha256 for item in report.inputs if item.path == path), "")


def _rule_iri(code: str) -> NamedNode:
    return _named(code, "https://w3id.org/clusterkg/rule/")


def _named(value: str, stem: str = str(CKG)) -> NamedNode:
    return NamedNode(value) if _IRI.match(value) else NamedNode(stem + value)


def _term(value: str) -> Term:
    return NamedNode(value) if _IRI.match(value) else Literal(value)


def _camel(notation: str) -> str:
    first, *rest = notation.split("-")
    return first + "".join(part.capitalize() for part in rest)


def date_literal(value: str) -> Literal:
    """A date as precise as it was stated: a day, a month or a year."""
    datatype = _DATES.get(len(value))
    return Literal(value, datatype=datatype) if datatype else Literal(value)
