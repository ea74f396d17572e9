"""Clusters as the store tells of them: a few queries for a page of them, whatever its size."""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from clusterkg.namespaces import ID_BASE, ROOT
from clusterkg.server.api.models import ClusterSummary, Links, Members, Thing
from clusterkg.server.api.selection import DIAGNOSED, described
from clusterkg.server.api.sparql import Row, last_day, select, values
from clusterkg.store.base import Store

_BASE = ID_BASE + "cluster/"
_FOREIGN = "~"
Key = tuple[str, str]
"""IRI of a cluster, IRI of a description."""

_BRANCHES = {
    "label": "?cluster rdfs:label ?label .",
    "initiative": "?description ckg:assesses ?it . FILTER(?it != ?cluster) OPTIONAL { ?it rdfs:label ?label }",
    "country": "{ ?cluster ckg:territory/ckg:area/ckg:partOf* ?it } UNION { ?cluster ckg:locatedIn/ckg:partOf* ?it } "
    "?it ckg:level ckg:country . OPTIONAL { ?it rdfs:label ?label }",
    "territory": "?cluster ckg:territory ?it . OPTIONAL { ?it rdfs:label ?label }",
    "field": "?cluster ckg:field ?it . OPTIONAL { ?it rdfs:label ?label }",
    "kind": "?cluster ckg:clusterType|ckg:clusterCategory ?it . OPTIONAL { ?it rdfs:label|skos:prefLabel ?label }",
    "declared": DIAGNOSED + " GRAPH ?judged { ?diagnosis ckg:declaredStage ?it } OPTIONAL { ?it rdfs:label ?label }",
    "inferred": DIAGNOSED + " GRAPH ?judged { ?diagnosis ckg:inferredStage ?it } OPTIONAL { ?it rdfs:label ?label }",
    "same": "?cluster owl:sameAs ?it .",
}
_CURRENT = f"""?initiative ckg:membership ?membership . FILTER NOT EXISTS {{ ?membership ckg:leftBecause ?why }}
    FILTER NOT EXISTS {{ ?membership ckg:until ?until FILTER({last_day("?until")} < {last_day("?described")}) }}"""


@dataclass
class Facts:
    """What the queries found about one cluster."""

    label: dict[str, str] = field(default_factory=dict)
    things: dict[str, dict[str, dict[str, str]]] = field(default_factory=lambda: defaultdict(dict))
    described: str = ""
    graph: str = ""
    illustration: bool = False
    members: int = 0
    descriptions: int = 1

    def listed(self, what: str) -> list[Thing]:
        """The things of one kind, sorted by IRI."""
        return [Thing(iri=iri, label=_sorted(label)) for iri, label in sorted(self.things.get(what, {}).items())]

    def one(self, what: str) -> Thing | None:
        """The first thing of a kind."""
        return next(iter(self.listed(what)), None)


def facts_of(store: Store, keys: Sequence[Key]) -> dict[Key, Facts]:
    """What the store tells of these clusters, by these descriptions."""
    found = {key: Facts() for key in keys}
    if not keys:
        return found
    for row in select(store, _things_query(keys)):
        _take(found[row["cluster"], row["description"]], row)
    for row in select(store, _dates_query(keys)):
        facts = found[row["cluster"], row["description"]]
        facts.described, facts.graph = row["day"], row["graph"]
        facts.illustration, facts.members = row["made"] == "true", int(row["members"])
    counts = {str(row["cluster"]): int(row["n"]) for row in select(store, _counts_query(keys))}
    for (cluster, _), facts in found.items():
        facts.descriptions = counts.get(cluster, 1)
    return found


def summary_of(key: Key, facts: Facts) -> ClusterSummary:
    """A cluster as the list shows it."""
    cluster, description = key
    return ClusterSummary(
        slug=slug_of(cluster),
        iri=cluster,
        label=label_of(facts, cluster),
        initiatives=facts.listed("initiative"),
        countries=facts.listed("country"),
        territories=facts.listed("territory"),
        fields=facts.listed("field"),
        kinds=facts.listed("kind"),
        declared_stage=facts.one("declared"),
        inferred_stage=facts.one("inferred"),
        members=Members(stated=facts.members),
        description=description,
        described=facts.described,
        descriptions=facts.descriptions,
        illustration=facts.illustration,
        links=links_of(cluster),
    )


