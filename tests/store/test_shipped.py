"""The shipped graph in an embedded store answers every shipped query as the golden answers have it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from clusterkg.queries import Query, bindings, fill, shipped_queries
from clusterkg.store import EmbeddedStore
from clusterkg.store.base import CSV_RESULTS, Accepted
from clusterkg.store.loading import shipped_file

GOLDEN = Path(__file__).parents[1] / "queries"


@cache
def calls() -> dict[str, dict[str, str]]:
    stated: dict[str, dict[str, str]] = yaml.load((GOLDEN / "calls.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return stated


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    made = EmbeddedStore(tmp_path_factory.mktemp("shipped") / "store")
    with shipped_file() as file:
        made.fill(file, diagnose=False)
    yield made
    made.close()


@pytest.mark.parametrize("query", shipped_queries().values(), ids=lambda query: query.name)
def test_every_shipped_query_gives_its_golden_answer(store: EmbeddedStore, query: Query) -> None:
    sparql = fill(query.sparql, bindings(query, calls().get(query.name, {}), "en"))
    answer = store.query(sparql, accepted=Accepted(bindings=CSV_RESULTS))
    expected = (GOLDEN / f"{query.name}.csv").read_text(encoding="utf-8")
    assert answer.body.decode().replace("\r\n", "\n") == expected


def test_the_shipped_diagnoses_are_those_that_the_store_would_make(store: EmbeddedStore) -> None:
    before = store.state()
    assert any("/diagnosis/" in name for name in before.graphs)
    store.renew()
    assert store.state().sha256 == before.sha256
