"""Work for the processes of test_pool.py."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from clusterkg.errors import UsageError, text


class Work:
    def __init__(self, config: Any) -> None:
        if config == "refuse":
            raise UsageError(text("no", "no"))
        self.config = config
        self.kept: list[bytes] = []

    def work(self, request: Any, reply: Any) -> Any:
        name, value = request
        return getattr(self, name)(value, reply)

    def echo(self, value: Any, reply: Any) -> Any:
        reply.write(str(value).encode())
        return self.config, os.getpid()

    def sleep(self, value: float, reply: Any) -> None:
        time.sleep(value)

    def sleep_committed(self, value: float, reply: Any) -> str:
        reply.committed()
        time.sleep(value)
        return "made"

    def fill(self, value: int, reply: Any) -> None:
        for _ in range(value):
            reply.write(b"x" * 1024)

    def hoard(self, value: int, reply: Any) -> None:
        while True:
            self.kept.append(b"x" * (16 << 20))

    def fail(self, value: str, reply: Any) -> None:
        raise UsageError(text(value, value), line=3, hint=text("h", "h"))

    def break_down(self, value: str, reply: Any) -> None:
        raise KeyError(value)

    def crash(self, value: int, reply: Any) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def chatter(self, value: str, reply: Any) -> str:
        print(value, flush=True)
        return value
