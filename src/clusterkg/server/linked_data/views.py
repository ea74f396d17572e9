"""A neighbourhood as it is shown: properties by name with their values, nameless parts inside, sources by number."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from clusterkg.namespaces import CKG, DCTERMS, ENTAILED_GRAPH, GENID_BASE, RDF, RDFS, SKOS, XSD
from clusterkg.rendering.language import Language
from clusterkg.server.linked_data.names import LABELS, Names, Words, pick
from clusterkg.server.linked_data.neighbourhood import Neighbourhood, Statement, is_part

_PROSE = (DCTERMS.description, SKOS.definition, RDFS.comment)
_FIRST = (RDF.type, *_PROSE)
_DEEPEST = 12
_FOLDED = 12
"""So many values of one property are shown at once; of more, the first ones."""
_AT_FIRST = 8


@dataclass(frozen=True, slots=True)
class Value:
    """A value: words, a link (`iri`), text of several lines (`block`), or a nameless part with properties of its own."""

    words: Words
    iri: str = ""
    block: bool = False
    time: bool = False
    sources: tuple[int, ...] = ()
    part: Part | None = None
    owner: tuple[str, Words] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A property and its values; `others` say in other languages what `values` say in the reader's."""

    iri: str
    words: Words
    values: tuple[Value, ...]
    others: tuple[Value, ...] = ()

    @property
    def shown(self) -> tuple[Value, ...]:
        """The values to show at once."""
        return self.values if len(self.values) <= _FOLDED else self.values[:_AT_FIRST]

    @property
    def folded(self) -> tuple[Value, ...]:
        """The values to show on request."""
        return self.values[len(self.shown) :]


@dataclass(frozen=True, slots=True)
class Part:
    """A thing within the page: what it is, what it is called, and its properties."""

    anchor: str
    kinds: tuple[tuple[str, Words], ...]
    groups: tuple[Group, ...]


@dataclass(slots=True)
class View:
    """What a page about a resource shows."""

    title: Words
    other_titles: Sequence[Words]
    kinds: Sequence[tuple[str, Words]]
    prose: Sequence[Value]
    other_prose: Sequence[Value]
    groups: Sequence[Group]
    incoming: Sequence[Group]
    graphs: Sequence[str] = field(default_factory=tuple)


def mentioned(found: Neighbourhood) -> set[str]:
    """Every IRI whose name the page needs."""
    iris = {found.iri}
    for one in found.statements():
        iris |= {term.value for term in (one.subject, one.predicate, one.object) if isinstance(term, NamedNode)}
    return {iri for iri in iris if not iri.startswith(GENID_BASE)}


def graphs_of(found: Neighbourhood) -> list[str]:
    """The graphs of what is told about the resource, sorted."""
    return sorted({one.graph for one in found.about if one.graph})


