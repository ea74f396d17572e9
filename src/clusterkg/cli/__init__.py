"""The command line: a thin face. Results go to standard output, everything else to standard error.

Exit codes: 0 nothing at or above the level, 1 something, 2 the input or the call cannot be used, 3 nothing was checked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from clusterkg.errors import ClusterkgError, UsageError

UNUSABLE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Whatever happens, the user reads one line and no traceback."""
    import click

    from clusterkg.cli.app import cli
    from clusterkg.cli.failures import as_usage_error, report_error, report_unexpected, spoken_language, tell

    _open_closed_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(args=given, prog_name="clusterkg", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except ClusterkgError as error:
        report_error(error, spoken_language(given))
        return UNUSABLE if isinstance(error, UsageError) else error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        tell("\n" + spoken_language(given)("error.interrupted"))
        return INTERRUPTED
    except click.ClickException as error:
        report_error(as_usage_error(error), spoken_language(given))
        return UNUSABLE
    except BrokenPipeError:
        # The reader has gone (`clusterkg … | head`): no fault of anybody, and nothing may be said at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("CLUSTERKG_DEBUG"):
            raise
        report_unexpected(error, spoken_language(given))
        return UNUSABLE


def _open_closed_streams() -> None:
    """Give every standard stream that the caller has closed (`2>&-`) an empty one, so that nobody trips over it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it lives as long as the program
