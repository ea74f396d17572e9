"""Funders' programmes: which thresholds are in force, dated and cited, and what comes of a cluster just below and just above each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clusterkg.diagnosis import Checker, Settings
from clusterkg.resources import resources
from clusterkg.rules import Parameter, Rule

from ..rules.samples import checker, description

PROGRAMMES = ("eccp", "catalonia", "aei", "parp", "key-cluster", "denmark", "gber-27")
RECORDED = "2026-11-01"
# programme, requirement, parameter, value, in force from, document
THRESHOLDS = {
    ("eccp", "EC-01", "fte", "0.5", RECORDED, "eccp"),
    ("eccp", "EC-02", "members", "15", RECORDED, "eccp"),
    ("eccp", "EC-03", "kinds", "2", RECORDED, "eccp"),
    ("catalonia", "CT-01", "share", "50", RECORDED, "catalonia"),
    ("catalonia", "CT-02", "members", "20", RECORDED, "catalonia"),
    ("catalonia", "CT-03", "turnover", "100000000", RECORDED, "catalonia"),
    ("catalonia", "CT-04", "months", "36", RECORDED, "catalonia"),
    ("aei", "AE-01", "turnoverShare", "30", "2014", "aei"),
    ("aei", "AE-01", "firmShare", "10", "2014", "aei"),
    ("parp", "PP-01", "months", "12", RECORDED, "parp"),
    ("key-cluster", "KC-01", "months", "36", RECORDED, "parp"),
    ("key-cluster", "KC-02", "members", "51", RECORDED, "parp"),
    ("denmark", "DK-01", "fte", "1.0", RECORDED, "denmark"),
    ("denmark", "DK-02", "members", "20", RECORDED, "denmark"),
    ("gber-27", "GB-01", "share", "50", RECORDED, "gber"),
}
# Requirements without a number.
PLAIN = {"EC-04", "EC-05", "CT-05", "CT-06", "AE-02"}

FIRM = "DELETE DATA { <initiative/model-prog> ckg:membership <membership/model-prog-20> }"
COMMITTED = "DELETE DATA { <initiative/model-prog> ckg:membership <membership/model-prog-15> }"
MEMBER = "DELETE DATA { <initiative/model-prog> ckg:membership <membership/model-prog-51> }"
MORE = """INSERT DATA { <initiative/model-prog> ckg:membership <membership/more> .
    <membership/more> a ckg:Membership ; ckg:since "2022-01-01"^^xsd:date ; ckg:actorKind ckg:startup ;
        ckg:commitmentKind ckg:writtenCommitment }"""
KINDS = """DELETE { <initiative/model-prog> ckg:membership ?m } WHERE { ?m ckg:actorKind ?kind . FILTER(?kind NOT IN (%s)) }"""
SEAT = """INSERT DATA { <body/model-prog-board> ckg:seat <seat/more> .
    <seat/more> a ckg:Seat ; ckg:since "2022-01-01"^^xsd:date ; ckg:actorKind ckg:%s }"""


def _set(subject: str, name: str, value: str) -> str:
    return f"DELETE {{ <{subject}> ckg:{name} ?v }} INSERT {{ <{subject}> ckg:{name} {value} }} WHERE {{ <{subject}> ckg:{name} ?v }}"


def _day(day: str) -> str:
    return f'"{day}"^^xsd:date'


OFFICE, INITIATIVE = "organisation/model-prog-office", "initiative/model-prog"
TURNOVER, SOLD, COUNTED = (f"observation/model-prog-{name}" for name in ("turnover", "turnover-share", "firm-share"))
# Just below, and just above or at the threshold.
SIDES = {
    ("eccp", "EC-01"): (_set(OFFICE, "fullTimeEquivalents", "0.4"), _set(OFFICE, "fullTimeEquivalents", "0.5")),
    ("eccp", "EC-02"): (COMMITTED, MORE),
    ("eccp", "EC-03"): (KINDS % "ckg:sme", KINDS % "ckg:sme, ckg:localAuthority"),
    ("catalonia", "CT-01"): (SEAT % "ngo", SEAT % "sme"),
    ("catalonia", "CT-02"): (FIRM, MORE),
    ("catalonia", "CT-03"): (_set(TURNOVER, "amount", "99999999"), _set(TURNOVER, "amount", "100000000")),
    ("catalonia", "CT-04"): (
        _set("plan/model-prog", "until", _day("2025-12-27")),
        _set("plan/model-prog", "until", _day("2025-12-31")),
    ),
    ("aei", "AE-01"): (
        f"{_set(SOLD, 'amount', '29')} ; {_set(COUNTED, 'amount', '9')}",
        f"{_set(SOLD, 'amount', '30')} ; {_set(COUNTED, 'amount', '9')}",
    ),
    ("parp", "PP-01"): (
        _set(INITIATIVE, "fundingSecuredUntil", _day("2025-05-31")),
        _set(INITIATIVE, "fundingSecuredUntil", _day("2025-06-01")),
    ),
    ("key-cluster", "KC-01"): (
        _set(INITIATIVE, "founded", _day("2021-06-02")),
        _set(INITIATIVE, "founded", _day("2021-06-01")),
    ),
    ("key-cluster", "KC-02"): (MEMBER, MORE),
    ("denmark", "DK-01"): (_set(OFFICE, "fullTimeEquivalents", "0.9"), _set(OFFICE, "fullTimeEquivalents", "1.0")),
    ("denmark", "DK-02"): (FIRM, MORE),
    ("gber-27", "GB-01"): (
        _set("funding/model-prog", "operatingAidShare", "51"),
        _set("funding/model-prog", "operatingAidShare", "50"),
    ),
}
STRICTER = """
@prefix ckg: <https://w3id.org/clusterkg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix profile: <https://w3id.org/clusterkg/id/profile/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rule: <https://w3id.org/clusterkg/rule/> .
@prefix source: <https://w3id.org/clusterkg/id/source/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
profile:stricter a ckg:Profile ; ckg:code "programme/stricter" ; rdfs:label "Más exigente"@es , "Stricter"@en ;
    ckg:inherits profile:programme-denmark ;
    ckg:override [ ckg:rule rule:DK-02-1 ; ckg:name "members" ; ckg:value 21 ; ckg:validFrom "2027-01-01"^^xsd:date ;
                   dcterms:source [ a ckg:Citation ; ckg:document source:clusterkg ; ckg:locator "prueba"@es , "test"@en ] ] .
