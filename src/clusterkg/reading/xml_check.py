"""Whether a text is well-formed XML, without DOCTYPE and entities, before it is read as RDF/XML.

The RDF parser takes a file that was cut short for a whole one, and tells no columns; expat does better on both.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from clusterkg.errors import InputError, Text, text
from clusterkg.reading.limits import Limits

_ENCODING = re.compile(r"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_READ = ("utf-8", "utf8", "us-ascii", "ascii")


_MOST_ATTRIBUTES = 1000
_LONGEST_NAMESPACE = 4000
"""Of both, much less is in use, and the RDF parser takes long where there is more."""


class _Refused(Exception):
    """Raised inside expat, so that nothing of what follows is ever processed."""

    def __init__(self, message: Text, hint: Text | None = None) -> None:
        super().__init__(message["en"])
        self.message = message
        self.hint = hint


def check_xml(content: str, file: str, limits: Limits) -> None:
    """Refuse what is not well-formed, declares another encoding than UTF-8, has a DOCTYPE, or is beyond the limits.

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
    parser.StartNamespaceDeclHandler = _check_namespace
    _bound_elements(parser, limits)
    try:
        parser.Parse(content.encode(), True)
    except _Refused as error:
        raise InputError(error.message, file=file, line=parser.CurrentLineNumber, hint=error.hint) from error
    except expat.ExpatError as error:
        detail = expat.errors.messages.get(error.code, "")
        message = text(f"No es XML válido ({detail}).", f"This is not valid XML ({detail}).")
        raise InputError(message, file=file, line=error.lineno, column=error.offset + 1) from error


def _refuse_doctype(*_: object) -> None:
    raise _Refused(
        text("No se aceptan DOCTYPE ni entidades en RDF/XML.", "DOCTYPE and entities are not accepted in RDF/XML."),
        text("Quite el DOCTYPE y escriba los IRI completos.", "Remove the DOCTYPE and write the IRIs in full."),
    )


def _check_namespace(_: str | None, namespace: str | None) -> None:
    if len(namespace or "") > _LONGEST_NAMESPACE:
        raise _Refused(text("Un espacio de nombres es demasiado largo.", "A namespace is too long."))


def _bound_elements(parser: expat.XMLParserType, limits: Limits) -> None:
    depth = 0

    def start(_: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.max_depth:
            most = limits.max_depth
            raise _Refused(
                text(f"Hay más de {most} niveles de elementos.", f"Elements nest more than {most} levels deep.")
            )
        if len(attributes) > _MOST_ATTRIBUTES:
            raise _Refused(text("Un elemento tiene demasiados atributos.", "An element has too many attributes."))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
