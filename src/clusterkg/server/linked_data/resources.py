"""A resource of ours: a cluster, a rule, a term, a diagnosis, a nameless thing; as a page and as data."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple
from starlette.requests import Request
from starlette.responses import Response

from clusterkg.namespaces import DCTERMS, FOAF, GENID_BASE, GRAPH_BASE, ID_BASE, RDF, ROOT, VOID, XSD, Namespace
from clusterkg.rendering.language import Language
from clusterkg.server.app import services
from clusterkg.server.linked_data import diagnoses, provenance, views
from clusterkg.server.linked_data.addresses import Address, href, unknown
from clusterkg.server.linked_data.asking import Asker, Row
from clusterkg.server.linked_data.formats import makers_of, written
from clusterkg.server.linked_data.names import LABELS, Names, Words
from clusterkg.server.linked_data.neighbourhood import known, neighbourhood
from clusterkg.server.linked_data.pages import Pages
from clusterkg.server.linked_data.replies import DATA_LICENCE, Extent, Makers, Offer, answer, chosen, instant, page_of

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
DATASET = NamedNode(ROOT + "catalog#dataset")


def describe(request: Request, address: Address, *, thing: bool = True) -> Response:
    """The answer about a resource.

    Raises:
        Problem: 404 where nothing is said of it, 406 where no format is acceptable.
    """
    return Description(request, address, thing=thing).answer()


class Description:
    """One request for a description of a resource."""

    def __init__(self, request: Request, address: Address, *, thing: bool) -> None:
        self._request = request
        self._address = address
        self._thing = thing
        self._asker = Asker(services(request).store)
        self._page = page_of(request)

    def answer(self) -> Response:
        """The response; what is not asked for is not made."""
        makers: Makers = makers_of(self._html, self._data)
        redirects = self._thing and not self._address.ending
        offer = Offer(self._address, makers, thing=self._thing, links=self._collection())
        chosen(self._request, offer)
        if redirects:
            if not known(self._asker, self._address.node):
                raise unknown(self._address.iri)
            return answer(self._request, offer)
        self._found = neighbourhood(self._asker, self._address.node, self._page)
        if not self._found:
            raise unknown(self._address.iri)
        offer.extent = Extent(self._page, self._found.more)
        self._makers, self._extent = makers, offer.extent
        return answer(self._request, offer)

    def _collection(self) -> list[tuple[str, str]]:
        kind = kind_in(self._address.iri)
        return [("collection", href(ID_BASE + kind))] if kind else []

    def _data(self, ending: str) -> bytes:
        return written(ending, self._triples(), [self._address.iri])

    def _triples(self) -> list[Triple]:
        found, names = self._found, Names()
        names.learn(self._asker, views.mentioned(found))
        triples = [one.triple for one in found.statements()]
        told = {(one.subject, one.predicate) for one in triples if one.predicate in LABELS}
        labels = [one for one in names.triples if (one.subject, one.predicate) not in told]
        return [*triples, *labels, *self._about_document()]

    def _about_document(self) -> Iterator[Triple]:
        """What the document is about, under which licence, and where its other pages are; told of its Turtle in every format."""
        stem = f"{ROOT}{self._address.path}.ttl"
        document = _numbered(stem, self._page)
        yield Triple(document, RDF.type, FOAF.Document)
        yield Triple(document, FOAF.primaryTopic, self._address.node)
        yield Triple(document, DCTERMS.license, NamedNode(DATA_LICENCE))
        yield Triple(document, VOID.inDataset, DATASET)
        modified = instant(services(self._request).store.state())
        if modified is not None:
            stamp = Literal(modified.isoformat().replace("+00:00", "Z"), datatype=XSD.dateTime)
            yield Triple(document, DCTERMS.modified, stamp)
        if self._page > 1 or self._found.more:
            yield Triple(document, RDF.type, HYDRA.PartialCollectionView)
            yield Triple(document, HYDRA.first, _numbered(stem, 1))
        if self._page > 1:
            yield Triple(document, HYDRA.previous, _numbered(stem, self._page - 1))
        if self._found.more:
            yield Triple(document, HYDRA.next, _numbered(stem, self._page + 1))

    def _html(self) -> str:
        pages, found, names = Pages(self._request), self._found, Names()
        origins = provenance.origins(self._asker, views.graphs_of(found))
        judged: list[Row] = diagnoses.asked(self._asker, self._address.node) if self._may_be_judged() else []
        wanted = views.mentioned(found) | views.nameless_in(found) | diagnoses.mentioned(judged)
        names.learn(self._asker, wanted | provenance.mentioned(origins.values()))
        names.learn_kinds(self._asker)
        view = views.Viewer(found, names, pages.speaks).view()
        return pages.render(
            "resource.html.j2",
            self._address,
            self._makers,
            self._extent,
            title=view.title,
            trail=self._trail(names, pages.speaks),
            view=view,
            sources=provenance.sources(list(origins.values()), names, pages.speaks),
            diagnosis=diagnoses.table(judged, names, pages.speaks),
            code=names.codes.get(self._address.iri, ""),
        )

    def _may_be_judged(self) -> bool:
        return self._address.iri.startswith((ID_BASE, GRAPH_BASE))

    def _trail(self, names: Names, speaks: Language) -> list[tuple[Words, str]]:
        iri = self._address.iri
        if kind := kind_in(iri):
            kinds = names.kinds(iri)
            return [(names.called(kinds[0], speaks) if kinds else Words(kind, code=True), ID_BASE + kind)]
        for stem, key, target in _TRAILS:
            if iri.startswith(ROOT + stem):
                return [(Words(speaks(key)), ROOT + target)]
        return []


_TRAILS = (
    ("rule/", "menu.rules", "shapes"),
    ("ontology", "menu.vocabulary", "ontology"),
    ("now", "menu.vocabulary", "ontology"),
    ("graph/", "menu.graphs", "graph"),
)


def kind_in(iri: str) -> str:
    """The kind in `…/id/kind/slug`; nothing for other IRIs."""
    if not iri.startswith(ID_BASE) or iri.startswith(GENID_BASE):
        return ""
    kind, slash, _ = iri.removeprefix(ID_BASE).partition("/")
    return kind if slash else ""


def _numbered(stem: str, page: int) -> NamedNode:
    return NamedNode(stem if page == 1 else f"{stem}?page={page}")
