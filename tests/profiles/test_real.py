"""What the profiles on project sheet and business model find in what is shipped: exactly what the documents say, and no more.

A finding is named by its rule and by what it is about; the questions are not pinned, save where silence must ask one.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from clusterkg.descriptions import descriptions_of
from clusterkg.diagnosis import Checker, Settings
from clusterkg.diagnosis.model import Diagnosis, Verdict
from clusterkg.reading import find_documents, read_document
from clusterkg.resources import resource

PROFILES = ("business-model", "pentagon", "project-sheet")
HEALTH_VALLEY, JUAREZ = "health-valley", "juarez-el-paso"


@cache
def _checker(profile: str) -> Checker:
    return Checker(Settings(profile=profile))


@cache
def _diagnoses(profile: str, folder: str, name: str) -> tuple[Diagnosis, ...]:
    checker = _checker(profile)
    document = read_document(resource("data", folder, f"{name}.yaml"))
    return tuple(checker.diagnose(found) for found in descriptions_of(document, checker.vocabulary))


def _verdicts(profile: str, name: str, folder: str = "clusters") -> dict[str, Verdict]:
    (diagnosis,) = _diagnoses(profile, folder, name)
    return {verdict.error: verdict for verdict in diagnosis.verdicts}


def _found(verdict: Verdict) -> Counter[tuple[str, str]]:
    """Rule and what the finding is about, by the last part of its IRI."""
    return Counter((f.rule, (f.value or f.focus).value.rpartition("/")[2].rpartition("#")[2]) for f in verdict.findings)


def test_the_sheet_of_juarez_leaves_cost_and_prior_situation_blank() -> None:
    verdicts = _verdicts("project-sheet", JUAREZ)
    assert _found(verdicts["PS-01"]) == Counter(
        [("PS-01-1", "sectionCost"), ("PS-01-1", "sectionPriorSituation")],
    )
    assert _found(verdicts["PS-05"]) == Counter([("PS-05-1", JUAREZ)])


def test_the_phases_of_juarez_do_not_match() -> None:
    """It describes 1a, 1b and 2 to 5, and plans 1 to 6."""
    assert _found(_verdicts("project-sheet", JUAREZ)["PS-02"]) == Counter(
        [
            ("PS-02-1", "juarez-described-1a"),
            ("PS-02-1", "juarez-described-1b"),
            ("PS-02-2", "juarez-planned-1"),
            ("PS-02-2", "juarez-planned-6"),
        ]
    )


def test_no_indicator_of_juarez_has_a_baseline() -> None:
    """Six findings; whether the wording gives formula and period is asked."""
    verdict = _verdicts("project-sheet", JUAREZ)["PS-03"]
    assert {rule for rule, _ in _found(verdict)} == {"PS-03-1"}
    assert len(verdict.findings) == 6
    assert {code for q in verdict.questions for code in q.decides} == {"PS-03-2", "PS-03-4", "PS-03-6"}


def test_juarez_names_who_leads_and_who_supports() -> None:
    verdict = _verdicts("project-sheet", JUAREZ)["PS-04"]
    assert (verdict.verdict, verdict.findings, verdict.questions) == ("absent", (), ())


def test_the_verdicts_on_the_sheet_of_juarez() -> None:
    verdicts = _verdicts("project-sheet", JUAREZ)
    assert {error: verdict.verdict for error, verdict in verdicts.items()} == {
        "PS-01": "present",
        "PS-02": "present",
        "PS-03": "at-risk",
        "PS-04": "absent",
        "PS-05": "present",
    }


def test_every_finding_on_the_sheet_of_juarez_cites_the_sheet() -> None:
    for verdict in _verdicts("project-sheet", JUAREZ).values():
        for finding in verdict.findings:
            assert {citation.document for citation in finding.statement_sources} == {"juarez"}


def test_health_valley_moves_away_from_public_money() -> None:
    evidence = _verdicts("business-model", HEALTH_VALLEY)["BM-09"].evidence
    assert [e.value.label for e in evidence] == [
        {"es": "parte pública: 90 % (2011) → 40 % (previsto)", "en": "public share: 90 % (2011) → 40 % (projected)"}
    ]


def test_the_business_model_of_health_valley() -> None:
    """No finding: what the case study does not say is asked. Fees besides public money are stated, and a change of the mix."""
    verdicts = _verdicts("business-model", HEALTH_VALLEY)
    assert [f.rule for verdict in verdicts.values() for f in verdict.findings] == []
    assert {error for error, verdict in verdicts.items() if verdict.verdict == "absent"} == {
        "BM-02",
        "BM-03",
        "BM-08",
        "BM-09",
    }
    asked = {code for q in verdicts["BM-01"].questions for code in q.decides}
    assert asked == {"BM-01-1", "BM-01-2"}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_profile_s_own_model_is_without_fault(profile: str) -> None:
    verdicts = _verdicts(profile, f"model-{profile}", "illustrations")
    assert {verdict.verdict for verdict in verdicts.values()} == {"absent"}


def test_the_model_cluster_has_three_kinds_of_money_and_no_canvas() -> None:
    """Its lists of mixes are complete, its business model is not described."""
    verdicts = _verdicts("business-model", "model-cluster", "illustrations")
    names = {error: verdict.verdict for error, verdict in verdicts.items()}
    assert {names[error] for error in ("BM-01", "BM-02", "BM-03", "BM-08")} == {"absent"}
    assert {names[error] for error in ("BM-04", "BM-05", "BM-06", "BM-07")} == {"not-enough-evidence"}
    assert [f.rule for f in verdicts["BM-09"].findings] == ["BM-09-2"]


@pytest.mark.parametrize("profile", PROFILES)
def test_silence_is_never_a_finding(profile: str) -> None:
    """A cluster of which the shipped description closes no list of the profile gets questions."""
    found = Counter(
        (path.stem, finding.rule)
        for path in find_documents([resource("data", "clusters")])
        for diagnosis in _diagnoses(profile, "clusters", path.stem)
        for verdict in diagnosis.verdicts
        for finding in verdict.findings
    )
    assert {name for name, _ in found} <= FOUND[profile], found


# Descriptions in which a profile finds anything.
FOUND = {"business-model": set(), "pentagon": set(), "project-sheet": {JUAREZ}}
