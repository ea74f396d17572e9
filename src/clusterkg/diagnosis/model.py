"""The report: one immutable structure from which every format is rendered.

It is complete: a renderer looks nothing up. Texts are mappings from language tag to text (`{"es": …, "en": …}`);
IRIs are plain strings; dates are ISO texts with the precision that the description states (day, month or year).
Tuples are sorted, so that the same input renders to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage: the document's key and IRI, and a locator that a reader can find again."""

    document: str
    iri: str
    locator: Text


@dataclass(frozen=True, slots=True)
class Location:
    """Where a statement stands in the input: file as given, line counted from 1 (None where unknown)."""

    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Term:
    """A node of the description or the vocabulary, with what people call it."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Remedy:
    """A concrete next step, and the passage that recommends it."""

    iri: str
    text: Text
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided about a finding: `decides` is upholds, contests or waives. The machine's verdict stays beside it."""

    decides: str
    role: str
    reason: str
    date: str
    reply: str
    agreed_action: str
    deadline: str
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A sign that is there (role `detects` or `signals`), or a shortfall (role `evidences`).

    A shortfall is evidence that is missing although the list it needs is complete.
    """

    rule: str
    rule_iri: str
    role: str
    severity: str
    component: str
    focus: Term
    path: str | None
    path_label: Text
    value: Term | None
    message: Text
    sources: tuple[Citation, ...]
    statement_sources: tuple[Citation, ...]
    location: Location
    remedies: tuple[Remedy, ...]
    decisions: tuple[Decision, ...] = ()
    repairs: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value that satisfied an E rule; `standing` is declared, documented or verified."""

    rule: str
    rule_label: Text
    value: Term
    standing: str
    statement_sources: tuple[Citation, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that would decide. `kind`: open-list, missing-evidence, time-passed, before-founding, standing, stage."""

    kind: str
    about: Term
    text: Text
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One error's verdict.

    `standing` is the weakest standing that "absent" rests on, else empty. `not_checked`: rules that need other
    descriptions, where none are given; `not_applicable`: rules that do not hold at the cluster's stage.
    """

    error: str
    iri: str
    label: Text
    success: Text
    verdict: str
    verdict_label: Text
    standing: str
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    questions: tuple[Question, ...]
    not_checked: tuple[str, ...]
    not_applicable: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class StageReason:
    """One condition of one stage: met or not, and the values that met it."""

    stage: str
    stage_label: Text
    rule: str
    text: Text
    met: bool
    values: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Declared and inferred life-cycle stage (IRIs or None). `agrees` is None where one of the two is missing."""

    declared: Term | None
    inferred: Term | None
    agrees: bool | None
    because: tuple[StageReason, ...]


@dataclass(frozen=True, slots=True)
class Pentagon:
    """Status computed from current members; corners by notation. `unknown`: corners that the open member list leaves open."""

    status: str
    status_label: Text
    present: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    labels: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class CauseTally:
    """A cause of the anti-cluster theory and the errors, present or at risk, that we tie to it (our reading)."""

    iri: str
    label: Text
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdicts on one description as of one date."""

    iri: str
    initiative: str
    clusters: tuple[str, ...]
    label: Text
    described: str
    as_of: str
    period: str
    illustration: bool
    location: Location
    stage: Stage
    pentagon: Pentagon
    verdicts: tuple[Verdict, ...]
    causes: tuple[CauseTally, ...]
    focus_nodes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read: path as given, and the SHA-256 of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine that validated."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Report:
    """All diagnoses of one run, with what they rest on. `skipped`: files that hold no description."""

    version: str
    profile: str
    profile_label: Text
    as_of: str | None
    inputs: tuple[InputFile, ...]
    skipped: tuple[str, ...]
    engine: Engine
    ontology_sha256: str
    shapes_sha256: str
    verdict_labels: Mapping[str, Text]
    summary: Mapping[str, int]
    diagnoses: tuple[Diagnosis, ...]