"""


def _rules(programme: str) -> tuple[Rule, ...]:
    return checker(profile=f"programme/{programme}").profile.rules


def _verdict(programme: str, requirement: str, update: str) -> str:
    profile = f"programme/{programme}"
    diagnosis = checker(profile=profile).diagnose(description(update, profile))
    return next(verdict.verdict for verdict in diagnosis.verdicts if verdict.error == requirement)


def _entry(programme: str, rule: Rule, parameter: Parameter) -> tuple[str, ...]:
    (source,) = parameter.sources
    document = source.document.rpartition("/")[2]
    requirement = rule.code.rpartition("-")[0]
    return programme, requirement, parameter.name, parameter.value.value, parameter.valid_from, document


def test_the_thresholds_on_record_are_in_force_and_no_others() -> None:
    found = {_entry(name, rule, p) for name in PROGRAMMES for rule in _rules(name) for p in rule.parameters}
    assert found == THRESHOLDS
    requirements = {rule.code.rpartition("-")[0] for name in PROGRAMMES for rule in _rules(name)}
    assert requirements == PLAIN | {requirement for _, requirement, *_ in THRESHOLDS}


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_threshold_is_dated_cited_and_named(programme: str) -> None:
    for rule in _rules(programme):
        for parameter in rule.parameters:
            assert parameter.sources, rule.code
            assert parameter.valid_from, rule.code
            assert set(parameter.label) == {"es", "en"}
            assert ("as recorded" in parameter.label["en"]) == (parameter.valid_from == RECORDED)


def test_each_threshold_has_a_cluster_on_either_side() -> None:
    assert set(SIDES) == {(programme, requirement) for programme, requirement, *_ in THRESHOLDS}


@pytest.mark.parametrize(("programme", "requirement"), sorted(SIDES))
def test_just_below_the_requirement_is_missed(programme: str, requirement: str) -> None:
    below, _ = SIDES[programme, requirement]
    assert _verdict(programme, requirement, below) == "present"


@pytest.mark.parametrize(("programme", "requirement"), sorted(SIDES))
def test_at_or_just_above_the_requirement_is_met(programme: str, requirement: str) -> None:
    _, above = SIDES[programme, requirement]
    assert _verdict(programme, requirement, above) == "absent"


@pytest.mark.parametrize(
    ("stage", "verdict"),
    [
        ("clusterDevelopment", "present"),
        ("matureCluster", "present"),
        ("clusterCreation", "not-enough-evidence"),
        ("agglomeration", "not-enough-evidence"),
    ],
)
def test_funds_must_be_secured_in_growth_and_maturity_only(stage: str, verdict: str) -> None:
    below, _ = SIDES["parp", "PP-01"]
    update = f"{below} ; {_set('cluster/model-prog', 'declaredStage', f'ckg:{stage}')}"
    assert _verdict("parp", "PP-01", update) == verdict


def test_an_embryonic_cluster_is_told_what_does_not_apply_to_it() -> None:
    update = _set("cluster/model-prog", "declaredStage", "ckg:clusterCreation")
    (verdict,) = checker(profile="programme/parp").diagnose(description(update, "programme/parp")).verdicts
    assert verdict.not_applicable == ("PP-01-1", "PP-01-2")
    assert not verdict.questions


def test_a_programme_may_inherit_another_and_ask_for_more(tmp_path: Path) -> None:
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(resources() / name)
    shutil.copytree(resources() / "shapes", tmp_path / "shapes")
    (tmp_path / "shapes" / "stricter").mkdir()
    (tmp_path / "shapes" / "stricter" / "profile.ttl").write_text(STRICTER, encoding="utf-8")
    stricter = Checker(Settings(profile="programme/stricter"), folder=tmp_path)
    verdicts = {v.error: v for v in stricter.diagnose(description("", "programme/denmark")).verdicts}
    assert verdicts["DK-02"].verdict == "present"
    assert verdicts["DK-02"].findings[0].message["en"].endswith("at least 21 are asked for.")
    assert verdicts["DK-01"].verdict == "absent"


def test_silence_is_no_missed_requirement() -> None:
    """A description that says nothing is asked; no programme holds its silence against it."""
    bare = """DELETE { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?s = <initiative/model-prog> && ?p NOT IN (rdf:type, ckg:serves)) } ;
        DELETE WHERE { ?description ckg:completeList ?list }"""
    for name in PROGRAMMES:
        profile = f"programme/{name}"
        for verdict in checker(profile=profile).diagnose(description(bare, profile)).verdicts:
            assert verdict.verdict == "not-enough-evidence", (name, verdict.error)
            assert verdict.questions
