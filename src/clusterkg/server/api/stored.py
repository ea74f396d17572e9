"""`/api/clusters/{slug}/diagnosis`: the diagnosis of a stored description, as of any date and by any profile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic.json_schema import SkipJsonSchema

from clusterkg.diagnosis.worker import DEFAULT_PROFILE, Stored
from clusterkg.diagnosis.worker import Request as Work
from clusterkg.errors import UsageError, did_you_mean, nearest, text
from clusterkg.rendering.language import Language
from clusterkg.server.api import parameters as given
from clusterkg.server.api.clusters import Slug, description_slug, descriptions_of
from clusterkg.server.api.diagnose import diagnosis_response
from clusterkg.server.api.diagnosers import diagnosers
from clusterkg.server.api.documented import DIAGNOSING, diagnosis, problems
from clusterkg.server.api.media import wanted_form
from clusterkg.server.api.selection import described
from clusterkg.server.api.sparql import Row, construct, select, values
from clusterkg.server.app import services
from clusterkg.store.base import Limits, Store

router = APIRouter(tags=["diagnosis"])


@router.get(
    "/clusters/{slug}/diagnosis",
    operation_id="getClusterDiagnosis",
    summary="The diagnosis of a cluster",
    response_class=Response,
    responses={**diagnosis(), **problems(404, *DIAGNOSING)},
)
def get_cluster_diagnosis(
    request: Request,
    slug: Slug,
    language: Annotated[Language, Depends(given.reader)],
    profile: given.Profile = DEFAULT_PROFILE,
    as_of: given.AsOf = None,
    description: Annotated[
        str | SkipJsonSchema[None],
        Query(
            max_length=2000,
            description="Slug or IRI of the description that is meant; without it, the latest.",
            examples=["health-valley-2021"],
        ),
    ] = None,
) -> Response:
    """The verdicts on a stored description, with what its rules see of the other clusters in the store."""
    form = wanted_form(request)
    date = given.checked_date(as_of)
    store = services(request).store
    chosen = _chosen(descriptions_of(store, slug), description)
    graph = store.graph(chosen["graph"], limits=Limits(own=True))
    source = Stored(chosen["graph"], graph or b"", chosen["description"], neighbours(store, chosen["description"]))
    written = diagnosers(request).run(Work(source, profile, date, language.code, form))
    return diagnosis_response(written, form, language)


def _chosen(rows: list[Row], wanted: str | None) -> Row:
    if wanted is None:
        return rows[0]
    names = [description_slug(row["description"]) for row in rows]
    for name, row in zip(names, rows, strict=True):
        if wanted in (name, row["description"]):
            return row
    near = nearest(wanted, names)
    listed = ", ".join(names)
    raise UsageError(
        text(
            f"El clúster no tiene la descripción «{wanted[:60]}».", f"The cluster has no description “{wanted[:60]}”."
        ),
        hint=did_you_mean(near) if near else text(f"Descripciones: {listed}.", f"Descriptions: {listed}."),
    )


def neighbours(store: Store, description: str) -> bytes:
    """What rules may see of the other clusters (clusterkg.view.neighbour_triples), as N-Triples: those of illustrations left out."""
    own = sorted({(str(row["cluster"]),) for row in select(store, _clusters_query(description))})
    block = values(("own",), own)
    return construct(
        store,
        f"""CONSTRUCT {{ ?cluster a ckg:Cluster ; ckg:field ?field ; ckg:area ?area . ?inner ckg:partOf ?outer }} WHERE {{
      GRAPH ?graph {{ ?description ckg:described ?described ; ckg:assesses ?initiative . ?initiative ckg:serves ?cluster }}
      FILTER NOT EXISTS {{ GRAPH ?graph {{ ?anything ckg:illustration true }} }}
      FILTER NOT EXISTS {{ {block} GRAPH ?graph {{ ?initiative ckg:serves ?own }} }}
      {{ BIND(true AS ?there) }}
      UNION {{ GRAPH ?graph {{ ?cluster ckg:field ?field }} }}
      UNION {{ GRAPH ?graph {{ ?cluster ckg:territory/ckg:area ?area }} }}
      UNION {{ GRAPH ?graph {{ ?cluster ckg:territory/ckg:area/ckg:partOf* ?inner . ?inner ckg:partOf ?outer }} }}
    }}""",
    )


def _clusters_query(description: str) -> str:
    return f"SELECT DISTINCT ?cluster WHERE {{ {described(values(('description',), [(description,)]))} }}"
