"""Every sample of every rule: exactly what it says must come of it, over the whole diagnosis."""

from __future__ import annotations

import pytest

from .samples import Case, cases, checker, description, diagnose, expected, outcome


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_sample(case: Case) -> None:
    real = outcome(diagnose(case))
    assert real == expected(case, real)


def test_the_model_cluster_shows_none_of_the_ten_errors() -> None:
    diagnosis = checker().diagnose(description())
    assert [v.verdict for v in diagnosis.verdicts] == ["absent"] * 10
    assert not any(v.findings or v.questions for v in diagnosis.verdicts)
    assert all(v.evidence for v in diagnosis.verdicts)


@pytest.mark.parametrize("case", [c for c in cases() if c.kind != "edge"], ids=lambda case: case.id)
def test_kind_says_whether_the_rule_fires(case: Case) -> None:
    assert case.kind in ("fail", "pass")
    assert case.fires == (case.kind == "fail")
