"""What has a page, where the page lies, and what the thing is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from clusterkg.errors import ConfigurationError, text
from clusterkg.graph import Index, Node
from clusterkg.namespaces import CKG, DCTERMS, ID_BASE, NOW, OWL, PREFIXES, RDF, RDFS, ROOT, SH, SKOS
from clusterkg.rulebook import RuleBook
from clusterkg.rules import Profile, Rule

# The first kind that fits decides the folder of a thing's page.
_FOLDERS: tuple[tuple[ox.NamedNode, str], ...] = (
    (OWL.Ontology, "module"),
    (OWL.Class, "class"),
    (RDFS.Datatype, "class"),
    (OWL.ObjectProperty, "property"),
    (OWL.DatatypeProperty, "property"),
    (OWL.AnnotationProperty, "property"),
    (SKOS.ConceptScheme, "scheme"),
    (CKG.Rule, "rule"),
    (CKG.Error, "error"),
    (CKG.Profile, "profile"),
    (CKG.SourceDocument, "source"),
)
TOLD_BY_KIND = frozenset(kind for kind, _ in _FOLDERS)
"""Classes that the kind of a page says already."""
_VIEW_TERM, _CONCEPT, _OTHER = "view-term", "concept", "individual"
_LABELS = (SKOS.prefLabel, RDFS.label, DCTERMS.title)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing with a page: its kind (the folder), the page's path below a language's folder, what it is called."""

    iri: str
    kind: str
    path: str
    label: Mapping[str, str]
    code: str

    @property
    def node(self) -> ox.NamedNode:
        """The thing itself."""
        return ox.NamedNode(self.iri)

    @property
    def local(self) -> str:
        """The last part of its IRI."""
        return local_name(self.iri)


class Catalogue:
    """Everything of ours that is named and typed, by IRI; sorted by kind, code or name."""

    def __init__(self, triples: Iterable[ox.Triple], book: RuleBook) -> None:
        """Find what has a page among `triples` (vocabulary, sources, shapes); `book` holds the rules of the shapes."""
        listed = list(triples)
        self.index = Index(listed)
        self.book = book
        self._subjects = dict.fromkeys(triple.subject for triple in listed)
        self.entries = self._entries()

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read the folder that holds ontology/, shapes/ and data/.

        Raises:
            ConfigurationError: for broken Turtle, or a rule or profile that lacks what each needs.
        """
        return cls(_triples(folder), RuleBook.load(folder / "shapes"))

    def of_kind(self, kind: str) -> list[Entry]:
        """Entries of that kind, sorted."""
        return self._by_kind.get(kind, [])

    def get(self, node: object) -> Entry | None:
        """The entry of a node or IRI, or None."""
        return self.entries.get(node.value if isinstance(node, ox.NamedNode) else str(node))

    def label(self, iri: str) -> Mapping[str, str]:
        """What a thing is called, by language; for a thing without label the shortened IRI."""
        return self._label(ox.NamedNode(iri)) or {"": shortened(iri)}

    def code(self, iri: str) -> str:
        """The code of a rule, an error, a document; else nothing."""
        return self.index.text(ox.NamedNode(iri), CKG.code)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Every rule, as the profile that states it has it, by IRI, in the order of codes."""
        own = (r for p in self.book.profiles.values() for r in p.rules if r.profile == p.iri)
        return {rule.iri: rule for rule in sorted(own, key=lambda rule: sort_key(rule.code))}

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """Profiles by IRI."""
        return {profile.iri: profile for profile in self.book.profiles.values()}

    @cached_property
    def pointing_at(self) -> dict[str, list[tuple[ox.NamedNode, ox.NamedNode]]]:
        """By IRI, what points at it: (predicate, subject), subjects being named."""
        found: dict[str, list[tuple[ox.NamedNode, ox.NamedNode]]] = {}
        for iri in self.entries:
            for triple in self.index.about(ox.NamedNode(iri)):
                if isinstance(triple.object, ox.NamedNode):
                    found.setdefault(triple.object.value, []).append((triple.predicate, ox.NamedNode(iri)))
        return found

    @cached_property
    def _by_kind(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            found.setdefault(entry.kind, []).append(entry)
        return found

    def _entries(self) -> dict[str, Entry]:
        kinds = {iri: kind for iri, kind in self._kinds() if kind}
        taken: set[str] = set()
        found: dict[str, Entry] = {}
        for iri in sorted(kinds, key=lambda iri: (kinds[iri], sort_key(self.code(iri) or local_name(iri)), iri)):
            path = _free(f"{kinds[iri]}/{_file_name(local_name(iri))}", taken)
            found[iri] = Entry(iri, kinds[iri], f"{path}.html", self.label(iri), self.code(iri))
        return found

    def _kinds(self) -> Iterator[tuple[str, str]]:
        for node in self._subjects:
            if isinstance(node, ox.NamedNode) and node.value.startswith(ROOT):
                yield node.value, self._kind(node)

    def _kind(self, node: ox.NamedNode) -> str:
        types = self.index.nodes(node, RDF.type)
        if not types:
            return ""
        folder = next((folder for kind, folder in _FOLDERS if kind in types), "")
        if folder == "property" and node in NOW:
            return _VIEW_TERM
        if folder:
            return folder
        if node.value.startswith(ID_BASE):
            return _file_name(node.value.removeprefix(ID_BASE).partition("/")[0])
        return _CONCEPT if self.index.objects(node, SKOS.inScheme) else _OTHER

    def _label(self, node: Node) -> dict[str, str]:
        found: dict[str, str] = {}
        for predicate in reversed(_LABELS):
            found |= self.index.texts(node, predicate)
        return found


def sort_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Puts TE-01-2 before TE-01-10, whatever else is in the list."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts if part)


def local_name(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]


def shortened(iri: str) -> str:
    """`ckg:Cluster`: the IRI with a prefix, where there is one; the longest stem wins."""
    stems = [(stem, name) for name, stem in PREFIXES.items() if iri.startswith(stem) and iri != stem]
    if not stems:
        return iri
    stem, name = max(stems, key=lambda pair: len(pair[0]))
    return f"{name}:{iri.removeprefix(stem)}"


def _file_name(name: str) -> str:
    """A name that every file system takes; a name that had to change gets a mark of its own."""
    clean = _UNSAFE.sub("-", name).strip(".-")
    return clean if clean == name else f"{clean[:60]}-{sha256(name.encode()).hexdigest()[:8]}"


def _free(path: str, taken: set[str]) -> str:
    """The path, or the path with a number where another differs from it by case only."""
    candidate, number = path, 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{path}-{number}"
    taken.add(candidate.lower())
    return candidate


def _triples(folder: Path) -> Iterator[ox.Triple]:
    register = folder / "data" / "sources.ttl"
    files = [*sorted((folder / "ontology").rglob("*.ttl")), *([register] if register.is_file() else [])]
    for path in [*files, *sorted((folder / "shapes").rglob("*.ttl"))]:
        try:
            for quad in ox.parse(path=path, rename_blank_nodes=True):
                if quad.subject not in SH:
                    yield quad.triple
        except (SyntaxError, OSError) as error:
            message = text("Este archivo del vocabulario está dañado.", "This file of the vocabulary is broken.")
            raise ConfigurationError(message, file=str(path), line=getattr(error, "lineno", None)) from error
