"""Every error that the program raises on purpose.

    ClusterkgError                 the root: message in Spanish and English, place, hint, exit code
    ├── InputError                 a description cannot be used (exit 2)
    │   ├── UnknownTermError       it uses a word that the vocabulary or the context does not know
    │   └── MalformedDescription   it contradicts itself: shares, dates, totals
    ├── UsageError                 the call cannot be carried out: an unknown format, profile, option … (exit 2)
    │   ├── QueryError             SPARQL that cannot be understood; line and column where the parser says
    │   └── QueryRefused           SPARQL that would leave this machine, or write where only reading is allowed
    ├── ConfigurationError         what ships with the program, or a profile, is broken: shapes, ontology … (exit 2)
    ├── ServiceError               the work was given up; the same call may go through later (exit 2)
    │   ├── DeadlineExceeded       it took longer than it may
    │   ├── MemoryExceeded         it needed more memory than it may
    │   ├── AnswerTooLarge         its answer has more bytes than it may
    │   ├── Busy                   too many are waiting
    │   └── StoreUnavailable       the store, or the service behind it, does not answer or is in use
    │       └── ProcessCrashed     a process of ours was brought down by what it worked on
    └── NothingChecked             nothing was there to check (exit 3)

Nothing else should ever reach a user: whoever calls a parser turns its exceptions into one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

Text = Mapping[str, str]
"""A text by language: at least the keys "es" and "en"."""


def text(es: str, en: str) -> dict[str, str]:
    """The same text in Spanish and in English."""
    return {"es": es, "en": en}


class ClusterkgError(Exception):
    """Root of the tree. `line` and `column` count from 1; `file` is the name as the user gave it."""

    exit_code = 2

    def __init__(
        self,
        message: Text,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(message["en"])
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.hint = hint

    def __str__(self) -> str:
        return format_error(self, "en")

    def __reduce__(self) -> tuple[object, ...]:
        return _revived, (type(self), self.args, self.__dict__)  # errors travel between processes


class InputError(ClusterkgError):
    """A description, or a file that should hold one, cannot be used.

    `problems`: everything that is wrong, this error among it, where more than one thing was looked for; else empty.
    """

    problems: tuple[InputError, ...] = ()


class UnknownTermError(InputError):
    """A word that the vocabulary does not know; `suggestion` is the nearest right one, if one is near."""

    def __init__(
        self,
        message: Text,
        *,
        term: str,
        suggestion: str | None = None,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        hint = did_you_mean(suggestion) if suggestion else None
        super().__init__(message, file=file, line=line, column=column, hint=hint)
        self.term = term
        self.suggestion = suggestion


class MalformedDescription(InputError):
    """A description contradicts itself; `problems` has one error for each contradiction, the first of which is this one's message."""

    def __init__(self, problems: Sequence[InputError]) -> None:
        first = problems[0]
        super().__init__(first.message, file=first.file, line=first.line, column=first.column, hint=first.hint)
        self.problems = tuple(problems)


class UsageError(ClusterkgError):
    """The call itself cannot be carried out."""


class QueryError(UsageError):
    """A query or an update is not SPARQL 1.1."""


class QueryRefused(UsageError):
    """A query or an update asks for what is not allowed here."""


class ServiceError(ClusterkgError):
    """The work was given up."""


class DeadlineExceeded(ServiceError):
    """It took longer than it may."""


class MemoryExceeded(ServiceError):
    """It needed more memory than it may."""


class AnswerTooLarge(ServiceError):
    """Its answer has more bytes than it may."""


class Busy(ServiceError):
    """Too many are waiting."""


class StoreUnavailable(ServiceError):
    """The store does not answer, or somebody else holds it."""


class ProcessCrashed(StoreUnavailable):
    """What a process worked on has brought it down."""


class ConfigurationError(ClusterkgError):
    """Shapes, queries, ontology or a profile are broken."""


class NothingChecked(ClusterkgError):
    """There was nothing to check; never to be mistaken for a clean result."""

    exit_code = 3


def _revived(kind: type[ClusterkgError], args: tuple[object, ...], state: dict[str, object]) -> ClusterkgError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


def did_you_mean(suggestion: str) -> dict[str, str]:
    """The hint that names the nearest right word."""
    return text(f"¿Quiso decir «{suggestion}»?", f"Did you mean “{suggestion}”?")


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is most like `word`, or None if none is near; ties are broken by name, so runs agree."""
    names = sorted(set(candidates))
    same = [name for name in names if name.casefold() == word.casefold()]
    close = same or get_close_matches(word, names, n=1, cutoff=0.6)
    return close[0] if close else None


def format_error(error: ClusterkgError, language: str) -> str:
    """One line for people: `file:line:column: message — hint`, leaving out what is not known."""
    numbers = [str(number) for number in (error.line, error.column) if number is not None]
    place = ":".join([error.file or "", *numbers] if error.file or numbers else [])
    message = error.message.get(language) or error.message["en"]
    hint = (error.hint or {}).get(language)
    return (f"{place}: " if place else "") + message + (f" — {hint}" if hint else "")
