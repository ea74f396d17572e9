"""Which clusters, by which of their descriptions: the filters that clusters and portfolio share, as SPARQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clusterkg.diagnosis.worker import DEFAULT_PROFILE
from clusterkg.namespaces import DIAGNOSIS_BASE, PROFILE
from clusterkg.server.api.parameters import Illustration
from clusterkg.server.api.sparql import fold, folded, iri, last_day, one_of, quoted, select
from clusterkg.store.base import Store

KEPT = f'FILTER(STRSTARTS(STR(?judged), "{DIAGNOSIS_BASE}"))'
"""That a diagnosis is one which the store keeps, and not somebody's copy."""

DIAGNOSED = f"""GRAPH ?judged {{
    ?diagnosis ckg:diagnoses ?description ; ckg:asOf ?asOf ; ckg:underProfile {iri(PROFILE[DEFAULT_PROFILE].value)}
  }} {KEPT}"""
"""The diagnosis that the store keeps of a description."""

_STAGE = """{ GRAPH ?judged { ?diagnosis ckg:declaredStage ?stage } }
    UNION { GRAPH ?judged { ?diagnosis ckg:inferredStage ?stage FILTER NOT EXISTS { ?diagnosis ckg:declaredStage ?declared } } }"""

_PLACES = "{ ?any ckg:area ?it } UNION { ?any ckg:locatedIn ?it } UNION { ?any ckg:partOf ?it }"
_IN_AREA = """{ SELECT DISTINCT ?cluster WHERE {
    VALUES ?around { %s } ?place ckg:partOf* ?around .
    { ?territory ckg:area ?place . ?cluster ckg:territory ?territory } UNION { ?cluster ckg:locatedIn ?place }
  } }"""
_TEXTS = """{ ?cluster ckg:territory|ckg:field|^ckg:serves ?named . ?named rdfs:label ?text }
    UNION { ?cluster ckg:territory/ckg:area ?named . ?named rdfs:label ?text }
    UNION { ?named ckg:serves ?cluster . ?cluster rdfs:label ?text }
    UNION { ?named ckg:assesses ?cluster . ?cluster rdfs:label ?text }"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a caller asked for; several values of one filter mean any of them."""

    country: Sequence[str] = ()
    territory: Sequence[str] = ()
    field: Sequence[str] = ()
    kind: Sequence[str] = ()
    stage: Sequence[str] = ()
    illustration: Illustration = Illustration.NONE
    words: str = ""
    latest: bool = True


def described(given: str = "") -> str:
    """The pattern of a description, its date and its cluster; where somebody took a cluster for its initiative, that cluster.

    `given` is a VALUES block. It stands in every branch: in front of the whole, engines join with it last, after everything was read.
    """
    return f"""{{ {given} GRAPH ?graph {{
      ?initiative ckg:serves ?cluster . ?description ckg:assesses ?initiative ; ckg:described ?described }} }}
    UNION {{ {given} GRAPH ?graph {{
      ?cluster a ckg:Cluster . ?description ckg:assesses ?cluster ; ckg:described ?described }} }}
    FILTER(ISIRI(?cluster) && ISIRI(?description))"""


def selection(store: Store, filters: Filters) -> str | None:
    """The pattern that binds ?cluster and ?description; None where a filter names nothing that is there.

    Raises:
        ServiceError: as Store.query does.
    """
    patterns = [_chosen(filters)]
    for names, candidates, pattern in _FILTERS:
        asked = names(filters)
        if not asked:
            continue
        found = _named(store, asked, candidates)
        if not found:
            return None
        patterns.append(pattern % " ".join(iri(one) for one in found))
    if filters.words.split():
        tests = " && ".join(f"CONTAINS({folded('?text')}, {quoted(fold(word))})" for word in filters.words.split())
        patterns.append(f"{{ SELECT DISTINCT ?cluster WHERE {{ {_TEXTS} FILTER({tests}) }} }}")
    return "\n  ".join(patterns)


