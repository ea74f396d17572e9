"""How the log is written: one JSON object a line, or plain text.

An exception is noted by its kind and the places that it passed; its message is left out, since it may quote what a reader sent.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from pathlib import Path
from typing import Any

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}
_MODULE = Path(__file__).resolve().parents[3]  # the folder of the package: places are told from there


def configure(form: str = "json") -> None:
    """Send every log of this process to standard error, as "json" or "text"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # they would tell addresses, queries and all


class JsonLines(logging.Formatter):
    """`{"instant": …, "level": …, "logger": …, "event": …, …}`: what was logged, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(_told(record), ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """`instant level event key=value …`, for those who watch it run."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told = _told(record)
        first = [" ".join(str(told.pop(name)).splitlines()) for name in ("instant", "level", "event")]
        told.pop("logger")
        return " ".join([*first, *(f"{name}={json.dumps(value, default=str)}" for name, value in told.items())])


def _told(record: logging.LogRecord) -> dict[str, Any]:
    instant = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
    told: dict[str, Any] = {
        "instant": instant,
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage(),
    }
    told |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
    if record.exc_info and record.exc_info[0]:
        told["exception"] = record.exc_info[0].__name__
        told["places"] = [
            f"{_place(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(record.exc_info[2])
        ]
    return told


def _place(file: str) -> str:
    try:
        return Path(file).relative_to(_MODULE).as_posix()
    except ValueError:
        return Path(file).name
