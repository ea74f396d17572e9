"""Where an engine differs, and why, by engine and test. Each is expected to fail; one that no longer does is told."""

from __future__ import annotations

_GRAPHS = "SPARQL 1.1 lets a service forget graphs without statements, and the store's list comes from a query that counts statements"
_UNION = "its union default graph lists a statement once for each graph that holds it; SPARQL wants the merge"
_STATE = "a service keeps neither a hash nor a date of what it holds"
_ONE_BY_ONE = "Virtuoso commits each operation of an update by itself, so those before the one that fails stay made"
_BOXES = (
    "Virtuoso 7.2.5 keeps values, not texts: 1 and true, or two dates of one instant, are one object of a statement"
)

DIFFERENCES: dict[tuple[str, str], str] = {
    ("oxigraph", "test_an_empty_graph_is_a_graph"): _GRAPHS,
    ("virtuoso", "test_an_empty_graph_is_a_graph"): _GRAPHS,
    ("oxigraph", "test_a_statement_of_two_graphs_is_one_of_the_union"): _UNION,
    ("virtuoso", "test_a_statement_of_two_graphs_is_one_of_the_union"): _UNION,
    ("virtuoso", "test_an_update_that_fails_half_way_changes_nothing"): _ONE_BY_ONE,
    ("virtuoso", "test_values_that_are_equal_but_not_the_same_stay_apart"): _BOXES,
    ("oxigraph", "test_the_state_names_its_content"): _STATE,
    ("virtuoso", "test_the_state_names_its_content"): _STATE,
}
