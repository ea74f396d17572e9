"""Names for blank nodes: by document order, so that every engine and every run sees the same."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from clusterkg.namespaces import GENID_BASE


class Skolemiser:
    """Replaces the blank nodes of one document by `…/.well-known/genid/<12 hex digits of its hash>-<n>`."""

    def __init__(self, sha256: str) -> None:
        self._stem = f"{GENID_BASE}{sha256[:12]}-"
        self.names: dict[str, str] = {}
        """Label (as "_:label") → IRI, in the order in which the labels were met."""

    def quads(self, quads: Iterable[Quad]) -> tuple[Quad, ...]:
        """The quads with every blank node replaced, wherever it stands."""
        return tuple(
            Quad(self._term(quad.subject), quad.predicate, self._term(quad.object), self._term(quad.graph_name))
            for quad in quads
        )

    def _term(self, term):  # type: ignore[no-untyped-def]  # pyoxigraph has no common type for all positions
        if isinstance(term, BlankNode):
            label = str(term)
            if label not in self.names:
                self.names[label] = f"{self._stem}{len(self.names) + 1}"
            return NamedNode(self.names[label])
        if isinstance(term, Triple):
            return Triple(self._term(term.subject), term.predicate, self._term(term.object))
        return term
