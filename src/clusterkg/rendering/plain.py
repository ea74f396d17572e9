"""Text from outside, made harmless before it goes to a terminal or a spreadsheet."""

from __future__ import annotations

import re
import unicodedata

_KEPT_FORMATS = frozenset("\u200c\u200d\u00ad")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain(content: str) -> str:
    """One line without control characters or direction overrides: those are shown as codes, white space as a blank."""
    joined = re.sub(r"[ \t\r\n\f\v\x85\u2028\u2029]+", " ", content).strip()
    return "".join(character if _harmless(character) else f"\\u{ord(character):04x}" for character in joined)


def cell(content: str) -> str:
    """A spreadsheet cell that no program takes for a formula: such a start gets a leading apostrophe."""
    shown = plain(content)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) or content.startswith(_FORMULA_STARTS) else shown


def _harmless(character: str) -> bool:
    # Joiners belong to the spelling of some scripts; every other format character can hide or turn text.
    return character in _KEPT_FORMATS or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
