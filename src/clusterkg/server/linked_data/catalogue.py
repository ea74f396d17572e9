"""What the data set is, for people and for programs: VoID and DCAT, with figures that are counted."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple
from starlette.requests import Request
from starlette.responses import Response

from clusterkg import __version__
from clusterkg.errors import ServiceError
from clusterkg.namespaces import CKG, DCAT, DCTERMS, FOAF, GRAPH_BASE, ID_BASE, RDF, RDFS, ROOT, VOID, XSD, Namespace
from clusterkg.rendering.language import languages
from clusterkg.server.app import services
from clusterkg.server.linked_data.addresses import Address
from clusterkg.server.linked_data.asking import Asker, number, text_of
from clusterkg.server.linked_data.dumps import DUMPS, LICENCES, SOFTWARE_LICENCE
from clusterkg.server.linked_data.formats import makers_of, written
from clusterkg.server.linked_data.graphs import graphs_in
from clusterkg.server.linked_data.names import Names, Words
from clusterkg.server.linked_data.pages import Pages, page_language
from clusterkg.server.linked_data.provenance import kind_of
from clusterkg.server.linked_data.remembering import remembered
from clusterkg.server.linked_data.replies import DATA_LICENCE, Makers, Offer, answer, instant
from clusterkg.server.linked_data.resources import DATASET
from clusterkg.store.base import State, Store

CATALOGUE = NamedNode(ROOT + "catalog")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_IANA = "https://www.iana.org/assignments/media-types/"
_FEATURES = ("Turtle", "JSON-LD", "N-Triples", "RDF_XML")
_COUNTS = {
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }",
    "triples": "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }",
}
_PARTITIONS = {
    "classPartition": "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?x } GROUP BY ?x",
    "propertyPartition": "SELECT ?x (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?x ?o WHERE { ?s ?x ?o } } GROUP BY ?x",
}

Figures = tuple[dict[str, int], dict[str, list[tuple[str, int]]]]


def catalogue(request: Request, address: Address) -> Response:
    """The catalogue, at `/catalog` and `/.well-known/void`."""
    store = services(request).store

    def html() -> str:
        return _page(Pages(request), store, address, makers)

    def data(ending: str) -> bytes:
        return written(ending, statements(store), [CATALOGUE.value, DATASET.value])

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers))


def statements(store: Store) -> list[Triple]:
    """All that VoID and DCAT say of the data set."""
    return [*_catalogue(), *_dataset(store), *_figures(store), *_parts(store), *_distributions(store)]


def figures(store: Store) -> Figures:
    """What is counted: numbers by VoID's names, and partitions by class and by property; nothing where counting takes too long."""

    def counted() -> Figures:
        asker = Asker(store)
        try:
            numbers = {name: number(asker.rows(query)[0].get("n")) for name, query in _COUNTS.items()}
            partitions = {
                name: sorted((text_of(row["x"]), number(row["n"])) for row in asker.rows(query) if "x" in row)
                for name, query in _PARTITIONS.items()
            }
        except ServiceError:
            return {}, {}
        numbers |= {"classes": len(partitions["classPartition"]), "properties": len(partitions["propertyPartition"])}
        return numbers, partitions

    return remembered(store, "figures", counted)


def parts(store: Store) -> dict[str, tuple[int, int]]:
    """By kind of graph: how many graphs, and how many statements in them."""
    found: dict[str, tuple[int, int]] = {}
    for iri, state in graphs_in(store).items():
        graphs, triples = found.get(kind_of(iri), (0, 0))
        found[kind_of(iri)] = graphs + 1, triples + state.triples
    return dict(sorted(found.items()))


def _page(pages: Pages, store: Store, address: Address, makers: Makers) -> str:
    numbers, partitions = figures(store)
    names = Names()
    classes = sorted(partitions.get("classPartition", []), key=lambda pair: (-pair[1], pair[0]))
    classes = [pair for pair in classes if pair[0].startswith(str(CKG))][:40]
    names.learn(Asker(store), [iri for iri, _ in classes])
    return pages.render(
        "catalogue.html.j2",
        address,
        makers,
        title=Words(pages.speaks("menu.catalogue")),
        trail=[],
        numbers=numbers,
        parts_of=parts(store),
        classes=[(iri, names.called(iri, pages.speaks), count) for iri, count in classes],
        dumps=DUMPS,
        licences=LICENCES,
        state=store.state(),
    )


def _texts(node: NamedNode, predicate: NamedNode, key: str) -> Iterator[Triple]:
    for code in languages():
        yield Triple(node, predicate, Literal(page_language(code)(key), language=code))


def _catalogue() -> Iterator[Triple]:
    yield Triple(CATALOGUE, RDF.type, DCAT.Catalog)
    yield from _texts(CATALOGUE, DCTERMS.title, "catalogue.title")
    yield Triple(CATALOGUE, DCAT.dataset, DATASET)
    yield Triple(CATALOGUE, DCAT.service, NamedNode(ROOT + "catalog#sparql"))
    yield Triple(CATALOGUE, DCTERMS.license, NamedNode(DATA_LICENCE))
    yield Triple(CATALOGUE, FOAF.homepage, NamedNode(ROOT))