def label_of(facts: Facts, cluster: str) -> dict[str, str]:
    """The cluster's labels; failing those, the last part of its IRI."""
    return _sorted(facts.label) or {"": cluster.replace("#", "/").rpartition("/")[2] or cluster}


def slug_of(cluster: str) -> str:
    """What names a cluster in an address: for one of ours the last part of its IRI, for any other `~` and its IRI in base64url."""
    slug = cluster.removeprefix(_BASE)
    if slug != cluster and slug and not set(slug) & set("/?#%~"):
        return slug
    return _FOREIGN + base64.urlsafe_b64encode(cluster.encode()).decode().rstrip("=")


def cluster_of(slug: str) -> str:
    """The IRI of the cluster that a slug names, whether or not there is one. Raises ValueError for what is no slug."""
    if not slug.startswith(_FOREIGN):
        return _BASE + slug
    encoded = slug.removeprefix(_FOREIGN)
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode()
    except binascii.Error as error:
        raise ValueError(slug) from error


def links_of(cluster: str, description: str | None = None) -> Links:
    """Where a cluster is found on this server."""
    path = f"/api/clusters/{quote(slug_of(cluster))}"
    chosen = f"?description={quote(description, safe='')}" if description else ""
    page = "/" + quote(cluster.removeprefix(ROOT)) if cluster.startswith(ROOT) else None
    return Links(self=path, diagnosis=f"{path}/diagnosis{chosen}", page=page)


def _things_query(keys: Sequence[Key]) -> str:
    block = values(("cluster", "description"), keys)
    branches = (f'{{ {block} {pattern} BIND("{what}" AS ?what) }}' for what, pattern in _BRANCHES.items())
    return f"SELECT DISTINCT ?cluster ?description ?what ?it ?label WHERE {{ {' UNION '.join(branches)} }}"


def _dates_query(keys: Sequence[Key]) -> str:
    return f"""SELECT ?cluster ?description ?graph (MIN(STR(?described)) AS ?day) (MAX(STR(?illustration)) AS ?made)
      (COUNT(DISTINCT ?membership) AS ?members) WHERE {{
      {described(values(("cluster", "description"), keys))}
      BIND(EXISTS {{ GRAPH ?graph {{ ?anything ckg:illustration true }} }} AS ?illustration)
      OPTIONAL {{ GRAPH ?graph {{ {_CURRENT} }} }}
    }} GROUP BY ?cluster ?description ?graph ORDER BY ?graph"""


def _counts_query(keys: Sequence[Key]) -> str:
    known = described(values(("cluster",), sorted({(cluster,) for cluster, _ in keys})))
    return f"SELECT ?cluster (COUNT(DISTINCT ?description) AS ?n) WHERE {{ {known} }} GROUP BY ?cluster"


def _take(facts: Facts, row: Row) -> None:
    label = row.get("label")
    if row["what"] == "label":
        if label is not None:
            _keep(facts.label, label.language, label)
        return
    labels = facts.things[row["what"]].setdefault(row["it"], {})
    if label is not None:
        _keep(labels, label.language, label)


def _keep(labels: dict[str, str], language: str, label: str) -> None:
    """Of two labels in one language the first in order, so that answers do not change by chance."""
    labels[language] = min(str(label), labels.get(language, str(label)))


def _sorted(labels: dict[str, str]) -> dict[str, str]:
    return dict(sorted(labels.items()))


def things(rows: Iterable[Row], variable: str) -> list[Thing]:
    """Rows of a thing and its labels as things, sorted by IRI."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        labels = found.setdefault(row[variable], {})
        if "label" in row:
            _keep(labels, row["label"].language, row["label"])
    return [Thing(iri=iri, label=_sorted(label)) for iri, label in sorted(found.items())]
