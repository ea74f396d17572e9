"""Names for blank nodes: by document order, so that every engine and every run sees the same."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from clusterkg.namespaces import GENID_BASE

Object = NamedNode | BlankNode | Literal | Triple


class Skolemiser:
    """Replaces the blank nodes of one document by `…/.well-known/genid/<12 hex digits of its hash>-<n>`."""

    def __init__(self, sha256: str) -> None:
        self._stem = f"{GENID_BASE}{sha256[:12]}-"
        self.names: dict[str, str] = {}
        """Label (as "_:label") → IRI, in the order in which the labels were met."""

    def quads(self, quads: Iterable[Quad]) -> tuple[Quad, ...]:
        """The quads with every blank node replaced, wherever it stands."""
        return tuple(self._quad(quad) for quad in quads)

    def _quad(self, quad: Quad) -> Quad:
        subject, graph = quad.subject, quad.graph_name
        return Quad(
            self._name(subject) if isinstance(subject, BlankNode) else subject,
            quad.predicate,
            self._object(quad.object),
            self._name(graph) if isinstance(graph, BlankNode) else graph,
        )

    def _object(self, term: Object) -> Object:
        if isinstance(term, BlankNode):
            return self._name(term)
        if isinstance(term, Triple):
            subject = self._name(term.subject) if isinstance(term.subject, BlankNode) else term.subject
            return Triple(subject, term.predicate, self._object(term.object))
        return term

    def _name(self, node: BlankNode) -> NamedNode:
        label = str(node)
        if label not in self.names:
            self.names[label] = f"{self._stem}{len(self.names) + 1}"
        return NamedNode(self.names[label])
