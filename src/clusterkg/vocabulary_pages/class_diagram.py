"""The classes of a module: what each is a kind of, and the properties that the module gives it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

from clusterkg.namespaces import RDFS
from clusterkg.vocabulary_pages.catalogue import Catalogue, Entry
from clusterkg.vocabulary_pages.drawing import Box, Drawing, Edge, Row, elbow, height_of, wrapped
from clusterkg.vocabulary_pages.facts import Facts
from clusterkg.vocabulary_pages.speaking import Speaker

_WIDTH, _GAP_X, _GAP_Y, _COLUMNS = 240, 46, 14, 4
_MOST_PROPERTIES = 7


@dataclass
class _Tree:
    """A class, its rows, and the classes below it."""

    entry: Entry
    rows: tuple[Row, ...]
    own: bool
    children: list[_Tree] = field(default_factory=list)

    def depth(self) -> int:
        return 1 + max((child.depth() for child in self.children), default=0)

    def height(self) -> int:
        below = sum(child.height() for child in self.children) + _GAP_Y * max(0, len(self.children) - 1)
        return max(height_of(self.rows), below)


class ClassDiagram:
    """Draws the classes of modules."""

    def __init__(self, catalogue: Catalogue, facts: Facts, say: Speaker) -> None:
        self._catalogue = catalogue
        self._facts = facts
        self._say = say

    def draw(self, module: Entry) -> Drawing | None:
        """The diagram of a module; None where it has neither classes nor properties of classes."""
        roots = self._forest(module)
        if not roots:
            return None
        boxes: list[Box] = []
        edges: list[Edge] = []
        heights = [0] * _COLUMNS
        for root in roots:
            span = min(root.depth(), _COLUMNS)
            starts = range(_COLUMNS - span + 1)
            column = min(starts, key=lambda start: (max(heights[start : start + span]), start))
            top = max(heights[column : column + span])
            _place(root, column * (_WIDTH + _GAP_X), top, boxes, edges)
            heights[column : column + span] = [top + root.height() + 2 * _GAP_Y] * span
        name = self._say.link(module).text
        return Drawing(
            "classes",
            self._say.ui("diagram.classes", name=name),
            self._say.ui("diagram.classes.help"),
            tuple(boxes),
            tuple(edges),
        )

    def _forest(self, module: Entry) -> list[_Tree]:
        mine = [e for e in self._catalogue.of_kind("class") if self._in(e, module)]
        given = self._given(module)
        trees = {entry.iri: self._tree(entry, given, own=True) for entry in mine}
        parents: dict[str, str] = {}
        for entry in mine:
            above = self._parent(entry)
            if above is not None and not _closes_loop(entry.iri, above.iri, parents):
                parents[entry.iri] = above.iri
                trees.setdefault(above.iri, self._tree(above, given, own=False))
        for iri in given:
            entry = self._catalogue.entries[iri]
            trees.setdefault(iri, self._tree(entry, given, own=False))
        ordered = sorted(trees.values(), key=lambda tree: self._say.link(tree.entry).text.casefold())
        for tree in ordered:
            if tree.entry.iri in parents:
                trees[parents[tree.entry.iri]].children.append(tree)
        roots = [tree for tree in ordered if tree.entry.iri not in parents]
        return sorted(roots, key=lambda tree: (-tree.depth(), -tree.height()))

    def _given(self, module: Entry) -> dict[str, list[Entry]]:
        """The module's properties by the class that may have them."""
        found: dict[str, list[Entry]] = {}
        for kind in ("property", "view-term"):
            for entry in self._catalogue.of_kind(kind):
                if self._in(entry, module):
                    for node in self._facts.classes(entry, RDFS.domain):
                        if self._catalogue.get(node) is not None:
                            found.setdefault(node.value, []).append(entry)
        return found

    def _tree(self, entry: Entry, given: dict[str, list[Entry]], *, own: bool) -> _Tree:
        link = self._say.link(entry)
        rows = wrapped(link.text, _WIDTH, 2, "name", link.href, link.lang)
        properties = given.get(entry.iri, [])
        for each in properties[:_MOST_PROPERTIES]:
            rows += self._property(each)
        if len(properties) > _MOST_PROPERTIES:
            more = self._say.ui("diagram.more", n=len(properties) - _MOST_PROPERTIES)
            rows.append(Row(more, "more", link.href))
        return _Tree(entry, tuple(rows), own)

    def _property(self, entry: Entry) -> list[Row]:
        link = self._say.link(entry)
        kinds = [self._say.ref(node.value).text for node in self._facts.classes(entry, RDFS.range)]
        told = f"{link.text} → {', '.join(kinds)}" if kinds else link.text
        return wrapped(told, _WIDTH, 1, "property", link.href, link.lang)

    def _parent(self, entry: Entry) -> Entry | None:
        above = [self._catalogue.get(node) for node in self._catalogue.index.nodes(entry.node, RDFS.subClassOf)]
        known = [one for one in above if one is not None and one.iri != entry.iri]
        return min(known, key=lambda one: (not self._shares_module(one, entry), one.iri), default=None)

    def _shares_module(self, one: Entry, other: Entry) -> bool:
        modules = self._catalogue.index.objects(one.node, RDFS.isDefinedBy)
        return any(module in modules for module in self._catalogue.index.objects(other.node, RDFS.isDefinedBy))

    def _in(self, entry: Entry, module: Entry) -> bool:
        return self._catalogue.index.has(entry.node, RDFS.isDefinedBy, ox.NamedNode(module.iri))


def _closes_loop(child: str, parent: str, parents: dict[str, str]) -> bool:
    while parent in parents and parent != child:
        parent = parents[parent]
    return parent == child


def _place(tree: _Tree, x: int, y: int, boxes: list[Box], edges: list[Edge]) -> Box:
    height = height_of(tree.rows)
    box = Box(
        x, y + (tree.height() - height) // 2 if tree.children else y, _WIDTH, tree.rows, "own" if tree.own else "other"
    )
    boxes.append(box)
    below = y
    for child in tree.children:
        placed = _place(child, x + _WIDTH + _GAP_X, below, boxes, edges)
        edges.append(Edge(elbow(placed.left, box.right), "triangle"))
        below += child.height() + _GAP_Y
    return box
