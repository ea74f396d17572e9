"""What there is to check, ready to be shown: profiles, rules, errors, with labels and sources by language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode

from clusterkg.cli.failures import said
from clusterkg.diagnosis.knowledge import Knowledge
from clusterkg.errors import UsageError, did_you_mean, nearest
from clusterkg.namespaces import CKG, RDF, RDFS, XSD
from clusterkg.rendering.language import Language
from clusterkg.resources import resource
from clusterkg.rulebook import RuleBook
from clusterkg.rules import Parameter, Profile, Rule, Source
from clusterkg.vocabulary import Vocabulary, shipped_vocabulary

_NUMBERS = {XSD.integer: int, XSD.decimal: float, XSD.double: float}


@dataclass(frozen=True)
class Library:
    """The rule book and the vocabulary together."""

    book: RuleBook
    vocabulary: Vocabulary
    knowledge: Knowledge

    def rule(self, code: str, profile: str | None) -> tuple[Rule, Profile] | None:
        """A rule and the profile to show it from: the one named, else its own; None where there is no such rule."""
        profiles = [self.book.profile(profile)] if profile else list(self.book.profiles.values())
        found = [(rule, each) for each in profiles for rule in each.rules if rule.code.casefold() == code.casefold()]
        return next((pair for pair in found if pair[0].profile == pair[1].iri), found[0] if found else None)

    def concept(self, code: str, kind: NamedNode) -> NamedNode | None:
        """The error, or the success, that has a code."""
        for node in self.knowledge.index.subjects(RDF.type, kind):
            if isinstance(node, NamedNode) and self.knowledge.index.text(node, CKG.code).casefold() == code.casefold():
                return node
        return None

    def code_of(self, iri: str) -> str:
        """The code of an error or document, else the last part of its IRI."""
        return (
            self.knowledge.index.text(NamedNode(iri), CKG.code) or iri.replace("#", "/").rpartition("/")[2]
            if iri
            else ""
        )

    def label(self, iri: str, language: Language) -> str:
        """What a term is called."""
        return language.pick(self.vocabulary.labels(iri))

    def known_label(self, iri: str, language: Language) -> str:
        """What a term is called, where the vocabulary says so; an IRI from elsewhere without a label gives nothing."""
        if not iri.startswith(("http:", "https:")):
            return iri
        return language.pick(self.knowledge.index.texts(NamedNode(iri), RDFS.label))

    def cited(self, sources: Iterable[Source], language: Language) -> str:
        """`mhcluster, error 7; cbm, section 1.2`."""
        told = ((self.code_of(source.document), language.pick(source.locator)) for source in sources)
        return "; ".join(", ".join(part for part in pair if part) for pair in told)

    def unknown(self, code: str) -> UsageError:
        """The error for a code that names nothing; suggests the nearest."""
        near = nearest(code.upper(), self._codes())
        return UsageError(said("error.code-unknown", code=code), hint=did_you_mean(near) if near else None)

    def _codes(self) -> Iterator[str]:
        yield from (error.code for error in self.knowledge.errors.values())
        yield from (rule.code for profile in self.book.profiles.values() for rule in profile.rules)


@cache
def library() -> Library:
    """The shipped library; read once."""
    vocabulary = shipped_vocabulary()
    return Library(RuleBook.load(resource("shapes")), vocabulary, Knowledge(vocabulary))


def number(parameter: Parameter) -> int | float | str:
    """A threshold as a number, where it is one."""
    return native(parameter.value)


def native(value: Literal) -> int | float | str:
    """An RDF literal as Python has it: a number, else its text."""
    kind = _NUMBERS.get(value.datatype)
    return kind(value.value) if kind else value.value


def threshold(shelf: Library, parameter: Parameter, speaks: Language) -> str:
    """`Months without evaluation: 12 month (from 2026-11-01; source …)`."""
    unit = shelf.known_label(parameter.unit, speaks)
    notes = [speaks("explain.from", date=parameter.valid_from)] if parameter.valid_from else []
    notes += [shelf.cited(parameter.sources, speaks)] if parameter.sources else []
    label = speaks.pick(parameter.label) or parameter.name
    told = f"{label} ({parameter.name}): {number(parameter)}{' ' + unit if unit else ''}"
    return f"{told} [{'; '.join(notes)}]" if notes else told


def role_name(rule: Rule, speaks: Language) -> str:
    """What the role of a rule is called."""
    key = f"rule.{rule.role}"
    return speaks(key) if speaks.has(key) else rule.role
