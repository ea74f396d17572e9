"""How a remote store is reached: addresses, credentials from the environment, limits."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from clusterkg.errors import UsageError, text
from clusterkg.store.dialects import Dialect, dialect_named
from clusterkg.store.http import Credentials, checked_address

_UPDATES = (  # where the documentation of engines puts the update service beside the query service
    (re.compile(r"/query/?$"), "/update"),  # Oxigraph, Fuseki, Stardog
    (re.compile(r"(/repositories/[^/]+)/?$"), r"\1/statements"),  # RDF4J, GraphDB
    (re.compile(r"/sparql/?$"), "/sparql"),  # Amazon Neptune, and services with one address for both
)
_SCHEMES = ("basic", "digest", "bearer")


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """A SPARQL 1.1 service: addresses for queries and updates (None: it is only read), who asks, and what one request may cost.

    `engine` is the dialect that it speaks; None finds it by the service's `Server` header. Seconds and bytes.
    """

    query: str
    update: str | None = None
    credentials: Credentials = field(default=Credentials(), repr=False)
    engine: Dialect | None = None
    query_seconds: float = 20.0
    write_seconds: float = 60.0
    answer_bytes: int = 64 << 20
    patience: float = 5.0
    workers: int = 2
    services: tuple[str, ...] = ()
    base: str | None = None
    diagnose: bool = True


def from_environment(address: str, environ: Mapping[str, str] = os.environ) -> RemoteSettings:
    """What the environment says of the service at `address`.

    CLUSTERKG_STORE_UPDATE is the address for updates, where it is not the one that the engine's documentation puts beside the
    query address. CLUSTERKG_STORE_USER and CLUSTERKG_STORE_PASSWORD, or CLUSTERKG_STORE_TOKEN, say who asks, and
    CLUSTERKG_STORE_AUTH how: basic, digest or bearer. CLUSTERKG_STORE_ENGINE names the dialect where a proxy hides it.

    Raises:
        UsageError: for what cannot be used; no value is repeated in it.
    """
    query = checked_address(address)
    update = environ.get("CLUSTERKG_STORE_UPDATE", "") or _beside(query)
    engine = environ.get("CLUSTERKG_STORE_ENGINE", "")
    return RemoteSettings(
        query,
        checked_address(update) if update else None,
        _credentials(environ),
        dialect_named(engine) if engine else None,
    )


def _beside(query: str) -> str | None:
    path, mark, rest = query.partition("?")
    for pattern, replacement in _UPDATES:
        if pattern.search(path):
            return pattern.sub(replacement, path) + mark + rest
    return None


def _credentials(environ: Mapping[str, str]) -> Credentials:
    user, password, token = (environ.get(f"CLUSTERKG_STORE_{name}", "") for name in ("USER", "PASSWORD", "TOKEN"))
    scheme = environ.get("CLUSTERKG_STORE_AUTH", "").lower() or ("bearer" if token else "basic" if user else "")
    if scheme and scheme not in _SCHEMES:
        raise UsageError(
            text("CLUSTERKG_STORE_AUTH no dice una forma conocida.", "CLUSTERKG_STORE_AUTH names no known scheme."),
            hint=text(", ".join(_SCHEMES), ", ".join(_SCHEMES)),
        )
    if scheme and not (token if scheme == "bearer" else user):
        wanted = "CLUSTERKG_STORE_TOKEN" if scheme == "bearer" else "CLUSTERKG_STORE_USER"
        raise UsageError(text(f"Falta {wanted}.", f"{wanted} is missing."))
    return Credentials(scheme, user, token if scheme == "bearer" else password)
