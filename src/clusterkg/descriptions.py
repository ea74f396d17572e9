"""Document → Descriptions: each one initiative, as somebody stated it on a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from clusterkg.errors import InputError, NothingChecked, text
from clusterkg.namespaces import CKG, RDF, RDFS
from clusterkg.reading import Document
from clusterkg.reading.lexical import DATE_TYPES, is_plain_date, is_valid
from clusterkg.vocabulary import Vocabulary, both_languages


@dataclass(frozen=True)
class Description:
    """What is diagnosed.

    `described` is the date as written: a day, a month or a year. `initiative` is the IRI of what it assesses and
    `clusters` what that serves; where either is missing, `unchecked` says so, and there is nothing to diagnose.
    `label` has "es" and "en".
    """

    iri: str
    initiative: str
    clusters: tuple[str, ...]
    described: str
    label: dict[str, str]
    quads: tuple[Quad, ...] = field(repr=False)
    document: Document = field(repr=False)
    unchecked: NothingChecked | None = field(default=None, compare=False)


def descriptions_of(document: Document, vocabulary: Vocabulary) -> list[Description]:
    """The descriptions of a document, in document order; none for a document that holds no ckg:Description.

    A graph (named or default) with one description belongs to it as a whole. Where several share a graph, each gets
    what can be reached from it.

    Raises:
        InputError: for a description without exactly one valid date, with two initiatives, or spread over two graphs.
    """
    classes = vocabulary.subclasses(CKG.Description.value)
    graphs: dict[str, list[Quad]] = {}
    for quad in document.quads:
        graphs.setdefault(str(quad.graph_name), []).append(quad)
    found: dict[str, Description] = {}
    for quads in graphs.values():
        for iri, own in _parts(quads, classes):
            if iri in found:
                raise _error(
                    document,
                    iri,
                    None,
                    "La descripción está repartida en dos grafos.",
                    "The description is spread over two graphs.",
                )
            found[iri] = _description(iri, own, document)
    return list(found.values())


def is_illustration(description: Description) -> bool:
    """Whether the description is marked as an illustration: an example, no real cluster."""
    return any(
        q.predicate == CKG.illustration and q.object.value == "true"
        for q in description.quads
        if isinstance(q.object, Literal)
    )


def _parts(quads: list[Quad], classes: frozenset[str]) -> Iterator[tuple[str, tuple[Quad, ...]]]:
    typed = (
        q for q in quads if q.predicate == RDF.type and isinstance(q.object, NamedNode) and q.object.value in classes
    )
    roots = list(dict.fromkeys(quad.subject.value for quad in typed if isinstance(quad.subject, NamedNode)))
    if len(roots) == 1:
        yield roots[0], tuple(quads)
        return
    by_subject: dict[str, list[Quad]] = {}
    for quad in quads:
        by_subject.setdefault(str(quad.subject), []).append(quad)
    for root in roots:
        yield root, tuple(_reachable(root, by_subject, {f"<{other}>" for other in roots if other != root}))


def _reachable(root: str, by_subject: dict[str, list[Quad]], others: set[str]) -> Iterator[Quad]:
    seen, queue = {f"<{root}>", *others}, [f"<{root}>"]
    for subject in queue:
        for quad in by_subject.get(subject, ()):
            yield quad
            if (target := str(quad.object)) not in seen and not isinstance(quad.object, Literal):
                seen.add(target)
                queue.append(target)


def _description(iri: str, quads: tuple[Quad, ...], document: Document) -> Description:
    described = _described(iri, quads, document)
    assessed = list(dict.fromkeys(_nodes(quads, iri, CKG.assesses)))
    if len(assessed) > 1:
        raise _error(
            document,
            iri,
            CKG.assesses,
            "La descripción evalúa más de una iniciativa.",
            "The description assesses more than one initiative.",
            "Escriba una descripción por iniciativa.",
            "Write one description for each initiative.",
        )
    initiative = assessed[0] if assessed else ""
    clusters = tuple(dict.fromkeys(_nodes(quads, initiative, CKG.serves)))
    if not clusters and CKG.Cluster.value in _nodes(quads, initiative, RDF.type):
        # Somebody took the cluster for its initiative: that is for the rules to say.
        clusters = (initiative,)
    label = _label(quads, iri) or _label(quads, initiative)
    return Description(
        iri,
        initiative,
        clusters,
        described,
        both_languages(label, initiative or iri),
        quads,
        document,
        None if clusters else _nothing(document, iri, initiative),
    )


def _described(iri: str, quads: Iterable[Quad], document: Document) -> str:
    dates = list(dict.fromkeys(q.object for q in quads if _is(q, iri, CKG.described)))
    if not dates:
        raise _error(
            document,
            iri,
            None,
            "A la descripción le falta su fecha («described»).",
            "The description lacks its date (“described”).",
            "Escriba el día, el mes o el año en que lo descrito valía: 2021-03-01, 2021-03 o 2021.",
            "Write the day, month or year on which what is described held: 2021-03-01, 2021-03 or 2021.",
        )
    if len(dates) > 1:
        raise _error(
            document,
            iri,
            CKG.described,
            "La descripción tiene más de una fecha.",
            "The description has more than one date.",
        )
    date = dates[0]
    if (
        not isinstance(date, Literal)
        or date.datatype.value not in DATE_TYPES
        or not is_valid(date.value, date.datatype.value)
        or not is_plain_date(date.value)
    ):
        shown = getattr(date, "value", str(date))
        raise _error(
            document,
            iri,
            CKG.described,
            f"«{shown}» no es una fecha.",
            f"“{shown}” is no date.",
            "Escriba 2021-03-01, 2021-03 o 2021, con xsd:date, xsd:gYearMonth o xsd:gYear.",
            "Write 2021-03-01, 2021-03 or 2021, as xsd:date, xsd:gYearMonth or xsd:gYear.",
        )
    return date.value


def _nothing(document: Document, iri: str, initiative: str) -> NothingChecked:
    line = document.locations.of(initiative) if initiative else None
    message = (
        text(
            "La iniciativa no dice a qué clúster sirve («serves»): no hay nada que revisar.",
            "The initiative does not say which cluster it serves (“serves”): there is nothing to check.",
        )
        if initiative
        else text(
            "La descripción no dice qué iniciativa evalúa («assesses»): no hay nada que revisar.",
            "The description does not say which initiative it assesses (“assesses”): there is nothing to check.",
        )
    )
    return NothingChecked(message, file=document.path, line=line or document.locations.of(iri))


def _label(quads: Iterable[Quad], iri: str) -> dict[str | None, str]:
    return {
        q.object.language: q.object.value for q in quads if _is(q, iri, RDFS.label) and isinstance(q.object, Literal)
    }


def _nodes(quads: Iterable[Quad], iri: str, predicate: NamedNode) -> list[str]:
    return [q.object.value for q in quads if _is(q, iri, predicate) and isinstance(q.object, NamedNode)]


def _is(quad: Quad, iri: str, predicate: NamedNode) -> bool:
    return quad.predicate == predicate and isinstance(quad.subject, NamedNode) and quad.subject.value == iri


def _error(
    document: Document, iri: str, predicate: NamedNode | None, es: str, en: str, hint_es: str = "", hint_en: str = ""
) -> InputError:
    line = document.locations.of(iri, predicate.value if predicate else None)
    return InputError(text(es, en), file=document.path, line=line, hint=text(hint_es, hint_en) if hint_es else None)
