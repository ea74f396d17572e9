"""Interface texts by language (`locales/*.json`), and the choice of a language. A language is added by adding a file.

Texts of the domain are not here: they come with the report, by language, and `Language.pick` chooses among them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clusterkg.errors import Text, UsageError, did_you_mean, nearest, text

DEFAULT = "en"
_FOLDER = Path(__file__).resolve().parent.parent / "locales"


@dataclass(frozen=True)
class Language:
    """One language's interface texts; what it lacks is said in the default language."""

    code: str
    messages: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of that key, with `{name}` places filled in. Raises KeyError for a key that no language has."""
        pattern = self.messages.get(key)
        if pattern is None:
            pattern = _messages(DEFAULT)[key]
        return pattern.format(**values) if values else pattern

    def has(self, key: str) -> bool:
        """Whether this language, or the default one, has that text."""
        return key in self.messages or key in _messages(DEFAULT)

    def count(self, key: str, number: int, **values: object) -> str:
        """The text of `key.one` or `key.other`, by `number`, which fills `{n}`."""
        return self(f"{key}.{'one' if number == 1 else 'other'}", n=number, **values)

    def pick(self, texts: Text) -> str:
        """A domain text in this language; failing that in the default one, without language, or in any other."""
        for code in (self.code, DEFAULT, "", *sorted(texts)):
            if texts.get(code):
                return texts[code]
        return ""

    def listed(self, items: list[str]) -> str:
        """`a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('list.and')} {items[-1]}"


def language(code: str) -> Language:
    """The language of that code.

    Raises:
        UsageError: when there is no such language; names the nearest.
    """
    known = languages()
    if code not in known:
        near = nearest(code, known)
        names = ", ".join(known)
        hint = did_you_mean(near) if near else text(f"Idiomas: {names}.", f"Languages: {names}.")
        raise UsageError(text(f"No existe el idioma «{code}».", f"There is no language “{code}”."), hint=hint)
    return Language(code, _messages(code))


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages that have a file, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


def preferred_language(environ: Mapping[str, str] = os.environ) -> str:
    """The language that the environment asks for: CLUSTERKG_LANG, else LC_ALL, LC_MESSAGES, LANG; else the default."""
    for name in ("CLUSTERKG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "").strip().lower()
        if not value:
            continue
        for code in languages():
            if value == code or value.startswith((f"{code}_", f"{code}-", f"{code}.")):
                return code
        if name != "CLUSTERKG_LANG":
            break
    return DEFAULT


@cache
def _messages(code: str) -> Mapping[str, str]:
    content: dict[str, str] = json.loads((_FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return content
