"""Class expressions of OWL in words, with links."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from clusterkg.graph import Index, Term
from clusterkg.namespaces import OWL, RDF
from clusterkg.vocabulary_pages.speaking import Part, Speaker

# Predicate of a restriction → key of its wording; {p} is the property, {f} the filler, {n} the number.
_RESTRICTIONS = (
    (OWL.someValuesFrom, "owl.some"),
    (OWL.allValuesFrom, "owl.only"),
    (OWL.hasValue, "owl.value"),
)
_COUNTS = (
    (OWL.qualifiedCardinality, "owl.exactly"),
    (OWL.minQualifiedCardinality, "owl.min"),
    (OWL.maxQualifiedCardinality, "owl.max"),
    (OWL.cardinality, "owl.exactly"),
    (OWL.minCardinality, "owl.min"),
    (OWL.maxCardinality, "owl.max"),
)


def list_items(index: Index, head: Term | None) -> Iterator[Term]:
    """The members of an RDF list, in order."""
    seen: set[Term] = set()
    while head is not None and head not in seen:
        seen.add(head)
        yield from index.objects(head, RDF.first)
        head = index.one(head, RDF.rest)


def expression(index: Index, node: Term, say: Speaker) -> Iterator[Part]:
    """A class expression in parts; nothing for a node that is none."""
    if isinstance(node, ox.NamedNode):
        yield say.ref(node.value)
        return
    if isinstance(node, ox.Literal):
        yield Part(f"“{node.value}”")
        return
    if index.has(node, RDF.type, OWL.Restriction):
        yield from _restriction(index, node, say)
        return
    for predicate, joint in ((OWL.intersectionOf, "owl.and"), (OWL.unionOf, "owl.or"), (OWL.oneOf, "owl.or")):
        for head in index.objects(node, predicate):
            yield from _joined(index, list(list_items(index, head)), joint, say)
    for negated in index.objects(node, OWL.complementOf):
        yield say.say("owl.not")
        yield Part(" ")
        yield from _bracketed(index, negated, say)


def _joined(index: Index, items: list[Term], joint: str, say: Speaker) -> Iterator[Part]:
    for number, item in enumerate(items):
        if number:
            yield Part(f" {say.ui(joint)} ")
        yield from _bracketed(index, item, say)


def _bracketed(index: Index, node: Term, say: Speaker) -> Iterator[Part]:
    compound = isinstance(node, ox.BlankNode) and not index.has(node, RDF.type, OWL.Restriction)
    if compound:
        yield Part("(")
    yield from expression(index, node, say)
    if compound:
        yield Part(")")


def _restriction(index: Index, node: Term, say: Speaker) -> Iterator[Part]:
    on = index.one(node, OWL.onProperty)
    places: dict[str, list[Part]] = {"p": list(expression(index, on, say)) if on is not None else []}
    for predicate, key in _RESTRICTIONS:
        filler = index.one(node, predicate)
        if filler is not None:
            yield from _filled(say.ui(key), places | {"f": list(_bracketed(index, filler, say))})
    for predicate, key in _COUNTS:
        number = index.text(node, predicate)
        if number:
            kind = index.one(node, OWL.onClass) or index.one(node, OWL.onDataRange)
            filler_parts = [Part(": "), *_bracketed(index, kind, say)] if kind is not None else []
            yield from _filled(say.ui(key), places | {"n": [Part(number)], "f": filler_parts})


def _filled(pattern: str, places: dict[str, list[Part]]) -> Iterator[Part]:
    """The pattern with its `{p}`, `{f}`, `{n}` replaced by parts."""
    for piece in pattern.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if piece.startswith("{") and piece.endswith("}"):
            yield from places.get(piece[1:-1], [])
        elif piece:
            yield Part(piece)
