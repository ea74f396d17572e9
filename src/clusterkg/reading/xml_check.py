"""Whether a text is well-formed XML, without DOCTYPE and entities, before it is read as RDF/XML.

The RDF parser takes a file that was cut short for a whole one, and tells no columns; expat does better on both.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from clusterkg.errors import InputError, text

_ENCODING = re.compile(r"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_READ = ("utf-8", "utf8", "us-ascii", "ascii")


class _DoctypeFound(Exception):
    """Raised inside expat at a document type declaration, so that nothing of it is ever processed."""


def check_xml(content: str, file: str) -> None:
    """Refuse what is not well-formed, declares another encoding than UTF-8, or has a DOCTYPE.

    Raises:
        InputError: with line and column.
    """
    encoding = _ENCODING.match(content)
    if encoding and encoding[1].lower() not in _READ:
        message = text(
            f"El XML declara la codificación {encoding[1]}.", f"The XML declares the encoding {encoding[1]}."
        )
        raise InputError(message, file=file, line=1, hint=text("Guárdelo como UTF-8.", "Save it as UTF-8."))
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content.encode(), True)
    except _DoctypeFound as error:
        raise InputError(
            text("No se aceptan DOCTYPE ni entidades en RDF/XML.", "DOCTYPE and entities are not accepted in RDF/XML."),
            file=file,
            line=parser.CurrentLineNumber,
            hint=text(
                "Quite el DOCTYPE y escriba los IRI completos.", "Remove the DOCTYPE and write the IRIs in full."
            ),
        ) from error
    except expat.ExpatError as error:
        detail = expat.errors.messages.get(error.code, "")
        message = text(f"No es XML válido ({detail}).", f"This is not valid XML ({detail}).")
        raise InputError(message, file=file, line=error.lineno, column=error.offset + 1) from error


def _refuse_doctype(*_: object) -> None:
    raise _DoctypeFound
