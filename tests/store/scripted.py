"""A service that answers what it is told to: bytes on a socket, whole, cut off, slow or never."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Scripted:
    """Answers every request with these pieces, `pause` seconds apart, and keeps what it was asked."""

    address: str
    pieces: Sequence[bytes] = ()
    pause: float = 0.0
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def scripted(*pieces: bytes, pause: float = 0.0) -> Iterator[Scripted]:
    """A service on a free loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = Scripted(f"http://127.0.0.1:{listener.getsockname()[1]}/sparql", pieces, pause)
        thread = threading.Thread(target=_serve, args=(listener, service), daemon=True)
        thread.start()
        yield service
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def http(
    body: bytes,
    *,
    status: str = "200 OK",
    kind: str = "application/sparql-results+json",
    length: int | None = None,
    **headers: str,
) -> bytes:
    """An HTTP answer; `length` is what it says of its body, -1 for nothing."""
    told = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"Content-Length: {told}"] if told >= 0 else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _serve(listener: socket.socket, service: Scripted) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            service.asked.append(_request(connection))
            for piece in service.pieces:
                connection.sendall(piece)
                time.sleep(service.pause)


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536) or b" " * length
    return head + b"\r\n\r\n" + body
