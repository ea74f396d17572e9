"""Where results go: standard output as bytes, or a file that is replaced in one step."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from clusterkg.cli.failures import said
from clusterkg.errors import UsageError

_PIPED_WIDTH = 100
_WIDEST = 140


def emit(content: str | bytes, out: Path | None = None) -> None:
    """Write a result: UTF-8 into `out`, else to standard output. A reader that has gone is no error.

    Raises:
        UsageError: when the file cannot be written.
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
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    try:
        mode = out.stat().st_mode & 0o777 if out.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(mode)
        Path(temporary).replace(out)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise UsageError(said("error.cannot-write", file=out, reason=error.strerror or error)) from error


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
