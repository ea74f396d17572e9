"""Options that several commands share, and the kinds of values that they take."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from clusterkg.cli.failures import no_such_choice, said
from clusterkg.cli.output import require_folder
from clusterkg.errors import UsageError
from clusterkg.rendering.language import Language, language, preferred_language

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


class Choice(click.ParamType[str]):
    """One of a few words; an unknown one is answered with the nearest."""

    name = "choice"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself. Raises UsageError for any other."""
        if value not in self.choices:
            raise no_such_choice(str(value), param.opts[-1] if param else self.name, self.choices)
        return str(value)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """`[text|json]` in the help."""
        return f"[{'|'.join(self.choices)}]"


class DateText(click.ParamType[str]):
    """A day, a month or a year, kept as it was written."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself. Raises UsageError where it is no date."""
        return checked_date(str(value))


class Count(click.ParamType[int]):
    """A whole number above zero."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Raises UsageError for anything else."""
        if not str(value).isdecimal() or int(value) == 0:
            raise UsageError(said("error.count", value=value))
        return int(value)


class LanguageType(click.ParamType[Language]):
    """The code of a language that has a catalogue."""

    name = "lang"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Language:
        """The language. Raises UsageError for an unknown one."""
        return value if isinstance(value, Language) else language(str(value))


def checked_date(value: str) -> str:
    """`value`, if it is a day, a month or a year that exists.

    Raises:
        UsageError: when it is not.
    """
    match = _DATE.match(value)
    try:
        if match is None:
            raise ValueError(value)
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError as error:
        raise UsageError(said("error.date", value=value)) from error
    return value


def lang_option(function: Decorated) -> Decorated:
    """`--lang`: the language of everything that the command writes for people."""
    return click.option(
        "--lang",
        "speaks",
        type=LanguageType(),
        default=preferred_language,
        metavar="es|en",
        help="Language of texts and labels. Default: CLUSTERKG_LANG, else your system's, else en.",
    )(function)


def out_option(function: Decorated) -> Decorated:
    """`--out`: a file instead of standard output."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        callback=lambda _context, _option, out: require_folder(out),
        help="Write the result to FILE, in one step; an input is never overwritten.",
    )(function)


def profile_option(function: Decorated) -> Decorated:
    """`--profile`: which rules."""
    return click.option(
        "--profile",
        default="ten-errors",
        show_default=True,
        metavar="CODE",
        help="Set of rules (see: clusterkg profiles).",
    )(function)


def format_option(*formats: str) -> Callable[[Decorated], Decorated]:
    """`--format`, the first one being the default."""
    return click.option(
        "--format", "form", type=Choice(formats), default=formats[0], show_default=True, help="How to write the result."
    )
