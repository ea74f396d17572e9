"""Bytes → text: size, encoding, emptiness. What cannot be a document is refused here, before any parser sees it."""

from __future__ import annotations

import codecs
from pathlib import Path

from clusterkg.errors import InputError, text
from clusterkg.reading.limits import MEBIBYTE, Limits

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF8_HINT = text("Guarde el archivo como UTF-8.", "Save the file as UTF-8.")


def content_of(source: Path | bytes, file: str, limits: Limits) -> bytes:
    """The bytes of a source, at most `limits.max_bytes`. Raises InputError if it is larger or cannot be opened."""
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with source.open("rb") as stream:
                data = stream.read(limits.max_bytes + 1)
        except IsADirectoryError as error:
            raise InputError(
                text("Es una carpeta, no un archivo.", "This is a folder, not a file."), file=file
            ) from error
        except FileNotFoundError as error:
            raise InputError(text("No existe el archivo.", "No such file."), file=file) from error
        except (OSError, ValueError) as error:
            raise InputError(text("No se puede abrir el archivo.", "The file cannot be opened."), file=file) from error
    if len(data) > limits.max_bytes:
        most = f"{limits.max_bytes / MEBIBYTE:g} MiB"
        raise InputError(
            text(f"El documento supera el límite de {most}.", f"The document is larger than the limit of {most}."),
            file=file,
            hint=text("Divídalo, o cambie CLUSTERKG_MAX_BYTES.", "Split it, or change CLUSTERKG_MAX_BYTES."),
        )
    return data


def text_of(data: bytes, file: str) -> str:
    """The text of a document in UTF-8, without its byte order mark.

    Raises:
        InputError: for another encoding, a binary file, or an empty document.
    """
    if data.startswith(_WIDE_MARKS):
        raise InputError(
            text("El documento está en UTF-16 o UTF-32.", "The document is in UTF-16 or UTF-32."),
            file=file,
            hint=_UTF8_HINT,
        )
    data = data.removeprefix(codecs.BOM_UTF8)
    zero = data.find(b"\x00")
    if zero >= 0:
        raise InputError(text("Es un archivo binario, no un texto.", "This is a binary file, not text."), file=file)
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        raise InputError(
            text("El texto no está en UTF-8.", "The text is not in UTF-8."),
            file=file,
            line=line,
            column=column,
            hint=_UTF8_HINT,
        ) from error
    if not content.strip():
        raise InputError(text("El documento está vacío.", "The document is empty."), file=file)
    return content
