"""YAML and JSON → quads: the tree becomes JSON-LD under the published context, and pyoxigraph expands it.

On the way every node without a name gets a blank node label, so that lines can be found again, and values take the
form that their property expects: dates by what they leave open, numbers as decimals and integers rather than floating
point.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from clusterkg.errors import InputError, UnknownTermError, nearest, text
from clusterkg.namespaces import CKG, ID_BASE, RDF
from clusterkg.reading.document import Locations
from clusterkg.reading.limits import Expansion, Limits, value_too_long
from clusterkg.reading.rdf import too_many_triples
from clusterkg.reading.terms import OPAQUE, PUBLISHED_NAMES, Scope, Term, published_context, published_scope
from clusterkg.reading.tree import Mapping, Node, Scalar, Sequence
from clusterkg.reading.values import literal, plain
from clusterkg.vocabulary import Vocabulary, shipped_vocabulary

_LABEL = "_:clusterkg-unnamed-"
_START = Scope(base=ID_BASE)
_LANGUAGE = re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|@none)\Z")
_LISTS = frozenset({"@list", "@set"})
_REMOTE = text("Los contextos remotos nunca se descargan.", "Remote contexts are never fetched.")
_REMOTE_HINT = text(
    "Escriba el contexto en el documento, o quítelo para usar el de clusterkg.",
    "Write the context into the document, or remove it to use the one of clusterkg.",
)


def parse_tree(roots: list[Node], merge: bool, file: str, limits: Limits) -> tuple[list[Quad], Locations]:
    """The quads of the trees of one document.

    With `merge`, a context of the document adds to the published one (YAML, JSON); without, it stands for itself
    (JSON-LD). A document without any context is read with the published one. Raises InputError, UnknownTermError.
    """
    expansion = Expansion(file, limits)
    walk = _Walk(file, merge, expansion)
    documents = [walk.root(root) for root in roots]
    content = json.dumps(documents[0] if len(documents) == 1 else documents).encode()
    quads: list[Quad] = []
    try:
        for quad in parse(content, format=RdfFormat.JSON_LD, base_iri=ID_BASE):
            if len(quads) >= limits.max_triples:
                raise too_many_triples(file, limits)
            quads.append(quad)
            expansion.add(sum(len(getattr(term, "value", "")) for term in quad), None)
    except MemoryError as error:
        # Not the machine's: the parser's own bound on the length of one token.
        raise value_too_long(file) from error
    except (SyntaxError, ValueError) as error:
        detail = getattr(error, "msg", None) or str(error)
        if "LoadDocumentCallback" in detail:
            raise InputError(_REMOTE, file=file, hint=_REMOTE_HINT) from error
        raise InputError(
            text(f"No es JSON-LD válido ({detail}).", f"This is not valid JSON-LD ({detail})."), file=file
        ) from error
    return quads, walk.locations


class _Walk:
    """One pass over the trees of a document, in document order."""

    def __init__(self, file: str, merge: bool, expansion: Expansion) -> None:
        self._file = file
        self._expansion = expansion
        self._merge = merge
        self._unnamed = 0
        self.locations = Locations()

    def root(self, root: Node) -> Any:
        """The JSON-LD document for one tree."""
        if isinstance(root, Scalar):
            raise self._error(
                root,
                "Se espera un mapa de claves y valores, y hay un solo valor.",
                "A map of keys and values is expected, and there is a single value.",
            )
        if isinstance(root, Sequence):
            return [document for item in root.items for document in _as_list(self.root(item))]
        if "@context" in root.members and not self._merge:
            return self._node(root, _START)
        document = self._node(root, published_scope())
        own = document.get("@context", [])
        return {**document, "@context": [published_context(), *_as_list(own)]}

    def _node(self, node: Mapping, scope: Scope) -> dict[str, Any]:
        result: dict[str, Any] = {}
        if context := node.members.get("@context"):
            contexts = self._contexts(context[1])
            result["@context"] = contexts
            scope = scope.extended(contexts)
        subject, id_key = self._name(node, scope)
        if subject is None and not scope.scoped and not any(scope.keyword(key) == "@graph" for key in node.members):
            self._unnamed += 1
            subject = result["@id"] = f"{_LABEL}{self._unnamed}"
        if subject is not None:
            self.locations.note(node.line, subject)
        for key, value in node.entries():
            if key.value == "@context" or (key.value == id_key and "@id" in result):
                continue
            result[key.value] = self._member(key, value, scope, subject)
        return result

    def _name(self, node: Mapping, scope: Scope) -> tuple[str | None, str | None]:
        """The IRI of a node and the key that gives it; an empty `id`, as in a template, is none."""
        for key, value in node.entries():
            if scope.keyword(key.value) != "@id":
                continue
            if isinstance(value, Scalar) and value.kind == "null":
                return None, key.value
            if not isinstance(value, Scalar) or value.kind != "text":
                raise self._error(value, "Un «id» debe ser texto.", "An “id” must be text.")
            return self._checked(scope.identifier(value.value), value, scope), key.value
        return None, None

    def _member(self, key: Scalar, value: Node, scope: Scope, subject: str | None) -> Any:
        keyword = scope.keyword(key.value)
        if keyword == "@type":
            return self._types(key, value, scope, subject)
        if keyword in ("@graph", "@included"):
            return self._values(value, scope, None, None, None)
        if keyword is not None:
            return plain(value)
        if scope.ours and not scope.scoped and not scope.known(key.value):
            raise self._unknown(key, scope)
        predicate = scope.property(key.value)
        self._expansion.add(len(predicate), key.line)
        if scope.ours:
            self._checked(predicate, key, scope)
        if subject is not None:
            self.locations.note(key.line, subject, predicate)
        return self._values(value, scope, scope.terms.get(key.value), subject, predicate)

    def _values(self, value: Node, scope: Scope, term: Term | None, subject: str | None, predicate: str | None) -> Any:
        if isinstance(value, Sequence):
            return [self._values(item, scope, term, subject, predicate) for item in value.items]
        if isinstance(value, Scalar):
            form = self._scalar(value, scope, term)
            self._note(value, subject, predicate, self._object(value, scope, term))
            return form
        if term is not None and (term.container & OPAQUE or term.type == "@json"):
            return plain(value)
        if term is not None and "@language" in term.container and not any(scope.keyword(key) for key in value.members):
            return self._languages(value, subject, predicate)
        keywords = {scope.keyword(key) for key in value.members}
        if "@value" in keywords:
            return self._value_object(value, scope, "@type" in keywords)
        if keywords & _LISTS:
            return plain(value)
        name, _ = self._name(value, scope)
        self._note(value, subject, predicate, name or f"{_LABEL}{self._unnamed + 1}")
        return self._node(value, scope)

    def _scalar(self, value: Scalar, scope: Scope, term: Term | None) -> Any:
        kind = term.type if term else None
        if value.kind == "text" and kind in ("@id", "@vocab"):
            self._checked(self._object(value, scope, term), value, scope)
            return value.value
        if not scope.ours:
            return plain(value)
        if term is not None and "@language" in term.container and value.kind != "null":
            return value.value
        return literal(value, kind)

    def _object(self, value: Scalar, scope: Scope, term: Term | None) -> str:
        kind = term.type if term and value.kind == "text" else None
        if kind == "@id":
            return scope.identifier(value.value)
        return scope.concept(value.value) if kind == "@vocab" else value.value

    def _languages(self, value: Mapping, subject: str | None, predicate: str | None) -> Any:
        result: dict[str, Any] = {}
        for language, entry in value.entries():
            entries = entry.items if isinstance(entry, Sequence) else [entry]
            if not all(isinstance(item, Scalar) for item in entries):
                raise self._error(entry, "Aquí se espera un texto por idioma.", "A text by language is expected here.")
            for item in entries:
                self._note(item, subject, predicate, getattr(item, "value", None))
            self._check_language(language)
            result[language.value] = [
                item.value for item in entries if isinstance(item, Scalar) and item.kind != "null"
            ]
        return result

    def _value_object(self, value: Mapping, scope: Scope, typed: bool) -> Any:
        result = plain(value)
        for key, entry in value.entries():
            keyword = scope.keyword(key.value)
            if not isinstance(entry, Scalar):
                continue
            if keyword == "@value" and scope.ours and entry.kind in ("integer", "decimal"):
                result = {**result, key.value: entry.value} if typed else literal(entry, None)
            elif keyword == "@language" and entry.kind == "text":
                self._check_language(entry)
            elif keyword == "@type" and entry.kind == "text":
                self._checked(scope.concept(entry.value), entry, scope)
        return result

    def _check_language(self, language: Scalar) -> None:
        """JSON-LD drops a text with a broken language tag without a word, so it is refused here."""
        if not _LANGUAGE.match(language.value):
            es, en = f"«{language.value}» no es un código de idioma.", f"“{language.value}” is no language code."
            raise self._error(language, es, en, "Escriba es, en, pt-BR …", "Write es, en, pt-BR …")

    def _types(self, key: Scalar, value: Node, scope: Scope, subject: str | None) -> Any:
        entries = value.items if isinstance(value, Sequence) else [value]
        names = []
        for entry in entries:
            if isinstance(entry, Scalar) and entry.kind == "null":
                continue
            if not isinstance(entry, Scalar) or entry.kind != "text":
                raise self._error(entry, "Un tipo debe ser texto.", "A type must be text.")
            self._checked(scope.concept(entry.value), entry, scope)
            self._note(entry, subject, RDF.type.value, scope.concept(entry.value))
            names.append(entry.value)
        return names

    def _contexts(self, node: Node) -> list[Any]:
        entries = node.items if isinstance(node, Sequence) else [node]
        contexts: list[Any] = []
        for entry in entries:
            if isinstance(entry, Scalar) and entry.kind == "text" and entry.value in PUBLISHED_NAMES:
                contexts.append(published_context())
            elif isinstance(entry, Mapping) and not _refers(entry):
                contexts.append(plain(entry))
            elif isinstance(entry, Scalar) and entry.kind == "null":
                contexts.append(None)
            else:
                raise InputError(_REMOTE, file=self._file, line=entry.line, column=entry.column, hint=_REMOTE_HINT)
        return contexts

    def _checked(self, iri: str, value: Scalar, scope: Scope) -> str:
        """JSON-LD drops what is no IRI without a word, so it is refused here."""
        self._expansion.add(len(iri), value.line)
        if scope.mistaken_prefix(value.value):
            slashed = value.value.replace(":", "/", 1)
            raise self._error(
                value,
                f"«{value.value}» no es un identificador: antes de «:» hay una clave.",
                f"“{value.value}” is no identifier: what stands before “:” is a key.",
                f"Escriba «{slashed}».",
                f"Write “{slashed}”.",
            )
        try:
            if not iri.startswith("_:"):
                NamedNode(iri)
        except ValueError as error:
            raise self._error(
                value,
                f"«{value.value}» no sirve de identificador.",
                f"“{value.value}” cannot be an identifier.",
                "Escriba un identificador como organisation/acme, o un mapa con «label».",
                "Write an identifier such as organisation/acme, or a map with “label”.",
            ) from error
        return iri

    def _note(self, value: Node, subject: str | None, predicate: str | None, form: str | None) -> None:
        if subject is not None and predicate is not None:
            self.locations.note(value.line, subject, predicate, form)

    def _unknown(self, key: Scalar, scope: Scope) -> UnknownTermError:
        message = text(f"No se conoce la clave «{key.value}».", f"Unknown key “{key.value}”.")
        return UnknownTermError(
            message,
            term=key.value,
            suggestion=_nearest_key(key.value, scope),
            file=self._file,
            line=key.line,
            column=key.column,
        )

    def _error(
        self, node: Node, es: str, en: str, hint_es: str | None = None, hint_en: str | None = None
    ) -> InputError:
        hint = text(hint_es, hint_en) if hint_es and hint_en else None
        return InputError(text(es, en), file=self._file, line=node.line, column=node.column, hint=hint)


def _refers(node: Node) -> bool:
    """Whether a context would have to be fetched somewhere below: an import, or a context named by its address."""
    if not isinstance(node, Mapping):
        return isinstance(node, Sequence) and any(_refers(item) for item in node.items)
    if "@import" in node.members:
        return True
    nested = node.members.get("@context")
    if nested and not isinstance(nested[1], Mapping):
        return True
    return any(_refers(value) for _, value in node.entries())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _nearest_key(word: str, scope: Scope) -> str | None:
    """The key that was most likely meant: one whose label is just that word, else the one most like it."""
    vocabulary = shipped_vocabulary()
    labelled = [name for name in scope.terms if word.casefold() in _labels(vocabulary, name)]
    return min(labelled) if labelled else nearest(word, scope.terms)


def _labels(vocabulary: Vocabulary, name: str) -> set[str]:
    return {label.casefold() for label in vocabulary.labels(CKG[name].value).values()}
