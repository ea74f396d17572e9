"""What an update's text says of the graphs that it writes to is never too little."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterkg.namespaces import PREFIXES
from clusterkg.sparql_targets import ANY, Targets, targets

G, H = "http://x/g", "http://x/h"


@pytest.mark.parametrize(
    ("sparql", "graphs", "default"),
    [
        ("INSERT DATA { <http://x/a> <http://x/b> 1 }", set(), True),
        (f"INSERT DATA {{ GRAPH <{G}> {{ <http://x/a> <http://x/b> 1 }} }}", {G}, False),
        (f"INSERT DATA {{ GRAPH <{G}> {{ }} . <http://x/a> <http://x/b> 1 }}", {G}, True),
        ("PREFIX x: <http://x/> DELETE WHERE { GRAPH x:g { ?s ?p ?o } }", {G}, False),
        (f"WITH <{G}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}", {G}, False),
        (f"WITH <{G}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }} ; DELETE WHERE {{ ?s ?p ?o }}", {G}, True),
        (f"DELETE {{ ?s ?p ?o }} INSERT {{ GRAPH <{G}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}", {G}, True),
        (f"CLEAR GRAPH <{G}>", {G}, False),
        (f"DROP SILENT GRAPH <{G}>", {G}, False),
        (f"COPY <{G}> TO <{H}>", {G, H}, False),
        (f"MOVE DEFAULT TO <{H}>", {H}, True),
        ("CLEAR DEFAULT", set(), True),
        ("DELETE WHERE { ckg:x a ckg:Cluster }", {PREFIXES["ckg"] + "x"}, True),
    ],
)
def test_what_is_named(sparql: str, graphs: set[str], default: bool) -> None:
    found = targets(sparql, PREFIXES)
    assert found.graphs is not None
    assert graphs <= found.graphs
    assert found.default == default


@pytest.mark.parametrize(
    "sparql",
    [
        "INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { ?s ?p ?o ; <http://x/b> ?g }",
        "DROP ALL",
        "CLEAR NAMED",
        "CLEAR SILENT NAMED",
        "BASE <http://x/> CLEAR GRAPH <g>",
        "PREFIX x: <http://x/> CLEAR GRAPH x:g ; PREFIX x: <http://y/> CLEAR GRAPH x:g",
        r"CLEAR GRAPH <http://x/\u0067>",
    ],
)
def test_what_may_be_any(sparql: str) -> None:
    assert targets(sparql, PREFIXES).graphs is None


_NODES = st.sampled_from(["<http://x/a>", "x:b", "x:g", "<http://x/h>", '"}"', "1", '"GRAPH <http://x/z> {"'])
_GRAPHS = st.sampled_from([f"<{G}>", "x:h", "<http://x/a>", "?o"])
_STATEMENT = st.tuples(st.sampled_from(["x:a", "<http://x/g>"]), st.just("x:p"), _NODES).map(" ".join)
_BLOCK = st.one_of(
    st.lists(_STATEMENT, min_size=1, max_size=2).map(" . ".join),
    st.tuples(_GRAPHS, _STATEMENT).map(lambda pair: f"GRAPH {pair[0]} {{ {pair[1]} }}"),
)
_BLOCKS = st.lists(_BLOCK, max_size=2).map(" ".join)
_PATTERN = st.sampled_from(["?s x:p ?o", "GRAPH x:g { ?s x:p ?o }", "GRAPH ?g { ?s x:p ?o }", ""])
_OPERATION = st.one_of(
    _BLOCKS.map(lambda block: f"INSERT DATA {{ {block} }}"),
    _BLOCKS.map(lambda block: f"DELETE DATA {{ {block} }}"),
    st.tuples(st.sampled_from(["", "WITH x:g ", "WITH <http://x/h> "]), _BLOCKS, _BLOCKS, _PATTERN).map(
        lambda parts: f"{parts[0]}DELETE {{ {parts[1]} }} INSERT {{ {parts[2]} }} WHERE {{ {parts[3]} }}"
    ),
    _BLOCKS.map(lambda block: f"DELETE WHERE {{ {block} }}"),
    st.sampled_from(
        [
            "CLEAR DEFAULT",
            "CLEAR GRAPH x:g",
            "DROP NAMED",
            "DROP SILENT ALL",
            f"COPY DEFAULT TO <{G}>",
            "MOVE x:g TO x:h",
            "ADD x:h TO DEFAULT",
        ]
    ),
)
_UPDATE = st.lists(_OPERATION, min_size=1, max_size=3).map(lambda all_: "PREFIX x: <http://x/>\n" + " ;\n".join(all_))


def _filled() -> ox.Store:
    store = ox.Store()
    for graph in (ox.DefaultGraph(), ox.NamedNode(G), ox.NamedNode(H)):
        for subject in ("http://x/a", "http://x/g"):
            for value in (ox.NamedNode("http://x/b"), ox.NamedNode("http://x/a"), ox.Literal("}")):
                store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode("http://x/p"), value, graph))
    return store


@settings(max_examples=400, deadline=None)
@given(_UPDATE)
def test_no_graph_changes_that_the_text_did_not_tell(sparql: str) -> None:
    store = _filled()
    before = set(store)
    try:
        store.update(sparql)
    except (SyntaxError, ValueError, RuntimeError, OSError):
        return
    said = targets(sparql, {})
    for quad in before ^ set(store):
        if isinstance(quad.graph_name, ox.DefaultGraph):
            assert said.default
        else:
            assert said.graphs is None or quad.graph_name.value in said.graphs


def test_targets_add_up() -> None:
    assert Targets(frozenset({G}), False) | Targets(frozenset({H}), True) == Targets(frozenset({G, H}), True)
    assert Targets(frozenset({G}), False) | ANY == ANY
