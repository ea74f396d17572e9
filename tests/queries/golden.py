"""The golden answers: which call of each shipped query is kept, and how it is asked.

`python tests/queries/golden.py [NAME …]` writes them anew. What changed has to be checked against the documents before it is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from clusterkg.dataset import open_store
from clusterkg.queries import Query, ask, shipped_queries

HERE = Path(__file__).resolve().parent


@cache
def store() -> Store:
    """Everything that a shipped query may need, opened once."""
    return open_store(
        diagnoses=True, entailments=any("entailments" in query.needs for query in shipped_queries().values())
    )


@cache
def calls() -> Mapping[str, Mapping[str, str]]:
    """Parameters by query name, where its answer to no parameters is too large to be read, or empty."""
    stated: dict[str, dict[str, str]] = yaml.load((HERE / "calls.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return stated


def answer(query: Query, language: str, given: Mapping[str, str]) -> str:
    """The answer as CSV, in the order in which it comes."""
    found = ask(store(), query, given, language)
    assert isinstance(found, QuerySolutions), query.name
    content = found.serialize(format=QueryResultsFormat.CSV) or b""
    return content.decode().replace("\r\n", "\n")


def golden_file(name: str) -> Path:
    """Where the golden answer of a query stands."""
    return HERE / f"{name}.csv"


if __name__ == "__main__":
    wanted = sys.argv[1:] or list(shipped_queries())
    for name, query in shipped_queries().items():
        if name in wanted:
            golden_file(name).write_text(answer(query, "en", calls().get(name, {})), encoding="utf-8")
