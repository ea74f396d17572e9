r"""SPARQL as text: its tokens, what kind of request it is, what it may not do, and how a dataset is written into an update.

The engine's parser wants no space between words (`trueSERVICE:x{}` is a federated query to it), lets `#` and `'` stand in names
(`ex:a\#`) and in IRIs, and reads `<` by context. What is refused here is therefore looked for in whatever is left once texts,
IRIs, comments, variables and names are taken away, and where a text could be read in two ways the refusal wins.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterkg.errors import QueryError, QueryRefused, Text, text

if TYPE_CHECKING:
    from clusterkg.store.base import Dataset

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_VARIABLE = rf"[{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040]"
_CHAR = rf"[{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040-]"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''|"(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\\\r\n]|\\.)*+')
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODEPOINT})*>)
    |(?P<variable>[?$][{_BASE}_0-9]{_VARIABLE}*)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<blank>_:[{_BASE}_0-9](?:\.*{_CHAR})*)
    |(?P<name>(?:[{_BASE}](?:\.*+{_CHAR}){{0,127}}+)?:(?:(?:[{_BASE}_0-9:]|{_ESCAPED})(?:\.*(?:{_CHAR}|:|{_ESCAPED}))*)?)
    |(?P<word>[A-Za-z][A-Za-z0-9_]*)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# The prefix of a name is bounded, so that a long run of letters and dots is not read again from each of its letters; and what is
# read is never given back (`*+`), since no other reading of it would fit.
_UNCLOSED = 32  # texts without an end: each is read to the end of what was sent, from each of its quotes
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_PERHAPS_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)")  # found at once; most queries need no closer look
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OPENING = {"(": ")", "{": "}", "[": "]"}
_PROLOGUE = ("BASE", "PREFIX", "VERSION")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_FORMS = {"SELECT": "bindings", "ASK": "boolean", "CONSTRUCT": "graph", "DESCRIBE": "graph"}
_BEFORE_NAMES = frozenset(
    {"PREFIX", "GRAPH", "NAMED", "FROM", "USING", "WITH", "TO", "COPY", "MOVE", "ADD", "SILENT", "INTO"}
)
_CHANGING = ("NOW", "RAND", "UUID", "SERVICE")

_SERVICE = text(
    "Las consultas no salen de este equipo: SERVICE no se admite.",
    "Queries do not leave this machine: SERVICE is not accepted.",
)
_LOAD = text(
    "Las actualizaciones no salen de este equipo: LOAD no se admite.",
    "Updates do not leave this machine: LOAD is not accepted.",
)
_LISTED = text(
    "Solo se puede preguntar a los servicios que el operador permite, escritos como <dirección>.",
    "Only services that the operator allows may be asked, written as <address>.",
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SPARQL. `depth` counts the brackets around it; `unsure`: it may also be read in another way."""

    kind: str
    text: str
    start: int
    depth: int
    unsure: bool = False

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords."""
        return self.kind == "word" and self.text.upper() in words


def tokens(sparql: str) -> list[Token]:
    """The tokens of a query or an update, without spaces and comments. What is no token is a mark of one character.

    Raises:
        QueryError: for more texts without an end than any mistake makes, which would take long to read.
    """
    return list(_scanned(sparql))


def _scanned(sparql: str) -> Iterator[Token]:
    brackets: list[str] = []
    last: Token | None = None
    position = unclosed = 0
    while match := _TOKEN.match(sparql, position):
        kind, found = str(match.lastgroup), match[0]
        position = match.end()
        if kind == "space":
            continue
        unclosed += _begins_unclosed(found, sparql, position)
        if unclosed > _UNCLOSED:
            raise QueryError(text("Faltan comillas de cierre.", "Closing quotes are missing."))
        unsure = kind == "iri" and brackets[-1:] == [")"] and last is not None and _ends_operand(last)
        if unsure and not _SCHEME.match(found):
            kind, found, position = "mark", "<", match.start() + 1
        if brackets and found == brackets[-1]:
            brackets.pop()
        last = Token(kind, found, match.start(), len(brackets), unsure and ("'" in match[0] or "#" in match[0]))
        yield last
        if found in _OPENING:
            brackets.append(_OPENING[found])


def _begins_unclosed(found: str, sparql: str, end: int) -> bool:
    """Whether what was found, which ends there, is a quote that opens a text without an end, or two of three such quotes."""
    return found in ('"', "'") or (found in ('""', "''") and sparql[end : end + 1] == found[0])


def _ends_operand(token: Token) -> bool:
    """Whether `<` after this token, within parentheses, may mean “less than”."""
    return token.kind not in ("mark", "blank") or token.text in ").0123456789"


def query_form(sparql: str) -> str | None:
    """What a query is answered with: "bindings", "boolean" or "graph"; None for what is none at first sight."""
    return _FORMS.get(_operation(sparql))


def is_constant(sparql: str) -> bool:
    """Whether a query has the same answer as long as the data are the same."""
    words = (token.text.upper() for token in _scanned(sparql) if token.kind == "word")
    return not any(changing in word for word in words for changing in _CHANGING)


def relative_iris(sparql: str) -> bool:
    """Whether a text has IRIs that need a base."""
    return bool(_PERHAPS_RELATIVE.search(sparql)) and any(
        token.kind == "iri" and not _SCHEME.match(token.text) for token in _scanned(sparql)
    )


def with_base(sparql: str, base: str) -> str:
    """A query or update whose relative IRIs are resolved against `base`: one more line before the first, and only where it is needed."""
    return f"BASE <{base}>\n{sparql}" if relative_iris(sparql) else sparql


def _operation(sparql: str) -> str:
    """The keyword with which a query, or the first operation of an update, begins."""
    for token in _scanned(sparql):
        if token.kind == "word" and token.text.upper() not in _PROLOGUE:
            return token.text.upper()
    return ""


def refuse_unsafe(sparql: str, allowed: Collection[str] = ()) -> None:
    """Raise QueryRefused for an update, and for a query that would ask another server than those of `allowed`."""
    operation = _operation(sparql)
    update = next((word for word in sorted(_UPDATES) if operation.startswith(word)), None)
    if update:
        raise QueryRefused(
            text(
                f"Las consultas solo leen: «{operation}» no se admite.",
                f"Queries only read: “{operation}” is not accepted.",
            )
        )
    _refuse_leaving(sparql, "SERVICE", allowed, _SERVICE)


def refuse_unsafe_update(sparql: str, allowed: Collection[str] = ()) -> None:
    """Raise QueryRefused for an update that would ask another server than those of `allowed`, by SERVICE or LOAD."""
    _refuse_leaving(sparql, "SERVICE", allowed, _SERVICE)
    _refuse_leaving(sparql, "LOAD", allowed, _LOAD)


def _refuse_leaving(sparql: str, keyword: str, allowed: Collection[str], message: Text) -> None:
    """Escapes are undone first by some servers and not by others, so both texts have to be safe."""
    decoded = _ESCAPE.sub(_character, sparql)
    for form in {sparql, decoded}:
        if keyword in form.upper() and _leaves(form, keyword, allowed):
            raise QueryRefused(message, hint=_LISTED if allowed else None)


def _leaves(sparql: str, keyword: str, allowed: Collection[str]) -> bool:
    before: Token | None = None
    for token, following in _with_following(_scanned(sparql)):
        if token.unsure:
            return True
        if token.kind == "word" and keyword in token.text.upper():
            target = following[1:] if following and following[0].is_word("SILENT") else following
            listed = bool(target) and target[0].kind == "iri" and target[0].text[1:-1] in allowed
            if not listed or token.text.upper() != keyword:
                return True
        elif token.kind == "name" and keyword in token.text.partition(":")[0].upper():
            after = following[0].text if following else ""
            is_name = before is not None and before.is_word(*_BEFORE_NAMES)
            if not is_name and (after == "{" if keyword == "SERVICE" else token.depth == 0):
                return True
        before = token
    return False


def _with_following(found: Iterator[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each token with up to two that follow it: those of a long text are never kept all at once."""
    window: deque[Token] = deque()
    for token in found:
        window.append(token)
        if len(window) == 3:
            yield window.popleft(), list(window)
    while window:
        yield window.popleft(), list(window)


