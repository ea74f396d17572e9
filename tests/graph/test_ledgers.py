"""The ledgers say rightly how much is stated of each part of a document, and forget no part."""

from __future__ import annotations

import os

import pytest
from facts import Data, source_texts
from ledgers import begins, folded, headings, ledgers, problems, unknown_headings

FOLDER = os.environ.get("CLUSTERKG_SOURCES")


def test_every_part_has_its_row_and_every_count_is_right(data: Data) -> None:
    rows = ledgers()
    for document, its in rows.items():
        stated = sum(row.in_schemes + row.in_passages for row in its)
        print(f"\n{document:10} {len(its):4} places {stated:6} statements", end="")
    wrong = list(problems(rows, data))
    assert not wrong, "scripts/check-ledgers --write renews the counts\n" + "\n".join(wrong)


@pytest.mark.sources
@pytest.mark.skipif(not FOLDER, reason="CLUSTERKG_SOURCES does not name the folder of the source documents")
def test_the_headings_are_those_of_the_documents() -> None:
    texts = source_texts(str(FOLDER))
    assert set(texts) == set(headings()) == set(ledgers())
    for document, path in texts.items():
        assert not list(unknown_headings(document, path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("locator", "beginning", "fits"),
    [
        ("pregunta 1", "pregunta 1", True),
        ("pregunta 12", "pregunta 1", False),
        ("sección 2b", "sección 2 b", True),
        ("parte cinco, plano", "parte 5", True),
        ("glosario: Cluster", "glosario", True),
        ("«Recursos Clave»", "recursos clave", True),
    ],
)
def test_a_citation_is_known_by_its_beginning(locator: str, beginning: str, fits: bool) -> None:
    assert begins(folded(locator), folded(beginning)) is fits


def test_a_wrong_count_is_seen(data: Data) -> None:
    rows = ledgers()
    document, its = next(iter(rows.items()))
    its[0] = its[0].__class__(**{**its[0].__dict__, "in_passages": its[0].in_passages + 1})
    assert any("in_passages says" in line for line in problems({**rows, document: its}, data))


def test_a_forgotten_part_is_seen(data: Data) -> None:
    rows = ledgers()
    rows["medellin"] = [row for row in rows["medellin"] if row.locator != "pregunta 7"]
    found = list(problems(rows, data))
    assert any(line == "medellin: no row for “pregunta 7”" for line in found)
    assert any("no row for the passage" in line for line in found)
