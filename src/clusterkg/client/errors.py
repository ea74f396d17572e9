"""What can go wrong between a client and a server; all of it is a ClusterkgError (see clusterkg.errors).

    ClientError                    the root of what a client raises
    ├── ConnectionFailed           no answer: nobody there, or not in time            also a StoreUnavailable
    ├── AnswerNotUnderstood        an answer that is not what the server's interface says
    └── ServerProblem              the server refused, and says why: `problem`
        ├── QueryNotUnderstood     not SPARQL; line and column                         also a QueryError
        ├── NotAllowed             refused, or a credential is missing                 also a QueryRefused
        ├── NotFound               there is no such thing                              also a UsageError
        ├── RequestNotUsable       any other mistake of the request                    also a UsageError
        ├── DescriptionNotUsable   a description that cannot be used; line             also an InputError
        ├── NothingToCheck         nothing in it to check                              also a NothingChecked
        ├── TookTooLong            past its deadline                                   also a DeadlineExceeded
        ├── TooLarge               what was sent, or the answer                        also an AnswerTooLarge
        ├── TooBusy                too many ask; asked again in vain                   also a Busy
        └── NotAvailable           the server cannot answer now, or is broken          also a StoreUnavailable

Because of the second bases, whoever catches the errors of the store in this process catches those of a server, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clusterkg import errors
from clusterkg.errors import ClusterkgError


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document (RFC 9457) in the language that was asked for. `problems` are its parts, where it has several.

    `extra` holds what else the document says.
    """

    status: int
    type: str = "about:blank"
    title: str = ""
    detail: str = ""
    hint: str | None = None
    line: int | None = None
    column: int | None = None
    file: str | None = None
    problems: tuple[Mapping[str, Any], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of the type: "query", "deadline" …; empty for about:blank."""
        return self.type.rpartition("/")[2] if "/" in self.type else ""


class ClientError(ClusterkgError):
    """The root of what a client raises."""


class ConnectionFailed(ClientError, errors.StoreUnavailable):
    """No answer came."""


class AnswerNotUnderstood(ClientError):
    """An answer came that is not what the server's interface says."""


class ServerProblem(ClientError):
    """The server refused; `problem` is what it says."""

    def __init__(self, problem: Problem) -> None:
        said = problem.detail or problem.title or f"HTTP {problem.status}"
        hint = {"es": problem.hint, "en": problem.hint} if problem.hint else None
        place = {"file": problem.file, "line": problem.line, "column": problem.column}
        ClusterkgError.__init__(self, {"es": said, "en": said}, hint=hint, **place)  # type: ignore[arg-type]
        self.problem = problem


class QueryNotUnderstood(ServerProblem, errors.QueryError):
    """The query is not SPARQL 1.1."""


class NotAllowed(ServerProblem, errors.QueryRefused):
    """It is not allowed, or a credential is missing."""


class NotFound(ServerProblem, errors.UsageError):
    """There is no such thing."""


class RequestNotUsable(ServerProblem, errors.UsageError):
    """The request cannot be carried out as it is."""


class DescriptionNotUsable(ServerProblem, errors.InputError):
    """A description cannot be used."""


class NothingToCheck(ServerProblem, errors.NothingChecked):
    """There was nothing to check."""


class TookTooLong(ServerProblem, errors.DeadlineExceeded):
    """It took longer than the server allows."""


class TooLarge(ServerProblem, errors.AnswerTooLarge):
    """What was sent, or the answer, is larger than the server allows."""


class TooBusy(ServerProblem, errors.Busy):
    """Too many ask at the same time."""


class NotAvailable(ServerProblem, errors.StoreUnavailable):
    """The server cannot answer."""


_BY_NAME: dict[str, type[ServerProblem]] = {
    "query": QueryNotUnderstood,
    "malformed-description": DescriptionNotUsable,
    "input": DescriptionNotUsable,
    "nothing-checked": NothingToCheck,
    "deadline": TookTooLong,
    "busy": TooBusy,
}
_BY_STATUS: dict[int, type[ServerProblem]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    410: NotFound,
    413: TooLarge,
    429: TooBusy,
    504: TookTooLong,
}


def error_of(problem: Problem) -> ServerProblem:
    """The error for a problem, by its type, else by its status."""
    kind = _BY_NAME.get(problem.name) or _BY_STATUS.get(problem.status)
    return (kind or (NotAvailable if problem.status >= 500 else RequestNotUsable))(problem)


def read_problem(status: int, tree: object) -> Problem:
    """A problem from its JSON, however little of it is there."""
    said: Mapping[str, Any] = tree if isinstance(tree, Mapping) else {}
    stated: dict[str, Any] = {
        name: str(said[name]) for name in ("type", "title", "detail", "hint", "file") if said.get(name)
    }
    stated |= {name: said[name] for name in ("line", "column") if isinstance(said.get(name), int)}
    parts = said.get("problems")
    listed = tuple(part for part in parts if isinstance(part, Mapping)) if isinstance(parts, list) else ()
    known = {"type", "title", "status", "detail", "hint", "file", "line", "column", "problems"}
    extra = {name: value for name, value in said.items() if name not in known}
    return Problem(status, **stated, problems=listed, extra=extra)
