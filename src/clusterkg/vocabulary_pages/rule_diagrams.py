"""Rules and what they read; what a profile's rules speak of, in order; the way from a document to a diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from clusterkg.rules import Rule
from clusterkg.vocabulary_pages.catalogue import Catalogue, Entry
from clusterkg.vocabulary_pages.drawing import Box, Drawing, Edge, Row, curve, elbow, stacked, wrapped
from clusterkg.vocabulary_pages.reading import Reading
from clusterkg.vocabulary_pages.speaking import Speaker

_ABOUT, _RULE, _TERM, _GAP = 210, 350, 290, 120
_STAGE, _STAGE_GAP, _STAGES_A_ROW = 220, 44, 4
_FLOW, _FLOW_GAP = 164, 30


class RuleDiagrams:
    """Draws rules."""

    def __init__(self, catalogue: Catalogue, reading: Reading, say: Speaker) -> None:
        self._catalogue = catalogue
        self._reading = reading
        self._say = say

    def reads(self, about: Entry, rules: Sequence[Rule]) -> Drawing | None:
        """A thing, the rules that concern it, by role, and the properties and lists that these read."""
        if not rules:
            return None
        ordered = sorted(rules, key=lambda rule: (self.order(rule.role), rules.index(rule)))
        middle, end = stacked(
            _ABOUT + _GAP // 2, 0, _RULE, [(self._rule_rows(rule), rule.role) for rule in ordered], 12
        )
        terms = self._terms(ordered)
        contents = [(self._term_rows(iri), "term") for iri in terms]
        right, bottom = stacked(_ABOUT + _GAP // 2 + _RULE + _GAP, 0, _TERM, contents, 8)
        shift = max(0, end - bottom) // 2
        right = [Box(box.x, box.y + shift, box.width, box.rows, box.style) for box in right]
        head = self._about(about, max(end, bottom))
        edges = [Edge(elbow(head.right, box.left), "", rule.role) for rule, box in zip(ordered, middle, strict=True)]
        place = dict(zip(terms, right, strict=True))
        edges += [
            Edge(curve(box.right, place[iri].left), "", rule.role)
            for rule, box in zip(ordered, middle, strict=True)
            for iri in self._reading.properties_of(rule.iri)
        ]
        name = self._say.link(about).text
        return Drawing(
            "rules",
            self._say.ui("diagram.rules", name=name),
            self._say.ui("diagram.rules.help"),
            (head, *middle, *right),
            tuple(edges),
        )

    def stages(self, stages: Sequence[Entry], rules: Iterable[Rule]) -> Drawing:
        """Things in their order, each with the rules that concern it."""
        by_stage: dict[str, list[Rule]] = {}
        for rule in rules:
            by_stage.setdefault(rule.concerns, []).append(rule)
        contents = [self._stage_rows(stage, by_stage.get(stage.iri, [])) for stage in stages]
        boxes: list[Box] = []
        top = 0
        for start in range(0, len(contents), _STAGES_A_ROW):
            row = contents[start : start + _STAGES_A_ROW]
            placed = [Box(n * (_STAGE + _STAGE_GAP), top, _STAGE, rows, "own") for n, rows in enumerate(row)]
            boxes += placed
            top += max(box.height for box in placed) + _STAGE_GAP
        return Drawing(
            "stages",
            self._say.ui("diagram.stages"),
            self._say.ui("diagram.stages.help"),
            tuple(boxes),
            tuple(_between(boxes)),
        )

    def flow(self) -> Drawing:
        """From a document to a diagnosis, and from rules to baked shapes."""
        step = _FLOW + _FLOW_GAP
        above = [self._flow_box(f"flow.{n}", n * step, 0) for n in range(6)]
        below = [self._flow_box(f"flow.rules.{n}", (1 + n) * step, 150) for n in range(2)]
        edges = [*_between(above), *_between(below)]
        engine = above[3]
        x, y = below[1].right
        edges.append(Edge(f"M{x} {y}H{engine.x + engine.width // 2}V{engine.height}", "arrow"))
        return Drawing(
            "flow", self._say.ui("diagram.flow"), self._say.ui("diagram.flow.help"), (*above, *below), tuple(edges)
        )

    def _flow_box(self, key: str, x: int, y: int) -> Box:
        rows = wrapped(self._say.ui(key), _FLOW, 2, "name")
        rows += wrapped(self._say.ui(f"{key}.help"), _FLOW, 5, "property")
        return Box(x, y, _FLOW, tuple(rows), "own")

    def _about(self, about: Entry, height: int) -> Box:
        link = self._say.link(about)
        rows = wrapped(f"{about.code} {link.text}".strip(), _ABOUT, 5, "name", link.href, link.lang)
        box = Box(0, 0, _ABOUT, tuple(rows), "about")
        return Box(0, max(0, (height - box.height) // 2), _ABOUT, box.rows, "about")

    def _rule_rows(self, rule: Rule) -> tuple[Row, ...]:
        entry = self._catalogue.entries[rule.iri]
        link = self._say.link(entry)
        head = f"{rule.code} · {role_name(self._say, rule.role)}"
        return (Row(head, "code", link.href), *wrapped(link.text, _RULE, 2, "name", link.href, link.lang))

    def _term_rows(self, iri: str) -> tuple[Row, ...]:
        link = self._say.ref(iri)
        return tuple(wrapped(link.text, _TERM, 1, "property", link.href, link.lang))

    def _stage_rows(self, stage: Entry, rules: list[Rule]) -> tuple[Row, ...]:
        link = self._say.link(stage)
        rows = wrapped(link.text, _STAGE, 2, "name", link.href, link.lang)
        for rule in rules:
            each = self._say.link(self._catalogue.entries[rule.iri])
            rows += wrapped(f"{rule.code} {each.text}", _STAGE, 2, "property", each.href, each.lang)
        return tuple(rows)

    def _terms(self, rules: Sequence[Rule]) -> list[str]:
        """What the rules read, ordered by the mean place of the rules that read it, so that fewer lines cross."""
        places: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            for iri in self._reading.properties_of(rule.iri):
                places.setdefault(iri, []).append(number)
        return sorted(places, key=lambda iri: (sum(places[iri]) / len(places[iri]), iri))

    def order(self, role: str) -> int:
        """The place of a role among the roles, as the vocabulary's rules state them with falling severity."""
        order = [key.removeprefix("rule.") for key in self._say.ui.messages if key.startswith("rule.")]
        return order.index(role) if role in order else len(order)


def role_name(say: Speaker, role: str) -> str:
    """What a rule of that role is called."""
    key = f"rule.{role}"
    return say.ui(key) if say.ui.has(key) else role


def _between(boxes: Sequence[Box]) -> Iterable[Edge]:
    for one, other in pairwise(boxes):
        if other.y == one.y:
            start, end = (one.x + one.width, one.y + 20), (other.x, other.y + 20)
            yield Edge(f"M{start[0]} {start[1]}H{end[0]}", "arrow")
            continue
        lane = other.y - _STAGE_GAP // 2
        middle = one.x + one.width // 2, other.x + other.width // 2
        yield Edge(f"M{middle[0]} {one.y + one.height}V{lane}H{middle[1]}V{other.y}", "arrow")
