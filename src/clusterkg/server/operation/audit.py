"""A line for every write: who did what to which graphs, and what came of it. Never the data.

    {"instant": …, "token": "mexico", "action": "update", "graphs": [...], "before": 7, "after": 8, "outcome": "done", "requestId": …}

The line is on disk before the writer is answered: every write that was acknowledged has its line. Where the log cannot be
opened nothing is written to the store either.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request

from clusterkg.errors import ClusterkgError, StoreUnavailable, text
from clusterkg.server.operation.tokens import Identity
from clusterkg.server.settings import Settings
from clusterkg.store import default_folder
from clusterkg.store.base import Receipt, State

_MOST = 200  # graphs that a line names; an update may touch them all


@dataclass(slots=True)
class Entry:
    """One write. Its route says which state came of it."""

    action: str
    graphs: list[str]
    outcome: str = "failed"
    before: State | None = None
    after: State | None = None
    more: dict[str, str] = field(default_factory=dict)

    def done(self, receipt: Receipt) -> None:
        """The store has made the change."""
        self.after = receipt.state
        self.outcome = "done"

    def touched(self) -> list[str]:
        """The graphs that the request names, else those that are not as they were."""
        if self.graphs or self.before is None or self.after is None:
            return self.graphs
        before, after = self.before.graphs, self.after.graphs
        return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


class AuditLog:
    """The file; made when it is first needed, for its owner's eyes only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def open(self) -> int:
        """A handle to append to. Raises StoreUnavailable where there is none to be had."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable() from error

    def append(self, handle: int, entry: dict[str, object]) -> None:
        """Write a line, and have it on disk when this returns. Raises StoreUnavailable where that fails."""
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        try:
            with self._lock:
                os.write(handle, line)
                os.fsync(handle)
        except OSError as error:
            raise self._unusable() from error

    def _unusable(self) -> StoreUnavailable:
        return StoreUnavailable(
            text(
                "No se puede anotar la escritura en el registro de auditoría.",
                "The write cannot be noted in the audit log.",
            ),
            hint=text("Avise a quien opera el servicio.", "Tell whoever runs the service."),
        )


@contextmanager
def audited(request: Request, identity: Identity, action: str, graphs: Iterable[str | None] = ()) -> Iterator[Entry]:
    """Around a write to the store.

    `with audited(request, identity, "update") as entry: entry.done(store.write(…))`

    `graphs` are those that the request names (None: the default graph); where it names none, those that changed are noted.
    Whatever is raised inside is noted and passed on.

    Raises:
        StoreUnavailable: when the line cannot be written; before the block where that can be known.
    """
    log: AuditLog = request.app.state.audit
    handle = log.open()
    entry = Entry(action, [graph or "default" for graph in graphs])
    try:
        entry.before = request.app.state.services.store.state()
        yield entry
    except ClusterkgError as error:
        entry.outcome = type(error).__name__
        raise
    finally:
        try:
            log.append(handle, _line(entry, identity, request))
        finally:
            os.close(handle)


def audit_path(settings: Settings) -> Path:
    """Where the log is: as set, else beside what the embedded store holds, else in the user's data folder."""
    if settings.audit_log:
        return settings.audit_log
    own = settings.store and not settings.store.startswith(("http:", "https:"))
    return (Path(settings.store) if own else default_folder()) / "audit.log"


def _line(entry: Entry, identity: Identity, request: Request) -> dict[str, object]:
    touched = entry.touched()
    return {
        "instant": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "token": identity.name,
        "action": entry.action,
        "graphs": touched[:_MOST],
        **({"moreGraphs": len(touched) - _MOST} if len(touched) > _MOST else {}),
        "before": entry.before.number if entry.before else None,
        "after": entry.after.number if entry.after else None,
        "outcome": entry.outcome,
        "requestId": getattr(request.state, "request_id", None),
    }
