"""The contents of the pages about rules, errors and profiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pyoxigraph as ox

from clusterkg.namespaces import CKG, SH, SKOS
from clusterkg.rules import Parameter, Profile, Rule
from clusterkg.vocabulary_pages.catalogue import Entry, local_name
from clusterkg.vocabulary_pages.content import Content
from clusterkg.vocabulary_pages.page import Item, Page, Section, Table, cells, lines
from clusterkg.vocabulary_pages.rule_diagrams import role_name
from clusterkg.vocabulary_pages.speaking import Field, Part, Value

_PLACE = re.compile(r"{([^}]*)}")


class RuleContent(Content):
    """Makes every page; those about rules, errors and profiles here."""

    def page(self, entry: Entry) -> Page:
        """The page about an entry."""
        if entry.kind == "rule" and entry.iri in self.catalogue.rules:
            return self._rule(entry, self.catalogue.rules[entry.iri])
        if entry.kind == "profile" and entry.iri in self.catalogue.profiles:
            return self._profile(entry, self.catalogue.profiles[entry.iri])
        if any(rule.concerns == entry.iri for rule in self.catalogue.rules.values()):
            return self._concerned(entry)
        return super().page(entry)

    def _rule(self, entry: Entry, rule: Rule) -> Page:
        sections = [
            self._parameters(rule.parameters),
            self.listed("section.remedies", "remedies", self._remedies(rule)),
            self.listed("section.reads", "reads", self.reading.terms_of[rule.iri]),
            *self._baked(rule),
        ]
        return Page(
            entry,
            self.kind("rule"),
            origin=self.say.all_cited(rule.sources),
            fields=tuple(self._rule_fields(entry, rule)),
            sections=tuple(section for section in sections if section is not None),
        )

    def _rule_fields(self, entry: Entry, rule: Rule) -> Iterator[Field]:
        yield self._field("field.concerns", lines(self.facts.refs([rule.concerns])))
        yield self._field("field.role", self._role(entry, rule))
        used = [p.iri for p in self.catalogue.profiles.values() if rule.iri in {r.iri for r in p.rules}]
        yield self._field("field.profiles", lines(self.facts.refs(used)))
        message = "field.message.evidence" if rule.role in ("evidences", "conditions") else "field.message"
        yield self._field(message, ((self._shown(rule, rule.message),),))
        if rule.question:
            yield self._field("field.question", ((self._shown(rule, rule.question),),))
        if rule.gates:
            yield self._field("field.gate", tuple(self._gates(rule)))
        if rule.stages:
            yield self._field("field.stages", lines(self.facts.refs(rule.stages)))
        if rule.needs_other_descriptions:
            yield self._field("field.needs", ((self.say.say("field.needs.others"),),))
        severity = [t.object for t in rule.triples if t.subject == entry.node and t.predicate == SH.severity]
        yield self._field(
            "field.severity", tuple((self.say.ref(n.value),) for n in severity if isinstance(n, ox.NamedNode))
        )
        yield self._field("field.looks-at", lines(self.facts.refs(n.value for n in rule.targets)))
        yield self._field("field.file", ((Part(rule.file, code=True),),))

    def _role(self, entry: Entry, rule: Rule) -> tuple[Value, ...]:
        named = self.catalogue.index.one(entry.node, CKG.role)
        told = Part(role_name(self.say, rule.role))
        return (
            ((told, Part(" ("), self.say.ref(named.value), Part(")")),)
            if isinstance(named, ox.NamedNode)
            else ((told,),)
        )

    def _gates(self, rule: Rule) -> Iterator[Value]:
        for gate in rule.gates:
            yield (
                (self.say.ref(gate.list),)
                if gate.on == "this"
                else (
                    self.say.ref(gate.list),
                    Part(" ("),
                    Part(f"?{gate.on}", code=True),
                    Part(")"),
                )
            )

    def _shown(self, rule: Rule, texts: Mapping[str, str]) -> Part:
        """A message without a case: thresholds filled in, everything else left open."""
        part = self.say.words(texts)
        values = {parameter.name: parameter.value.value for parameter in rule.parameters}
        shown = _PLACE.sub(lambda match: values.get(match[1].removeprefix("$"), "…"), part.text)
        return Part(shown.replace("….", "…"), part.lang)

    def _parameters(self, parameters: Sequence[Parameter]) -> Section | None:
        if not parameters:
            return None
        columns = ("column.parameter", "column.meaning", "column.value", "column.since", "column.source")
        rows = tuple(
            cells(
                [Part(p.name, code=True)],
                [self.say.words(p.label)],
                [Part(f"{p.value.value} {self._unit(p)}".strip())],
                [Part(p.valid_from or "—")],
                [
                    Part(
                        "; ".join("".join(part.text for part in value) for value in self.say.all_cited(p.sources))
                        or "—"
                    )
                ],
            )
            for p in parameters
        )
        return Section(
            self.say.ui("section.parameters"), "parameters", table=Table(tuple(self.say.ui(c) for c in columns), rows)
        )

    def _unit(self, parameter: Parameter) -> str:
        if not parameter.unit:
            return ""
        known = self.say.ref(parameter.unit)
        key = f"unit.{local_name(parameter.unit)}"
        return self.say.ui(key) if key in self.say.ui.messages else "" if known.code else known.text

    def _remedies(self, rule: Rule) -> list[str]:
        """Its own, and those of what it concerns."""
        inherited = self.catalogue.index.nodes(ox.NamedNode(rule.concerns), CKG.remedy)
        return [*rule.remedies, *(n.value for n in inherited if isinstance(n, ox.NamedNode))]

    def _baked(self, rule: Rule) -> Iterator[Section]:
        made = self.reading.baked(rule)
        note = (self.say.say("section.baked.help"),)
        yield Section(self.say.ui("section.baked"), "baked", text=note, code=tuple(self.reading.linked(made.turtle)))
        for name, query in made.queries:
            title = self.say.ui("section.query", name=name)
            yield Section(title, name.replace("#", "-"), code=tuple(self.reading.linked(query)), level=3)

    def _concerned(self, entry: Entry) -> Page:
        """An error, a stage, or whatever else rules concern: the page that it has anyway, and the rules."""
        rules = [rule for rule in self.catalogue.rules.values() if rule.concerns == entry.iri]
        drawing = self.rule_diagrams.reads(entry, rules)
        success = self._success(entry)
        mine = [
            success,
            Section(self.say.ui("section.diagram"), "reading", drawing=drawing) if drawing else None,
            *self._by_role(rules),
        ]
        page = super().page(entry)
        return replace(
            page,
            fields=tuple(self.facts.stated(entry, [CKG.success] if success else [])),
            sections=(*(section for section in mine if section is not None), *page.sections),
        )

    def _success(self, entry: Entry) -> Section | None:
        found = [self.catalogue.get(node) for node in self.catalogue.index.nodes(entry.node, CKG.success)]
        known = [one for one in found if one is not None]
        if not known:
            return None
        text = [part for one in known for part in (self.say.link(one), *self.facts.prose(one))]
        return Section(self.say.ui("section.success"), "success", text=tuple(text))

    def _by_role(self, rules: Sequence[Rule]) -> Iterator[Section]:
        for role in dict.fromkeys(rule.role for rule in sorted(rules, key=lambda r: self.rule_diagrams.order(r.role))):
            chosen = [rule for rule in rules if rule.role == role]
            title = self.say.ui("section.rules-of-role", role=role_name(self.say, role))
            yield Section(title, f"role-{role}", table=self._rule_table(chosen))

    def _rule_table(self, rules: Iterable[Rule]) -> Table:
        headings = tuple(self.say.ui(c) for c in ("column.rule", "column.says", "column.gate", "column.source"))
        rows = tuple(
            cells(
                self.facts.refs([rule.iri]),
                [self._shown(rule, rule.message)],
                [self.say.ref(gate.list) for gate in rule.gates] or [Part("—")],
                [Part("".join(part.text for part in value)) for value in self.say.all_cited(rule.sources)],
                anchor=rule.code,
            )
            for rule in rules
        )
        return Table(headings, rows)

    def _profile(self, entry: Entry, profile: Profile) -> Page:
        sections: list[Section] = []
        concerned = list(dict.fromkeys(rule.concerns for rule in profile.rules))
        stages = self._ordered_concepts(concerned)
        if stages:
            drawing = self.rule_diagrams.stages(stages, profile.rules)
            sections.append(Section(self.say.ui("section.diagram"), "diagram", drawing=drawing))
        sections += self._overview(concerned)
        for iri in concerned:
            rules = [rule for rule in profile.rules if rule.concerns == iri]
            title = "".join(part.text for part in self.facts.refs([iri]))
            sections.append(Section(title, f"about-{local_name(iri)}", table=self._rule_table(rules)))
        return Page(
            entry,
            self.kind("profile"),
            (self.say.words(profile.description),),
            origin=self.say.all_cited(profile.sources),
            fields=tuple(self._profile_fields(profile)),
            sections=tuple(sections),
        )

    def _overview(self, concerned: Sequence[str]) -> Iterator[Section]:
        entries = [entry for iri in concerned if (entry := self.catalogue.get(iri)) is not None]
        tree = tuple(Item(self._named(e), next(iter(self.facts.prose(e)), Part(""))) for e in entries)
        yield Section(self.say.ui("section.concerned"), "concerned", tree=tree)

    def _profile_fields(self, profile: Profile) -> Iterator[Field]:
        yield self._field("field.rules", ((Part(str(len(profile.rules))),),))
        if profile.inherits:
            yield self._field("field.inherits", lines(self.facts.refs(profile.inherits)))
        if profile.minimum_standing:
            yield self._field("field.standing", lines(self.facts.refs([profile.minimum_standing])))
        if profile.applies_always:
            yield self._field("field.always", ((self.say.say("value.true"),),))

    def _ordered_concepts(self, iris: Iterable[str]) -> list[Entry]:
        """Those that are ranked concepts of a scheme, in their order."""
        entries = [entry for iri in iris if (entry := self.catalogue.get(iri)) is not None]
        index = self.catalogue.index
        ranked = [e for e in entries if index.text(e.node, CKG.rank) and index.objects(e.node, SKOS.inScheme)]
        return self._by_rank(ranked)

    def _field(self, key: str, values: tuple[Value, ...]) -> Field:
        return Field(self.say.say(key), values)
