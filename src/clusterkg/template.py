"""An empty description to fill in: `schemas/description.template` with what the vocabulary says of every key and value.

In the template a line that starts with `?` is optional and comes out commented (`# `), `{SomeScheme}` stands for a
concept of that scheme, `{text}` for a text in the reader's language, and `*` for the lists that can be stated complete.
Explanations start with `##`, so that taking away `# ` never uncovers one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from clusterkg.graph import Index
from clusterkg.namespaces import CKG, RDF, RDFS, SKOS
from clusterkg.reading.terms import published_scope
from clusterkg.rendering.language import Language
from clusterkg.vocabulary import Vocabulary, shipped_vocabulary

_WIDTH = 118
_KEYS = re.compile(r"\b([a-z][A-Za-z]*):")
_PLACE = re.compile(r"{([A-Za-z-]+)}")
_SILENT = frozenset({"id", "type", "label"})


def yaml_template(speaks: Language) -> str:
    """The template as commented YAML; it reads as a description at once, and after any of its lines is uncommented."""
    return "\n".join(_Template(speaks, shipped_vocabulary()).lines()) + "\n"


class _Template:
    def __init__(self, speaks: Language, vocabulary: Vocabulary) -> None:
        self._speaks = speaks
        self._index = Index(quad.triple for quad in vocabulary.store)
        self._scope = published_scope()
        self._explained: set[str] = set()

    def lines(self) -> Iterator[str]:
        """The lines of the template, explanations first."""
        for key in ("template.title", "template.how", "template.check"):
            yield f"## {self._speaks(key)}"
        skeleton = (Path(__file__).parent / "schemas" / "description.template").read_text(encoding="utf-8")
        for line in skeleton.splitlines():
            if line == "*":
                yield from self._lists()
            elif line.strip():
                optional = line.startswith("?")
                content = line.removeprefix("?")
                yield from self._explanations(content)
                yield ("# " if optional else "") + _PLACE.sub(self._sample, content)
            else:
                yield ""

    def _explanations(self, content: str) -> Iterator[str]:
        indent = "## " + " " * (len(content) - len(content.lstrip()))
        keys = [key for key in _KEYS.findall(_PLACE.sub("", content)) if key not in _SILENT | self._explained]
        for key in keys:
            term = self._scope.terms.get(key)
            told = self._told(NamedNode(term.iri)) if term and not term.iri.startswith("@") else ""
            if told:
                self._explained.add(key)
                yield from _wrapped(f"{key}: {told}", indent)
        for scheme in _PLACE.findall(content):
            if scheme.endswith("Scheme") and scheme not in self._explained:
                self._explained.add(scheme)
                named = ", ".join(self._named(concept) for concept in self._concepts(scheme))
                yield from _wrapped(f"  {self._speaks('template.values')}: {named}", indent)

    def _told(self, term: NamedNode) -> str:
        label = self._speaks.pick(self._index.texts(term, RDFS.label))
        definition = self._speaks.pick(self._index.texts(term, SKOS.definition))
        return ". ".join(part for part in (label, definition) if part)

    def _lists(self) -> Iterator[str]:
        yield from _wrapped(self._speaks("template.complete"), "## ")
        for one in _sorted(self._index, self._index.subjects(RDF.type, CKG.DescribedList)):
            label = self._speaks.pick(self._index.texts(one, RDFS.label))
            yield f"#   - {CKG.local_name(one.value)}  ## {label}"

    def _concepts(self, scheme: str) -> list[NamedNode]:
        return _sorted(self._index, self._index.subjects(SKOS.inScheme, CKG[scheme]))

    def _named(self, concept: NamedNode) -> str:
        """`university (universidad)`, or the name alone where the label adds nothing."""
        name = CKG.local_name(concept.value)
        label = self._speaks.pick(self._index.texts(concept, RDFS.label))
        return name if not label or label.casefold() == name.casefold() else f"{name} ({label})"

    def _sample(self, match: re.Match[str]) -> str:
        place = match[1]
        if place.endswith("Scheme"):
            return CKG.local_name(self._concepts(place)[0].value)
        words = "…" if place == "text" else self._speaks(f"template.{place}")
        return f'{{{self._speaks.code}: "{words}"}}'


def _sorted(index: Index, nodes: object) -> list[NamedNode]:
    """Terms by their rank, then by name."""
    named = {node for node in nodes if isinstance(node, NamedNode)} if isinstance(nodes, list) else set()

    def order(node: NamedNode) -> tuple[int, str]:
        rank = index.one(node, CKG.rank)
        return int(rank.value) if isinstance(rank, Literal) else 0, node.value

    return sorted(named, key=order)


def _wrapped(content: str, indent: str) -> Iterator[str]:
    line = indent.rstrip()
    deeper = indent + "  "
    for word in content.split():
        if len(line) + 1 + len(word) > _WIDTH and line.strip("# "):
            yield line
            line = deeper.rstrip()
            prefix = deeper
        else:
            prefix = indent
        line = (prefix if not line.strip("# ") else line + " ") + word
    yield line
