"""`/api/clusters` and `/api/clusters/{slug}`: JSON for those who do not speak RDF."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from clusterkg.errors import text
from clusterkg.rendering.language import Language
from clusterkg.server.api import parameters as given
from clusterkg.server.api.documented import READING, problems
from clusterkg.server.api.media import wanted_type
from clusterkg.server.api.models import ClusterDetail, ClusterPage, Corners, DescriptionSummary
from clusterkg.server.api.paging import counted, set_links
from clusterkg.server.api.rows import cluster_of, facts_of, links_of, summary_of, things
from clusterkg.server.api.selection import DIAGNOSED, Filters, by_date, by_name, described, selection
from clusterkg.server.api.sparql import Row, count, iri, last_day, select
from clusterkg.server.app import services
from clusterkg.server.problems import Problem
from clusterkg.store.base import Store

router = APIRouter(tags=["clusters"])

Slug = Annotated[
    str,
    Path(
        max_length=2000, description="A cluster's slug, as the list of clusters tells it.", examples=["health-valley"]
    ),
]


class ClusterOrder(StrEnum):
    """What clusters are sorted by; with a minus the other way round."""

    LABEL = "label"
    LABEL_DOWN = "-label"
    DESCRIBED = "described"
    DESCRIBED_DOWN = "-described"


def filters(
    country: given.Country = [],  # noqa: B006
    territory: given.Territory = [],  # noqa: B006
    field: given.FieldOf = [],  # noqa: B006
    kind: given.Kind = [],  # noqa: B006
    stage: given.Stage = [],  # noqa: B006
    illustration: given.Illustrations = given.Illustration.NONE,
    q: given.Words = None,
) -> Filters:
    """The filters that clusters and portfolio share."""
    return Filters(country, territory, field, kind, stage, illustration, q or "")


@router.get(
    "/clusters",
    operation_id="listClusters",
    summary="Clusters",
    responses=problems(*READING),
)
def list_clusters(
    request: Request,
    response: Response,
    chosen: Annotated[Filters, Depends(filters)],
    language: Annotated[Language, Depends(given.reader)],
    sort: Annotated[
        ClusterOrder, Query(description="What to sort by; with a minus the other way round.")
    ] = ClusterOrder.LABEL,
    page: given.Page = 1,
    per_page: given.PerPage = 50,
) -> ClusterPage:
    """The clusters of which there is a description, each as its latest description states it."""
    wanted_type(request, ("application/json",))
    store = services(request).store
    pattern = selection(store, chosen)
    if pattern is None:
        return ClusterPage(items=[], **counted(0, page, per_page))
    total = count(store, f"SELECT (COUNT(DISTINCT ?cluster) AS ?n) WHERE {{ {pattern} }}")
    down, by_label = sort.value.startswith("-"), sort.value.endswith("label")
    order = by_name(("cluster", "description"), pattern, language.code) if by_label else by_date(pattern)
    window = f"LIMIT {per_page} OFFSET {(page - 1) * per_page}"
    rows = select(store, f"{order} ORDER BY {'DESC' if down else 'ASC'}(?key) ?cluster {window}")
    keys = [(str(row["cluster"]), str(row["description"])) for row in rows]
    found = facts_of(store, keys)
    set_links(request, response, total, page, per_page)
    return ClusterPage(items=[summary_of(key, found[key]) for key in keys], **counted(total, page, per_page))


@router.get(
    "/clusters/{slug}",
    operation_id="getCluster",
    summary="One cluster",
    responses=problems(404, *READING),
)
def get_cluster(request: Request, slug: Slug, language: Annotated[Language, Depends(given.reader)]) -> ClusterDetail:
    """A cluster with its corners of the pentagon and its descriptions, as the latest of these states it."""
    wanted_type(request, ("application/json",))
    store = services(request).store
    rows = descriptions_of(store, slug)
    key = (str(rows[0]["cluster"]), str(rows[0]["description"]))
    facts = facts_of(store, [key])[key]
    return ClusterDetail(
        **summary_of(key, facts).model_dump(exclude={"links"}),
        links=links_of(key[0]),
        corners=_corners(store, key[1]),
        same_as=[thing.iri for thing in facts.listed("same")],
        described_by=[_description(row) for row in rows],
    )


def descriptions_of(store: Store, slug: str) -> list[Row]:
    """A cluster's descriptions, the latest first: ?cluster, ?description, ?described, ?graph, and labels as ?es, ?en.

    Raises:
        Problem: 404, where there is no description of such a cluster.
    """
    try:
        cluster = iri(cluster_of(slug))
    except ValueError:
        cluster = ""
    query = f"""SELECT ?cluster ?description ?graph (MAX({last_day("?described")}) AS ?day) (MIN(STR(?described)) AS ?described_on)
      (MIN(?es) AS ?label_es) (MIN(?en) AS ?label_en) WHERE {{ {described(f"VALUES ?cluster {{ {cluster} }}")}
        OPTIONAL {{ GRAPH ?graph {{ ?description rdfs:label ?es }} FILTER(LANG(?es) = "es") }}
        OPTIONAL {{ GRAPH ?graph {{ ?description rdfs:label ?en }} FILTER(LANG(?en) = "en") }}
      }} GROUP BY ?cluster ?description ?graph ORDER BY DESC(?day) DESC(?description)"""
    rows = select(store, query) if cluster else []
    if not rows:
        shown = slug[:60]
        raise Problem(
            404,
            text(f"No hay ningún clúster «{shown}» descrito.", f"No cluster “{shown}” is described."),
            hint=text("Vea /api/clusters.", "See /api/clusters."),
        )
    return rows


def _description(row: Row) -> DescriptionSummary:
    description = str(row["description"])
    label = {code: str(row[f"label_{code}"]) for code in ("es", "en") if row.get(f"label_{code}")}
    return DescriptionSummary(
        slug=description_slug(description),
        iri=description,
        label=label or {"": description_slug(description)},
        described=row["described_on"],
        graph=row["graph"],
        diagnosis=links_of(str(row["cluster"]), description_slug(description)).diagnosis,
    )


def description_slug(description: str) -> str:
    """The short name of a description of ours; any other's IRI."""
    return description.removeprefix(_DESCRIPTION)


_DESCRIPTION = cluster_of("x").removesuffix("cluster/x") + "description/"


def _corners(store: Store, description: str) -> Corners | None:
    """The corners of the pentagon, by the diagnosis that the store keeps."""
    known = f"VALUES ?description {{ {iri(description)} }} {DIAGNOSED}"
    status = select(
        store,
        f"""SELECT ?notation ?label WHERE {{ {known}
          GRAPH ?judged {{ ?diagnosis ckg:pentagonStatus ?status . ?status skos:notation ?notation
            OPTIONAL {{ ?status rdfs:label ?label }} }} }}""",
    )
    if not status:
        return None
    rows = select(
        store,
        f"""SELECT DISTINCT ?held ?kind ?label WHERE {{ {known} ?kind skos:inScheme ckg:PentagonScheme ; rdfs:label ?label
        BIND(IF(EXISTS {{ GRAPH ?judged {{ ?diagnosis ckg:missingKind ?kind }} }}, "missing",
             IF(EXISTS {{ GRAPH ?judged {{ ?diagnosis ckg:unknownKind ?kind }} }}, "unknown", "present")) AS ?held) }}""",
    )
    held = {
        name: things([row for row in rows if row["held"] == name], "kind") for name in ("present", "missing", "unknown")
    }
    label = {row["label"].language: str(row["label"]) for row in status if "label" in row}
    return Corners(status=status[0]["notation"], status_label=dict(sorted(label.items())), **held)
