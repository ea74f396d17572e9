"""Between formats without loss: what is written is read back and compared before anybody gets it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import yaml
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from clusterkg.compaction import Number, compact
from clusterkg.errors import ClusterkgError, UsageError, text
from clusterkg.namespaces import PREFIXES
from clusterkg.reading import parse_quads
from clusterkg.reading.formats import Format, format_named

_ROUNDS = 64  # of telling blank nodes apart: more than any document that means something needs
_WITHOUT_GRAPHS = frozenset({"turtle", "ntriples", "rdfxml"})
_PLAIN = re.compile(r"[A-Za-z][\w/.-]*\Z", re.ASCII)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def convert(quads: Sequence[Quad], format: str) -> bytes:
    """The quads in a format of `clusterkg.reading.FORMATS`; blank nodes, languages and datatypes are kept.

    Raises:
        UsageError: for an unknown format, and for one that cannot hold these statements.
    """
    target = format_named(format)
    own = _labelled(quads)
    if target.name in _WITHOUT_GRAPHS and any(not isinstance(quad.graph_name, DefaultGraph) for quad in own):
        raise UsageError(
            text(f"{target.label} no admite grafos con nombre.", f"{target.label} has no room for named graphs."),
            hint=text("Use trig, nquads, jsonld o yaml.", "Use trig, nquads, jsonld or yaml."),
        )
    expected = _canonical(own)
    for explicit in (False, True):
        content = _written(own, target, explicit)
        if not own or _reads_as(content, target, expected):
            return content
    raise UsageError(
        text(
            f"El documento contiene algo que no cabe en {target.label} sin pérdida.",
            f"The document holds something that {target.label} cannot keep without loss.",
        )
    )


def _written(quads: Sequence[Quad], target: Format, explicit: bool) -> bytes:
    if target.name in ("yaml", "json"):
        tree = compact(quads, explicit=explicit)
        return (_yaml(tree) if target.name == "yaml" else _json(tree)).encode()
    form = target.rdf or RdfFormat.JSON_LD
    ordered = _grouped(quads)
    statements: Any = [quad.triple for quad in ordered] if target.name in _WITHOUT_GRAPHS else ordered
    prefixes = PREFIXES if target.name in ("turtle", "trig") and not explicit else None
    try:
        content = serialize(statements, format=form, prefixes=prefixes) or b""
    except (ValueError, OSError) as error:
        detail = str(error)
        raise UsageError(
            text(f"No cabe en {target.label}: {detail}", f"It does not fit into {target.label}: {detail}")
        ) from error
    if prefixes:
        return _tidy_prefixes(content.decode()).encode()
    return content if content.endswith(b"\n") else content + b"\n"


def _reads_as(content: bytes, target: Format, expected: tuple[str, ...]) -> bool:
    try:
        return _canonical(parse_quads(content, format=target.name)) == expected
    except ClusterkgError:
        return False


def _canonical(quads: Iterable[Quad]) -> tuple[str, ...]:
    """The data set as sorted text, with each blank node replaced by a digest of where it stands.

    Colour refinement: a node's digest is made of the statements around it, round by round, until no more nodes are told
    apart. Unlike an exact canonical form it ends in bounded time on hostile graphs; what it cannot tell apart are nodes
    that look alike from everywhere, and those a conversion does not confuse.
    """
    statements = list(dict.fromkeys(quads))
    colours: dict[BlankNode, str] = {node: "" for quad in statements for node in _blanks(quad)}
    told_apart = 0
    for _ in range(_ROUNDS):
        around: dict[BlankNode, list[str]] = {node: [] for node in colours}
        for quad in statements:
            for node in _blanks(quad):
                around[node].append(_coloured(quad, colours, node))
        colours = {
            node: sha256("\n".join([colours[node], *sorted(seen)]).encode()).hexdigest()
            for node, seen in around.items()
        }
        if len(set(colours.values())) <= told_apart:
            break
        told_apart = len(set(colours.values()))
    return tuple(sorted(_coloured(quad, colours, None) for quad in statements))


def _blanks(quad: Quad) -> set[BlankNode]:
    terms: list[Any] = [quad.subject, quad.object, quad.graph_name]
    found: set[BlankNode] = set()
    while terms:
        term = terms.pop()
        if isinstance(term, BlankNode):
            found.add(term)
        elif isinstance(term, Triple):
            terms += [term.subject, term.object]
    return found


def _coloured(quad: Quad, colours: dict[BlankNode, str], own: BlankNode | None) -> str:
    def shown(term: Any) -> str:
        if isinstance(term, BlankNode):
            return "_:self" if term == own else f"_:{colours[term]}"
        if isinstance(term, Triple):
            return f"<<{shown(term.subject)} {term.predicate} {shown(term.object)}>>"
        return str(term)

    return " ".join(shown(term) for term in (quad.subject, quad.predicate, quad.object, quad.graph_name))


def _labelled(quads: Sequence[Quad]) -> list[Quad]:
    """Blank nodes numbered in document order, so that the same document gives the same bytes."""
    labels: dict[str, BlankNode] = {}

    def label(term: Any) -> Any:
        if isinstance(term, BlankNode):
            return labels.setdefault(term.value, BlankNode(f"b{len(labels) + 1}"))
        if isinstance(term, Triple):
            return Triple(label(term.subject), term.predicate, label(term.object))
        return term

    return [Quad(label(q.subject), q.predicate, label(q.object), label(q.graph_name)) for q in quads]


def _grouped(quads: Sequence[Quad]) -> list[Quad]:
    """Graph by graph and thing by thing, each where it was first met."""
    graphs = {graph: number for number, graph in enumerate(dict.fromkeys(quad.graph_name for quad in quads))}
    things = {thing: number for number, thing in enumerate(dict.fromkeys(quad.subject for quad in quads))}
    return sorted(quads, key=lambda quad: (graphs[quad.graph_name], things[quad.subject]))


def _tidy_prefixes(content: str) -> str:
    """Only the prefixes that are used, sorted; the serialiser writes all of them in no fixed order."""
    heads = sorted(line for line in content.splitlines() if re.match(r"@prefix [a-z]+: <[^>]*> \.$", line))
    body = "\n".join(line for line in content.splitlines() if line not in set(heads))
    used = [line for line in heads if re.search(rf"(?<![\w]){line.split()[1]}", body)]
    return "\n".join([*used, "", body.strip("\n"), ""])


class _Dumper(yaml.SafeDumper):
    """Writes every text in quotation marks, save plain names, so that no reader takes it for anything else."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - yaml's own way

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = isinstance(value, Number) or (_PLAIN.match(value) and value.lower() not in _WORDS)
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style=None if plain else '"')


_Dumper.add_representer(str, _represent)
_Dumper.add_representer(Number, _represent)


def _yaml(tree: Any) -> str:
    content: str = yaml.dump(
        tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False
    )
    return content


def _json(tree: Any) -> str:
    return json.dumps(_native(tree), ensure_ascii=False, indent=2) + "\n"


def _native(tree: Any) -> Any:
    """JSON's own numbers and truth values, where they keep the digits."""
    if isinstance(tree, Number):
        if tree in ("true", "false"):
            return tree == "true"
        return int(tree) if re.fullmatch(r"-?[0-9]{1,15}", tree) else str(tree)
    if isinstance(tree, dict):
        return {key: _native(value) for key, value in tree.items()}
    return [_native(item) for item in tree] if isinstance(tree, list) else tree
