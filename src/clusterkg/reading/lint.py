"""What a document says, checked against the vocabulary: the words it uses, and the form of its values.

Generic on purpose: everything here follows from what the ontology declares. Whether a description is complete, or
good, is for the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from clusterkg.errors import InputError, Text, UnknownTermError, did_you_mean, format_error, text
from clusterkg.namespaces import CKG, RDF, SKOS, XSD
from clusterkg.reading.document import Document
from clusterkg.reading.lexical import DATE_TYPES, INTEGER_TYPES, is_plain_date, is_valid
from clusterkg.vocabulary import Vocabulary

MOST_LISTED = 20
MOST_FOUND = 200
"""Then the search ends: the nearest right name takes a while to find, and nobody mends more at a time."""
_STEM = str(CKG)
_STRINGS = frozenset({XSD.string.value, RDF.langString.value})
_DATE_HINT = text("Escriba 2004-05-01, 2004-05 o 2004.", "Write 2004-05-01, 2004-05 or 2004.")


@dataclass(frozen=True)
class Problem:
    """Something wrong with one statement. `fatal` is False for what can still be used (a deprecated term)."""

    message: Text
    quad: Quad
    line: int | None
    hint: Text | None = None
    term: str | None = None
    fatal: bool = True


Check = Callable[[Quad, Vocabulary], Iterator[Problem]]


def lint(document: Document, vocabulary: Vocabulary) -> list[Problem]:
    """The problems, in document order; the same problem on the same line is told once. Ends after 200 fatal ones."""
    found: dict[tuple[str, int | None], Problem] = {}
    fatal = 0
    for quad in document.quads:
        for problem in _problems(quad, vocabulary):
            subject = getattr(quad.subject, "value", str(quad.subject))
            line = document.locations.of(subject, quad.predicate.value, quad.object)
            placed = Problem(problem.message, quad, line, problem.hint, problem.term, problem.fatal)
            fatal += placed.fatal and (problem.message["en"], line) not in found
            found.setdefault((problem.message["en"], line), placed)
        if fatal >= MOST_FOUND:
            break
    return list(found.values())


def errors_in(document: Document, vocabulary: Vocabulary) -> list[InputError]:
    """The fatal problems as errors, each with its place: for those who show them one by one."""
    return [_error(problem, document) for problem in lint(document, vocabulary) if problem.fatal]


def require_clean(document: Document, vocabulary: Vocabulary) -> None:
    """Raise the first fatal problem; its message lists the others too, up to 20 in all.

    Raises:
        UnknownTermError: if the first is a word that the vocabulary does not know.
        InputError: otherwise.
    """
    fatal = [problem for problem in lint(document, vocabulary) if problem.fatal]
    if not fatal:
        return
    first, rest = fatal[0], fatal[1:MOST_LISTED]
    more = len(fatal) - MOST_LISTED
    error = _error(first, document)
    lines = {language: [format_error(_error(each, document), language) for each in rest] for language in ("es", "en")}
    if more > 0:
        many = len(fatal) >= MOST_FOUND
        lines["es"].append(f"… y al menos {more} más." if many else f"… y {more} más.")
        lines["en"].append(f"… and at least {more} more." if many else f"… and {more} more.")
    if rest:
        hints = {language: f" — {error.hint[language]}" if error.hint else "" for language in ("es", "en")}
        error.message = {
            language: "\n".join([first.message[language] + hints[language], *lines[language]])
            for language in ("es", "en")
        }
        error.hint = None
    raise error


def _error(problem: Problem, document: Document) -> InputError:
    if problem.term is None:
        return InputError(problem.message, file=document.path, line=problem.line, hint=problem.hint)
    error = UnknownTermError(problem.message, term=problem.term, file=document.path, line=problem.line)
    error.hint = problem.hint
    return error


def _problems(quad: Quad, vocabulary: Vocabulary) -> Iterator[Problem]:
    for check in (_unknown_property, _unknown_class, _kind_of_value, _datatype, _unknown_name, _deprecated):
        found = list(check(quad, vocabulary))
        if found:
            yield from found
            return


def _unknown_property(quad: Quad, vocabulary: Vocabulary) -> Iterator[Problem]:
    if quad.predicate in CKG and not vocabulary.is_property(quad.predicate.value):
        yield _unknown(quad, quad.predicate, vocabulary, vocabulary.properties, "la propiedad", "property")


def _unknown_class(quad: Quad, vocabulary: Vocabulary) -> Iterator[Problem]:
    if (
        quad.predicate == RDF.type
        and isinstance(quad.object, NamedNode)
        and quad.object in CKG
        and not vocabulary.is_class(quad.object.value)
    ):
        yield _unknown(quad, quad.object, vocabulary, vocabulary.classes, "la clase", "class")


def _unknown_name(quad: Quad, vocabulary: Vocabulary) -> Iterator[Problem]:
    value = quad.object
    if quad.predicate == RDF.type or not isinstance(value, NamedNode) or value not in CKG:
        return
    named = vocabulary.takes_names(quad.predicate.value)
    allowed = _allowed(quad.predicate.value, vocabulary) if named else vocabulary.individuals
    known = (
        vocabulary.is_class(value.value) or vocabulary.is_property(value.value) or vocabulary.is_individual(value.value)
    )
    if value.value in allowed or (known and not named):
        return
    problem = _unknown(quad, value, vocabulary, allowed, "el valor", "value")
    if "/" in CKG.local_name(value.value):
        name = CKG.local_name(value.value)
        hint = text(
            f"Para una cosa propia escriba un mapa: {{id: {name}}}.",
            f"For a thing of your own write a map: {{id: {name}}}.",
        )
        problem = Problem(problem.message, quad, None, hint, problem.term)
    yield problem


def _allowed(predicate: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The names that a property takes; a property of concepts takes them all, since its range names no scheme."""
    ranges = vocabulary.ranges(predicate)
    if SKOS.Concept.value in ranges:
        return vocabulary.individuals
    return frozenset(name for entry in ranges for name in vocabulary.instances(entry))


