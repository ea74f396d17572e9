"""A process that works for a pool: `python -m clusterkg.workers module:Class bytes-of-memory < pickled settings`.

The class is made once with the settings; its `work(request, reply)` is called for each request. It writes the answer's bytes with
`reply.write`, and returns what is to be said of the answer. Errors of clusterkg.errors travel back; any other, a fault of ours, is told
with its traceback for the log.
When the parent goes, so does this process, whatever it is doing.
"""

from __future__ import annotations

import os
import pickle
import threading
import traceback
from importlib import import_module
from queue import SimpleQueue
from typing import Any, BinaryIO

from clusterkg.errors import AnswerTooLarge, ClusterkgError, MemoryExceeded, text
from clusterkg.workers import frames

OUT_OF_MEMORY = 86
"""Exit code of a process that Python ended for want of memory."""
_CHUNK = 1 << 18


class ReplyWriter:
    """Where the work writes its answer: bytes, up to a limit."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._most = stream, most
        self._size = 0
        self._kept = bytearray()

    def write(self, data: bytes) -> int:
        """Send some bytes. Raises AnswerTooLarge above the limit."""
        self._size += len(data)
        if self._size > self._most:
            raise too_large(self._most)
        self._kept += data
        if len(self._kept) >= _CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is kept."""
        if self._kept:
            frames.write_frame(self._stream, frames.CHUNK, bytes(self._kept))
            self._kept.clear()

    def committed(self) -> None:
        """Say that the change is made: from here on the work is not to be stopped."""
        frames.write_frame(self._stream, frames.COMMITTED)


def too_large(most: int) -> AnswerTooLarge:
    """The error for an answer above `most` bytes."""
    shown = f"{most / 2**20:g}"
    return AnswerTooLarge(
        text(f"La respuesta pasa de {shown} MiB.", f"The answer exceeds {shown} MiB."),
        hint=text("Pida menos a la vez, con LIMIT y OFFSET.", "Ask for less at a time, with LIMIT and OFFSET."),
    )


def too_much_memory() -> MemoryExceeded:
    """The error for work that needs more memory than it may use."""
    return MemoryExceeded(
        text("La consulta necesita más memoria de la permitida.", "The query needs more memory than it may use."),
        hint=text("Acótela: menos variables sin unir, DISTINCT u ORDER BY sobre menos filas.",
                  "Narrow it: fewer unjoined variables, DISTINCT or ORDER BY over fewer rows."),
    )  # fmt: skip


def main(arguments: list[str]) -> None:
    """Serve requests from standard input until it ends."""
    source, sink = _own_streams()
    limit_memory(int(arguments[1]))
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(source, requests), daemon=True).start()
    module, _, name = arguments[0].partition(":")
    try:
        worker = getattr(import_module(module), name)(pickle.loads(requests.get()))
    except ClusterkgError as error:
        frames.write_frame(sink, frames.FAILED, pickle.dumps(error))
        return
    frames.write_frame(sink, frames.READY)
    while True:
        request, most = pickle.loads(requests.get())
        _serve(worker, request, ReplyWriter(sink, most), sink)


def _serve(worker: Any, request: object, reply: ReplyWriter, sink: BinaryIO) -> None:
    try:
        said = worker.work(request, reply)
        reply.flush()
    except ClusterkgError as error:
        frames.write_frame(sink, frames.FAILED, pickle.dumps(error))
    except MemoryError:
        frames.write_frame(sink, frames.FAILED, pickle.dumps(too_much_memory()))
        os._exit(OUT_OF_MEMORY)
    except Exception:
        frames.write_frame(sink, frames.FAULT, traceback.format_exc().encode())
    else:
        frames.write_frame(sink, frames.DONE, pickle.dumps(said))


def _listen(source: BinaryIO, requests: SimpleQueue[bytes]) -> None:
    """Take requests in a thread, so that the parent's end is noticed while the work goes on."""
    while (frame := frames.read_frame(source)) is not None:
        requests.put(frame[1])
    os._exit(0)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes for this program alone: whatever prints goes to standard error."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return source, sink


def limit_memory(most: int) -> None:
    """Let this process address no more than `most` bytes; 0 for no limit. Only where the system knows such limits (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    if most:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
