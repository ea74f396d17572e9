"""What a service answered, made sure of and brought into the form that was asked for: the same whichever service it was."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from clusterkg.errors import AnswerTooLarge, ClusterkgError, DeadlineExceeded, QueryError, StoreUnavailable, text
from clusterkg.namespaces import PREFIXES
from clusterkg.store.base import TRIG, TURTLE
from clusterkg.store.dialects import Dialect
from clusterkg.store.http import Reply, unreachable
from clusterkg.workers.child import too_large
from clusterkg.workers.process import deadline_exceeded

ASKED_FOR = {
    "bindings": "application/sparql-results+json, application/sparql-results+xml;q=0.8",
    "boolean": "application/sparql-results+json, application/sparql-results+xml;q=0.8",
    "graph": "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8",
}
"""What is asked of a service, by kind of answer."""

Row = dict[str, Any]
"""A row: terms of pyoxigraph by variable, None where a variable is not bound."""

_SHOWN = 300  # characters of what a service says of an error
_LINE = re.compile(r"\bline:? (\d+)", re.IGNORECASE)
_TRUE, _FALSE = ('{"head":{},"boolean":true}', '{"head":{},"boolean":false}')
_ASKED = ["__ASK_RETVAL"]  # Virtuoso answers ASK with one row of this variable, or none


def require_success(reply: Reply, address: str, dialect: Dialect, *, seconds: float) -> Reply:
    """The reply, if it is a whole success.

    Raises:
        QueryError: where the service says that the query is to blame.
        DeadlineExceeded, AnswerTooLarge: where it says so, or marks its answer as cut off.
        StoreUnavailable: for every other reply.
    """
    if reply.status in (200, 204):
        for name, (limit, pattern) in dialect.partial.items():
            if name in reply.headers and pattern.search(reply.headers[name]):
                raise _cut_by_service() if limit == "large" else deadline_exceeded(seconds)
        return reply
    raise _failure(reply, address, dialect)


def _failure(reply: Reply, address: str, dialect: Dialect) -> ClusterkgError:
    said = reply.body.decode("utf-8", "replace")
    if reply.status in (401, 403, 407):
        return _refused_credentials()
    if 300 <= reply.status < 400:
        return _elsewhere()
    if reply.status in (206, 408, 504) or dialect.late.search(said):
        return _service_late()
    if reply.status in (400, 413, 414, 422) or dialect.refused.search(said):
        return _query_blamed(said)
    return unreachable(address, f"HTTP {reply.status}")


def rows(reply: Reply, dialect: Dialect) -> list[Row]:
    """The rows of a SELECT. Raises StoreUnavailable for what is none, or was cut off."""
    found = _read(_form(reply), _repaired(reply, dialect))
    if found is None:
        raise _damaged()
    return found


def results(reply: Reply, dialect: Dialect, media_type: str, most: int) -> bytes:
    """The results of SELECT or ASK in another form. Raises as `rows` does, and AnswerTooLarge."""
    body = _rewritten(_form(reply), _repaired(reply, dialect), media_type)
    if body is None:
        raise _damaged()
    return _limited(body, most)


def _form(reply: Reply) -> ox.QueryResultsFormat:
    form = ox.QueryResultsFormat.from_media_type(reply.media_type)
    if form not in (ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML):
        raise _not_sparql(reply.media_type)
    return form


def _repaired(reply: Reply, dialect: Dialect) -> bytes:
    body = reply.body
    for pattern, repaired in dialect.repairs:
        body = pattern.sub(repaired, body)
    return body


# What the parser gives may only be let go of by the thread that made it, so it must not live on in the traceback of an error:
# `_read`, `_rewritten` and `_parsed` tell by None that an answer is damaged.


def _read(form: ox.QueryResultsFormat, body: bytes) -> list[Row] | None:
    try:
        found = ox.parse_query_results(body, form)
        if isinstance(found, ox.QueryBoolean):
            return None
        names = [variable.value for variable in found.variables]
        return [{name: row[name] for name in names} for row in found]
    except (SyntaxError, ValueError, OSError):
        return None


def _rewritten(form: ox.QueryResultsFormat, body: bytes, media_type: str) -> bytes | None:
    try:
        found = ox.parse_query_results(body, form)
        if isinstance(found, ox.QuerySolutions) and [variable.value for variable in found.variables] == _ASKED:
            found = ox.parse_query_results(_TRUE if any(True for _ in found) else _FALSE, ox.QueryResultsFormat.JSON)
        return found.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))
    except (SyntaxError, ValueError, OSError):
        return None


def statements(reply: Reply) -> list[ox.Triple]:
    """The statements of a graph answer, each once. Raises StoreUnavailable for what is none, or may have been cut off."""
    form = ox.RdfFormat.from_media_type(reply.media_type)
    if form is None or reply.media_type == "text/html":
        raise _not_sparql(reply.media_type)
    if not reply.whole:
        raise _damaged()  # lines that end where the connection ended: nobody can tell whether there were more
    found = _parsed(form, reply.body)
    if found is None:
        raise _damaged()
    return found


def _parsed(form: ox.RdfFormat, body: bytes) -> list[ox.Triple] | None:
    try:
        return list(dict.fromkeys(quad.triple for quad in ox.parse(io.BytesIO(body), form)))
    except (SyntaxError, ValueError, OSError):
        return None


def graph(triples: Iterable[ox.Triple], media_type: str, most: int) -> bytes:
    """Statements in an RDF format. Raises AnswerTooLarge."""
    form = ox.RdfFormat.from_media_type(media_type)
    prefixes = PREFIXES if media_type in (TURTLE, TRIG) else None
    return _limited(ox.serialize(triples, format=form, prefixes=prefixes) or b"", most)


def _limited(body: bytes, most: int) -> bytes:
    if len(body) > most:
        raise too_large(most)
    return body


def _query_blamed(said: str) -> QueryError:
    first = " ".join(said.split("\n\n", maxsplit=1)[0].split())
    shown = first if len(first) <= _SHOWN else first[:_SHOWN] + " …"
    line = _LINE.search(first)
    return QueryError(
        text(f"El servicio no puede con esta consulta: {shown}", f"The service cannot work with this query: {shown}"),
        line=int(line[1]) if line else None,
    )


def _service_late() -> DeadlineExceeded:
    return DeadlineExceeded(
        text("El servicio SPARQL agotó su propio plazo.", "The SPARQL service ran out of its own time."),
        hint=text("Acote la consulta.", "Narrow the query."),
    )


def _cut_by_service() -> AnswerTooLarge:
    return AnswerTooLarge(
        text(
            "El servicio SPARQL cortó la respuesta en su propio límite de filas.",
            "The SPARQL service cut the answer at its own limit of rows.",
        ),
        hint=text("Pida menos a la vez, con LIMIT y OFFSET.", "Ask for less at a time, with LIMIT and OFFSET."),
    )


def _elsewhere() -> StoreUnavailable:
    return StoreUnavailable(
        text("El servicio SPARQL remite a otra dirección.", "The SPARQL service refers to another address."),
        hint=text("Dé aquella; no se sigue por su cuenta.", "Give that one; it is not followed unasked."),
    )


def _refused_credentials() -> StoreUnavailable:
    return StoreUnavailable(
        text("El servicio SPARQL no admite la credencial.", "The SPARQL service does not accept the credential."),
        hint=text(
            "Revise CLUSTERKG_STORE_USER, CLUSTERKG_STORE_PASSWORD, CLUSTERKG_STORE_TOKEN y CLUSTERKG_STORE_AUTH.",
            "See CLUSTERKG_STORE_USER, CLUSTERKG_STORE_PASSWORD, CLUSTERKG_STORE_TOKEN and CLUSTERKG_STORE_AUTH.",
        ),
    )


def _not_sparql(media_type: str) -> StoreUnavailable:
    shown = media_type[:80] or "—"
    return StoreUnavailable(
        text(
            f"Lo que responde en esa dirección no es un servicio SPARQL (envió {shown}).",
            f"What answers at that address is no SPARQL service (it sent {shown}).",
        )
    )


def _damaged() -> StoreUnavailable:
    return StoreUnavailable(
        text(
            "La respuesta del servicio SPARQL llegó cortada o dañada.",
            "The SPARQL service's answer arrived cut off or damaged.",
        ),
        hint=text("Repita la petición.", "Repeat the request."),
    )