def _dataset(store: Store) -> Iterator[Triple]:
    state = store.state()
    yield Triple(DATASET, RDF.type, DCAT.Dataset)
    yield Triple(DATASET, RDF.type, VOID.Dataset)
    yield from _texts(DATASET, DCTERMS.title, "catalogue.title")
    yield from _texts(DATASET, DCTERMS.description, "start.what")
    yield Triple(DATASET, DCTERMS.license, NamedNode(DATA_LICENCE))
    yield from (Triple(DATASET, DCTERMS.language, Literal(code)) for code in languages())
    yield Triple(DATASET, FOAF.homepage, NamedNode(ROOT))
    yield Triple(DATASET, DCAT.landingPage, NamedNode(ROOT))
    yield Triple(DATASET, DCAT.version, Literal(__version__))
    yield Triple(DATASET, VOID.uriSpace, Literal(ID_BASE))
    yield Triple(DATASET, VOID.sparqlEndpoint, NamedNode(ROOT + "sparql"))
    yield Triple(DATASET, VOID.rootResource, NamedNode(ROOT + "id"))
    yield from (Triple(DATASET, VOID.feature, _FORMATS[name]) for name in _FEATURES)
    yield from (Triple(DATASET, VOID.vocabulary, NamedNode(iri)) for iri in _vocabularies(store))
    if modified := _stamp(state):
        yield Triple(DATASET, DCTERMS.modified, modified)
    if state.sha256:
        yield Triple(DATASET, CKG.sha256, Literal(state.sha256))
    for example in Asker(store).rows("SELECT DISTINCT ?s WHERE { ?s a ckg:Cluster } ORDER BY ?s LIMIT 3"):
        if isinstance(example["s"], NamedNode):
            yield Triple(DATASET, VOID.exampleResource, example["s"])


def _vocabularies(store: Store) -> list[str]:
    """The namespaces of the properties in use."""
    used = {iri for iri, _ in figures(store)[1].get("propertyPartition", [])}
    return sorted({iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in used})


def _figures(store: Store) -> Iterator[Triple]:
    numbers, partitions = figures(store)
    for name, count in numbers.items():
        yield Triple(DATASET, VOID[name], Literal(count))
    for name, found in partitions.items():
        about, counts = (VOID["class"], VOID.entities) if name == "classPartition" else (VOID.property, VOID.triples)
        for place, (iri, count) in enumerate(found, 1):
            part = NamedNode(f"{ROOT}catalog#{name}-{place}")
            yield Triple(DATASET, VOID[name], part)
            yield Triple(part, about, NamedNode(iri))
            yield Triple(part, counts, Literal(count))


def _parts(store: Store) -> Iterator[Triple]:
    for kind, (graphs, triples) in parts(store).items():
        node = NamedNode(f"{ROOT}catalog#graphs-{kind}")
        yield Triple(DATASET, VOID.subset, node)
        yield Triple(node, RDF.type, VOID.Dataset)
        yield Triple(node, VOID.uriSpace, Literal(GRAPH_BASE + kind))
        yield Triple(node, VOID.triples, Literal(triples))
        yield Triple(node, VOID.documents, Literal(graphs))
        yield Triple(node, DCTERMS.license, NamedNode(DATA_LICENCE))


def _distributions(store: Store) -> Iterator[Triple]:
    modified = _stamp(store.state())
    for dump in DUMPS:
        node, address = NamedNode(f"{ROOT}catalog#{dump.ending}"), NamedNode(ROOT + dump.path)
        yield Triple(DATASET, VOID.dataDump, address)
        yield Triple(DATASET, DCAT.distribution, node)
        yield Triple(node, RDF.type, DCAT.Distribution)
        yield Triple(node, DCTERMS.title, Literal(dump.title))
        yield Triple(node, DCAT.downloadURL, address)
        yield Triple(node, DCAT.accessURL, address)
        yield Triple(node, DCAT.mediaType, NamedNode(_IANA + dump.content_type))
        yield Triple(node, DCAT.compressFormat, NamedNode(_IANA + "application/gzip"))
        yield Triple(node, DCTERMS.license, NamedNode(dump.licence))
        if modified:
            yield Triple(node, DCTERMS.modified, modified)
    service = NamedNode(ROOT + "catalog#sparql")
    yield Triple(service, RDF.type, DCAT.DataService)
    yield Triple(service, RDFS.label, Literal("SPARQL 1.1"))
    yield Triple(service, DCAT.endpointURL, NamedNode(ROOT + "sparql"))
    yield Triple(service, DCAT.servesDataset, DATASET)
    software = NamedNode(ROOT + "catalog#software")
    yield Triple(software, RDFS.label, Literal(f"clusterkg {__version__}"))
    yield Triple(software, DCTERMS.license, NamedNode(SOFTWARE_LICENCE))


def _stamp(state: State) -> Literal | None:
    modified = instant(state)
    return Literal(modified.isoformat().replace("+00:00", "Z"), datatype=XSD.dateTime) if modified else None