class Viewer:
    """Turns one neighbourhood into what is shown, in one language."""

    def __init__(self, found: Neighbourhood, names: Names, speaks: Language) -> None:
        self._found = found
        self._names = names
        self._speaks = speaks
        graphs = graphs_of(found)
        self._numbers = {graph: number for number, graph in enumerate(graphs, 1)}
        self._several = len([graph for graph in graphs if graph != ENTAILED_GRAPH]) > 1
        self._of: dict[object, dict[NamedNode, dict[object, set[str]]]] = {}
        for one in found.about:
            values = self._of.setdefault(one.subject, {}).setdefault(one.predicate, {})
            values.setdefault(one.object, set()).add(one.graph)
        self._shown: set[object] = set()

    def view(self) -> View:
        """The page."""
        node = NamedNode(self._found.iri)
        own = self._of.get(node, {})
        self._shown.add(node)
        prose, other_prose = _by_language(
            [value for predicate in _PROSE for value in self._values(own.get(predicate, {}), 1)]
        )
        left = {p: values for p, values in own.items() if p not in (*_PROSE, *LABELS, RDF.type)}
        groups = [*self._groups(left, 1), *self._loose(node)]
        return View(
            self._names.called(self._found.iri, self._speaks),
            self._other_titles(),
            self._kinds(node),
            prose,
            other_prose,
            groups,
            self._incoming(),
            graphs_of(self._found),
        )

    def cell(self, term: object) -> Value:
        """A term by itself, as a cell of a table."""
        if isinstance(term, BlankNode):
            return Value(Words(f"_:{term.value[:8]}", code=True))
        if isinstance(term, NamedNode):
            return Value(self._names.called(term.value, self._speaks), iri=term.value)
        return self._literal(term, ()) if isinstance(term, Literal) else Value(Words(str(term), code=True))

    def _other_titles(self) -> list[Words]:
        shown = self._names.called(self._found.iri, self._speaks).text
        labels = self._names.labels.get(self._found.iri, {})
        return [Words(told, tag) for tag, told in sorted(labels.items()) if told != shown and tag]

    def _kinds(self, node: NamedNode | BlankNode) -> tuple[tuple[str, Words], ...]:
        graphs = self._of.get(node, {}).get(RDF.type, {})
        stated = [one for one, where in graphs.items() if where - {ENTAILED_GRAPH}] or list(graphs)
        known = [one.value for one in stated if isinstance(one, NamedNode)]
        ours = [iri for iri in known if iri.startswith(str(CKG))] or known
        return tuple((iri, self._names.called(iri, self._speaks)) for iri in sorted(ours))

    def _loose(self, node: NamedNode) -> list[Group]:
        """Parts that nothing shown leads to, such as those whose owner stands on another page."""
        loose = [subject for subject in self._of if is_part(subject, node.value) and subject not in self._shown]
        found = []
        for subject in loose:
            if subject not in self._shown:
                value = self._value(subject, {""}, 1)
                found.append(value)
        return [Group("", Words(self._speaks("ld.parts")), tuple(found))] if found else []

    def _groups(self, properties: Mapping[NamedNode, Mapping[object, set[str]]], depth: int) -> list[Group]:
        groups = []
        for p, values in properties.items():
            own, others = _by_language(self._values(values, depth))
            groups.append(Group(p.value, self._names.called(p.value, self._speaks), tuple(own), tuple(others)))
        first = [one.value for one in _FIRST]
        return sorted(
            groups,
            key=lambda g: (
                first.index(g.iri) if g.iri in first else len(first),
                any(value.part for value in g.values),
                sort_key(g.words.text),
                g.iri,
            ),
        )

    def _values(self, values: Mapping[object, set[str]], depth: int) -> list[Value]:
        """Those in the reader's language first, then what has none, then other languages."""
        found = [self._value(term, graphs, depth) for term, graphs in values.items()]
        return sorted(found, key=_for_readers)

    def _value(self, term: object, graphs: set[str], depth: int) -> Value:
        numbers = self._marks(graphs)
        if isinstance(term, Literal):
            return self._literal(term, numbers)
        if isinstance(term, BlankNode) or (isinstance(term, NamedNode) and is_part(term, self._found.iri)):
            return self._part(term, numbers, depth)
        if isinstance(term, NamedNode):
            return Value(self._names.called(term.value, self._speaks), iri=term.value, sources=numbers)
        return Value(Words(str(term), code=True), sources=numbers)

    def _marks(self, graphs: set[str]) -> tuple[int, ...]:
        """The sources to name beside a value: none where all comes from one; what is inferred only, is always marked."""
        stated = graphs - {ENTAILED_GRAPH}
        shown = stated if stated and self._several else graphs if not stated else set()
        return tuple(sorted(self._numbers[graph] for graph in shown if graph in self._numbers))

    def _literal(self, term: Literal, numbers: tuple[int, ...]) -> Value:
        if term.language:
            own = term.language == self._speaks.code or term.language.startswith(self._speaks.code + "-")
            return Value(Words(term.value, "" if own else term.language), block="\n" in term.value, sources=numbers)
        if term.datatype == XSD.boolean and term.value in ("true", "false"):
            return Value(Words(self._speaks(f"ld.{term.value}")), sources=numbers)
        is_date = term.datatype in (XSD.date, XSD.gYear, XSD.gYearMonth)
        return Value(Words(term.value), block="\n" in term.value, time=is_date, sources=numbers)

    def _part(self, term: NamedNode | BlankNode, numbers: tuple[int, ...], depth: int) -> Value:
        """A nameless thing where it is first used; elsewhere a reference to it."""
        iri = term.value if isinstance(term, NamedNode) else ""
        words = self._own_name(term)
        if term in self._shown or term not in self._of or depth > _DEEPEST:
            return Value(words if words.text else Words(self._speaks("ld.nameless")), iri=iri, sources=numbers)
        self._shown.add(term)
        if items := self._list_of(term):
            return Value(Words(self._speaks("ld.list")), sources=numbers, part=self._list(items, depth))
        own = {p: values for p, values in self._of[term].items() if p not in (RDF.type, *LABELS)}
        if not words.text and CKG.document in own and set(own) <= {CKG.document, CKG.locator}:
            return self._citation(own, numbers)
        kinds = self._kinds(term)
        anchor = iri.partition("#")[2] if iri.startswith(self._found.iri + "#") else ""
        return Value(words, sources=numbers, part=Part(anchor, kinds, tuple(self._groups(own, depth + 1))))

    def _citation(self, own: Mapping[NamedNode, Mapping[object, set[str]]], numbers: tuple[int, ...]) -> Value:
        """A citation that says no more than the document and the place in it, in one line."""
        document = next(iter(own[CKG.document]))
        iri = document.value if isinstance(document, NamedNode) else ""
        name = self._names.called(iri, self._speaks) if iri else Words(str(document))
        places = {one.language or "": one.value for one in own.get(CKG.locator, {}) if isinstance(one, Literal)}
        place = pick(places, self._speaks).text
        return Value(Words(f"{name.text}, {place}" if place else name.text), iri=iri, sources=numbers)

    def _own_name(self, term: NamedNode | BlankNode) -> Words:
        texts: dict[str, str] = {}
        for predicate in reversed(LABELS):
            for value in self._of.get(term, {}).get(predicate, {}):
                if isinstance(value, Literal):
                    texts[value.language or ""] = value.value
        return pick(texts, self._speaks) if texts else Words("")

    def _list_of(self, term: object) -> list[object]:
        """The members of an RDF list that begins here; nothing for what is no list."""
        found: list[object] = []
        seen: set[object] = set()
        while term in self._of and RDF.first in self._of[term] and term not in seen:
            seen.add(term)
            found += list(self._of[term][RDF.first])
            self._shown.add(term)
            term = next(iter(self._of[term].get(RDF.rest, {RDF.nil: set()})))
        return found

    def _list(self, items: Sequence[object], depth: int) -> Part:
        values = tuple(self._value(item, set(), depth + 1) for item in items)
        return Part("", (), (Group("", Words(""), values),))

    def _incoming(self) -> list[Group]:
        owners: dict[object, Statement] = {one.object: one for one in self._found.owners}
        by_property: dict[NamedNode, dict[object, set[str]]] = {}
        for one in self._found.incoming:
            by_property.setdefault(one.predicate, {}).setdefault(one.subject, set()).add(one.graph)
        groups = []
        for predicate, subjects in by_property.items():
            values = [self._pointing(subject, owners.get(subject)) for subject in subjects]
            ordered = tuple(sorted(values, key=lambda value: (sort_key(value.words.text), value.iri)))
            groups.append(Group(predicate.value, self._names.called(predicate.value, self._speaks), ordered))
        return sorted(groups, key=lambda group: (sort_key(group.words.text), group.iri))

    def _pointing(self, subject: object, owner: Statement | None) -> Value:
        assert isinstance(subject, NamedNode)
        words = self._names.called(subject.value, self._speaks)
        if not subject.value.startswith(GENID_BASE) or self._names.has_name(subject.value):
            return Value(words, iri=subject.value)
        kinds = self._names.kinds(subject.value)
        words = self._names.called(kinds[0], self._speaks) if kinds else Words(self._speaks("ld.nameless"))
        if owner is None or not isinstance(owner.subject, NamedNode):
            return Value(words, iri=subject.value)
        owning = self._names.called(owner.subject.value, self._speaks)
        return Value(words, iri=subject.value, owner=(owner.subject.value, owning))


def _for_readers(value: Value) -> tuple[bool, str, bool, str]:
    return bool(value.words.lang), value.words.lang, value.part is not None, sort_key(value.words.text)


def _by_language(values: Sequence[Value]) -> tuple[list[Value], list[Value]]:
    """Texts in the reader's language, with all that has no language; and those in others, unless they are all there is."""
    told = [value for value in values if not value.words.lang or value.part or value.iri]
    others = [value for value in values if value not in told]
    return (told, others) if told else (others, [])


def nameless_in(found: Neighbourhood) -> set[str]:
    """The nameless things that point at the resource: what they are is told by their type."""
    return {one.subject.value for one in found.incoming if isinstance(one.subject, NamedNode)}


def sort_key(name: str) -> str:
    """Sorts without regard to case and accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))
