"""Labels and messages: what a term is called, and templates filled with labels, values, parameters and look-ups in the view."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from clusterkg.diagnosis.model import Text
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, GENID_BASE, PREFIXES, RDF, RDFS

NO_VALUE = "…"
_LONGEST = 300
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_PLACE = re.compile(r"\{([$?]?[A-Za-z]+)(?:/([a-z]+):([A-Za-z]+))?\}")

Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Labels:
    """Labels of nodes: the description's own first, then the vocabulary's, then a readable part of the IRI."""

    def __init__(self, vocabulary: Index, view: Index, languages: tuple[str, ...]) -> None:
        """Look up in `view` first, then in `vocabulary`; `languages` are those in which every label is given."""
        self.languages = languages
        self._vocabulary = vocabulary
        self._view = view

    def of(self, term: object) -> Text:
        """The label in every language; a literal is its own label, and numbers keep their digits."""
        if isinstance(term, ox.Literal):
            return dict.fromkeys(self.languages, shortened(term.value))
        if not isinstance(term, ox.NamedNode):
            return dict.fromkeys(self.languages, "")
        found = self._view.texts(term, RDFS.label) or self._vocabulary.texts(term, RDFS.label) or self._described(term)
        fallback = next((found[tag] for tag in ("", "en", "es") if tag in found), next(iter(found.values()), ""))
        return {tag: shortened(found.get(tag) or fallback) for tag in self.languages}

    def _described(self, node: ox.NamedNode) -> dict[str, str]:
        """For a node without a label: its class and what it is about, else the last part of its IRI."""
        if not node.value.startswith(GENID_BASE):
            return {"": re.split(r"[/#]", node.value.rstrip("/#"))[-1]}
        types = [t for t in self._view.objects(node, RDF.type) if self._vocabulary.texts(t, RDFS.label)]
        kind = self._vocabulary.texts(types[0], RDFS.label) if types else {"": NO_VALUE}
        about = [
            names for t in self._view.about(node) if t.predicate in CKG for names in [self._name(t.object)] if names
        ][:2]
        return (
            {tag: f"{kind.get(tag) or kind.get('')}: {_joined(about, tag)}" for tag in self.languages}
            if about
            else kind
        )

    def _name(self, term: object) -> dict[str, str]:
        return self._view.texts(term, RDFS.label) if isinstance(term, ox.NamedNode) else {}


def shortened(text: str) -> str:
    """A label that fits a report: one of megabytes would be repeated in every message that names the thing."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + NO_VALUE


def _joined(names: list[dict[str, str]], tag: str) -> str:
    return ", ".join(found.get(tag) or next(iter(found.values())) for found in names)


class Template:
    """Fills `{$this}`, `{?value}`, `{$parameter}`, `{?value/now:ageMonths}` and named fields, in every language of a text."""

    def __init__(self, labels: Labels, view: Index) -> None:
        """Look up labels and values of the view."""
        self._labels = labels
        self._view = view

    def fill(
        self, text: Text, terms: Mapping[str, Value | None], fields: Mapping[str, Text | str] | None = None
    ) -> Text:
        """The text with every placeholder replaced; one that has no value becomes "…".

        What stands in `[[…]]` is left out where a placeholder inside has no value.
        """
        return {tag: self._one(text[tag], tag, terms, fields or {}) for tag in sorted(text)}

    def _one(self, template: str, tag: str, terms: Mapping[str, Value | None], fields: Mapping[str, Text | str]) -> str:
        def value(match: re.Match[str]) -> str:
            name, prefix, local = match.groups()
            if name in fields:
                field = fields[name]
                return field if isinstance(field, str) else field.get(tag, "")
            term = terms.get(name)
            if prefix:
                term = (
                    self._view.one(term, ox.NamedNode(PREFIXES.get(prefix, "") + local)) if term is not None else None
                )
            return self._labels.of(term).get(tag) or NO_VALUE if term is not None else NO_VALUE

        def optional(match: re.Match[str]) -> str:
            filled = _PLACE.sub(value, match[1])
            return "" if NO_VALUE in filled else filled

        return _PLACE.sub(value, _OPTIONAL.sub(optional, template))
