"""Profiles: which rules and thresholds belong together, with inheritance and overrides resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from clusterkg.errors import ConfigurationError, UsageError, nearest
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, DCTERMS, RDF, RDFS
from clusterkg.rules import (
    Parameter,
    Profile,
    Rule,
    natural,
    parameter_of,
    parse_shapes,
    read_rules,
    sources_of,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Override:
    """A profile's own value for a parameter of an inherited rule."""

    rule: str
    parameter: Parameter


class RuleBook:
    """All profiles that a shapes folder holds."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        """Keep profiles by code."""
        self.profiles = dict(sorted(profiles.items()))

    def profile(self, code: str) -> Profile:
        """The profile of that code.

        Raises:
            UsageError: when there is none; names the nearest.
        """
        if code in self.profiles:
            return self.profiles[code]
        near = nearest(code, self.profiles)
        known = ", ".join(self.profiles)
        raise UsageError(
            {"es": f"No existe el perfil «{code}».", "en": f"There is no profile “{code}”."},
            hint={
                "es": (f"¿Quiso decir «{near}»? " if near else "") + f"Perfiles: {known}.",
                "en": (f"Did you mean “{near}”? " if near else "") + f"Profiles: {known}.",
            },
        )

    def applied(self, code: str) -> tuple[Rule, ...]:
        """The rules that a check against a profile runs: its own, and those of profiles that apply always (form, life cycle)."""
        chosen = {
            rule.iri: rule for profile in self.profiles.values() if profile.applies_always for rule in profile.rules
        }
        chosen |= {rule.iri: rule for rule in self.profile(code).rules}
        return tuple(sorted(chosen.values(), key=lambda rule: natural(rule.code)))

    @classmethod
    def load(cls, folder: Path) -> RuleBook:
        """Read every profile below `folder`.

        Raises:
            ConfigurationError: for broken Turtle, a rule without code, role or error, a profile that inherits from nothing known.
        """
        drafts: dict[str, tuple[Profile, tuple[Override, ...]]] = {}
        for path in sorted(folder.glob("**/profile.ttl")):
            profile, overrides = _read_profile(path)
            drafts[profile.iri] = (profile, overrides)
        resolved = {iri: _resolve(iri, drafts, ()) for iri in drafts}
        return cls({profile.code: profile for profile in resolved.values()})


def _read_profile(path: Path) -> tuple[Profile, tuple[Override, ...]]:
    index = Index(parse_shapes(path))
    subject = next(iter(index.subjects(RDF.type, CKG.Profile)), None)
    code = index.text(subject, CKG.code) if subject is not None else ""
    if not isinstance(subject, ox.NamedNode) or not code:
        raise ConfigurationError(
            {"es": "El perfil no se describe a sí mismo.", "en": "The profile does not describe itself."},
            file=str(path),
        )
    files = [p for p in sorted(path.parent.glob("*.ttl")) if p.name != "profile.ttl"]
    rules = tuple(rule for file in files for rule in read_rules(file))
    overrides = tuple(
        Override(value_of(index.one(node, CKG.rule)), parameter_of(index, node))
        for node in index.nodes(subject, CKG.override)
    )
    profile = Profile(
        iri=subject.value,
        code=code,
        label=index.texts(subject, RDFS.label),
        description=index.texts(subject, DCTERMS.description),
        inherits=tuple(sorted(value_of(o) for o in index.objects(subject, CKG.inherits))),
        minimum_standing=value_of(index.one(subject, CKG.minimumStanding)),
        applies_always=index.text(subject, CKG.appliesAlways) == "true",
        sources=sources_of(index, subject),
        rules=rules,
    )
    return profile, overrides


def _resolve(iri: str, drafts: Mapping[str, tuple[Profile, tuple[Override, ...]]], seen: tuple[str, ...]) -> Profile:
    if iri not in drafts or iri in seen:
        raise ConfigurationError(
            {
                "es": f"El perfil {iri} no existe o se hereda a sí mismo.",
                "en": f"Profile {iri} does not exist or inherits itself.",
            }
        )
    profile, overrides = drafts[iri]
    rules = {rule.iri: rule for rule in profile.rules}
    standing = profile.minimum_standing
    for parent in profile.inherits:
        inherited = _resolve(parent, drafts, (*seen, iri))
        standing = standing or inherited.minimum_standing
        rules = {rule.iri: rule for rule in inherited.rules} | rules
    for override in overrides:
        rules[override.rule] = _overridden(rules.get(override.rule), override)
    ordered = tuple(sorted(rules.values(), key=lambda rule: natural(rule.code)))
    return replace(profile, rules=ordered, minimum_standing=standing)


def _overridden(rule: Rule | None, override: Override) -> Rule:
    if rule is None or rule.parameter(override.parameter.name) is None:
        raise ConfigurationError(
            {
                "es": f"El perfil cambia un parámetro que no existe: {override.rule} {override.parameter.name}.",
                "en": f"The profile overrides a parameter that does not exist: {override.rule} {override.parameter.name}.",
            }
        )
    old = rule.parameter(override.parameter.name)
    merged = replace(override.parameter, label=override.parameter.label or (old.label if old else {}))
    return replace(rule, parameters=tuple(merged if p.name == merged.name else p for p in rule.parameters))
