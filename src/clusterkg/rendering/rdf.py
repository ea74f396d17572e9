"""The report as Turtle and as JSON-LD: the same triples, in the same order, with the same prefixes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from clusterkg.diagnosis.model import Report
from clusterkg.namespaces import PREFIXES, RDF, XSD
from clusterkg.rendering.triples import triples_of

Tree = dict[str, Any]


def render_turtle(report: Report) -> str:
    """The report as Turtle."""
    return turtle(triples_of(report))


def render_jsonld(report: Report) -> str:
    """The report as flat JSON-LD; its context stands in the document, so that nothing has to be fetched."""
    return jsonld(triples_of(report))


def turtle(triples: Iterable[Triple]) -> str:
    """Triples as Turtle, in their order, with the prefixes that are used."""
    body = serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    # The serialiser writes all prefixes, in an order that changes from run to run.
    lines = [line for line in body.decode().split("\n") if not line.startswith("@prefix ")]
    text = "\n".join(lines)
    head = [f"@prefix {name}: <{stem}> ." for name, stem in sorted(PREFIXES.items()) if f"{name}:" in text]
    return "\n".join([*head, "", text])


def jsonld(triples: Iterable[Triple]) -> str:
    """Triples without blank nodes as JSON-LD text."""
    nodes: dict[str, Tree] = {}
    used: set[str] = set()
    for triple in triples:
        node = nodes.setdefault(str(triple.subject), {"@id": _short(triple.subject, used)})
        is_type = triple.predicate == RDF.type
        key = "@type" if is_type else _short(triple.predicate, used)
        value = _short(triple.object, used) if is_type else _value(triple.object, used)
        node.setdefault(key, []).append(value)
    graph = [{key: _single(value) for key, value in node.items()} for node in nodes.values()]
    context = {name: PREFIXES[name] for name in sorted(used)}
    return json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=2) + "\n"


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _value(term: object, used: set[str]) -> Any:
    if not isinstance(term, Literal):
        return {"@id": _short(term, used)}
    if term.language:
        return {"@language": term.language, "@value": term.value}
    if term.datatype == XSD.string:
        return term.value
    return {"@type": _short(term.datatype, used), "@value": term.value}


def _short(term: object, used: set[str]) -> str:
    """The IRI, shortened by a prefix where that is safe in JSON-LD."""
    if not isinstance(term, NamedNode):
        raise TypeError(f"a diagnosis has names only, not {term}")
    for name, stem in PREFIXES.items():
        local = term.value.removeprefix(stem)
        if local != term.value and local and not local.startswith("//"):
            used.add(name)
            return f"{name}:{local}"
    return term.value
