"""A diagnosis as it comes from the server: the same content as its JSON, with types.

The names are those of the JSON in Python's way (`notChecked` → `not_checked`). What a newer server adds is passed over here and
stands in `Report.tree`; what an older one lacks is empty. Texts are mappings from language to text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clusterkg.client.decoding import read_as

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage: the document's key and IRI, and where in it."""

    document: str = ""
    iri: str = ""
    locator: str = ""
    locators: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a statement stands in the input; `line` counts from 1."""

    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A node, with what people call it."""

    value: str = ""
    label: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remedy:
    """A next step, and the passages that recommend it."""

    iri: str = ""
    text: Text = field(default_factory=dict)
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided about a finding: `decides` is upholds, contests or waives."""

    decides: str = ""
    role: str = ""
    reason: str = ""
    date: str = ""
    reply: str = ""
    agreed_action: str = ""
    deadline: str = ""
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A sign that is there (role `detects` or `signals`), or evidence that is missing from a complete list (`evidences`)."""

    rule: str = ""
    rule_iri: str = ""
    role: str = ""
    severity: str = ""
    component: str = ""
    focus_node: str = ""
    focus_label: Text = field(default_factory=dict)
    path: str | None = None
    path_label: Text = field(default_factory=dict)
    value: str | None = None
    value_label: Text | None = None
    message: Text = field(default_factory=dict)
    source: Citation | None = None
    sources: tuple[Citation, ...] = ()
    statement_sources: tuple[Citation, ...] = ()
    location: Location = Location()
    remedies: tuple[Remedy, ...] = ()
    decisions: tuple[Decision, ...] = ()
    repairs: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value that speaks for the cluster; `standing` is declared, documented or verified."""

    rule: str = ""
    rule_label: Text = field(default_factory=dict)
    value: str = ""
    value_label: Text = field(default_factory=dict)
    standing: str = ""
    sources: tuple[Citation, ...] = ()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that would decide, and the rules that it decides."""

    kind: str = ""
    about: str = ""
    about_label: Text = field(default_factory=dict)
    text: Text = field(default_factory=dict)
    decides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one error: present, at-risk, absent or not-enough-evidence."""

    error: str = ""
    iri: str = ""
    label: Text = field(default_factory=dict)
    success: Text = field(default_factory=dict)
    verdict: str = ""
    verdict_label: Text = field(default_factory=dict)
    standing: str | None = None
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    questions: tuple[Question, ...] = ()
    not_checked: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class StageReason:
    """One condition of one stage, and the values that met it."""

    stage: str = ""
    stage_label: Text = field(default_factory=dict)
    rule: str = ""
    text: Text = field(default_factory=dict)
    met: bool = False
    values: tuple[LabelledValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """Declared and inferred stage (IRIs); `agrees` is None where one of the two is missing."""

    declared: str | None = None
    declared_label: Text | None = None
    inferred: str | None = None
    inferred_label: Text | None = None
    agrees: bool | None = None
    because: tuple[StageReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Pentagon:
    """Which of the five kinds of actor take part; `unknown`: those that an open list of members leaves open."""

    status: str = ""
    status_label: Text = field(default_factory=dict)
    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    labels: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of the anti-cluster theory, and the errors that are tied to it."""

    iri: str = ""
    label: Text = field(default_factory=dict)
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdicts on one description as of one date (ISO texts of a day, a month or a year)."""

    iri: str = ""
    label: Text = field(default_factory=dict)
    initiative: str = ""
    clusters: tuple[str, ...] = ()
    described: str = ""
    as_of: str = ""
    period: str = ""
    illustration: bool = False
    location: Location = Location()
    stage: Stage = Stage()
    pentagon: Pentagon = Pentagon()
    verdicts: tuple[Verdict, ...] = ()
    causes: tuple[Cause, ...] = ()
    focus_nodes: Mapping[str, int] = field(default_factory=dict)

    def verdict(self, error: str) -> Verdict:
        """The verdict on an error by its code. Raises KeyError where this profile does not know it."""
        for one in self.verdicts:
            if one.error == error:
                return one
        raise KeyError(error)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A document that was read."""

    path: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine that validated."""

    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The diagnoses of one run, and what they rest on. `tree` is the whole JSON; as a sequence, its diagnoses."""

    profile: str = ""
    profile_label: Text = field(default_factory=dict)
    as_of: str | None = None
    inputs: tuple[InputFile, ...] = ()
    skipped: tuple[str, ...] = ()
    engine: Engine = Engine()
    verdict_labels: Mapping[str, Text] = field(default_factory=dict)
    summary: Mapping[str, int] = field(default_factory=dict)
    diagnoses: tuple[Diagnosis, ...] = ()
    tree: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __iter__(self) -> Iterator[Diagnosis]:
        return iter(self.diagnoses)

    def __len__(self) -> int:
        return len(self.diagnoses)

    def __getitem__(self, place: int) -> Diagnosis:
        return self.diagnoses[place]


def read_report(tree: Any) -> Report:
    """A report from its JSON. Raises ValueError for JSON that is no report."""
    if not isinstance(tree, Mapping) or not isinstance(tree.get("diagnoses"), list):
        raise ValueError("no report")
    return read_as(Report, {**tree, "tree": tree})
