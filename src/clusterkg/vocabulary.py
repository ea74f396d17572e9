"""The vocabulary as the program asks it: labels, classes, properties, what a property expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store, parse

from clusterkg.errors import ConfigurationError, nearest, text
from clusterkg.namespaces import CKG, DCTERMS, OWL, RDF, RDFS, SKOS
from clusterkg.resources import resources

_CLASS_KINDS = (OWL.Class, RDFS.Class)
_NODE_KINDS = (OWL.ObjectProperty,)
_VALUE_KINDS = (OWL.DatatypeProperty,)
_OTHER_KINDS = (OWL.AnnotationProperty, RDF.Property)
_ROOT = str(CKG).rstrip("#")
_LABELS = (SKOS.prefLabel, RDFS.label)


class Vocabulary:
    """Everything below ontology/ and the register of sources, in one store. Read only, by convention."""

    def __init__(self, store: Store) -> None:
        """Wrap a store that holds the vocabulary in its default graph."""
        self.store = store

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read `folder`/ontology/**/*.ttl and `folder`/data/sources.ttl.

        Raises:
            ConfigurationError: for a file that is no Turtle.
        """
        store = Store()
        register = folder / "data" / "sources.ttl"
        files = [*sorted((folder / "ontology").rglob("*.ttl")), *([register] if register.is_file() else [])]
        for path in files:
            try:
                store.extend(parse(path=path, rename_blank_nodes=True))
            except (SyntaxError, OSError) as error:
                message = text("Este archivo del vocabulario está dañado.", "This file of the vocabulary is broken.")
                raise ConfigurationError(message, file=str(path), line=getattr(error, "lineno", None)) from error
        return cls(store)

    def labels(self, iri: str) -> dict[str, str]:
        """Labels by language: always "es" and "en"; where one is missing the other, or the local name, stands in."""
        found = {
            term.language: term.value
            for predicate in reversed(_LABELS)
            for term in self._objects(iri, predicate)
            if isinstance(term, Literal)
        }
        return both_languages(found, iri)

    def superclasses(self, iri: str) -> frozenset[str]:
        """The class itself and all named classes above it."""
        return self._closure.get(iri, frozenset({iri}))

    def subclasses(self, iri: str) -> frozenset[str]:
        """The class itself and all named classes below it."""
        return frozenset({iri, *(name for name, above in self._closure.items() if iri in above)})

    def is_class(self, iri: str) -> bool:
        """Whether the vocabulary declares this class."""
        return iri in self.classes

    def is_property(self, iri: str) -> bool:
        """Whether the vocabulary declares this property, of whatever kind."""
        return iri in self.properties

    def is_individual(self, iri: str) -> bool:
        """Whether the vocabulary types this IRI as something else than a class or property."""
        return iri in self._types and not (iri in self.classes or iri in self.properties)

    def takes_nodes(self, iri: str) -> bool:
        """Whether values of this property are things, not literals."""
        return any(self._typed(iri, kind) for kind in _NODE_KINDS)

    def takes_values(self, iri: str) -> bool:
        """Whether values of this property are literals."""
        return any(self._typed(iri, kind) for kind in _VALUE_KINDS)

    def ranges(self, iri: str) -> frozenset[str]:
        """The named classes or datatypes that a property's `rdfs:range` states."""
        return frozenset(term.value for term in self._objects(iri, RDFS.range) if isinstance(term, NamedNode))

    def expected_datatypes(self, iri: str) -> frozenset[str]:
        """The datatypes of a property's literals (`rdfs:range` or `ckg:expectedDatatype`); empty: any."""
        return self._expected.get(iri, frozenset())

    def instances(self, iri: str) -> frozenset[str]:
        """The named individuals of a class or of a class below it."""
        return self._instances.get(iri, frozenset())

    def takes_names(self, iri: str) -> bool:
        """Whether values of this property are names from the vocabulary, such as concepts."""
        return iri in self._named

    def deprecated(self, iri: str) -> bool:
        """Whether a term is marked as deprecated."""
        return iri in self._deprecated

    def replacement(self, iri: str) -> str | None:
        """What replaces a deprecated term, if the vocabulary says so."""
        found = self._objects(iri, DCTERMS.isReplacedBy)
        return next((term.value for term in found if isinstance(term, NamedNode)), None)

    def nearest(self, word: str, iris: Iterable[str]) -> str | None:
        """The local name of the term of ours that `word` most likely meant: by its name, or by its label in any language."""
        known = [iri for iri in iris if iri.startswith(str(CKG))]
        if near := nearest(word, (CKG.local_name(iri) for iri in known)):
            return near
        by_label = {label.value.casefold(): iri for iri in sorted(known) for label in self._texts(iri)}
        close = nearest(word.casefold(), by_label)
        return CKG.local_name(by_label[close]) if close else None

    def _texts(self, iri: str) -> Iterator[Literal]:
        return (t for predicate in _LABELS for t in self._objects(iri, predicate) if isinstance(t, Literal))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that the vocabulary speaks: those of the root ontology's title, sorted. A language is added by adding texts."""
        return tuple(
            sorted(t.language for t in self._objects(_ROOT, DCTERMS.title) if isinstance(t, Literal) and t.language)
        )

    @cached_property
    def classes(self) -> frozenset[str]:
        """The IRIs of all declared classes."""
        return frozenset(name for kind in _CLASS_KINDS for name in self._of_type(kind))

    @cached_property
    def properties(self) -> frozenset[str]:
        """The IRIs of all declared properties."""
        kinds = (*_NODE_KINDS, *_VALUE_KINDS, *_OTHER_KINDS)
        return frozenset(name for kind in kinds for name in self._of_type(kind))

    @cached_property
    def individuals(self) -> frozenset[str]:
        """The IRIs of all named individuals: concepts, lists, errors, sources …"""
        return frozenset(self._types) - self.classes - self.properties

    @cached_property
    def _types(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for quad in self.store.quads_for_pattern(None, RDF.type, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                found.setdefault(quad.subject.value, set()).add(quad.object.value)
        return {name: frozenset(types) for name, types in found.items()}

    @cached_property
    def _closure(self) -> dict[str, frozenset[str]]:
        direct: dict[str, set[str]] = {}
        for quad in self.store.quads_for_pattern(None, RDFS.subClassOf, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                direct.setdefault(quad.subject.value, set()).add(quad.object.value)
        return {name: frozenset(_reachable(name, direct)) for name in direct}

    @cached_property
    def _instances(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for name, types in self._types.items():
            for above in {above for entry in types for above in self.superclasses(entry)}:
                found.setdefault(above, set()).add(name)
        return {name: frozenset(members) for name, members in found.items()}

    @cached_property
    def _expected(self) -> dict[str, frozenset[str]]:
        return {iri: self._expected_of(iri) for iri in self.properties}

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(iri for iri in self.properties if self._is_named(iri))

    @cached_property
    def _deprecated(self) -> frozenset[str]:
        found = self.store.quads_for_pattern(None, OWL.deprecated, None)
        return frozenset(q.subject.value for q in found if isinstance(q.subject, NamedNode) and _is_true(q.object))

    def _expected_of(self, iri: str) -> frozenset[str]:
        stated = {term.value for term in self._objects(iri, CKG.expectedDatatype) if isinstance(term, NamedNode)}
        return frozenset(stated) if stated else self.ranges(iri) if self.takes_values(iri) else frozenset()

    def _is_named(self, iri: str) -> bool:
        ranges = self.ranges(iri)
        if SKOS.Concept.value in ranges:
            return True
        found = [name for entry in ranges for name in self.instances(entry)]
        return bool(found) and all(name.startswith(str(CKG)) for name in found)

    def _typed(self, iri: str, kind: NamedNode) -> bool:
        return kind.value in self._types.get(iri, frozenset())

    def _of_type(self, kind: NamedNode) -> Iterator[str]:
        return (name for name, types in self._types.items() if kind.value in types)

    def _objects(self, iri: str, predicate: NamedNode) -> list[object]:
        return [quad.object for quad in self.store.quads_for_pattern(NamedNode(iri), predicate, None)]


@cache
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary that comes with the program; loaded once a process."""
    return Vocabulary.load(resources())


def both_languages(found: dict[str | None, str], iri: str) -> dict[str, str]:
    """Texts by language tag (None: untagged) → texts in "es" and "en".

    What is missing is taken from what is there, else from the IRI.
    """
    fallback = found.get(None) or found.get("en") or found.get("es") or next(iter(found.values()), None)
    local = fallback or iri.rstrip("/").rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    return {language: found.get(language) or _regional(found, language) or local for language in ("es", "en")}


def _is_true(term: object) -> bool:
    return isinstance(term, Literal) and term.value in ("true", "1")


def _regional(found: dict[str | None, str], language: str) -> str | None:
    return next(
        (value for tag, value in sorted(found.items(), key=str) if tag and tag.startswith(f"{language}-")), None
    )


def _reachable(start: str, direct: dict[str, set[str]]) -> set[str]:
    seen, queue = {start}, [start]
    while queue:
        for above in direct.get(queue.pop(), ()):
            if above not in seen:
                seen.add(above)
                queue.append(above)
    return seen
