"""`clusterkg.open`: a server somewhere, or the same one within this process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from clusterkg.client.embedded import ADDRESS, in_process
from clusterkg.client.sync import Client


def open_client(
    where: str | Path | None,
    *,
    language: str,
    token: str | None,
    timeout: float,
    settings: dict[str, Any],
) -> Client:
    """See clusterkg.open."""
    if isinstance(where, str) and re.match(r"https?://", where, re.IGNORECASE):
        if settings:
            raise TypeError(f"only a folder takes {', '.join(settings)}")
        return Client(where, language=language, token=token, timeout=timeout)
    transport, own = in_process(None if where is None else Path(where), settings)
    return Client(ADDRESS, language=language, token=own, timeout=timeout, transport=transport)
