"""One diagnosis in full: who, when, stage, pentagon, then each error with what was found and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from clusterkg.diagnosis.model import (
    Citation,
    Decision,
    Diagnosis,
    Evidence,
    Finding,
    Location,
    Remedy,
    Report,
    Stage,
    StageReason,
    Term,
    Verdict,
)
from clusterkg.rendering.language import Language
from clusterkg.rendering.marks import VERDICTS, name, style, symbol, tally_of
from clusterkg.rendering.page import Page, Segment
from clusterkg.rendering.terms import short_name

_LABEL, _DIM = "bold", "dim"
_VALUES_SHOWN = 6


def diagnosis_page(page: Page, report: Report, diagnosis: Diagnosis, language: Language) -> None:
    """Write one diagnosis in full."""
    _header(page, report, diagnosis, language)
    for verdict in diagnosis.verdicts:
        page.gap()
        _verdict(page, report, verdict, language)
    told = [cause for cause in diagnosis.causes if cause.errors]
    if told:
        page.gap()
        page.line((language("causes.title"), _LABEL))
        for cause in told:
            page.line(f"• {language.pick(cause.label)}: {', '.join(cause.errors)}", indent=2, hanging=2)


def _header(page: Page, report: Report, diagnosis: Diagnosis, language: Language) -> None:
    title = language.pick(diagnosis.label) or diagnosis.iri
    page.line((title, _LABEL), (f" {language('illustration')}" if diagnosis.illustration else "", _DIM))
    if diagnosis.as_of == diagnosis.described:
        dates = language("described", date=diagnosis.described)
    else:
        dates = language("described.judged", date=diagnosis.described, as_of=diagnosis.as_of)
    profile = language.pick(report.profile_label) or report.profile
    page.line(dates, " · ", language("profile", name=profile), " · ", place(diagnosis.location))
    if diagnosis.period in ("before-founding", "before"):
        page.line((language("period.before-founding"), "yellow"))
    _stage(page, diagnosis.stage, language)
    _pentagon(page, diagnosis, language)
    counts = Counter(verdict.verdict for verdict in diagnosis.verdicts)
    page.line(*tally_of(language, {verdict: counts[verdict] for verdict in VERDICTS}))


def _stage(page: Page, stage: Stage, language: Language) -> None:
    parts: list[Segment] = [(f"{language('stage')}: ", _LABEL)]
    parts.append(language("stage.declared", name=_term(stage.declared, language) or language("stage.none")))
    parts.append("; ")
    parts.append(language("stage.inferred", name=_term(stage.inferred, language) or language("stage.unknown")))
    if stage.agrees is not None:
        key = "stage.agrees" if stage.agrees else "stage.differs"
        parts.append((f" — {language(key)}", "" if stage.agrees else "yellow"))
    page.line(*parts, hanging=2)
    by_stage: dict[str, list[StageReason]] = {}
    for reason in stage.because:
        by_stage.setdefault(reason.stage, []).append(reason)
    for reasons in by_stage.values():
        # A stage of which nothing is on record explains nothing.
        if any(reason.met for reason in reasons):
            _reasons(page, reasons, language)


def _reasons(page: Page, reasons: list[StageReason], language: Language) -> None:
    """One stage: what is met, with the values that meet it, and what is not on record."""
    parts: list[Segment] = [f"{language.pick(reasons[0].stage_label)}: "]
    for number, reason in enumerate(reasons):
        values = _some([_term(value, language) for value in reason.values], language)
        parts.append("; " if number else "")
        parts.append(("✓ ", "green") if reason.met else ("· ", _DIM))
        parts.append(language.pick(reason.text))
        told = values if reason.met else language("reason.unmet")
        parts.append((f" ({told})" if told else "", _DIM))
    page.line(*parts, indent=2, hanging=2)


def _pentagon(page: Page, diagnosis: Diagnosis, language: Language) -> None:
    pentagon = diagnosis.pentagon
    status = language.pick(pentagon.status_label) or pentagon.status
    parts: list[Segment] = [(f"{language('pentagon')}: ", _LABEL), status]
    for key in ("present", "missing", "unknown"):
        corners = [language.pick(pentagon.labels.get(corner, {})) or corner for corner in getattr(pentagon, key)]
        if corners:
            parts.append("; " + language(f"pentagon.{key}", corners=language.listed(corners)))
    page.line(*parts, hanging=2)


def _verdict(page: Page, report: Report, verdict: Verdict, language: Language) -> None:
    look = style(verdict.verdict)
    word = language.pick(verdict.verdict_label) or name(verdict.verdict, report, language)
    page.line(
        (f"{symbol(verdict.verdict)} {verdict.error} ", look),
        (language.pick(verdict.label), _LABEL),
        (f" — {word.upper()}", look),
        hanging=2,
    )
    for finding in verdict.findings:
        _finding(page, finding, language)
    if verdict.findings:
        _remedies(page, _remedies_of(verdict), language)
    elif verdict.verdict == "absent":
        success = language.pick(verdict.success)
        if success:
            page.line((f"{language('success')}: ", _LABEL), success, indent=2, hanging=2)
    _evidence(page, verdict, language)
    _questions(page, verdict, language)
    if verdict.not_checked:
        page.line(language("not-checked", rules=", ".join(verdict.not_checked)), indent=2, hanging=2)
    if verdict.not_applicable:
        page.line(language("not-applicable", rules=", ".join(verdict.not_applicable)), indent=2, hanging=2)


def _finding(page: Page, finding: Finding, language: Language) -> None:
    role_key = f"role.{finding.role}"
    role = language(role_key) if language.has(role_key) else finding.role
    page.line((f"{finding.rule} ", _LABEL), (f"({role}) ", _DIM), language.pick(finding.message), indent=2, hanging=2)
    about = [_term(finding.focus, language)]
    if finding.value and finding.value.value != finding.focus.value:
        about.append(_term(finding.value, language))
    where = place(finding.location)
    page.line((f"{language('where')}: ", _DIM), f"{where} ({' → '.join(about)})", indent=4, hanging=2)
    if finding.sources:
        page.line((f"{language('rule-source')}: ", _DIM), citations(finding.sources, language), indent=4, hanging=2)
    if finding.statement_sources:
        page.line(
            (f"{language('statement-source')}: ", _DIM),
            citations(finding.statement_sources, language),
            indent=4,
            hanging=2,
        )
    for repair in finding.repairs:
        page.line((f"{language('repair')}: ", _DIM), language.pick(repair), indent=4, hanging=2)
    for decision in finding.decisions:
        _decision(page, decision, language)


def _decision(page: Page, decision: Decision, language: Language) -> None:
    key = f"decision.{decision.decides}"
    words = [language(key) if language.has(key) else decision.decides]
    words += [part for part in (decision.role, decision.date, decision.reason) if part]
    page.line((f"{language('decision')}: ", _DIM), " · ".join(words), indent=4, hanging=2)
    for label, content in (("reply", decision.reply), ("agreed-action", decision.agreed_action)):
        if content:
            page.line((f"{language(label)}: ", _DIM), content, indent=6, hanging=2)
    if decision.deadline:
        page.line((f"{language('deadline')}: ", _DIM), decision.deadline, indent=6, hanging=2)


def _remedies_of(verdict: Verdict) -> list[Remedy]:
    """What the findings' own rules recommend first, then what the error does; each once."""
    found = {remedy.iri: remedy for finding in verdict.findings for remedy in finding.remedies}
    return list({**found, **{remedy.iri: remedy for remedy in verdict.remedies}}.values())


