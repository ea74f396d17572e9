"""Samples for readers: the same seed draws the same sample, and each line can be compared with its document."""

from __future__ import annotations

import csv
import io
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from facts import Data
from sampling import readable

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "sample-statements"
TEXT = """Una línea corta.

Este párrafo tiene más de quince palabras y va partido en dos

renglones con uno en blanco en medio, como en algún documento.
"""


Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str, sources: str = "", code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *arguments])
        monkeypatch.setenv("CLUSTERKG_SOURCES", sources)
        assert runpy.run_path(str(SCRIPT))["main"]() == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    return call


def test_the_same_seed_draws_the_same_statements(run: Run) -> None:
    first = run("--seed", "7", "--count", "5", "--format", "csv")
    assert first == run("--seed", "7", "--count", "5", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(first)))
    assert len(rows) == 5
    assert all(row[column] for row in rows for column in ("document", "locator", "subject", "property", "value"))


def test_every_statement_can_be_read_and_found_again(data: Data) -> None:
    for language in ("es", "en"):
        lines = readable(data, language)
        assert len(lines) > 5000
        assert lines == sorted(set(lines))
        assert not [one for one in lines if not (one.document and one.locator and one.subject and one.value)]


def test_places_of_a_document_are_drawn_with_their_lines(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("| `doc` | `text.txt` | a text |\n", encoding="utf-8")
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    printed = run("--passages", "50", "--seed", "1", sources=str(tmp_path))
    assert "doc, lines 3–5" in printed
    assert "en dos renglones" in printed
    assert "Una línea corta" not in printed


def test_without_the_documents_it_says_so(run: Run) -> None:
    assert "CLUSTERKG_SOURCES" in run("--passages", "5", code=2)
