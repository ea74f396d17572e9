"""Turns hits into findings, evidence and questions that a person can read: names, values, thresholds, places, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from clusterkg.descriptions import Description
from clusterkg.diagnosis.knowledge import Knowledge, statement_citations
from clusterkg.diagnosis.model import Decision, Evidence, Finding, Location, Question, Term, Text
from clusterkg.diagnosis.outcome import Hit, Outcome
from clusterkg.diagnosis.texts import Labels, Template
from clusterkg.graph import Index
from clusterkg.graph import Term as Node
from clusterkg.namespaces import CKG, DCTERMS, NOW
from clusterkg.rules import Gate, Rule, natural

CLOSED_FOR = NOW.closedFor.value


@dataclass(frozen=True)
class Speaker:
    """Speaks about one outcome of one description."""

    description: Description
    outcome: Outcome
    knowledge: Knowledge

    @property
    def view(self) -> Index:
        """The view's look-ups."""
        return self.outcome.view.index

    @property
    def labels(self) -> Labels:
        """Labels from the view, then the vocabulary."""
        return Labels(self.knowledge.index, self.view, self.knowledge.languages)

    def message(self, hit: Hit) -> Text:
        """The rule's message with names and numbers filled in."""
        return self._template().fill(hit.rule.message, _terms(hit))

    def finding(self, hit: Hit) -> Finding:
        """A hit of a D or S rule, or a shortfall of an E rule."""
        rule = hit.rule
        return Finding(
            rule=rule.code,
            rule_iri=rule.iri,
            role=rule.role,
            severity=hit.severity.rpartition("#")[2],
            component=hit.component,
            focus=self.term(hit.focus),
            path=hit.path or None,
            path_label=self._path_label(hit.path),
            value=None if hit.value is None else self.term(hit.value),
            message=self.message(hit),
            sources=self.knowledge.citations(rule.sources),
            statement_sources=self._citations(hit.value, hit.focus),
            location=self._location(hit),
            remedies=self.knowledge.remedies(rule.remedies),
            decisions=tuple(self._decisions(hit)),
        )

    def evidence(self, hit: Hit) -> Evidence:
        """A value that satisfied an E rule."""
        return Evidence(
            rule=hit.rule.code,
            rule_label=hit.rule.label,
            value=self.term(hit.value if hit.value is not None else hit.focus),
            standing=self.standing(hit.value),
            statement_sources=self._citations(hit.value, hit.focus),
            location=self._location(hit),
        )

    def term(self, node: Node) -> Term:
        """A node with its label."""
        return Term(node.value if isinstance(node, (ox.NamedNode, ox.Literal)) else str(node), self.labels.of(node))

    def standing(self, node: Node | None) -> str:
        """IRI of the standing of a statement: its own; documented where it cites a source; else the description's; else declared."""
        own = self.view.one(node, CKG.standing) if node is not None else None
        if isinstance(own, ox.NamedNode):
            return own.value
        if node is not None and self.view.objects(node, DCTERMS.source):
            return CKG.documented.value
        stated = self.view.one(ox.NamedNode(self.description.iri), CKG.standing)
        return stated.value if isinstance(stated, ox.NamedNode) else CKG.declared.value

    def gates_closed(self, hit: Hit) -> bool:
        """Whether every list of the rule's gate is complete for what the hit speaks of; False for a rule without a gate."""
        return bool(hit.rule.gates) and not self.open_gates(hit)

    def open_gates(self, hit: Hit) -> list[Gate]:
        """The lists of the gate that are not stated complete."""
        return [
            g for g in hit.rule.gates if not self.view.has(self._gate_node(g, hit), NOW.closedFor, ox.NamedNode(g.list))
        ]

    def questions(self, hit: Hit, kind: str) -> list[Question]:
        """What to ask about a companion's hit or a piece of evidence that is missing."""
        gates = self.open_gates(hit)
        about = self._gate_node(gates[0], hit) if gates else hit.focus
        lists_only = CLOSED_FOR in hit.path or not hit.rule.question
        if lists_only and gates:
            return [self._ask(kind, self._gate_node(g, hit), self.knowledge.list_question(g.list), hit) for g in gates]
        return [self._ask(kind, about, hit.rule.question or hit.rule.message, hit)]

    def ask_template(self, kind: str, about: Node, fields: Mapping[str, Text | str], rules: Iterable[str]) -> Question:
        """A question of a kind that has a template of its own (time passed, before the founding, standing)."""
        term = self.term(about)
        text = self._template().fill(self.knowledge.questions.get(kind, {}), {}, {"about": term.label, **fields})
        return Question(kind, term, text, tuple(sorted(set(rules))))

    def _ask(self, kind: str, about: Node, text: Text, hit: Hit) -> Question:
        term = self.term(about)
        filled = self._template().fill(text, _terms(hit), {"about": term.label})
        return Question(kind, term, filled, (hit.rule.code,))

    def _template(self) -> Template:
        return Template(self.labels, self.view)

    def _gate_node(self, gate: Gate, hit: Hit) -> Node:
        return hit.focus if gate.on == "this" or hit.value is None else hit.value

    def _path_label(self, path: str) -> Text:
        iri = path[1:-1]
        return self.labels.of(ox.NamedNode(iri)) if path.startswith("<") and path.count("<") == 1 else {}

    def _location(self, hit: Hit) -> Location:
        lines = self.description.document.locations
        candidates = [node.value for node in (hit.value, hit.focus) if isinstance(node, ox.NamedNode)]
        found = (lines.of(iri) for iri in [*candidates, self.description.iri])
        return Location(self.description.document.path, next((line for line in found if line is not None), None))

    def _citations(self, *nodes: Node | None) -> tuple:  # type: ignore[type-arg]
        every = (*nodes, ox.NamedNode(self.description.iri))
        return statement_citations(self.view, self.knowledge.index, *every)

    def _decisions(self, hit: Hit) -> Iterable[Decision]:
        for node in self.view.nodes(ox.NamedNode(self.description.iri), CKG.decision):
            about = self.view.objects(node, CKG.about)
            if self.view.has(node, CKG.finding, ox.NamedNode(hit.rule.iri)) and (
                not about or hit.focus in about or hit.value in about
            ):
                yield self._decision(node)

    def _decision(self, node: ox.NamedNode | ox.BlankNode) -> Decision:
        kind = self.view.one(node, CKG.decides)
        return Decision(
            decides=kind.value.rpartition("#")[2] if isinstance(kind, ox.NamedNode) else "",
            role=self.view.text(node, CKG.byRole),
            reason=self.view.text(node, CKG.reason),
            date=self.view.text(node, CKG.date),
            reply=self.view.text(node, CKG.reply),
            agreed_action=self.view.text(node, CKG.agreedAction),
            deadline=self.view.text(node, CKG.deadline),
            sources=statement_citations(self.view, self.knowledge.index, node),
        )


def _terms(hit: Hit) -> dict[str, Node | None]:
    return {"$this": hit.focus, "?value": hit.value} | {f"${p.name}": p.value for p in hit.rule.parameters}


def merged(questions: Iterable[Question]) -> tuple[Question, ...]:
    """The same question asked for several rules is asked once; sorted by the rules that it decides."""
    found: dict[tuple[str, str], Question] = {}
    for question in questions:
        key = (question.about.value, str(sorted(question.text.items())))
        old = found.get(key, question)
        rules = tuple(sorted({*question.decides, *old.decides}, key=natural))
        found[key] = Question(old.kind, old.about, old.text, rules)
    return tuple(sorted(found.values(), key=_question_key))


def _question_key(question: Question) -> tuple[object, ...]:
    codes = [natural(code) for code in question.decides]
    return codes, question.kind, question.about.value, sorted(question.text.items())


__all__ = ["Rule", "Speaker", "merged"]
