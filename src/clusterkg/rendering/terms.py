"""Short names for IRIs that have no label."""

from __future__ import annotations

from clusterkg.namespaces import GENID_BASE, ID_BASE, PREFIXES


def short_name(value: str) -> str:
    """`ckg:members`, `cluster/health-valley`, `_:12` for an unnamed node; anything else unchanged."""
    if value.startswith(GENID_BASE):
        return "_:" + value.rpartition("-")[2]
    for prefix, stem in PREFIXES.items():
        if value.startswith(stem) and len(value) > len(stem):
            return f"{prefix}:{value.removeprefix(stem)}"
    return value.removeprefix(ID_BASE)
