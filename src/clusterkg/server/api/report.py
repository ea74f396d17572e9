"""A diagnosis as JSON has it (clusterkg/schemas/diagnosis.schema.json), as models: for the API's description and for clients.

The answers themselves are written by clusterkg.rendering.json; a test holds the two together.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from clusterkg.server.api.models import Date, Model, Text, VerdictName

Sha256 = str


class Version(Model):
    """Of the program."""

    version: str


class Hashed(Model):
    """What the diagnosis rests on, by the SHA-256 of its content."""

    sha256: Sha256


class Input(Model):
    """A file, or a graph of the store."""

    path: str
    sha256: Sha256


class Engine(Model):
    """The SHACL engine."""

    name: str
    version: str


class Location(Model):
    """Where a statement stands."""

    file: str
    line: int | None


class Labelled(Model):
    """A node, with what people call it."""

    value: str
    label: Text


class Citation(Model):
    """A passage of a document."""

    document: str
    iri: str
    locator: str
    locators: dict[str, str]


class Step(Model):
    """A remedy, and the passages that recommend it."""

    iri: str
    text: Text
    sources: list[Citation]


class StageReason(Model):
    """One condition of one stage."""

    stage: str
    stage_label: Text
    rule: str
    text: Text
    met: bool
    values: list[Labelled]


class Stage(Model):
    """Declared and inferred life-cycle stage."""

    declared: str | None
    declared_label: Text | None
    inferred: str | None
    inferred_label: Text | None
    agrees: bool | None = Field(description="Null where one of the two is missing.")
    because: list[StageReason]


class Pentagon(Model):
    """Which corners of the pentagon have members."""

    status: str
    status_label: Text
    present: list[str]
    missing: list[str]
    unknown: list[str]
    labels: dict[str, Text]


class Decision(Model):
    """What people decided about a finding; the machine's verdict stays beside it."""

    decides: str
    role: str
    reason: str
    date: str
    reply: str
    agreed_action: str
    deadline: str
    sources: list[Citation]


class Finding(Model):
    """A sign that is there, or evidence that is missing from a complete list."""

    rule: str
    rule_iri: str
    role: Literal["detects", "signals", "evidences"]
    severity: str
    component: str
    focus_node: str
    focus_label: Text
    path: str | None
    path_label: Text
    value: str | None
    value_label: Text | None
    message: Text
    source: Citation | None
    sources: list[Citation]
    statement_sources: list[Citation]
    location: Location
    remedies: list[Step]
    decisions: list[Decision]
    repairs: list[Text]


class Evidence(Model):
    """A value that speaks against an error."""

    rule: str
    rule_label: Text
    value: str
    value_label: Text
    standing: str
    sources: list[Citation]
    location: Location


class Question(Model):
    """A fact that would decide."""

    kind: str
    about: str
    about_label: Text
    text: Text
    decides: list[str]


class Verdict(Model):
    """What is to be said of one error."""

    error: str
    iri: str
    label: Text
    success: Text
    verdict: VerdictName
    verdict_label: Text
    standing: str | None
    findings: list[Finding]
    evidence: list[Evidence]
    questions: list[Question]
    not_checked: list[str]
    not_applicable: list[str]
    remedies: list[Step]
    sources: list[Citation]


class Cause(Model):
    """A cause of the anti-cluster theory, with the errors tied to it."""

    iri: str
    label: Text
    errors: list[str]


class Diagnosis(Model):
    """The verdicts on one description as of one date."""

    iri: str
    label: Text
    initiative: str
    clusters: list[str]
    described: Date
    as_of: Date
    period: str
    illustration: bool
    location: Location
    stage: Stage
    pentagon: Pentagon
    verdicts: list[Verdict]
    causes: list[Cause]
    focus_nodes: dict[str, int]


class Summary(Model):
    """Counts over all diagnoses."""

    model_config = ConfigDict(frozen=True, alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True)

    descriptions: int
    present: int
    at_risk: int
    absent: int
    not_enough_evidence: int


class Report(Model):
    """A diagnosis, as `clusterkg check --format json` writes it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, title="DiagnosisReport")

    clusterkg: Version
    profile: str
    profile_label: Text
    as_of: Date | None
    inputs: list[Input]
    skipped: list[str]
    engine: Engine
    ontology: Hashed
    shapes: Hashed
    verdict_labels: dict[str, Text]
    summary: Summary
    diagnoses: list[Diagnosis]
