"""What the store says of a resource and what points at it, one page at a time; what has no name of its own is told with its owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from clusterkg.namespaces import GENID_BASE, GRAPH_BASE
from clusterkg.server.linked_data.asking import Asker, Row, Term, text_of

DIRECT = 250
"""Statements about a resource on one page."""
INCOMING = 150
"""Statements that point at it on one page."""
_ROUNDS = 6
_BELOW = 3000
_DEPTHS = (4, 12, 32)


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple and the graph that it stands in."""

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: NamedNode | BlankNode | Literal | Triple
    graph: str

    @property
    def triple(self) -> Triple:
        """Without the graph."""
        return Triple(self.subject, self.predicate, self.object)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One page of what surrounds a resource.

    `about`: its own statements, and those of its nameless parts; `incoming`: what points at it; `owners`: who has the nameless
    things that point at it; `more`: whether another page follows.
    """

    iri: str
    page: int = 1
    more: bool = False
    about: Sequence[Statement] = ()
    incoming: Sequence[Statement] = ()
    owners: Sequence[Statement] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.about or self.incoming)

    def statements(self) -> Iterator[Statement]:
        """All of them."""
        yield from self.about
        yield from self.incoming
        yield from self.owners


def is_part(term: object, iri: str) -> bool:
    """Whether a node is told with the resource: it has no name, or one that only places it within the resource (`iri#part`)."""
    if isinstance(term, BlankNode):
        return True
    return isinstance(term, NamedNode) and term.value.startswith((GENID_BASE, iri + "#")) and term.value != iri


def known(asker: Asker, node: NamedNode) -> bool:
    """Whether anything is said of it, or with it."""
    return asker.holds(f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} }}")


def neighbourhood(asker: Asker, node: NamedNode, page: int = 1) -> Neighbourhood:
    """A page of the neighbourhood of a resource; empty where nothing is said."""
    direct, more = _page(asker, f"GRAPH ?g {{ {node} ?p ?o }}", "?p ?o ?g", page, DIRECT)
    about = [_statement(row, subject=node) for row in direct]
    parts: list[Statement] = []
    if node.value.startswith(GRAPH_BASE):
        parts, further = _parts(asker, node, about, page)
        more = more or further
    about += parts
    about += _below(asker, node, about)
    pattern = f"GRAPH ?g {{ ?s ?p {node} }} FILTER(!isBlank(?s))"
    pointing, further = _page(asker, pattern, "?p ?s ?g", page, INCOMING)
    incoming = [one for row in pointing if (one := _statement(row, value=node)).subject not in _subjects(about)]
    owners = list(_owners(asker, node, incoming))
    return Neighbourhood(node.value, page, more or further, tuple(about), tuple(incoming), tuple(owners))


def _page(asker: Asker, pattern: str, order: str, page: int, size: int) -> tuple[list[Row], bool]:
    query = f"SELECT * WHERE {{ {pattern} }} ORDER BY {order} LIMIT {size + 1} OFFSET {(page - 1) * size}"
    found = asker.rows(query)
    return found[:size], len(found) > size


def _parts(asker: Asker, node: NamedNode, about: Iterable[Statement], page: int) -> tuple[list[Statement], bool]:
    """Statements of what is named as a part of a report, `iri#part`; they stand in the graph of its own statements."""
    graphs = {one.graph for one in about}
    if not graphs and page == 1:
        return [], False
    if not graphs:
        graphs = {
            text_of(row["g"]) for row in asker.rows(f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ {node} ?p ?o }} }}")
        }
    values = " ".join(str(NamedNode(graph)) for graph in sorted(graphs))
    stem = Literal(node.value + "#")
    pattern = f"VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?s), {stem}))"
    rows, more = _page(asker, pattern, "?s ?p ?o ?g", page, 4 * DIRECT)
    return [_statement(row) for row in rows], more


def _below(asker: Asker, node: NamedNode, about: Sequence[Statement]) -> list[Statement]:
    """The statements of nameless things that these speak of, and of those below them."""
    found = list(_below_blank(asker, node, about))
    seen = {one.subject for one in (*about, *found)}
    frontier = _nameless((*about, *found)) - seen
    for _ in range(_ROUNDS):
        if not frontier or len(found) > _BELOW:
            break
        rows = asker.rows_for("s", (one.value for one in frontier), "GRAPH ?g { ?s ?p ?o }")
        reached = sorted((_statement(row) for row in rows), key=_order)
        found += reached
        seen |= frontier
        frontier = _nameless(reached) - seen
    return found


def _below_blank(asker: Asker, node: NamedNode, about: Sequence[Statement]) -> Iterator[Statement]:
    """The same for blank nodes, which no second query can name: one query follows them, as deep as it has to."""
    blank = {one.object for one in about if isinstance(one.object, BlankNode)}
    if not blank:
        return
    rows: list[Statement] = []
    for depth in _DEPTHS:
        rows = [_statement(row) for row in asker.rows(_deep(node, depth))]
        described = {row.subject for row in rows}
        if all(row.object in described for row in rows if isinstance(row.object, BlankNode)):
            break
    by_subject: dict[object, list[Statement]] = {}
    for row in sorted(rows, key=_order):
        by_subject.setdefault(row.subject, []).append(row)
    queue = sorted(blank, key=str)
    while queue:
        for row in by_subject.pop(queue.pop(0), []):
            yield row
            if isinstance(row.object, BlankNode):
                queue.append(row.object)


def _deep(node: NamedNode, depth: int) -> str:
    """What blank nodes within so many steps of a node say; walking along a list is no step."""
    blocks, chain = [], f"{node} ?p0 ?n0 . FILTER(isBlank(?n0)) ?n0 rdf:rest* ?b0 ."
    for step in range(depth):
        blocks.append(f"{{ GRAPH ?g {{ {chain} ?b{step} ?p ?o }} BIND(?b{step} AS ?s) }}")
        after = step + 1
        chain += f" ?b{step} ?p{after} ?n{after} . FILTER(isBlank(?n{after})) ?n{after} rdf:rest* ?b{after} ."
    return f"SELECT DISTINCT ?g ?s ?p ?o WHERE {{ {' UNION '.join(blocks)} }} LIMIT {_BELOW}"


def _owners(asker: Asker, node: NamedNode, incoming: Iterable[Statement]) -> Iterator[Statement]:
    """Who has the nameless things that point here: “a membership” says little, “a membership of X” does."""
    nameless = {one.subject.value for one in incoming if one.subject.value.startswith(GENID_BASE)}
    if not nameless:
        return
    pattern = "GRAPH ?g { ?s ?p ?o } FILTER(!isBlank(?s))"
    for row in asker.rows_for("o", nameless, pattern):
        statement = _statement(row)
        if statement.subject != node:
            yield statement


def _nameless(statements: Iterable[Statement]) -> set[NamedNode]:
    objects = (one.object for one in statements)
    return {term for term in objects if isinstance(term, NamedNode) and term.value.startswith(GENID_BASE)}


def _subjects(statements: Iterable[Statement]) -> set[object]:
    return {one.subject for one in statements}


def _order(statement: Statement) -> tuple[str, str, str, str]:
    return str(statement.subject), str(statement.predicate), str(statement.object), statement.graph


def _statement(row: Row, subject: Term | None = None, value: Term | None = None) -> Statement:
    s, p, o, g = (subject or row["s"]), row["p"], (value or row["o"]), row["g"]
    assert isinstance(s, NamedNode | BlankNode)
    assert isinstance(p, NamedNode)
    return Statement(s, p, o, g.value if isinstance(g, NamedNode) else "")
