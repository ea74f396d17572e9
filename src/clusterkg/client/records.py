"""Clusters and portfolios as they come from the server; keys that this version does not know are passed over (see decoding.py).

Texts are mappings from language to text; what the descriptions do not say is None or empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clusterkg.client.table import Table, Term

Text = Mapping[str, str]
_XSD_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with an IRI and labels."""

    iri: str = ""
    label: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that belong to a cluster, relative to the server."""

    self: str = ""
    diagnosis: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """How many memberships are stated."""

    stated: int = 0


@dataclass(frozen=True, slots=True)
class Corners:
    """The pentagon's corners; `unknown`: those that an open list of members leaves open."""

    status: str = ""
    status_label: Text = field(default_factory=dict)
    present: tuple[Thing, ...] = ()
    missing: tuple[Thing, ...] = ()
    unknown: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class DescriptionSummary:
    """One description of a cluster; `slug` chooses it in `Client.diagnosis`."""

    slug: str = ""
    iri: str = ""
    label: Text = field(default_factory=dict)
    described: str = ""
    graph: str = ""
    diagnosis: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster, as its latest description states it. `corners`, `same_as` and `described_by` come with `Client.cluster` only."""

    slug: str = ""
    iri: str = ""
    label: Text = field(default_factory=dict)
    initiatives: tuple[Thing, ...] = ()
    countries: tuple[Thing, ...] = ()
    territories: tuple[Thing, ...] = ()
    fields: tuple[Thing, ...] = ()
    kinds: tuple[Thing, ...] = ()
    declared_stage: Thing | None = None
    inferred_stage: Thing | None = None
    members: Members = Members()
    description: str = ""
    described: str = ""
    descriptions: int = 0
    illustration: bool = False
    links: Links = Links()
    corners: Corners | None = None
    same_as: tuple[str, ...] = ()
    described_by: tuple[DescriptionSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """Part of the list of clusters, and how many parts there are."""

    items: tuple[Cluster, ...] = ()
    pages: int = 1


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """The verdicts on one cluster by one description: `verdicts` by code of the error, `counts` by verdict."""

    slug: str = ""
    iri: str = ""
    label: Text = field(default_factory=dict)
    countries: tuple[Thing, ...] = ()
    fields: tuple[Thing, ...] = ()
    stage: Thing | None = None
    illustration: bool = False
    description: str = ""
    described: str = ""
    as_of: str = ""
    verdicts: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    links: Links = Links()


@dataclass(frozen=True, slots=True)
class ErrorTotal:
    """One error over all rows: how many have each verdict."""

    error: str = ""
    iri: str = ""
    label: Text = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Verdicts × clusters: rows, and totals over all of them. As a sequence, its rows; `pages` is how many the server sent them in."""

    profile: str = ""
    totals: tuple[ErrorTotal, ...] = ()
    items: tuple[PortfolioRow, ...] = ()
    pages: int = 1

    def __iter__(self) -> Iterator[PortfolioRow]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> PortfolioRow:
        return self.items[place]

    def table(self, language: str = "en") -> Table:
        """One row a cluster, one column an error: cluster, slug, described, illustration, and the verdict by code."""
        errors = [total.error for total in self.totals]
        return Table(
            ["cluster", "slug", "described", "illustration", *errors],
            [self._terms(row, errors, language) for row in self.items],
        )

    @staticmethod
    def _terms(row: PortfolioRow, errors: list[str], language: str) -> tuple[Term | None, ...]:
        name = row.label.get(language) or next(iter(row.label.values()), row.slug)
        made_up = Term("literal", str(row.illustration).lower(), _XSD_BOOLEAN)
        head = (Term("literal", name, language=language), _text(row.slug), _text(row.described), made_up)
        return (*head, *(_text(row.verdicts.get(error)) for error in errors))


def _text(value: str | None) -> Term | None:
    return None if value is None else Term("literal", value)