def _chosen(filters: Filters) -> str:
    """Each cluster with its latest description, or with every one; of two of one day the one whose IRI comes last."""
    made_up = "EXISTS { GRAPH ?graph { ?anything ckg:illustration true } }"
    shown = {
        Illustration.NONE: f"FILTER(!{made_up})",
        Illustration.ONLY: f"FILTER({made_up})",
        Illustration.ALL: "",
    }[filters.illustration]
    if not filters.latest:
        return f"{{ SELECT DISTINCT ?cluster ?description WHERE {{ {described()} {shown} }} }}"
    key = f'CONCAT({last_day("?described")}, " ", STR(?description))'
    return f"""{{ SELECT ?cluster (MAX(?key) AS ?last) WHERE {{ {described()} {shown} BIND({key} AS ?key) }} GROUP BY ?cluster }}
  BIND(IRI(STRAFTER(?last, " ")) AS ?description)"""


def by_name(variables: Sequence[str], pattern: str, language: str) -> str:
    """A query for these variables and ?key: the cluster's label in a language, else in any, without case and accents."""
    shown = " ".join(f"?{name}" for name in variables)
    first = f'IF(LANG(?text) = {quoted(language)}, "0", "1")'
    return f"""SELECT {shown} (SUBSTR(MIN(CONCAT({first}, {folded("?text")})), 2) AS ?key) WHERE {{
      {{ SELECT DISTINCT {shown} WHERE {{ {pattern} }} }} OPTIONAL {{ ?cluster rdfs:label ?text }} }} GROUP BY {shown}"""


def by_date(pattern: str) -> str:
    """A query for ?cluster, ?description and ?key, the day of the latest description."""
    return f"""SELECT ?cluster ?description (SUBSTR(?last, 1, 10) AS ?key) WHERE {{
      {{ SELECT DISTINCT ?cluster ?description ?last WHERE {{ {pattern} }} }} }}"""


_FILTERS: tuple[tuple[Callable[[Filters], Sequence[str]], str, str], ...] = (
    (lambda f: f.country, f"{{ {_PLACES} }} ?it ckg:level ckg:country .", _IN_AREA),
    (lambda f: f.territory, _PLACES, _IN_AREA),
    (
        lambda f: f.field,
        "?any ckg:field ?it .",
        "{ SELECT DISTINCT ?cluster WHERE { VALUES ?of { %s } ?cluster ckg:field ?of } }",
    ),
    (
        lambda f: f.kind,
        "?any ckg:clusterType|ckg:clusterCategory ?it .",
        "{ SELECT DISTINCT ?cluster WHERE { VALUES ?kind { %s } ?cluster ckg:clusterType|ckg:clusterCategory ?kind } }",
    ),
    (
        lambda f: f.stage,
        "?any ckg:declaredStage|ckg:inferredStage ?it .",
        "{ SELECT DISTINCT ?description WHERE { VALUES ?stage { %s } " + DIAGNOSED + _STAGE + " } }",
    ),
)
"""For each filter: what was asked, where its values stand in the data, and the pattern that keeps the clusters."""


def _named(store: Store, names: Sequence[str], candidates: str) -> list[str]:
    """The things among the candidates that go by these names: IRI, last part of it, that of an equal thing, or label."""
    local = 'LCASE(REPLACE(STR(%s), "^.*[/#]", ""))'
    lowered, spelt = one_of(name.lower() for name in names), one_of(fold(name) for name in names)
    query = f"""SELECT DISTINCT ?it WHERE {{
      {{ SELECT DISTINCT ?it WHERE {{ {candidates} FILTER(ISIRI(?it)) }} }}
      OPTIONAL {{ ?it owl:sameAs ?same }} OPTIONAL {{ ?it rdfs:label|skos:prefLabel ?label }}
      FILTER(STR(?it) IN {one_of(names)} || {local % "?it"} IN {lowered} || COALESCE({local % "?same"} IN {lowered}, false)
             || COALESCE({folded("?label")} IN {spelt}, false)) }} ORDER BY ?it"""
    return [str(row["it"]) for row in select(store, query)]
