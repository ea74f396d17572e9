"""What somebody sends: read up to a limit; its parts, where it is a form; its name, without any path."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from python_multipart.exceptions import FormParserError as MultipartParseError
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from clusterkg.diagnosis.worker import Sent
from clusterkg.errors import InputError, text
from clusterkg.server.api.media import sent_format
from clusterkg.server.problems import Problem

_MOST_FILES = 200
_LONGEST_NAME = 120


async def read_body(request: Request, most: int) -> bytes:
    """The whole body, at most `most` bytes, whatever its Content-Length says. Raises Problem (413, 400)."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise _too_large(most)
    except ClientDisconnect as error:
        raise Problem(400, text("El envío se cortó.", "What was sent ended early.")) from error
    return bytes(body)


def files_of(body: bytes, content_type: str) -> tuple[Sent, ...]:
    """The files of a multipart form; fields that are no files are passed over.

    Raises:
        InputError: where the form is broken or holds no file.
    """
    if not body.rstrip().endswith(b"--"):
        raise InputError(text("El formulario está incompleto.", "The form is not complete."))
    try:
        found = asyncio.run(_parsed(body, content_type))
    except (MultiPartException, MultipartParseError, ValueError, KeyError) as error:
        raise InputError(text("El formulario está mal formado.", "The form is malformed.")) from error
    if not found:
        raise InputError(
            text("El formulario no trae ningún archivo.", "The form holds no file."),
            hint=text("curl -F file=@mi-cluster.yaml …", "curl -F file=@my-cluster.yaml …"),
        )
    return tuple(found)


async def _parsed(body: bytes, content_type: str) -> list[Sent]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = _InMemory(
        Headers({"content-type": content_type}), stream(), max_files=_MOST_FILES, max_part_size=len(body)
    )
    async with _closing(await parser.parse()) as form:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        return [Sent(await one.read(), base_name(one.filename or ""), _known(one.content_type)) for one in files]


class _InMemory(MultiPartParser):
    """Nothing that is sent is written to a disk."""

    spool_max_size = 1 << 40


@asynccontextmanager
async def _closing(form: FormData) -> AsyncIterator[FormData]:
    try:
        yield form
    finally:
        await form.close()


def _known(content_type: str | None) -> str | None:
    """The format of a part, where its type tells one: browsers and curl make types up from the ending, so others tell nothing."""
    try:
        return sent_format(content_type or "")
    except Problem:
        return None


def base_name(name: str) -> str:
    """The last part of a file's name, on one line: a report tells nobody how the sender's folders are called."""
    last = "".join(character for character in re.split(r"[\\/]", name)[-1] if character.isprintable()).strip()
    return last[-_LONGEST_NAME:] if last.strip(". ") else "-"


def _too_large(most: int) -> Problem:
    size = f"{most / 2**20:g}"
    return Problem(
        413,
        text(f"El envío pasa de {size} MiB.", f"What was sent exceeds {size} MiB."),
        hint=text("Envíe menos descripciones a la vez.", "Send fewer descriptions at a time."),
        headers={"Connection": "close"},
    )
