"""Dates: what an as-of date before, within and after the description's own makes of the same statements."""

from __future__ import annotations

import pytest

from clusterkg.diagnosis.model import Diagnosis

from ..rules.samples import checker, description

OWN, LATER, EARLIER, BEFORE_FOUNDING = "2024-06-01", "2025-06-01", "2020-01-01", "1990-01-01"
NO_CHAMPION = (
    "DELETE { ?thing ckg:championship ?c } WHERE { ?thing ckg:championship ?c . FILTER(?thing = <cluster/model>) }"
)
TERM_ENDS_LATER = "INSERT { ?c ckg:until '2024-12-31'^^xsd:date } WHERE { <cluster/model> ckg:championship ?c }"
CONFLATED = "INSERT DATA { <cluster/model> a ckg:Guild }"


def _diagnosis(update: str, as_of: str) -> Diagnosis:
    return checker(as_of).diagnose(description(update))


def _findings(diagnosis: Diagnosis) -> list[str]:
    return sorted(f.rule for v in diagnosis.verdicts for f in v.findings)


def test_time_alone_proves_nothing() -> None:
    later = _diagnosis("", LATER)
    assert later.period == "later"
    assert not _findings(later)
    assert {v.verdict for v in later.verdicts} <= {"not-enough-evidence", "absent"}
    undecided = [v for v in later.verdicts if v.verdict == "not-enough-evidence"]
    assert len(undecided) >= 8
    assert all(v.questions for v in undecided)


def test_what_was_found_then_is_asked_now() -> None:
    assert "TE-07-1" in _findings(_diagnosis(NO_CHAMPION, OWN))
    later = _diagnosis(NO_CHAMPION, LATER)
    (verdict,) = [v for v in later.verdicts if v.error == "TE-07"]
    assert verdict.verdict == "not-enough-evidence"
    assert not verdict.findings
    assert "TE-07-1" in {code for q in verdict.questions for code in q.decides}


def test_a_term_that_ends_after_the_description_is_a_question() -> None:
    assert not _findings(_diagnosis(TERM_ENDS_LATER, OWN))
    later = _diagnosis(TERM_ENDS_LATER, LATER)
    (verdict,) = [v for v in later.verdicts if v.error == "TE-07"]
    assert verdict.verdict == "not-enough-evidence"
    asked = [q for q in verdict.questions if "TE-07-2" in q.decides]
    assert [q.kind for q in asked] == ["time-passed"]
    assert OWN in asked[0].text["es"]
    assert LATER in asked[0].text["en"]


def test_what_no_date_can_change_stays_a_finding() -> None:
    assert "TE-01-1" in _findings(_diagnosis(CONFLATED, OWN))
    assert _findings(_diagnosis(CONFLATED, LATER)) == ["TE-01-1"]


def test_before_its_start_nothing_is_known_of_a_thing() -> None:
    earlier = _diagnosis("", EARLIER)
    assert earlier.period == "earlier"
    assert not _findings(earlier)


@pytest.mark.parametrize("update", ["", NO_CHAMPION, CONFLATED])
def test_before_the_founding_nothing_is_decided(update: str) -> None:
    diagnosis = _diagnosis(update, BEFORE_FOUNDING)
    assert {v.verdict for v in diagnosis.verdicts} == {"not-enough-evidence"}
    assert not _findings(diagnosis)
    assert {q.kind for v in diagnosis.verdicts for q in v.questions} == {"before-founding"}


def test_a_year_counts_as_its_own_date_throughout() -> None:
    dated = (
        "DELETE { ?d ckg:described ?old } INSERT { ?d ckg:described '2024'^^xsd:gYear } WHERE { ?d ckg:described ?old }"
    )
    for day in ("2024-06-01", "2024-12-31"):
        assert checker(day).diagnose(description(dated)).period == "own"
    assert checker("2025-01-01").diagnose(description(dated)).period == "later"
    assert checker("2023-12-31").diagnose(description(dated)).period == "earlier"
