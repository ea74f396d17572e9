"""How the four verdicts look in text: a symbol, a letter and a style each, so that nothing rests on colour alone."""

from __future__ import annotations

from clusterkg.diagnosis.model import Report
from clusterkg.rendering.language import Language
from clusterkg.rendering.page import Segment

VERDICTS = ("present", "at-risk", "absent", "not-enough-evidence")
_SYMBOLS = {"present": "✗", "at-risk": "▲", "absent": "✓", "not-enough-evidence": "?"}
_STYLES = {"present": "bold red", "at-risk": "yellow", "absent": "green", "not-enough-evidence": "cyan"}


def symbol(verdict: str) -> str:
    """The sign of a verdict."""
    return _SYMBOLS.get(verdict, "·")


def style(verdict: str) -> str:
    """The rich style of a verdict."""
    return _STYLES.get(verdict, "")


def letter(verdict: str, language: Language) -> str:
    """The letter of a verdict, different for each within a language."""
    return language(f"verdict.{verdict}.letter")


def name(verdict: str, report: Report, language: Language) -> str:
    """What the verdict is called: as the report says, else as the interface does."""
    return language.pick(report.verdict_labels.get(verdict, {})) or language(f"verdict.{verdict}.name")


def tally(report: Report, language: Language) -> list[Segment]:
    """`✗ 9 present · ▲ 12 at risk …` for the whole report."""
    return tally_of(language, {verdict: report.summary.get(verdict, 0) for verdict in VERDICTS})


def tally_of(language: Language, counts: dict[str, int]) -> list[Segment]:
    """The same for other counts."""
    parts: list[Segment] = []
    for verdict in VERDICTS:
        if parts:
            parts.append(" · ")
        told = language.count(f"verdict.{verdict}", counts[verdict])
        parts.append((f"{symbol(verdict)} {told}", style(verdict)))
    return parts