def with_using(sparql: str, dataset: Dataset) -> str:
    """An update whose WHERE clauses see this dataset (SPARQL 1.1 Protocol, 2.2.3), written as USING clauses; as it is for none.

    Raises:
        QueryError: where the update names a dataset of its own with USING or WITH.
    """
    if not dataset:
        return sparql
    clauses = [f"USING <{iri}>" for iri in dataset.default] + [f"USING NAMED <{iri}>" for iri in dataset.named]
    using = " ".join(clauses) + " "
    pieces: list[str] = []
    done = 0
    found = tokens(sparql)
    for index, token in enumerate(found):
        if token.depth or token.kind != "word":
            continue
        if token.is_word("USING", "WITH"):
            raise _conflict(sparql, token)
        if token.is_word("WHERE"):
            pieces.append(sparql[done : token.start])
            if index and found[index - 1].is_word("DELETE"):
                pieces.append(_group(sparql, found[index + 1 :]) + " ")
            pieces.append(using)
            done = token.start
    return "".join(pieces) + sparql[done:]


def _group(sparql: str, found: list[Token]) -> str:
    """The text of the group with which these tokens begin: the pattern of DELETE WHERE is also what it deletes."""
    if not found or found[0].text != "{":
        return ""
    closing = next((token for token in found[1:] if token.depth == found[0].depth), found[-1])
    return sparql[found[0].start : closing.end]


def _conflict(sparql: str, token: Token) -> QueryError:
    line = sparql.count("\n", 0, token.start) + 1
    column = token.start - (sparql.rfind("\n", 0, token.start) + 1) + 1
    return QueryError(
        text(
            "using-graph-uri y using-named-graph-uri no se combinan con USING ni WITH en la actualización.",
            "using-graph-uri and using-named-graph-uri do not go together with USING or WITH in the update.",
        ),
        line=line,
        column=column,
    )


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else ""
