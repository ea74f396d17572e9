"""Lines for a terminal: wrapped with hanging indents, coloured only on request, never with markup from outside."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from clusterkg.rendering.plain import plain

Segment = str | tuple[str, str]
"""Text, or text with a style such as "bold red"."""

NARROWEST = 40


class Page:
    """Collects lines and gives them back as one text."""

    def __init__(self, width: int, *, color: bool) -> None:
        self.width = max(width, NARROWEST)
        self._buffer = io.StringIO()
        self._console = Console(
            file=self._buffer,
            width=self.width,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def line(self, *segments: Segment, indent: int = 0, hanging: int = 0) -> None:
        """One paragraph; every line after its first is moved `hanging` columns further to the right."""
        room = max(self.width - indent - hanging, NARROWEST // 2)
        for number, row in enumerate(styled(segments).wrap(self._console, room)):
            row.rstrip()
            columns = indent + (hanging if number else 0)
            self._console.print(Text(" " * columns).append_text(row), soft_wrap=True)

    def gap(self) -> None:
        """An empty line."""
        self._buffer.write("\n")

    def text(self) -> str:
        """Everything so far."""
        return self._buffer.getvalue()


def styled(segments: Sequence[Segment]) -> Text:
    """Segments as one rich text; what they hold is made harmless, and their own markup is shown as it is."""
    content = Text()
    for segment in segments:
        words, style = segment if isinstance(segment, tuple) else (segment, "")
        # Blanks at the ends separate segments; `plain` would take them off.
        before = " " * (len(words) - len(words.lstrip(" ")))
        after = " " * (len(words) - len(words.rstrip(" "))) if words.strip(" ") else ""
        content.append(before + plain(words) + after, style=style or None)
    return content
