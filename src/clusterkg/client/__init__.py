"""Ask a clusterkg server from Python, or the same server within this process.

import clusterkg

with clusterkg.open("https://clusters.example.org") as graph:      # or a folder, or nothing: the shipped graph
    graph.query("clusters").to_pandas()                            # a shipped query, or SPARQL of your own
    graph.diagnose("my-cluster.yaml")[0].verdict("TE-07").verdict

sync.py, aio.py    Client and AsyncClient: the same methods, blocking and to be awaited
core.py            what both do, apart from sending: operations that yield requests and get answers (messages.py)
sources.py         queries, parameters and descriptions as callers hand them in
table.py           answers to SELECT; values.py and frames.py turn them into Python values and data frames
reports.py         diagnoses
errors.py          what can go wrong
wire.py            from and to httpx; embedded.py: without a network
"""

from clusterkg.client.aio import AsyncClient
from clusterkg.client.errors import (
    AnswerNotUnderstood,
    ClientError,
    ConnectionFailed,
    DescriptionNotUsable,
    NotAllowed,
    NotAvailable,
    NotFound,
    NothingToCheck,
    Problem,
    QueryNotUnderstood,
    RequestNotUsable,
    ServerProblem,
    TooBusy,
    TookTooLong,
    TooLarge,
)
from clusterkg.client.records import Cluster, Portfolio, PortfolioRow
from clusterkg.client.reports import Diagnosis, Finding, Report, Verdict
from clusterkg.client.sync import Client
from clusterkg.client.table import Table, Term

__all__ = [
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
