"""The contents of the pages about modules, terms, schemes, concepts and documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from clusterkg.namespaces import CKG, OWL, RDFS, SKOS
from clusterkg.rules import sources_of
from clusterkg.vocabulary_pages.catalogue import Catalogue, Entry, sort_key
from clusterkg.vocabulary_pages.class_diagram import ClassDiagram
from clusterkg.vocabulary_pages.facts import Facts
from clusterkg.vocabulary_pages.page import Item, Page, Section, Table, TableRow, cells, lines
from clusterkg.vocabulary_pages.reading import Reading
from clusterkg.vocabulary_pages.rule_diagrams import RuleDiagrams
from clusterkg.vocabulary_pages.speaking import Part, Speaker

_TERMS = ("class", "property", "view-term")


class Content:
    """Makes pages in one language. What a kind of page has of its own is a method of the kind's name."""

    def __init__(self, catalogue: Catalogue, reading: Reading, say: Speaker) -> None:
        self.catalogue = catalogue
        self.reading = reading
        self.say = say
        self.facts = Facts(catalogue, say)
        self.rule_diagrams = RuleDiagrams(catalogue, reading, say)
        self._cited_by: dict[str, list[Entry]] | None = None

    def page(self, entry: Entry) -> Page:
        """The page about an entry."""
        sections = {
            "module": self._module,
            "class": self._class,
            "property": self._property,
            "view-term": self._property,
            "scheme": self._scheme,
            "source": self._source,
        }
        special = sections.get(entry.kind, self._thing)
        parts = [section for section in special(entry) if section is not None]
        return Page(
            entry,
            self.kind(entry.kind),
            tuple(self.facts.prose(entry)),
            tuple(self.facts.notes(entry)),
            self.origin(entry),
            tuple(self.facts.stated(entry)),
            tuple(parts),
        )

    def kind(self, kind: str) -> str:
        """What a kind of page is called."""
        key = f"kind.{kind}"
        return self.say.ui(key) if key in self.say.ui.messages else kind

    def kind_plural(self, kind: str) -> str:
        """What pages of a kind are called."""
        key = f"kinds.{kind}"
        return self.say.ui(key) if key in self.say.ui.messages else kind

    def origin(self, entry: Entry) -> tuple[tuple[Part, ...], ...]:
        """Where it is from: documents; failing that, that it is ours; and its module."""
        found = [*self.facts.sources(entry)]
        if self.facts.is_ours(entry):
            found.append((self.say.say("origin.ours"),))
        found += [(self.say.say("origin.module"), Part(" "), part) for part in self.facts.modules(entry)]
        return tuple(found)

    def pointed(self, entry: Entry, *without: ox.NamedNode) -> Section | None:
        """What points at it."""
        fields = self.facts.pointed(entry, without)
        return Section(self.say.ui("section.pointed"), "pointed", fields=tuple(fields)) if fields else None

    def rules_reading(self, entry: Entry) -> Section | None:
        """The rules that read it."""
        return self.listed("section.rules-reading", "rules", self.reading.rules_reading.get(entry.iri, []))

    def listed(self, key: str, anchor: str, iris: Iterable[str]) -> Section | None:
        """A section that lists things; None where there are none."""
        parts = self.facts.refs(iris)
        return Section(self.say.ui(key), anchor, values=lines(parts)) if parts else None

    def table(self, key: str, anchor: str, entries: Iterable[Entry], level: int = 2) -> Section | None:
        """A section with things and their definitions; None where there are none."""
        rows = tuple(
            cells([self._named(entry)], self.facts.prose(entry)[:1], anchor=entry.local)
            for entry in sorted(entries, key=lambda one: sort_key(one.code or self.say.link(one).text))
        )
        if not rows:
            return None
        table = Table((self.say.ui("column.name"), self.say.ui("column.meaning")), rows)
        return Section(self.say.ui(key), anchor, table=table, level=level)

    def _named(self, entry: Entry) -> Part:
        part = self.say.link(entry)
        return Part(f"{entry.code} {part.text}".strip(), part.lang, part.href)

    def _thing(self, entry: Entry) -> Iterator[Section | None]:
        yield self.rules_reading(entry)
        yield self.pointed(entry)

    def _module(self, entry: Entry) -> Iterator[Section | None]:
        parts = self.catalogue.index.nodes(entry.node, OWL.imports)
        yield self.table("section.modules", "modules", [e for n in parts if (e := self.catalogue.get(n)) is not None])
        drawing = ClassDiagram(self.catalogue, self.facts, self.say).draw(entry)
        if drawing is not None:
            yield Section(self.say.ui("section.diagram"), "diagram", drawing=drawing)
        defined = self.catalogue.index.subjects(RDFS.isDefinedBy, entry.node)
        mine = [e for node in dict.fromkeys(defined) if (e := self.catalogue.get(node)) is not None]
        yield self.table("section.classes", "classes", [e for e in mine if e.kind == "class"])
        yield self.table("section.properties", "properties", [e for e in mine if e.kind in ("property", "view-term")])
        yield self.table("section.others", "others", [e for e in mine if e.kind not in (*_TERMS, "module")])

    def _class(self, entry: Entry) -> Iterator[Section | None]:
        own = self.facts.properties(entry, RDFS.domain)
        yield self._properties("section.own-properties", "properties", [e for e in own if e.kind != "view-term"])
        yield self._properties("section.view-properties", "view-properties", [e for e in own if e.kind == "view-term"])
        for above in self._above(entry):
            inherited = self._properties(
                "section.inherited", f"from-{above.local}", self.facts.properties(above, RDFS.domain)
            )
            if inherited is not None:
                title = self.say.ui("section.inherited", name=self.say.link(above).text)
                yield Section(title, inherited.anchor, table=inherited.table, level=3 if own else 2)
        yield self.listed("section.range-of", "range-of", [e.iri for e in self.facts.properties(entry, RDFS.range)])
        yield self.rules_reading(entry)
        yield self.pointed(entry, RDFS.domain, RDFS.range)

    def _property(self, entry: Entry) -> Iterator[Section | None]:
        queries = [
            (Part(query.name, href=f"{self.say.base}view.html#{query.name}", code=True),)
            for query in self.reading.deriving(entry.iri)
        ]
        if queries:
            yield Section(self.say.ui("section.derived-by"), "derived-by", values=tuple(queries))
        yield self.rules_reading(entry)
        yield self.pointed(entry)

    def _scheme(self, entry: Entry) -> Iterator[Section | None]:
        concepts = [self.catalogue.get(node) for node in self.catalogue.index.subjects(SKOS.inScheme, entry.node)]
        known = {one.iri: one for one in concepts if one is not None}
        concerned = [rule for rule in self.catalogue.rules.values() if rule.concerns in known]
        ordered = self._by_rank(known.values())
        if concerned:
            stages = [one for one in ordered if any(rule.concerns == one.iri for rule in concerned)]
            yield Section(
                self.say.ui("section.diagram"), "diagram", drawing=self.rule_diagrams.stages(stages, concerned)
            )
        broader = SKOS.broader
        below: dict[str, list[Entry]] = {}
        for one in ordered:
            above = [n.value for n in self.catalogue.index.nodes(one.node, broader) if isinstance(n, ox.NamedNode)]
            parent = next((iri for iri in above if iri in known and iri != one.iri), "")
            below.setdefault(parent, []).append(one)
        tree = tuple(self._item(one, below, frozenset()) for one in below.get("", []))
        if tree:
            yield Section(self.say.ui("section.concepts", n=len(known)), "concepts", tree=tree)
        yield self.rules_reading(entry)
        yield self.pointed(entry)

    def _source(self, entry: Entry) -> Iterator[Section | None]:
        rows = [self._citing(one, entry) for one in self._citers().get(entry.iri, [])]
        if rows:
            headings = (self.say.ui("column.name"), self.say.ui("column.kind"), self.say.ui("column.locator"))
            yield Section(self.say.ui("section.cited-by", n=len(rows)), "cited-by", table=Table(headings, tuple(rows)))
        yield self.pointed(entry)

    def _citing(self, one: Entry, document: Entry) -> TableRow:
        found = [s for s in sources_of(self.catalogue.index, one.node) if s.document == document.iri]
        return cells([self._named(one)], [Part(self.kind(one.kind))], [self.say.words(s.locator) for s in found])

    def _citers(self) -> dict[str, list[Entry]]:
        """Who cites a document, by the document's IRI."""
        if self._cited_by is None:
            self._cited_by = {}
            for one in self.catalogue.entries.values():
                for document in dict.fromkeys(s.document for s in sources_of(self.catalogue.index, one.node)):
                    self._cited_by.setdefault(document, []).append(one)
        return self._cited_by

    def _properties(self, key: str, anchor: str, entries: list[Entry]) -> Section | None:
        if not entries:
            return None
        headings = (self.say.ui("column.name"), self.say.ui("column.range"), self.say.ui("column.meaning"))
        rows = tuple(
            cells(
                [self._named(entry)],
                [self.say.ref(node.value) for node in self.facts.classes(entry, RDFS.range)],
                self.facts.prose(entry)[:1],
            )
            for entry in entries
        )
        return Section(self.say.ui(key, name=""), anchor, table=Table(headings, rows))

    def _above(self, entry: Entry) -> list[Entry]:
        """The named classes above a class, nearest first."""
        found: list[Entry] = []
        queue = [entry]
        while queue:
            for node in self.catalogue.index.nodes(queue.pop(0).node, RDFS.subClassOf):
                above = self.catalogue.get(node)
                if above is not None and above not in found and above != entry:
                    found.append(above)
                    queue.append(above)
        return found

    def _by_rank(self, entries: Iterable[Entry]) -> list[Entry]:
        def rank(entry: Entry) -> int:
            stated = self.catalogue.index.text(entry.node, CKG.rank)
            return int(stated) if stated.isdigit() else 0

        return sorted(entries, key=lambda one: (rank(one), sort_key(self.say.link(one).text), one.iri))

    def _item(self, entry: Entry, below: dict[str, list[Entry]], seen: frozenset[str]) -> Item:
        children = [one for one in below.get(entry.iri, []) if one.iri not in seen]
        text = next(iter(self.facts.prose(entry)), Part(""))
        deeper = tuple(self._item(one, below, seen | {entry.iri}) for one in children)
        return Item(self._named(entry), text, deeper)