def _remedies(page: Page, remedies: list[Remedy], language: Language) -> None:
    if not remedies:
        return
    page.line((f"{language('remedies')}:", _LABEL), indent=2)
    for remedy in remedies:
        source = f" [{citations(remedy.sources, language)}]" if remedy.sources else ""
        page.line("• ", language.pick(remedy.text), (source, _DIM), indent=4, hanging=2)


def _evidence(page: Page, verdict: Verdict, language: Language) -> None:
    by_rule: dict[str, list[Evidence]] = {}
    for evidence in verdict.evidence:
        by_rule.setdefault(evidence.rule, []).append(evidence)
    if not by_rule:
        return
    standing_key = f"standing.{verdict.standing}"
    standing = f" ({language(standing_key)})" if verdict.standing and language.has(standing_key) else ""
    page.line((f"{language('evidence')}{standing}:", _LABEL), indent=2)
    for rule, items in by_rule.items():
        values = [f"{_term(item.value, language)} [{place(item.location)}]" for item in items]
        label = language.pick(items[0].rule_label)
        page.line(("✓ ", "green"), f"{rule} {label}: ", _some(values, language), indent=4, hanging=2)


def _questions(page: Page, verdict: Verdict, language: Language) -> None:
    if not verdict.questions:
        return
    # Rules that lack the same fact ask the same; a reader is asked once.
    asked: dict[str, list[str]] = {}
    for question in verdict.questions:
        asked.setdefault(language.pick(question.text), []).extend(question.decides)
    page.line((f"{language('questions')}:", _LABEL), indent=2)
    for number, (words, codes) in enumerate(asked.items(), 1):
        decides = f" [{', '.join(dict.fromkeys(codes))}]" if codes else ""
        mark = f"{number}. "
        page.line(mark, words, (decides, _DIM), indent=4, hanging=len(mark))


def place(location: Location) -> str:
    """`file:line`, or the file alone."""
    return location.file if location.line is None else f"{location.file}:{location.line}"


def citations(items: Iterable[Citation], language: Language) -> str:
    """`mhcluster, error 7; cbm, 1.2`."""
    located = ((item.document, language.pick(item.locator)) for item in items)
    return "; ".join(f"{document}, {locator}" if locator else document for document, locator in located)


def _term(term: Term | None, language: Language) -> str:
    return "" if term is None else language.pick(term.label) or short_name(term.value)


def _some(values: list[str], language: Language) -> str:
    shown = ", ".join(values[:_VALUES_SHOWN])
    more = len(values) - _VALUES_SHOWN
    return f"{shown} {language('and-more', n=more)}" if more > 0 else shown
