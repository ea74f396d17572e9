"""clusterkg: knowledge graph and rules engine for industrial and innovation clusters.

Descriptions of cluster initiatives go in (RDF, YAML, JSON); verdicts with their evidence, sources and open questions
come out. What the words mean is kept in `ontology/`, when an error is present in `shapes/`; the program itself knows
only how to read, to validate and to explain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from clusterkg.client import Client

__all__ = ["__version__", "open"]

__version__ = "0.1.0"


def open(
    where: str | Path | None = None,
    *,
    language: str = "en",
    token: str | None = None,
    timeout: float = 60.0,
    **settings: Any,
) -> Client:
    """The knowledge graph, to be asked: at the address of a server, in a folder, or (None) as it ships with the program.

    A folder holds a store as `clusterkg load` makes it, and is made where there is none; it is served within this process, with the
    same methods and answers, and can be written to. What ships can only be read. Needs the extra `client`; without an address, `server`
    too.

    `language` ("es", "en"): of labels and messages. `token`: for writing to a server. `timeout`: seconds for one request. `settings`, for
    a folder: those of the server (clusterkg.server.settings), such as `query_seconds=60`.

    Raises:
        UsageError: for what is neither, where libraries are missing, and where the folder cannot be used.
    """
    try:
        from clusterkg.client.opening import open_client
    except ImportError as error:
        from clusterkg.errors import UsageError, text

        command = 'pip install "clusterkg[client]"'
        message = text("Para esto hace falta el cliente.", "This needs the client.")
        raise UsageError(message, hint=text(command, command)) from error
    return open_client(where, language=language, token=token, timeout=timeout, settings=settings)
