"""What passes between a pool and its processes: a tag, a length, and that many bytes.

parent → child   REQUEST (pickled)
child → parent   READY once; then for each request any number of CHUNK, at most one COMMITTED, and one of DONE
                 (pickled: what the work says of its answer), FAILED (pickled: an error of clusterkg.errors) and FAULT (a traceback)
"""

from __future__ import annotations

import struct
from typing import BinaryIO

REQUEST, READY, CHUNK, COMMITTED, DONE, FAILED, FAULT = b"Q", b"R", b"D", b"C", b"E", b"X", b"!"
_HEAD = struct.Struct(">cQ")


def write_frame(stream: BinaryIO, tag: bytes, payload: bytes = b"") -> None:
    """Write one frame. Raises OSError when nobody reads any more."""
    stream.write(_HEAD.pack(tag, len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next tag and payload; None when the other side has gone, also in the middle of a frame."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    tag, length = _HEAD.unpack(head)
    payload = stream.read(length)
    return (tag, payload) if len(payload) == length else None
