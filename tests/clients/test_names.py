"""Names that others rely on: none goes away or comes in unseen. And what nobody needs is not loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import clusterkg
import clusterkg.client

SRC = Path(__file__).resolve().parents[2] / "src"

CLIENT = [
    "AnswerNotUnderstood",
    "AsyncClient",
    "Client",
    "ClientError",
    "Cluster",
    "ConnectionFailed",
    "DescriptionNotUsable",
    "Diagnosis",
    "Finding",
    "NotAllowed",
    "NotAvailable",
    "NotFound",
    "NothingToCheck",
    "Portfolio",
    "PortfolioRow",
    "Problem",
    "QueryNotUnderstood",
    "Report",
    "RequestNotUsable",
    "ServerProblem",
    "Table",
    "Term",
    "TooBusy",
    "TooLarge",
    "TookTooLong",
    "Verdict",
]
METHODS = [
    "close",
    "cluster",
    "clusters",
    "construct",
    "delete",
    "describe",
    "diagnose",
    "diagnosis",
    "portfolio",
    "put",
    "query",
    "table",
]


def test_the_names_of_the_package():
    assert sorted(clusterkg.__all__) == ["__version__", "open"]


def test_the_names_of_the_client():
    assert sorted(clusterkg.client.__all__) == sorted(CLIENT)
    assert all(getattr(clusterkg.client, name).__doc__ for name in CLIENT)


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_the_methods_of_the_clients(kind):
    members = vars(getattr(clusterkg.client, kind))
    assert sorted(name for name in members if not name.startswith("_")) == METHODS


def loaded(code: str) -> set[str]:
    """Which libraries are loaded after running this."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"],
        env={"PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing():
    assert not loaded("import clusterkg") & {"httpx", "rdflib", "pyoxigraph", "fastapi", "pandas", "polars"}


def test_a_client_of_a_server_loads_neither_server_nor_data_frames():
    opened = "import clusterkg; clusterkg.open('http://localhost:1').close()"
    assert not loaded(opened) & {"fastapi", "uvicorn", "pandas", "polars", "pyarrow", "pyshacl"}


def test_without_the_extra_it_is_said_what_to_install():
    code = "import sys; sys.modules['httpx'] = None\nimport clusterkg\ntry: clusterkg.open()\nexcept Exception as e: print(repr(e.hint))"
    assert "clusterkg[client]" in "".join(sorted(loaded(code)))
