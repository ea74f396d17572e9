"""Where SPARQL services differ from the standard, as data: what is to be said otherwise to them, and what their answers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from clusterkg.errors import UsageError, text


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of service.

    server             its `Server` header
    hidden             graphs in which it describes itself: no part of what the store lists, counts and copies
    describe           what stands before DESCRIBE
    milliseconds       the parameter that tells it the deadline, so that it does not go on when nobody waits any more
    union              parameters that make the union of all graphs the default graph of a query, and of an update's WHERE,
                       where neither names a dataset of its own; by kind of request
    nothing            the graph to name so that a dataset has no named graph, where none would mean all
    blank_nodes_in_data  whether INSERT DATA may name blank nodes
    drop               the word that removes a graph, whether or not it was created by name
    statements, blank_statements  how many statements one operation of an update may hold, without and with blank nodes
    partial            headers, and what they hold, of an answer that was cut off: by name of header, the kind of limit and a pattern
    repairs            what is not well-formed in its results, and what it is to be
    late, refused      what the text of an error says when time ran out, and when the query itself is to blame
    atomic             whether an update of several operations is made as a whole or not at all
    """

    name: str
    server: re.Pattern[str]
    hidden: frozenset[str] = frozenset()
    describe: str = ""
    milliseconds: str = ""
    union: Mapping[str, str] = field(default_factory=dict)
    nothing: str = ""
    blank_nodes_in_data: bool = True
    drop: str = "DROP"
    statements: int = 1 << 40
    blank_statements: int = 1 << 40
    partial: Mapping[str, tuple[str, re.Pattern[str]]] = field(default_factory=dict)
    repairs: tuple[tuple[re.Pattern[bytes], bytes], ...] = ()
    late: re.Pattern[str] = re.compile(r"(?!)")
    refused: re.Pattern[str] = re.compile(r"(?!)")
    atomic: bool = True


# They stay part of Virtuoso's default graph: `DEFINE input:default-graph-exclude` empties every GRAPH with a name in 7.2.5.
_VIRTUOSO_OWN = frozenset(
    {
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://www.w3.org/ns/ldp#",
        "http://localuriqaserver/sparql",
        "http://www.w3.org/2002/07/owl#",
    }
)

STANDARD = Dialect("standard", re.compile(r""))

VIRTUOSO = Dialect(
    "virtuoso",
    re.compile(r"^Virtuoso/"),
    hidden=_VIRTUOSO_OWN,
    describe='DEFINE sql:describe-mode "CBD"',
    milliseconds="timeout",
    nothing="urn:x-nothing",
    blank_nodes_in_data=False,
    drop="CLEAR",
    statements=1000,  # its parser gives up at some 5,000 lines of one operation; several operations of 1,000 are no trouble
    blank_statements=100,  # INSERT WHERE becomes a program, which must not have more than 32,767 bytes: 1,000 had 285,000
    partial={
        "x-sql-state": ("late", re.compile(r"S1TAT")),
        "x-sparql-maxrows": ("large", re.compile(r"")),
    },
    repairs=(
        (re.compile(rb'("type": "bnode", "value": ")nodeID://'), rb"\1"),
        (re.compile(rb'(XMLSchema#boolean", "value": )"1"'), rb'\1"true"'),
        (re.compile(rb'(XMLSchema#boolean", "value": )"0"'), rb'\1"false"'),
    ),
    late=re.compile(r"Virtuoso (S1T00|42000 Error The estimated execution time)"),
    refused=re.compile(r"Virtuoso [0-9A-Z]{5} Error"),
    atomic=False,
)

OXIGRAPH = Dialect(
    "oxigraph",
    re.compile(r"^Oxigraph/"),
    # With --union-default-graph the server lets the union win over FROM and refuses updates with USING; asked for, it does not.
    union={"query": "union-default-graph", "update": "using-union-graph"},
)

DIALECTS = (VIRTUOSO, OXIGRAPH, STANDARD)


def dialect_named(name: str) -> Dialect:
    """The dialect of that name. Raises UsageError for one that is not known."""
    found = next((dialect for dialect in DIALECTS if dialect.name == name), None)
    if found is None:
        known = ", ".join(dialect.name for dialect in DIALECTS)
        raise UsageError(
            text(f"No se conoce el motor «{name}».", f"The engine “{name}” is not known."), hint=text(known, known)
        )
    return found


def dialect_of(server: str) -> Dialect:
    """The dialect of a service by its `Server` header."""
    return next(dialect for dialect in DIALECTS if dialect.server.search(server))
