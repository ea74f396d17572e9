"""Where results go: standard output as bytes, or a file that is replaced in one step."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from clusterkg.cli.failures import said
from clusterkg.errors import UsageError, text
from clusterkg.rendering.language import language

_REASONS = {
    errno.ENOENT: text("no existe la carpeta", "the folder does not exist"),
    errno.ENOTDIR: text("no existe la carpeta", "the folder does not exist"),
    errno.EISDIR: text("es una carpeta", "it is a folder"),
    errno.EACCES: text("falta el permiso", "permission is missing"),
    errno.EPERM: text("falta el permiso", "permission is missing"),
    errno.EROFS: text("el disco es solo de lectura", "the disk is read-only"),
    errno.ENOSPC: text("no queda espacio", "no room is left"),
}
"""Why a file cannot be written; for anything else the system's own words have to do."""

_PIPED_WIDTH = 100
_WIDEST = 140


def emit(content: str | bytes, out: Path | None = None) -> None:
    """Write a result: UTF-8 into `out`, else to standard output. A reader that has gone is no error.

    Raises:
        UsageError: when the result cannot be written, for want of room for example.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if out is not None:
        _replace(out, data)
        return
    try:
        sys.stdout.flush()
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(data.decode("utf-8"))
        else:
            stream.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit; let that go nowhere.
        discard(sys.stdout)
    except OSError as error:
        discard(sys.stdout)
        raise _cannot_write("-", error) from error


def discard(stream: TextIO) -> None:
    """Let everything that is still to be written to this stream go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def require_folder(out: Path | None) -> Path | None:
    """`out` itself. Raises UsageError when its folder is not there: better before the work than after it."""
    if out is not None and not out.parent.is_dir():
        raise _cannot_write(out, FileNotFoundError(errno.ENOENT, ""))
    return out


def refuse_overwriting(out: Path | None, inputs: Iterable[str | Path]) -> None:
    """Raise UsageError when `out` is one of the input files, or lies where an input lies by another name."""
    if out is None or not out.exists():
        return
    for path in inputs:
        if str(path) != "-" and Path(path).exists() and out.samefile(path):
            raise UsageError(said("error.out-is-input", file=out))


def wants_color(out: Path | None) -> bool:
    """Whether to colour: only on a terminal, and not where NO_COLOR is set."""
    return out is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def text_width(out: Path | None) -> int:
    """Columns for text: the terminal's (or COLUMNS), a sensible number for pipes and files."""
    if out is not None:
        return _PIPED_WIDTH
    return min(_WIDEST, shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns)


def _replace(out: Path, data: bytes) -> None:
    temporary: str | None = None
    given = out
    try:
        # A link stays a link, and what is no file (/dev/null, a pipe) is written to and never replaced.
        if out.exists() and not out.is_file():
            out.write_bytes(data)
            return
        out = out.resolve()
        mode = out.stat().st_mode & 0o777 if out.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(mode)
        Path(temporary).replace(out)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise _cannot_write(given, error) from error


def _cannot_write(file: str | Path, error: OSError) -> UsageError:
    unnamed = str(error.strerror or error)
    reason = _REASONS.get(error.errno or 0, text(unnamed, unnamed))
    said_by_language = {code: language(code)("error.cannot-write", file=file, reason=reason[code]) for code in reason}
    return UsageError(said_by_language)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
