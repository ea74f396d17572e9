"""Graphs: which there are, what one is, and all that it says."""

from __future__ import annotations

from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from starlette.requests import Request
from starlette.responses import Response

from clusterkg.namespaces import GRAPH_BASE, RDF, ROOT, VOID
from clusterkg.server.app import services
from clusterkg.server.linked_data import provenance, views
from clusterkg.server.linked_data.addresses import Address, unknown
from clusterkg.server.linked_data.asking import Asker, Row, number, text_of
from clusterkg.server.linked_data.formats import makers_of, written
from clusterkg.server.linked_data.names import Names, Words
from clusterkg.server.linked_data.neighbourhood import neighbourhood
from clusterkg.server.linked_data.pages import Pages
from clusterkg.server.linked_data.remembering import remembered
from clusterkg.server.linked_data.replies import Extent, Makers, Offer, answer, page_of
from clusterkg.server.linked_data.resources import HYDRA, describe
from clusterkg.store.base import NTRIPLES, GraphState, Limits, Store

SIZE = 100
_SORTED = 5_000
"""Statements; of larger graphs the page shows them as they come, since sorting them takes long."""


def graphs_in(store: Store) -> dict[str, GraphState]:
    """Every graph with its figures, by IRI, sorted."""

    def counted() -> dict[str, GraphState]:
        known = store.state().graphs
        if known:
            return dict(sorted((iri, state) for iri, state in known.items() if state.triples))
        rows = Asker(store).rows("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
        return {text_of(row["g"]): GraphState(number(row["n"]), "", "") for row in rows if "g" in row}

    return remembered(store, "graphs", counted)


def graph(request: Request, address: Address) -> Response:
    """The answer about a graph; about the thing of that name where there is no such graph (a diagnosis, a file).

    Raises:
        Problem: 404 where there is neither, or no such page.
    """
    store = services(request).store
    found = graphs_in(store).get(address.iri)
    if found is None:
        return describe(request, address, thing=False)
    page = page_of(request)
    if (page - 1) * SIZE >= found.triples:
        raise unknown(address.iri)
    extent = Extent(page, page * SIZE < found.triples)

    def html() -> str:
        return _page(Pages(request), Asker(store), address, found, extent, makers)

    makers: Makers = makers_of(html, partial(_whole, store, address))
    return answer(request, Offer(address, makers, extent=extent, links=[("collection", "/graph")]))


def list_of_graphs(request: Request, address: Address) -> Response:
    """All graphs, a page at a time."""
    store, page = services(request).store, page_of(request)
    everything = graphs_in(store)
    shown = dict(list(everything.items())[(page - 1) * SIZE : page * SIZE])
    if not shown and page > 1:
        raise unknown(address.iri)
    extent = Extent(page, page * SIZE < len(everything))

    def html() -> str:
        pages, names, asker = Pages(request), Names(), Asker(store)
        told = provenance.origins(asker, shown)
        names.learn(asker, {*provenance.mentioned(told.values()), *shown})
        names.learn_kinds(asker)
        sources = provenance.sources(list(told.values()), names, pages.speaks)
        title = Words(pages.speaks("menu.graphs"))
        return pages.render(
            "graphs.html.j2",
            address,
            makers,
            extent,
            title=title,
            trail=[],
            sources=sources,
            graphs=shown,
            total=len(everything),
            names=names,
        )

    def data(ending: str) -> bytes:
        return written(ending, _listed(address, everything), [address.iri])

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers, extent=extent))


def _page(pages: Pages, asker: Asker, address: Address, found: GraphState, extent: Extent, makers: Makers) -> str:
    rows = _statements(asker, address.node, extent.page, ordered=found.triples <= _SORTED)
    told, names = provenance.origins(asker, [address.iri]), Names()
    about = neighbourhood(asker, address.node)
    wanted = {term.value for row in rows for term in row.values() if isinstance(term, NamedNode)}
    names.learn(asker, wanted | views.mentioned(about) | provenance.mentioned(told.values()))
    names.learn_kinds(asker)
    source = provenance.sources(list(told.values()), names, pages.speaks)[0]
    viewer = views.Viewer(about, names, pages.speaks)
    lines = [[viewer.cell(row[name]) for name in ("s", "p", "o")] for row in rows]
    own = names.called(address.iri, pages.speaks)
    title = own if not own.code else Words(address.iri.removeprefix(GRAPH_BASE), code=True)
    trail = [(Words(pages.speaks("menu.graphs")), ROOT + "graph")]
    return pages.render(
        "graph.html.j2",
        address,
        makers,
        extent,
        title=title,
        trail=trail,
        source=source,
        graph=found,
        lines=lines,
        view=viewer.view(),
    )


def _statements(asker: Asker, node: NamedNode, page: int, *, ordered: bool) -> list[Row]:
    order = "ORDER BY ?s ?p ?o" if ordered else ""
    query = f"SELECT ?s ?p ?o WHERE {{ GRAPH {node} {{ ?s ?p ?o }} }} {order} LIMIT {SIZE} OFFSET {(page - 1) * SIZE}"
    return asker.rows(query)


def _whole(store: Store, address: Address, ending: str) -> bytes:
    """All of a graph's statements, and what other graphs say of it: which document it reports, for one."""
    content = store.graph(address.iri, NTRIPLES, limits=Limits(own=True)) or b""
    triples = [quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)]
    said = Asker(store).rows(f"SELECT DISTINCT ?p ?o WHERE {{ {address.node} ?p ?o FILTER(!isBlank(?o)) }}")
    return written(ending, [*triples, *(_said(address.node, row) for row in said)], [address.iri])


def _said(node: NamedNode, row: Row) -> Triple:
    predicate, value = row["p"], row["o"]
    assert isinstance(predicate, NamedNode)
    assert isinstance(value, NamedNode | BlankNode | Literal)
    return Triple(node, predicate, value)


def _listed(address: Address, graphs: dict[str, GraphState]) -> list[Triple]:
    node = address.node
    found = [Triple(node, RDF.type, HYDRA.Collection), Triple(node, HYDRA.totalItems, Literal(len(graphs)))]
    for iri, state in graphs.items():
        found.append(Triple(node, HYDRA.member, NamedNode(iri)))
        found.append(Triple(NamedNode(iri), VOID.triples, Literal(state.triples)))
    return found
