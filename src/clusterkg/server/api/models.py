"""What the API answers, as integrators see it. Texts are by language; what is not known is null or an empty list, never invented."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Text = Annotated[
    dict[str, str],
    Field(description="A text by language tag.", examples=[{"es": "Clúster Alfa", "en": "Alpha cluster"}]),
]
Date = Annotated[
    str,
    Field(
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$",
        description="A day, a month or a year, as precise as it was stated.",
        examples=["2021", "2021-03"],
    ),
]
VerdictName = Literal["present", "at-risk", "absent", "not-enough-evidence"]
Iri = Annotated[str, Field(description="An IRI; those of this graph answer over HTTP.")]


class Model(BaseModel):
    """Immutable; names in camelCase outside."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Trouble(Model):
    """One of several things that are wrong, with its place."""

    detail: str
    hint: str | None = None
    parameter: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "https://w3id.org/clusterkg/problem/input",
                    "title": "The input cannot be used",
                    "status": 422,
                    "detail": "Unknown key “asseses”.",
                    "hint": "Did you mean “assesses”?",
                    "file": "my-cluster.yaml",
                    "line": 12,
                    "column": 1,
                }
            ]
        },
    )

    type: str = Field(description="What kind of problem; about:blank where the status says it all.")
    title: str = Field(description="The kind, in the reader's language.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="This case, in the reader's language.")
    hint: str | None = Field(None, description="The way out, where one is known.")
    file: str | None = None
    line: int | None = Field(None, description="Counted from 1.")
    column: int | None = Field(None, description="Counted from 1.")
    problems: list[Trouble] | None = Field(
        None, description="Everything that is wrong, where that is more than one thing."
    )


class Thing(Model):
    """Something with an IRI and labels."""

    iri: Iri
    label: Text


class Count(Model):
    """How many there are, and how the pages lie."""

    total: int = Field(ge=0, description="How many match the filters.")
    page: int = Field(ge=1)
    per_page: int = Field(ge=1)
    pages: int = Field(ge=0)


class Links(Model):
    """Addresses that belong to a cluster, relative to the server."""

    self: str = Field(examples=["/api/clusters/health-valley"])
    diagnosis: str = Field(examples=["/api/clusters/health-valley/diagnosis"])
    page: str | None = Field(
        None, description="The cluster as a page and, by Accept, as RDF; null where its IRI is not of this graph."
    )


class Members(Model):
    """Memberships that the description states and does not say are over."""

    stated: int = Field(ge=0)


class ClusterSummary(Model):
    """A cluster, as its latest description states it."""

    slug: str = Field(description="Names the cluster in this API.", examples=["health-valley"])
    iri: Iri
    label: Text
    initiatives: list[Thing]
    countries: list[Thing] = Field(description="The countries in which its territory lies, as far as that is stated.")
    territories: list[Thing]
    fields: list[Thing]
    kinds: list[Thing] = Field(description="Types and categories of cluster that it is stated to be.")
    declared_stage: Thing | None
    inferred_stage: Thing | None
    members: Members
    description: Iri = Field(description="The description that this is taken from.")
    described: Date
    descriptions: int = Field(ge=1, description="How many descriptions there are of it.")
    illustration: bool = Field(description="Whether it is made up, as an example.")
    links: Links


class ClusterPage(Count):
    """Some clusters."""

    items: list[ClusterSummary]


class Corners(Model):
    """The pentagon's corners by name, as of the latest description."""

    status: str = Field(examples=["complete"])
    status_label: Text
    present: list[Thing]
    missing: list[Thing] = Field(description="Stated not to be there: the list of members is complete.")
    unknown: list[Thing] = Field(description="Nobody of that kind is on record, and the list of members is open.")


class DescriptionSummary(Model):
    """One description of a cluster."""

    slug: str = Field(description="Chooses this description with `description=`.")
    iri: Iri
    label: Text
    described: Date
    graph: Iri = Field(description="The named graph that holds it.")
    diagnosis: str = Field(description="Its diagnosis, relative to the server.")


class ClusterDetail(ClusterSummary):
    """A cluster with its descriptions."""

    corners: Corners | None = Field(description="Null where the store keeps no diagnosis.")
    same_as: list[Iri]
    described_by: list[DescriptionSummary] = Field(description="The latest first.")


class PortfolioRow(Model):
    """The verdicts on one cluster, by one description."""

    slug: str
    iri: Iri
    label: Text
    countries: list[Thing]
    fields: list[Thing]
    stage: Thing | None = Field(description="The declared stage, else the inferred one.")
    illustration: bool
    description: Iri
    described: Date
    as_of: Date
    verdicts: dict[str, VerdictName] = Field(
        description="Verdict by code of the error.", examples=[{"TE-01": "absent"}]
    )
    counts: dict[str, int] = Field(
        description="How many errors have each verdict.", examples=[{"present": 1, "absent": 3}]
    )
    links: Links


class ErrorTotal(Model):
    """One error over everything that matches the filters."""

    error: str = Field(examples=["TE-07"])
    iri: Iri
    label: Text
    counts: dict[str, int] = Field(description="How many rows have each verdict.")


class PortfolioPage(Count):
    """Verdicts × clusters."""

    profile: str
    totals: list[ErrorTotal]
    items: list[PortfolioRow]


class ProfileSummary(Model):
    """A set of rules."""

    code: str
    iri: Iri
    label: Text
    description: Text
    inherits: list[Iri]
    minimum_standing: str | None
    sources: list[dict[str, Any]]
    rules: list[str] = Field(description="Codes of its rules.")


class ProfileList(Model):
    """All profiles."""

    items: list[ProfileSummary]


class RuleSummary(Model):
    """A rule, as a profile sees it."""

    code: str = Field(examples=["TE-07-2"])
    iri: Iri
    error: str
    error_iri: Iri
    role: str = Field(examples=["detects"])
    label: Text
    message: Text
    question: Text
    sources: list[dict[str, Any]]
    parameters: list[dict[str, Any]] = Field(description="Thresholds, with unit, source and date from which they hold.")
    gates: list[dict[str, Any]] = Field(description="Lists that must be stated complete before it concludes.")
    remedies: list[Iri]
    needs_other_descriptions: bool
    profile: str


class RuleList(Model):
    """The rules of a profile."""

    profile: str
    items: list[RuleSummary]


class Remedy(Model):
    """A next step."""

    iri: Iri
    label: Text


class ErrorSummary(Model):
    """An error, its success, and what helps."""

    code: str = Field(examples=["TE-07"])
    iri: Iri
    label: Text
    success: Text
    remedies: list[Remedy]
    rules: list[str]


class ErrorList(Model):
    """The errors that the rules of a profile speak of."""

    profile: str
    items: list[ErrorSummary]
