"""The start page, what kinds of things there are, and the things of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple
from starlette.requests import Request
from starlette.responses import Response

from clusterkg.namespaces import CKG, ID_BASE, RDF, RDFS, ROOT
from clusterkg.server.app import services
from clusterkg.server.linked_data.addresses import Address, address_of, unknown
from clusterkg.server.linked_data.asking import Asker, number, text_of
from clusterkg.server.linked_data.formats import makers_of, written
from clusterkg.server.linked_data.names import Names, Words
from clusterkg.server.linked_data.pages import Pages, page_language_of
from clusterkg.server.linked_data.remembering import remembered
from clusterkg.server.linked_data.replies import Extent, Makers, Offer, answer, page_of
from clusterkg.server.linked_data.resources import HYDRA
from clusterkg.store.base import Store

SIZE = 100
_KINDS = f"""
SELECT ?kind ?type (COUNT(DISTINCT ?s) AS ?n) WHERE {{
  ?s a ?type . FILTER(STRSTARTS(STR(?s), "{ID_BASE}"))
  BIND(STRBEFORE(STRAFTER(STR(?s), "{ID_BASE}"), "/") AS ?kind) FILTER(?kind != "")
}} GROUP BY ?kind ?type
"""
_THINGS = """
SELECT ?s (MIN(?told) AS ?own) (MIN(?other) AS ?any) WHERE {
  { SELECT DISTINCT ?s WHERE { ?s a ?type . FILTER(STRSTARTS(STR(?s), %(stem)s)) } }
  OPTIONAL { ?s rdfs:label|skos:prefLabel|dcterms:title ?told FILTER(LANGMATCHES(LANG(?told), %(lang)s)) }
  OPTIONAL { ?s rdfs:label|skos:prefLabel|dcterms:title ?other }
} GROUP BY ?s ORDER BY LCASE(STR(COALESCE(?own, ?any, STR(?s)))) ?s LIMIT %(limit)d OFFSET %(offset)d
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of things, `cluster` in `/id/cluster/…`: the class that most of them have, and how many there are."""

    name: str
    type: str
    things: int


def kinds(store: Store) -> dict[str, Kind]:
    """All kinds by name, sorted."""

    def counted() -> dict[str, Kind]:
        found: dict[str, list[tuple[bool, bool, int, str]]] = {}
        for row in Asker(store).rows(_KINDS):
            kind, type_ = text_of(row["kind"]), text_of(row["type"])
            named_so = _hyphenated(CKG.local_name(type_)) == kind
            found.setdefault(kind, []).append((named_so, type_.startswith(str(CKG)), number(row["n"]), type_))
        best = {kind: max(ones) for kind, ones in found.items()}
        most = {kind: max(one[2] for one in ones) for kind, ones in found.items()}
        return {kind: Kind(kind, best[kind][3], most[kind]) for kind in sorted(best)}

    return remembered(store, "kinds", counted)


def list_of_kind(request: Request, address: Address) -> Response:
    """The things of one kind, by name, a page at a time.

    Raises:
        Problem: 404 for a kind or a page that is not there.
    """
    store = services(request).store
    kind = kinds(store).get(address.iri.removeprefix(ID_BASE))
    page = page_of(request)
    if kind is None or (page - 1) * SIZE >= kind.things:
        raise unknown(address.iri)
    rows = _things(store, kind, page, page_language_of(request).code)
    extent = Extent(page, page * SIZE < kind.things)

    def html() -> str:
        pages, names = Pages(request), Names()
        names.learn(Asker(store), [kind.type, *(text_of(row["s"]) for row in rows)])
        names.learn_kinds(Asker(store))
        title = names.called(kind.type, pages.speaks)
        things = [(text_of(row["s"]), names.called(text_of(row["s"]), pages.speaks)) for row in rows]
        trail = [(Words(pages.speaks("ld.kinds")), ROOT + "id")]
        return pages.render(
            "things.html.j2",
            address,
            makers,
            extent,
            title=title,
            trail=trail,
            kind=kind,
            things=things,
            codes=names.codes,
        )

    def data(ending: str) -> bytes:
        return written(ending, _as_triples(address, rows, kind.things, extent), [address.iri])

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers, extent=extent, links=[("up", "/id")]))


def list_of_kinds(request: Request) -> Response:
    """All kinds of things."""
    address, store = address_of(request), services(request).store
    found = kinds(store)

    def html() -> str:
        pages, names = Pages(request), Names()
        names.learn(Asker(store), [kind.type for kind in found.values()])
        rows = [(kind, names.called(kind.type, pages.speaks)) for kind in found.values()]
        return pages.render(
            "kinds.html.j2", address, makers, title=Words(pages.speaks("ld.kinds")), trail=[], kinds=rows, base=ID_BASE
        )

    def data(ending: str) -> bytes:
        return written(ending, _kinds_as_triples(address, found), [address.iri])

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers))


def start(request: Request) -> Response:
    """The start page."""
    address, store = Address(ROOT, "index", ""), services(request).store
    found = kinds(store)

    def html() -> str:
        pages = Pages(request)
        counts = {f"id/{kind.name}": kind.things for kind in found.values()}
        title = Words(pages.speaks("start.title"))
        return pages.render("start.html.j2", address, title=title, trail=None, counts=counts, state=store.state())

    return answer(request, Offer(address, {"html": html}))


def _things(store: Store, kind: Kind, page: int, code: str) -> list[Any]:
    stem, lang = Literal(f"{ID_BASE}{kind.name}/"), Literal(code)
    query = _THINGS % {"stem": stem, "lang": lang, "limit": SIZE, "offset": (page - 1) * SIZE}
    return Asker(store).rows(query)


def _as_triples(address: Address, rows: list[Any], total: int, extent: Extent) -> Iterator[Triple]:
    node = address.node
    yield Triple(node, RDF.type, HYDRA.Collection)
    yield Triple(node, HYDRA.totalItems, Literal(total))
    for row in rows:
        yield Triple(node, HYDRA.member, row["s"])
        for name in ("own", "any"):
            if isinstance(row.get(name), Literal):
                yield Triple(row["s"], RDFS.label, row[name])
    if extent.more:
        view = NamedNode(f"{ROOT}{address.path}.ttl" + (f"?page={extent.page}" if extent.page > 1 else ""))
        yield Triple(node, HYDRA.view, view)
        yield Triple(view, RDF.type, HYDRA.PartialCollectionView)
        yield Triple(view, HYDRA.next, NamedNode(f"{ROOT}{address.path}.ttl?page={extent.page + 1}"))


def _kinds_as_triples(address: Address, found: dict[str, Kind]) -> Iterator[Triple]:
    yield Triple(address.node, RDF.type, HYDRA.Collection)
    for kind in found.values():
        node = NamedNode(ID_BASE + kind.name)
        yield Triple(address.node, HYDRA.member, node)
        yield Triple(node, RDF.type, HYDRA.Collection)
        yield Triple(node, HYDRA.totalItems, Literal(kind.things))


def _hyphenated(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
