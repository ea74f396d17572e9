"""`clusterkg explain`: what a rule, an error or a success means, and the SHACL and SPARQL that it amounts to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from clusterkg.cli.options import lang_option
from clusterkg.cli.output import emit, text_width, wants_color
from clusterkg.rendering.language import Language

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from clusterkg.cli.library import Library
    from clusterkg.rendering.page import Page
    from clusterkg.rules import Profile, Rule

_CODE_START = 4


@click.command(
    epilog="""\b
Examples:
  clusterkg explain TE-07
  clusterkg explain TE-07-1 --lang es
  clusterkg explain TE-04-4 --profile ten-errors"""
)
@click.argument("code")
@click.option("--profile", metavar="CODE", help="Show the rule with this profile's thresholds. Default: its own.")
@lang_option
def explain(*, code: str, profile: str | None, speaks: Language) -> None:
    """Explain a rule or an error: meaning, thresholds, source, remedy, and the SHACL it amounts to."""
    from clusterkg.cli.library import library
    from clusterkg.namespaces import CKG
    from clusterkg.rendering.page import Page

    shelf = library()
    page = Page(text_width(None), color=wants_color(None))
    found = shelf.rule(code, profile)
    error = shelf.concept(code, CKG.Error)
    if found is not None:
        _rule(page, shelf, *found, speaks)
        emit(page.text() + baked_text(found[0]))
        return
    if error is None:
        raise shelf.unknown(code)
    _error(page, shelf, error, speaks)
    emit(page.text())


def baked_text(rule: Rule) -> str:
    """The shapes that engines see for a rule: the triples as Turtle, the queries as SPARQL, thresholds filled in."""
    from pyoxigraph import Literal, RdfFormat, parse

    from clusterkg.baking import bake
    from clusterkg.namespaces import SH
    from clusterkg.rendering.rdf import turtle

    triples = [quad.triple for quad in parse(bake([rule]).ntriples, format=RdfFormat.N_TRIPLES)]
    queries = sorted(
        (str(t.subject).strip("<>"), t.object.value)
        for t in triples
        if t.predicate == SH.select and isinstance(t.object, Literal)
    )
    rest = sorted((t for t in triples if t.predicate not in (SH.select, SH.message)), key=str)
    parts = [turtle(rest).strip()]
    for name, query in queries:
        lines = [line for line in query.splitlines() if not line.startswith("PREFIX ")]
        parts.append("\n".join([f"# {name}", *lines]))
    return "\n\n".join("\n".join(" " * _CODE_START + line for line in part.splitlines()) for part in parts) + "\n"


def shown(rule: Rule, template: str) -> str:
    """A message as people can read it without a case: thresholds filled in, everything else left open."""
    from clusterkg.cli.library import native

    values = {parameter.name: str(native(parameter.value)) for parameter in rule.parameters}
    whole = re.sub(r"\[\[(.*?)\]\]", r"\1", template)
    return re.sub(r"{([^}]*)}", lambda match: values.get(match[1].removeprefix("$"), "…"), whole)


def _rule(page: Page, shelf: Library, rule: Rule, profile: Profile, speaks: Language) -> None:
    from clusterkg.cli.library import role_name

    role = role_name(rule, speaks)
    page.line((f"{speaks('explain.rule')} {rule.code} — {speaks.pick(rule.label)}", "bold"), f" ({role})", hanging=2)
    _field(page, speaks, "explain.about", f"{shelf.code_of(rule.concerns)} {shelf.label(rule.concerns, speaks)}")
    _field(page, speaks, "explain.profile", f"{profile.code} ({speaks.pick(profile.label)})")
    message = "explain.message.evidence" if rule.role == "evidences" else "explain.message"
    _field(page, speaks, message, shown(rule, speaks.pick(rule.message)))
    _field(page, speaks, "explain.question", shown(rule, speaks.pick(rule.question)))
    gates = []
    for gate in rule.gates:
        name = shelf.label(gate.list, speaks)
        gates.append(name if gate.on == "this" else speaks("explain.gate.on", list=name, thing=gate.on))
    _field(page, speaks, "explain.gates", speaks.listed(gates))
    if rule.needs_other_descriptions:
        page.line(speaks("explain.others"))
    if rule.parameters:
        from clusterkg.cli.library import threshold

        page.line((f"{speaks('explain.parameters')}:", "bold"))
        for parameter in rule.parameters:
            page.line(f"• {threshold(shelf, parameter, speaks)}", indent=2, hanging=2)
    _field(page, speaks, "explain.source", shelf.cited(rule.sources, speaks))
    error = shelf.knowledge.errors.get(rule.concerns)
    inherited = [remedy.iri for remedy in error.remedies] if error else []
    _remedies(page, shelf, list(dict.fromkeys([*rule.remedies, *inherited])), speaks)
    page.line((f"{speaks('explain.shape')}:", "bold"))
    page.gap()


def _error(page: Page, shelf: Library, iri: NamedNode, speaks: Language) -> None:
    from clusterkg.cli.library import role_name
    from clusterkg.namespaces import CKG, SKOS

    index = shelf.knowledge.index
    entry = shelf.knowledge.errors[iri.value]
    page.line((f"{speaks('explain.error')} {entry.code} — {speaks.pick(entry.label)}", "bold"), hanging=2)
    page.line(speaks.pick(index.texts(iri, SKOS.definition)), indent=2)
    success = index.one(iri, CKG.success)
    _field(page, speaks, "explain.success", speaks.pick(entry.success))
    if success is not None:
        page.line(speaks.pick(index.texts(success, SKOS.definition)), indent=2)
    from clusterkg.rules import sources_of

    _field(page, speaks, "explain.source", shelf.cited(sources_of(index, iri), speaks))
    causes = [speaks.pick(label) for label, errors in shelf.knowledge.causes.values() if iri.value in errors]
    if causes:
        page.line((f"{speaks('causes.title')}:", "bold"), hanging=2)
        for cause in causes:
            page.line(f"• {cause}", indent=2, hanging=2)
    _remedies(page, shelf, [remedy.iri for remedy in entry.remedies], speaks)
    page.line((f"{speaks('explain.rules')}:", "bold"))
    for profile in shelf.book.profiles.values():
        for rule in (rule for rule in profile.rules if rule.concerns == iri.value and rule.profile == profile.iri):
            role = role_name(rule, speaks)
            page.line(f"{rule.code} ", (f"({role}) ", "dim"), speaks.pick(rule.label), indent=2, hanging=2)


def _remedies(page: Page, shelf: Library, iris: list[str], speaks: Language) -> None:
    from pyoxigraph import NamedNode

    from clusterkg.rules import sources_of

    if not iris:
        return
    page.line((f"{speaks('explain.remedies')}:", "bold"))
    for iri in iris:
        source = shelf.cited(sources_of(shelf.knowledge.index, NamedNode(iri)), speaks)
        page.line("• ", shelf.label(iri, speaks), (f" [{source}]" if source else "", "dim"), indent=2, hanging=2)


def _field(page: Page, speaks: Language, key: str, content: str) -> None:
    if content:
        page.line((f"{speaks(key)}: ", "bold"), content, hanging=2)
