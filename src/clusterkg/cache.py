"""What takes long to draw from the shipped files is kept in the user's cache folder; losing it costs time and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from clusterkg import __version__
from clusterkg.resources import resources

_KEPT = 4  # of each kind; older ones belong to files that have changed since
_SHIPPED = ("ontology", "shapes", "data")


def kept(kind: str, key: str, ending: str, draw: Callable[[], bytes]) -> bytes:
    """The bytes kept as `kind` under `key`; where there are none, what `draw` returns, kept from now on."""
    path = folder() / f"{kind}-{key[:32]}.{ending}"
    try:
        return path.read_bytes()
    except OSError:
        drawn = draw()
        _keep(path, drawn, f"{kind}-*.{ending}")
        return drawn


def folder() -> Path:
    """The cache folder of this program; it need not exist."""
    base = os.environ.get("CLUSTERKG_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "clusterkg"


@cache
def shipped_key() -> str:
    """A hash of all that decides what the shipped files mean: vocabulary, rules, data, and the program itself."""
    root, package = resources(), Path(__file__).resolve().parent
    files = [path for part in _SHIPPED for path in (root / part).rglob("*") if path.is_file()]
    digest = sha256(__version__.encode())
    for path in sorted({*files, *package.rglob("*.py")}):
        digest.update(f"{path.name}\n".encode())
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _keep(path: Path, content: bytes, alike: str) -> None:
    """Written aside and renamed, so that nobody reads half a file; a cache that cannot be written is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_bytes(content)
        aside.replace(path)
        for old in sorted(path.parent.glob(alike), key=lambda one: one.stat().st_mtime)[:-_KEPT]:
            old.unlink()
    except OSError:
        return
