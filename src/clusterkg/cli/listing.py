"""`clusterkg rules` and `clusterkg profiles`: what there is to check, with sources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from clusterkg.cli.options import format_option, lang_option, profile_option
from clusterkg.cli.output import emit, text_width, wants_color
from clusterkg.rendering.language import Language

if TYPE_CHECKING:
    from clusterkg.cli.library import Library
    from clusterkg.rules import Parameter, Profile, Rule, Source

Tree = dict[str, Any]


@click.command(
    epilog="""\b
Examples:
  clusterkg rules
  clusterkg rules --profile life-cycle --lang es
  clusterkg rules --format json"""
)
@profile_option
@lang_option
@format_option("text", "json")
def rules(*, profile: str, speaks: Language, form: str) -> None:
    """List the rules of a profile: code, role, thresholds, sources."""
    from clusterkg.cli.library import library

    shelf = library()
    chosen = shelf.book.profile(profile)
    if form == "json":
        emit(_json([rule_tree(shelf, rule, chosen, speaks) for rule in chosen.rules]))
    else:
        emit(_rules_text(shelf, chosen, speaks))


@click.command(
    epilog="""\b
Examples:
  clusterkg profiles
  clusterkg profiles --format json"""
)
@lang_option
@format_option("text", "json")
def profiles(*, speaks: Language, form: str) -> None:
    """List the profiles: sets of rules and thresholds."""
    from clusterkg.cli.library import library

    shelf = library()
    known = list(shelf.book.profiles.values())
    if form == "json":
        emit(_json([profile_tree(shelf, profile, speaks) for profile in known]))
    else:
        emit(_profiles_text(shelf, known, speaks))


def rule_tree(shelf: Library, rule: Rule, profile: Profile, speaks: Language) -> Tree:
    """A rule as a tree for JSON."""
    return {
        "code": rule.code,
        "iri": rule.iri,
        "error": shelf.code_of(rule.concerns),
        "errorIri": rule.concerns,
        "role": rule.role,
        "label": dict(rule.label),
        "message": dict(rule.message),
        "question": dict(rule.question),
        "sources": _sources(shelf, rule.sources, speaks),
        "parameters": [_parameter(shelf, parameter, speaks) for parameter in rule.parameters],
        "gates": [{"list": gate.list.rpartition("#")[2], "iri": gate.list, "on": gate.on} for gate in rule.gates],
        "remedies": list(rule.remedies),
        "needsOtherDescriptions": rule.needs_other_descriptions,
        "profile": profile.code,
    }


def _rules_text(shelf: Library, profile: Profile, speaks: Language) -> str:
    from clusterkg.cli.library import role_name, threshold
    from clusterkg.rendering.page import Page

    page = Page(text_width(None), color=wants_color(None))
    title = speaks.pick(profile.label) or profile.code
    page.line((speaks("rules.title", profile=title, n=len(profile.rules)), "bold"))
    concerned = ""
    for rule in profile.rules:
        if rule.concerns != concerned:
            concerned = rule.concerns
            page.gap()
            page.line((f"{shelf.code_of(concerned)} {shelf.label(concerned, speaks)}", "bold"), hanging=2)
        role = role_name(rule, speaks)
        source = shelf.cited(rule.sources, speaks)
        page.line(f"{rule.code} ", (f"({role}) ", "dim"), speaks.pick(rule.label), indent=2, hanging=2)
        if source:
            page.line((f"[{source}]", "dim"), indent=4, hanging=2)
        for parameter in rule.parameters:
            page.line(f"• {threshold(shelf, parameter, speaks)}", indent=4, hanging=2)
    return page.text()


def _profiles_text(shelf: Library, known: Iterable[Profile], speaks: Language) -> str:
    from clusterkg.rendering.page import Page

    page = Page(text_width(None), color=wants_color(None))
    for profile in known:
        count = speaks.count("profiles.rules", len(profile.rules))
        page.line((f"{profile.code} ", "bold"), f"{speaks.pick(profile.label)} — {count}", hanging=2)
        if profile.description:
            page.line(speaks.pick(profile.description), indent=2)
        if profile.sources:
            page.line((f"[{shelf.cited(profile.sources, speaks)}]", "dim"), indent=2)
    return page.text()


def profile_tree(shelf: Library, profile: Profile, speaks: Language) -> Tree:
    """A profile as a tree for JSON."""
    return {
        "code": profile.code,
        "iri": profile.iri,
        "label": dict(profile.label),
        "description": dict(profile.description),
        "inherits": list(profile.inherits),
        "minimumStanding": profile.minimum_standing or None,
        "sources": _sources(shelf, profile.sources, speaks),
        "rules": [rule.code for rule in profile.rules],
    }


def _parameter(shelf: Library, parameter: Parameter, speaks: Language) -> Tree:
    from clusterkg.cli.library import number

    sources = _sources(shelf, parameter.sources, speaks)
    return {
        "name": parameter.name,
        "value": number(parameter),
        "unit": parameter.unit or None,
        "label": dict(parameter.label),
        "source": sources[0] if sources else None,
        "sources": sources,
        "validFrom": parameter.valid_from or None,
    }


def _sources(shelf: Library, sources: Iterable[Source], speaks: Language) -> list[Tree]:
    return [
        {
            "document": shelf.code_of(source.document),
            "iri": source.document,
            "locator": speaks.pick(source.locator),
            "locators": dict(source.locator),
        }
        for source in sources
    ]


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
