"""Questions in SPARQL, and how they are asked of a store (see dataset.py).

A shipped query is a `queries/*.rq` with its metadata in leading comment lines:

    # title@es: Miembros del pentágono por clúster
    # title@en: Pentagon members by cluster
    # description@en: …
    # param: year integer 2021        name, type (iri, string, integer, decimal, boolean, date), default
    # param: cluster iri              without a default the variable stays open: any value
    # user: researcher                whom it serves first: researcher, officer, integrator
    # question: 12                    the competency questions that it answers, by number, separated by commas
    # needs: diagnoses                what the store has to hold beyond what is stated: diagnoses, entailments

A parameter is written `$year`; where it has no value it is the variable `?year`, hence `FILTER(?year = $year)`.
`$lang` is always there and holds the language of the reader.
Queries only read, and never leave this machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
)

from clusterkg.errors import ConfigurationError, UsageError, did_you_mean, nearest, text
from clusterkg.namespaces import ID_BASE, PREFIXES, XSD
from clusterkg.resources import resource
from clusterkg.sparql_text import refuse_unsafe, tokens

Term = NamedNode | Literal
Result = QuerySolutions | QueryBoolean | QueryTriples

_META = re.compile(r"#\s*(title|description|param|user|question|needs)(?:@([a-z-]+))?:\s*(.*)")
USERS = ("researcher", "officer", "integrator")
"""Whom a query may serve."""
NEEDS = ("diagnoses", "entailments")
"""What a query may ask the store to hold beyond what is stated."""
_PLAIN_TYPES = {"string": XSD.string, "integer": XSD.integer, "decimal": XSD.decimal, "boolean": XSD.boolean}
_FORMS = {
    "integer": re.compile(r"[-+]?\d+\Z"),
    "decimal": re.compile(r"[-+]?\d*\.?\d+\Z"),
    "boolean": re.compile(r"(true|false)\Z"),
    "date": re.compile(r"\d{4}(-\d{2}(-\d{2})?)?\Z"),
}
_DATES = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}


@dataclass(frozen=True)
class QueryParameter:
    """A variable that the caller may set; `default` is None where it stays open."""

    name: str
    type: str
    default: str | None


@dataclass(frozen=True)
class Query:
    """A query and what its comments say of it; `name` is empty for SPARQL text given by the caller, `user` where none is named."""

    name: str
    sparql: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    parameters: tuple[QueryParameter, ...]
    user: str = ""
    questions: tuple[int, ...] = ()
    needs: frozenset[str] = frozenset()


def shipped_queries() -> dict[str, Query]:
    """The shipped queries by name, sorted."""
    return {path.stem: read_query(path) for path in sorted(resource("queries").glob("*.rq"))}


def find_query(given: str) -> Query:
    """The query that `given` means: the name of a shipped one, a path to a .rq file, or SPARQL text.

    Raises:
        UsageError: when it is none of these.
    """
    shipped = resource("queries", f"{given}.rq") if re.fullmatch(r"[\w-]+", given) else None
    if shipped is not None and shipped.is_file():
        return read_query(shipped)
    if given.endswith(".rq"):
        return read_query(Path(given))
    if re.search(r"[\s{]", given):
        return parse_query("", given)
    near = nearest(given, shipped_queries())
    raise UsageError(
        text(
            f"No hay una consulta llamada «{given}», y no es un archivo .rq ni un texto SPARQL.",
            f"There is no query named “{given}”, and it is neither a .rq file nor SPARQL text.",
        ),
        hint=did_you_mean(near) if near else None,
    )


def read_query(path: Path) -> Query:
    """A query from its file. Raises UsageError when it cannot be read."""
    try:
        return parse_query(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = text("No se puede leer la consulta.", "The query cannot be read.")
        raise UsageError(message, file=str(path)) from error


def parse_query(name: str, sparql: str) -> Query:
    """A query from its text, with the metadata of its leading comments.

    Raises:
        ConfigurationError: for metadata that cannot be understood.
    """
    texts: dict[str, dict[str, str]] = {"title": {}, "description": {}}
    words: dict[str, list[str]] = {"user": [], "question": [], "needs": []}
    parameters = []
    for line in sparql.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        match = _META.match(line)
        if match and match[1] == "param":
            parameters.append(_declared(match[3]))
        elif match and match[1] in words:
            words[match[1]] += re.split(r"[,\s]+", match[3].strip())
        elif match:
            texts[match[1]][match[2] or ""] = match[3].strip()
    user = _known("user", words["user"], USERS)
    return Query(
        name,
        sparql,
        texts["title"],
        texts["description"],
        tuple(parameters),
        user[0] if user else "",
        tuple(int(word) for word in words["question"] if word.isdigit()),
        frozenset(_known("needs", words["needs"], NEEDS)),
    )


def ask(store: Store, query: Query, given: Mapping[str, str], language: str) -> Result:
    """Run a query with its parameters.

    Raises:
        UsageError: for SPARQL that is wrong, updates, SERVICE, an unknown or ill-formed parameter.
    """
    refuse_unsafe(query.sparql)
    sparql = fill(query.sparql, bindings(query, given, language))
    try:
        return store.query(sparql, prefixes=PREFIXES)
    except (SyntaxError, ValueError, RuntimeError) as error:
        detail = str(error)
        raise UsageError(
            text(f"La consulta SPARQL no es válida: {detail}", f"The SPARQL query is not valid: {detail}")
        ) from error


def fill(sparql: str, values: Mapping[str, Term]) -> str:
    """The query with `$name` replaced by its term, outside of texts, IRIs and comments."""
    pieces: list[str] = []
    done = 0
    for token in tokens(sparql):
        if token.kind == "variable" and token.text[0] == "$" and token.text[1:] in values:
            pieces += [sparql[done : token.start], str(values[token.text[1:]])]
            done = token.end
    return "".join(pieces) + sparql[done:]


def bindings(query: Query, given: Mapping[str, str], language: str) -> dict[str, Term]:
    """Parameters as RDF terms. Raises UsageError for one that is not declared or whose value does not fit."""
    declared = {parameter.name: parameter for parameter in query.parameters}
    unknown = next((name for name in given if name not in declared and name != "lang"), None)
    if unknown is not None:
        near = nearest(unknown, declared)
        message = text(f"La consulta no tiene un parámetro «{unknown}».", f"The query has no parameter “{unknown}”.")
        raise UsageError(message, hint=did_you_mean(near) if near else None)
    bound: dict[str, Term] = {"lang": Literal(given.get("lang", language))}
    for name, parameter in declared.items():
        value = given.get(name, parameter.default)
        if value is not None and name != "lang":
            bound[name] = _term(parameter, value)
    return bound


def _term(parameter: QueryParameter, value: str) -> Term:
    form = _FORMS.get(parameter.type)
    if form is None or form.match(value):
        if parameter.type == "date":
            return Literal(value, datatype=_DATES[len(value)])
        if parameter.type == "iri":
            return _iri(parameter, value)
        return Literal(value, datatype=_PLAIN_TYPES[parameter.type])
    raise _misfit(parameter, value)


def _iri(parameter: QueryParameter, value: str) -> NamedNode:
    prefix, colon, local = value.partition(":")
    full = PREFIXES[prefix] + local if colon and prefix in PREFIXES else value if colon else ID_BASE + value
    try:
        return NamedNode(full)
    except ValueError as error:
        raise _misfit(parameter, value) from error


def _misfit(parameter: QueryParameter, value: str) -> UsageError:
    return UsageError(
        text(
            f"«{value}» no es un valor de tipo {parameter.type} para el parámetro «{parameter.name}».",
            f"“{value}” is no value of type {parameter.type} for the parameter “{parameter.name}”.",
        )
    )


def _declared(line: str) -> QueryParameter:
    parts: Sequence[str] = line.split(maxsplit=2)
    name, kind = parts[0], parts[1] if len(parts) > 1 else "string"
    if kind not in (*_PLAIN_TYPES, "iri", "date"):
        raise ConfigurationError(text(f"Tipo de parámetro desconocido: {kind}", f"Unknown type of parameter: {kind}"))
    return QueryParameter(name, kind, parts[2].strip() if len(parts) > 2 else None)


def _known(key: str, words: list[str], choices: Sequence[str]) -> list[str]:
    wrong = next((word for word in words if word not in choices), None)
    if wrong is not None:
        message = text(f"«{wrong}» no es un valor de «{key}».", f"“{wrong}” is no value of “{key}”.")
        raise ConfigurationError(message, hint=text(", ".join(choices), ", ".join(choices)))
    return words
