"""The diagnosis as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

import clusterkg
from clusterkg.rendering.language import language, languages, preferred_language
from clusterkg.rendering.marks import VERDICTS, letter, symbol
from clusterkg.rendering.plain import plain
from clusterkg.rendering.text import render_text

LOCALES = Path(clusterkg.__file__).parent / "locales"


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("details", [False, True])
def test_no_line_is_wider_than_asked(report, speaks, width, details):
    for line in render_text(report, speaks, width=width, details=details).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_one_description_is_told_in_full(reports):
    told = render_text(reports.one(), language("es"))
    for part in (
        "Clúster Alfa",
        "Descrita: 2021-03-01",
        "creación del clúster",
        "triple hélice; presentes: academia, empresas y gobierno; faltan: capital; por saber:",
        "✗ TE-04 Creer algo falso, caso TE-04 — PRESENTE",
        "a.yaml:12",
        "Fuente de la regla: mhcluster, error 7",
        "• Haga name-champion este mes. [adezs, 2]",
        "1. ¿Están en la lista todos los miembros? [TE-03-2]",
        "impugna el hallazgo",
    ):
        assert part in told


def test_several_are_a_matrix_with_symbols_and_letters(reports):
    told = render_text(reports.several(), language("en"), width=120)
    assert re.search(r"^ +01 +02 +03 .* 10$", told, re.MULTILINE)
    assert re.search(r"^Clúster Alfa \(2021-03-01\) +▲R +✓A +\?N +✗P", told, re.MULTILINE)
    assert "3 descriptions: ✗ 7 present" in told
    assert "notes.ttl" in told


def test_letters_differ_within_a_language(speaks):
    assert len({letter(v, speaks) for v in VERDICTS}) == 4
    assert len({symbol(v) for v in VERDICTS}) == 4


def test_colour_only_on_request(reports):
    assert "\x1b" not in render_text(reports.several(), language("es"))
    assert "\x1b[" in render_text(reports.several(), language("es"), color=True)


def test_hostile_labels_stay_text(reports):
    told = render_text(reports.hostile(), language("es"))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[bold red]x[/]" in told
    assert "\\u001b[31m" in told


def test_plain_keeps_letters_of_all_scripts():
    assert plain("Ñandú 東京\t\n x\u200dy") == "Ñandú 東京 x\u200dy"
    assert plain("a\x00b\u2066c") == "a\\u0000b\\u2066c"


def test_catalogues_have_the_same_keys_and_places():
    catalogues = {code: json.loads((LOCALES / f"{code}.json").read_text(encoding="utf-8")) for code in languages()}
    first = catalogues["en"]
    for code, messages in catalogues.items():
        assert set(messages) == set(first), code
        for key, pattern in messages.items():
            assert set(re.findall(r"{(\w+)}", pattern)) == set(re.findall(r"{(\w+)}", first[key])), (code, key)


def test_a_text_without_the_language_falls_back():
    assert language("es").pick({"en": "only"}) == "only"
    assert language("en").pick({"es": "solo"}) == "solo"
    assert language("en").pick({"fr": "seul"}) == "seul"
    assert language("en").pick({}) == ""


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "es_CO.UTF-8"}, "en"),
        ({"CLUSTERKG_LANG": "es", "LC_ALL": "en_US.UTF-8"}, "es"),
    ],
)
def test_language_of_the_environment(environ, expected):
    assert preferred_language(environ) == expected