def _kind_of_value(quad: Quad, vocabulary: Vocabulary) -> Iterator[Problem]:
    name = _local(quad.predicate)
    if isinstance(quad.object, Literal):
        if quad.predicate == RDF.type or (quad.predicate in CKG and vocabulary.takes_nodes(quad.predicate.value)):
            shown = _shortened(quad.object.value)
            yield Problem(
                text(
                    f"«{name}» espera una cosa, no el texto «{shown}».",
                    f"“{name}” expects a thing, not the text “{shown}”.",
                ),
                quad,
                None,
                text(
                    "Escriba su identificador, o un mapa con «label».", "Write its identifier, or a map with “label”."
                ),
            )
    elif quad.predicate in CKG and vocabulary.takes_values(quad.predicate.value):
        yield Problem(
            text(
                f"«{name}» espera un texto, un número o una fecha, no una cosa.",
                f"“{name}” expects a text, a number or a date, not a thing.",
            ),
            quad,
            None,
        )


def _datatype(quad: Quad, vocabulary: Vocabulary) -> Iterator[Problem]:
    if not isinstance(quad.object, Literal):
        return
    value, datatype = quad.object.value, quad.object.datatype.value
    expected = vocabulary.expected_datatypes(quad.predicate.value) if quad.predicate in CKG else frozenset()
    hint = _DATE_HINT if expected & DATE_TYPES else None
    if not is_valid(value, datatype):
        shown, short = _shortened(value), _local(quad.object.datatype)
        yield Problem(
            text(f"«{shown}» no es un valor válido de {short}.", f"“{shown}” is not a valid {short}."), quad, None, hint
        )
    elif expected and not _fits(datatype, expected):
        shown, short = _shortened(value), _local(quad.object.datatype)
        wanted = ", ".join(sorted(iri.rsplit("#", 1)[-1] for iri in expected))
        name = _local(quad.predicate)
        yield Problem(
            text(
                f"«{name}» espera {wanted}, y «{shown}» es {short}.",
                f"“{name}” expects {wanted}, and “{shown}” is {short}.",
            ),
            quad,
            None,
            hint,
        )
    elif datatype in DATE_TYPES and expected & DATE_TYPES and not is_plain_date(value):
        shown = _shortened(value)
        yield Problem(
            text(
                f"«{shown}» no es una fecha con año de cuatro cifras y sin huso horario.",
                f"“{shown}” is no date with a year of four digits and without a time zone.",
            ),
            quad,
            None,
            hint,
        )


def _fits(datatype: str, expected: frozenset[str]) -> bool:
    if datatype in expected:
        return True
    if datatype in INTEGER_TYPES:
        return bool(expected & (INTEGER_TYPES | {XSD.decimal.value}))
    return datatype in _STRINGS and bool(expected & {RDF.PlainLiteral.value, RDF.langString.value})


def _deprecated(quad: Quad, vocabulary: Vocabulary) -> Iterator[Problem]:
    for term in (quad.predicate, quad.object):
        if isinstance(term, NamedNode) and term in CKG and vocabulary.deprecated(term.value):
            name, other = _local(term), vocabulary.replacement(term.value)
            hint = text(f"Use «{CKG.local_name(other)}».", f"Use “{CKG.local_name(other)}”.") if other else None
            message = text(f"«{name}» ya no debe usarse.", f"“{name}” is deprecated.")
            yield Problem(message, quad, None, hint, fatal=False)


def _unknown(quad: Quad, term: NamedNode, vocabulary: Vocabulary, known: frozenset[str], es: str, en: str) -> Problem:
    name = _local(term)
    near = vocabulary.nearest(name, known)
    message = text(f"No se conoce {es} «{name}».", f"Unknown {en} “{name}”.")
    return Problem(message, quad, None, did_you_mean(near) if near else None, term=name)


def _local(term: NamedNode) -> str:
    return CKG.local_name(term.value).rsplit("#", 1)[-1]


def _shortened(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"
