"""Changes as one SPARQL 1.1 Update, in the dialect of the service that is to make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from clusterkg.sparql_names import standalone
from clusterkg.sparql_text import Token, tokens, with_using
from clusterkg.store.base import DEFAULT_GRAPH, AddToGraph, DropGraph, PutGraph, Update
from clusterkg.store.dialects import Dialect

GraphChange = PutGraph | AddToGraph | DropGraph
_OWN = f"GRAPH <{DEFAULT_GRAPH}>"


def graph_steps(change: GraphChange, triples: Sequence[ox.Triple], dialect: Dialect) -> Iterator[str]:
    """The operations of a change of one graph; `triples` are what it puts or adds."""
    graph = str(ox.NamedNode(change.graph or DEFAULT_GRAPH))
    if isinstance(change, DropGraph):
        yield f"{dialect.drop} SILENT GRAPH {graph}"
        return
    if isinstance(change, PutGraph):
        yield f"CLEAR SILENT GRAPH {graph}"
    yield f"CREATE SILENT GRAPH {graph}"
    for group in _groups(triples, dialect):
        block = f"{{ GRAPH {graph} {{\n" + "".join(f"{triple} .\n" for triple in group) + "} }"
        blank = not dialect.blank_nodes_in_data and any(_blank_nodes(triple) for triple in group)
        yield f"INSERT {block} WHERE {{}}" if blank else f"INSERT DATA {block}"


def update_step(change: Update, dialect: Dialect) -> str:
    """A free update: its dataset and base written into it, and what it does to the default graph done to the graph DEFAULT_GRAPH.

    Raises QueryError where it names a dataset of its own besides the one that came with it.
    """
    return standalone(in_own_graph(with_using(change.sparql, change.using), dialect), change.base)


def in_own_graph(sparql: str, dialect: Dialect) -> str:
    """An update whose templates name DEFAULT_GRAPH where they name no graph; DEFAULT becomes that graph too.

    The pattern of DELETE WHERE still sees the whole default graph; what it removes is removed from DEFAULT_GRAPH.
    """
    found = tokens(sparql)
    pieces: list[str] = []
    done = 0
    with_graph = False
    for index, token in enumerate(found):
        if token.start < done or token.depth or token.kind not in ("word", "mark"):
            continue
        if token.text == ";":
            with_graph = False
        elif token.is_word("WITH"):
            with_graph = True
        elif token.is_word("DEFAULT"):
            silent = (
                "SILENT " if index and found[index - 1].is_word("CLEAR", "DROP") else ""
            )  # it is always there, if only empty
            pieces += [sparql[done : token.start], silent + _OWN]
            done = token.end
        elif token.is_word("DROP"):
            pieces += [sparql[done : token.start], dialect.drop]
            done = token.end
        elif token.text == "{" and index and _is_template(found, index):
            pieces.append(_template(sparql, found, index, with_graph, dialect, done))
            done = found[_closing(found, index)].end
    return "".join(pieces) + sparql[done:]


def _is_template(found: Sequence[Token], index: int) -> bool:
    before = found[index - 1]
    if before.is_word("DATA", "WHERE"):
        return index > 1 and found[index - 2].is_word(
            *(("INSERT", "DELETE") if before.is_word("DATA") else ("DELETE",))
        )
    return before.is_word("INSERT", "DELETE")


def _template(sparql: str, found: Sequence[Token], index: int, with_graph: bool, dialect: Dialect, since: int) -> str:
    """The text from `since` to the end of the template that opens at `index`."""
    closing = _closing(found, index)
    inner = found[index + 1 : closing]
    quads = sparql[found[index].end : found[closing].start]
    wrapped = quads if with_graph else _wrapped(sparql, inner, found[closing].start)
    keyword = found[index - 1]
    if keyword.is_word("WHERE"):
        return f"{sparql[since : keyword.start]}{{{wrapped}}} WHERE {{{quads}}}"
    if keyword.is_word("DATA") and found[index - 2].is_word("INSERT") and _as_template(inner, dialect):
        return f"{sparql[since : keyword.start]}{{{wrapped}}} WHERE {{}}"
    return f"{sparql[since : found[index].end]}{wrapped}}}"


def _as_template(inner: Iterable[Token], dialect: Dialect) -> bool:
    return not dialect.blank_nodes_in_data and any(token.kind == "blank" or token.text in ("[", "(") for token in inner)


def _wrapped(sparql: str, inner: Sequence[Token], end: int) -> str:
    """The quads of a template, those without a graph put in the graph DEFAULT_GRAPH."""
    pieces: list[str] = []
    at = 0
    while at < len(inner):
        start = at
        if inner[at].is_word("GRAPH"):
            opening = next((i for i in range(at, len(inner)) if inner[i].text == "{"), len(inner) - 1)
            at = _closing(inner, opening) + 1
            if at < len(inner) and inner[at].text == ".":
                at += 1
            pieces.append(sparql[inner[start].start : inner[min(at, len(inner)) - 1].end])
            continue
        while at < len(inner) and not (inner[at].is_word("GRAPH") and inner[at].depth == inner[start].depth):
            at += 1
        stop = inner[at].start if at < len(inner) else end
        pieces.append(f"{_OWN} {{ {sparql[inner[start].start : stop]}\n}}")
    return " " + "\n".join(pieces) + "\n"


def _closing(found: Sequence[Token], index: int) -> int:
    """The index of what closes the bracket at `index`; that of the last token where nothing does."""
    depth = found[index].depth
    return next(
        (i for i in range(index + 1, len(found)) if found[i].depth == depth and found[i].text == "}"), len(found) - 1
    )


def _groups(triples: Sequence[ox.Triple], dialect: Dialect) -> Iterator[list[ox.Triple]]:
    """Statements in groups as large as the dialect allows; those that share a blank node stay together, however many they are."""
    if triples and len(triples) <= min(dialect.statements, dialect.blank_statements):
        yield list(triples)
        return
    plain = [triple for triple in triples if not _blank_nodes(triple)]
    for start in range(0, len(plain), dialect.statements):
        yield plain[start : start + dialect.statements]
    group: list[ox.Triple] = []
    for together in _connected(triple for triple in triples if _blank_nodes(triple)):
        if group and len(group) + len(together) > dialect.blank_statements:
            yield group
            group = []
        group += together
    if group:
        yield group


def _connected(triples: Iterable[ox.Triple]) -> list[list[ox.Triple]]:
    """Statements grouped by the blank nodes that they share."""
    groups: dict[int, list[ox.Triple]] = {}
    of_node: dict[str, int] = {}
    for number, triple in enumerate(triples):
        merged = [triple]
        for other in {of_node[node] for node in _blank_nodes(triple) if node in of_node}:
            merged = groups.pop(other) + merged
        groups[number] = merged
        of_node.update(dict.fromkeys((node for one in merged for node in _blank_nodes(one)), number))
    return list(groups.values())


def _blank_nodes(triple: ox.Triple) -> list[str]:
    return [term.value for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)]
