"""What the core and the network say to each other, without either knowing how the other works.

An operation is a generator: it yields requests, gets the answer to each, and returns its result. `Client` and `AsyncClient` drive
the same operations, one with blocking calls and one without.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from clusterkg.client.errors import AnswerNotUnderstood
from clusterkg.client.sources import Posted
from clusterkg.errors import text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` is relative to the server's address; `after` is how many seconds to wait before it is sent,
    `files` are sent as a form.
    """

    method: str
    path: str
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)
    files: tuple[Posted, ...] = ()
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """The whole answer; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The content as JSON. Raises AnswerNotUnderstood."""
        try:
            return json.loads(self.content)
        except ValueError as error:
            raise not_understood("JSON", self) from error

    def retry_after(self, now: float) -> float | None:
        """Seconds until the server wants to be asked again, if it says so; `now` is the time as seconds since 1970."""
        said = self.headers.get("retry-after", "").strip()
        if said.isdigit():
            return float(said)
        try:
            return max(0.0, parsedate_to_datetime(said).timestamp() - now)
        except ValueError:
            return None


Operation = Generator[Request, Response, T]


def not_understood(expected: str, response: Response) -> AnswerNotUnderstood:
    """The error for an answer that is not what the server's interface says."""
    got = response.media_type or "?"
    return AnswerNotUnderstood(
        text(
            f"La respuesta del servidor no es {expected} ({response.status}, {got}).",
            f"The server's answer is no {expected} ({response.status}, {got}).",
        ),
        hint=text("¿Es esta la dirección de un servidor clusterkg?", "Is this the address of a clusterkg server?"),
    )
