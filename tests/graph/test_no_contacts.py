"""People and organisations appear without a way to reach them: no e-mail address and no telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterkg.resources import resource

MAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b|mailto:", re.IGNORECASE)
PHONE = re.compile(
    r"\btel:\+?\d|\b(?:tel|tel[eé]fono|phone|m[oó]vil|celular|whatsapp|fax)\b\W{0,3}\+?\(?\d[\d\s().-]{5,}"
    r"|(?<![\w.])(?!\d{4}-\d\d\b)(?:\+|00)\d{1,3}[\s.-]?(?:\(?\d{1,4}\)?[\s.-]?){2,5}\d{2,4}\b"
    r"|(?<![\w.-])\(?\d{2,4}\)?[\s-]\d{3,4}[\s-]\d{2}-?\d{2}(?![\w-])",
    re.IGNORECASE,
)


def held() -> Iterator[Path]:
    for folder in ("data", "ontology", "shapes"):
        yield from sorted(path for path in resource(folder).rglob("*") if path.is_file())


def test_nothing_held_says_how_to_reach_anybody() -> None:
    found = [
        f"{path.name}:{number}: {line.strip()[:100]}"
        for path in held()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MAIL.search(line) or PHONE.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "ana.perez@example.org",
        "ana (at) example.com.mx",
        "mailto:x",
        "Tel. 55 1234 5678",
        "+52 664 123 4567",
        "(664) 123-4567",
        "+34 600123456",
        "Teléfono: 6641234567",
    ],
)
def test_it_sees_them(line: str) -> None:
    assert MAIL.search(line) or PHONE.search(line)


@pytest.mark.parametrize(
    "line",
    [
        "2004-05-01",
        "rdfs:label 'x'@es",
        "amount: 5000000000",
        "1,836",
        "2004 - 2006",
        "a@en .",
        '"0000-01-01T00:00:00"',
        "0000-12-31",
    ],
)
def test_it_leaves_figures_and_dates_alone(line: str) -> None:
    assert not MAIL.search(line)
    assert not PHONE.search(line)
