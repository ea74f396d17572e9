"""The shipped questions: what each asks, and its answer, by Accept, with parameters from the query string."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results
from starlette.requests import Request
from starlette.responses import Response

from clusterkg.errors import text
from clusterkg.namespaces import DCTERMS, RDF, RDFS, ROOT
from clusterkg.queries import Query, bindings, fill, shipped_queries
from clusterkg.server.app import services
from clusterkg.server.linked_data.addresses import HTML, Address, address_of, unknown
from clusterkg.server.linked_data.asking import PROLOGUE, Asker
from clusterkg.server.linked_data.formats import makers_of, written
from clusterkg.server.linked_data.names import Names, Words, pick
from clusterkg.server.linked_data.pages import Pages
from clusterkg.server.linked_data.replies import Makers, Offer, answer, language_of
from clusterkg.server.linked_data.resources import HYDRA
from clusterkg.server.linked_data.views import Value
from clusterkg.server.problems import Problem
from clusterkg.store.base import CSV_RESULTS, JSON_RESULTS, TSV_RESULTS, XML_RESULTS, Accepted, Store

SHOWN = 500
"""Rows of an answer that its page shows; the files have all."""
RESULTS: dict[str, str] = {"json": JSON_RESULTS, "csv": CSV_RESULTS, "tsv": TSV_RESULTS, "xml": XML_RESULTS}
_TYPES = {"html": HTML, **RESULTS, "rq": "application/sparql-query"}
_ALIASES = {"application/xhtml+xml": "html", "application/json": "json", "application/xml": "xml"}
_PATH = ROOT + "queries"
_OF_PAGES = ("lang", "page")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as the page shows it: column names, rows, and whether there are more rows than are shown."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value | None, ...], ...]
    more: bool


def list_of_queries(request: Request) -> Response:
    """All questions, by whom they serve."""
    address = address_of(request)
    known = _shipped()

    def html() -> str:
        pages = Pages(request)
        groups: dict[str, list[tuple[str, Words, Words]]] = {}
        for query in known.values():
            told = (query.name, pick(query.title, pages.speaks), pick(query.description, pages.speaks))
            groups.setdefault(query.user, []).append(told)
        title = Words(pages.speaks("menu.queries"))
        return pages.render("queries.html.j2", address, makers, title=title, trail=[], groups=groups, base=_PATH + "/")

    def data(ending: str) -> bytes:
        return written(ending, _listed(address, known), [address.iri])

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers))


def one_query(request: Request) -> Response:
    """A question and its answer.

    Raises:
        Problem: 404 for a question that does not exist, 400 for a parameter given twice.
        UsageError: for a parameter that it does not have, or whose value does not fit.
    """
    address = address_of(request, _TYPES)
    query = _shipped().get(address.iri.removeprefix(_PATH + "/"))
    if query is None:
        raise unknown(address.iri)
    given = _parameters(request)
    sparql = PROLOGUE + fill(query.sparql, bindings(query, given, language_of(request).code))
    store = services(request).store

    def html() -> str:
        return _page(Pages(request), store, address, query, given, sparql, makers)

    def results(media_type: str) -> Callable[[], bytes]:
        accepted = Accepted(bindings=media_type, boolean=media_type)
        return lambda: store.query(sparql, accepted=accepted).body

    makers: Makers = {
        "html": html,
        **{ending: results(media_type) for ending, media_type in RESULTS.items()},
        "rq": lambda: sparql,
    }
    links = [("collection", "/queries")]
    return answer(request, Offer(address, makers, _TYPES, _ALIASES, links=links))


@cache
def _shipped() -> dict[str, Query]:
    return shipped_queries()


def _page(
    pages: Pages, store: Store, address: Address, query: Query, given: Mapping[str, str], sparql: str, makers: Makers
) -> str:
    answered = _answered(store, sparql, pages)
    return pages.render(
        "query.html.j2",
        address,
        makers,
        title=pick(query.title, pages.speaks),
        trail=[(Words(pages.speaks("menu.queries")), _PATH)],
        query=query,
        description=pick(query.description, pages.speaks),
        column=lambda name: _word(name, pages),
        fields=[(one, given.get(one.name, one.default or "")) for one in query.parameters],
        answered=answered,
        shown=SHOWN,
        code=query.sparql,
    )


def _answered(store: Store, sparql: str, pages: Pages) -> Answered:
    body = store.query(sparql, accepted=Accepted(bindings=JSON_RESULTS, boolean=JSON_RESULTS)).body
    found = parse_query_results(body, format=QueryResultsFormat.JSON)
    if not isinstance(found, QuerySolutions):
        return Answered((), (), more=False)
    columns = tuple(variable.value for variable in found.variables)
    rows = [tuple(row[name] for name in columns) for _, row in zip(range(SHOWN + 1), found, strict=False)]
    names = Names()
    asker = Asker(store)
    names.learn(asker, {term.value for row in rows for term in row if isinstance(term, NamedNode)})
    names.learn_kinds(asker)

    def cell(term: object) -> Value | None:
        if isinstance(term, NamedNode):
            return Value(names.called(term.value, pages.speaks), iri=term.value)
        if isinstance(term, Literal):
            return Value(Words(term.value), block="\n" in term.value)
        return None if term is None else Value(Words("_:" if isinstance(term, BlankNode) else str(term), code=True))

    return Answered(columns, tuple(tuple(cell(term) for term in row) for row in rows[:SHOWN]), more=len(rows) > SHOWN)


def _word(name: str, pages: Pages) -> str:
    """A variable's name as a word for people."""
    key = f"column.{name}"
    return pages.speaks(key) if key in pages.speaks.messages else re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name).lower()


def _parameters(request: Request) -> dict[str, str]:
    """Parameters of the question; one left empty in the form stays open."""
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in _OF_PAGES or not value:
            continue
        if name in given:
            raise Problem(400, text(f"El parámetro «{name}» viene dos veces.", f"The parameter “{name}” comes twice."))
        given[name] = value
    return given


def _listed(address: Address, known: Mapping[str, Query]) -> list[Triple]:
    node = address.node
    found = [Triple(node, RDF.type, HYDRA.Collection), Triple(node, HYDRA.totalItems, Literal(len(known)))]
    for query in known.values():
        one = NamedNode(f"{_PATH}/{query.name}")
        found.append(Triple(node, HYDRA.member, one))
        for code, told in query.title.items():
            found.append(Triple(one, RDFS.label, Literal(told, language=code)))
        for code, told in query.description.items():
            found.append(Triple(one, DCTERMS.description, Literal(told, language=code)))
    return found
