"""What goes wrong, said in the user's language, in one line on standard error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress

import click

from clusterkg.errors import ClusterkgError, UsageError, format_error, nearest
from clusterkg.rendering.language import Language, language, languages, preferred_language
from clusterkg.rendering.plain import plain


def said(key: str, **values: object) -> dict[str, str]:
    """An interface text in every language, as errors carry it."""
    return {code: language(code)(key, **values) for code in languages()}


def spoken_language(arguments: Sequence[str]) -> Language:
    """The language to speak where the options were not read: `--lang` if it names one, else the environment's."""
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            wanted = value if equals else "".join(arguments[position + 1 : position + 2])
            if wanted in languages():
                return language(wanted)
    return language(preferred_language())


def report_error(error: ClusterkgError, speaks: Language) -> None:
    """Write one line about the error."""
    tell(plain(f"{speaks('error')}: {format_error(error, speaks.code)}"))


def tell(line: str) -> None:
    """Write a line to standard error; where that takes nothing, the exit code has to do."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def report_unexpected(error: BaseException, speaks: Language) -> None:
    """Write one line about a fault of the program itself, and how to tell of it."""
    told = speaks("error.unexpected", kind=type(error).__name__, message=str(error)[:300])
    tell(plain(f"{speaks('error')}: {told}"))


def no_such_command(name: str, known: Iterable[str]) -> UsageError:
    """The error for an unknown command."""
    return UsageError(
        said("error.no-command", name=name), hint=_near(name, known) or said("error.see-help", command="clusterkg")
    )


def no_such_choice(value: str, name: str, choices: Sequence[str]) -> UsageError:
    """The error for a value that is none of the choices."""
    message = said("error.no-choice", value=value, name=name, choices=", ".join(choices))
    return UsageError(message, hint=_near(value, choices))


def as_usage_error(error: click.ClickException) -> ClusterkgError:
    """A fault in the call, as click reports it, in every language."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "clusterkg"
    help_hint = said("error.see-help", command=command)
    if isinstance(error, click.NoSuchOption):
        names = [name for parameter in context.command.params for name in parameter.opts] if context else []
        return UsageError(
            said("error.no-option", name=error.option_name), hint=_near(error.option_name, names) or help_hint
        )
    if isinstance(error, click.MissingParameter):
        return UsageError(said("error.missing", name=_name(error)), hint=help_hint)
    if isinstance(error, click.BadOptionUsage):
        return UsageError(said("error.option-argument", name=error.option_name), hint=help_hint)
    if isinstance(error, click.BadParameter):
        return UsageError(said("error.value", name=_name(error)), hint=help_hint)
    extra = re.search(r"extra arguments? \((.*)\)", error.message)
    if extra:
        return UsageError(said("error.extra-argument", value=extra[1]), hint=help_hint)
    return UsageError(dict.fromkeys(languages(), error.format_message()), hint=help_hint)


def _near(word: str, known: Iterable[str]) -> dict[str, str] | None:
    suggestion = nearest(word, known)
    return said("error.did-you-mean", name=suggestion) if suggestion else None


def _name(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "")
    return parameter.opts[-1] if isinstance(parameter, click.Option) else parameter.human_readable_name
