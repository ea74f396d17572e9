"""A small read-only index over triples: look-ups by subject and predicate, texts by language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Index:
    """Triples, indexed by subject and predicate; order of the input is kept."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        """Index `triples`."""
        self._objects: dict[tuple[object, ox.NamedNode], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[ox.NamedNode, object], list[Node]] = defaultdict(list)
        self._by_subject: dict[object, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            self._objects[triple.subject, triple.predicate].append(triple.object)
            self._by_subject[triple.subject].append(triple)
            if isinstance(triple.subject, (ox.NamedNode, ox.BlankNode)):
                self._subjects[triple.predicate, triple.object].append(triple.subject)

    def objects(self, subject: object, predicate: ox.NamedNode) -> list[Term]:
        """All objects, in input order; empty where there are none."""
        return self._objects.get((subject, predicate), [])

    def nodes(self, subject: object, predicate: ox.NamedNode) -> list[Node]:
        """Objects that are no literals."""
        return [o for o in self.objects(subject, predicate) if isinstance(o, (ox.NamedNode, ox.BlankNode))]

    def one(self, subject: object, predicate: ox.NamedNode) -> Term | None:
        """The first object, or None."""
        found = self.objects(subject, predicate)
        return found[0] if found else None

    def text(self, subject: object, predicate: ox.NamedNode) -> str:
        """The first literal's text, or the empty text."""
        return next((o.value for o in self.objects(subject, predicate) if isinstance(o, ox.Literal)), "")

    def texts(self, subject: object, predicate: ox.NamedNode) -> dict[str, str]:
        """Literals by language tag ("" for plain ones), sorted by tag."""
        found = {
            o.language or "": o.value for o in reversed(self.objects(subject, predicate)) if isinstance(o, ox.Literal)
        }
        return dict(sorted(found.items()))

    def subjects(self, predicate: ox.NamedNode, value: object) -> list[Node]:
        """Subjects that have that value."""
        return self._subjects.get((predicate, value), [])

    def objects_of(self, predicate: ox.NamedNode) -> set[Term]:
        """Every object that the predicate has anywhere."""
        return {o for (_, p), found in self._objects.items() if p == predicate for o in found}

    def has(self, subject: object, predicate: ox.NamedNode, value: object) -> bool:
        """Whether the triple is there."""
        return value in self.objects(subject, predicate)

    def about(self, subject: object) -> list[ox.Triple]:
        """The subject's triples."""
        return self._by_subject.get(subject, [])

    def reachable(self, start: Node) -> list[ox.Triple]:
        """Triples of `start` and of all nodes below it in this graph, in input order of each node, each node once."""
        seen: set[object] = {start}
        queue: list[object] = [start]
        found: list[ox.Triple] = []
        while queue:
            for triple in self._by_subject.get(queue.pop(0), []):
                found.append(triple)
                if isinstance(triple.object, (ox.NamedNode, ox.BlankNode)) and triple.object not in seen:
                    seen.add(triple.object)
                    queue.append(triple.object)
        return found
