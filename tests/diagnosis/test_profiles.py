"""A profile may inherit, override a parameter, and demand a better standing of evidence; people's decisions stand beside the verdict."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clusterkg.baking import bake
from clusterkg.diagnosis import Checker, Settings
from clusterkg.errors import ConfigurationError, UsageError
from clusterkg.resources import resources
from clusterkg.rulebook import RuleBook

from ..rules.samples import checker, description

HEAD = """
@prefix ckg: <https://w3id.org/clusterkg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix profile: <https://w3id.org/clusterkg/id/profile/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rule: <https://w3id.org/clusterkg/rule/> .
@prefix source: <https://w3id.org/clusterkg/id/source/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
STRICT = (
    HEAD
    + """
profile:strict a ckg:Profile ; ckg:code "strict" ; rdfs:label "Estricto"@es , "Strict"@en ;
    ckg:inherits profile:ten-errors ; ckg:minimumStanding ckg:verified .
"""
)
MANY_FIRMS = (
    HEAD
    + """
profile:many-firms a ckg:Profile ; ckg:code "many-firms" ; rdfs:label "Muchas empresas"@es , "Many firms"@en ;
    ckg:inherits profile:ten-errors ;
    ckg:override [ ckg:rule rule:TE-05-5 ; ckg:name "criticalMass" ; ckg:value 100000 ; ckg:validFrom "2026-01-01"^^xsd:date ;
                   dcterms:source [ a ckg:Citation ; ckg:document source:clusterkg ; ckg:locator "prueba"@es , "test"@en ] ] .
"""
)
WAIVED = """
INSERT { ?d ckg:decision <decision/1> .
         <decision/1> a ckg:Decision ; ckg:finding rule:TE-07-1 ; ckg:decides ckg:waives ; ckg:byRole "programme officer" ;
             ckg:reason "the post is being filled" ; ckg:date "2024-07-01"^^xsd:date ; ckg:deadline "2024-12-31"^^xsd:date }
WHERE { ?d ckg:assesses ?i } ;
DELETE { <cluster/model> ckg:championship ?c } WHERE { <cluster/model> ckg:championship ?c }
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what ships, to which a test adds profiles."""
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(resources() / name)
    shutil.copytree(resources() / "shapes", tmp_path / "shapes")
    return tmp_path


def _add(house: Path, name: str, turtle: str) -> None:
    folder = house / "shapes" / name
    folder.mkdir()
    (folder / "profile.ttl").write_text(turtle, encoding="utf-8")


def test_a_profile_may_ask_for_a_better_standing(house: Path) -> None:
    _add(house, "strict", STRICT)
    diagnosis = Checker(Settings(profile="strict"), folder=house).diagnose(description())
    assert {v.verdict for v in diagnosis.verdicts} == {"not-enough-evidence"}
    assert {q.kind for v in diagnosis.verdicts for q in v.questions} == {"standing"}
    usual = checker().diagnose(description())
    assert {v.standing for v in usual.verdicts} <= {"declared", "documented"}


def test_a_profile_may_override_a_threshold(house: Path) -> None:
    _add(house, "many-firms", MANY_FIRMS)
    diagnosis = Checker(Settings(profile="many-firms"), folder=house).diagnose(description())
    findings = [f for v in diagnosis.verdicts for f in v.findings]
    assert [f.rule for f in findings] == ["TE-05-5"]
    assert "100000" in findings[0].message["es"].replace(" ", "").replace(".", "")


def test_overriding_what_does_not_exist_is_an_error(house: Path) -> None:
    _add(house, "many-firms", MANY_FIRMS.replace("criticalMass", "criticalMess"))
    with pytest.raises(ConfigurationError, match="criticalMess"):
        RuleBook.load(house / "shapes")


def test_a_profile_cannot_inherit_itself(house: Path) -> None:
    _add(house, "strict", STRICT.replace("profile:ten-errors", "profile:strict"))
    with pytest.raises(ConfigurationError, match="inherits itself"):
        RuleBook.load(house / "shapes")


def test_an_unknown_profile_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="ten-errors"):
        RuleBook.load(resources() / "shapes").profile("ten-error")


def test_a_parameter_that_is_not_declared_is_an_error(house: Path) -> None:
    path = house / "shapes" / "ten-errors" / "TE-05-5.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace('ckg:name "criticalMass"', 'ckg:name "mass"'), encoding="utf-8"
    )
    rules = RuleBook.load(house / "shapes").profile("ten-errors").rules
    with pytest.raises(ConfigurationError, match="criticalMass"):
        bake(rules)


def test_decisions_stand_beside_the_verdict() -> None:
    diagnosis = checker().diagnose(description(WAIVED))
    (verdict,) = [v for v in diagnosis.verdicts if v.error == "TE-07"]
    assert verdict.verdict == "present", "the machine's verdict stays"
    (finding,) = [f for f in verdict.findings if f.rule == "TE-07-1"]
    (decision,) = finding.decisions
    assert (decision.decides, decision.role, decision.deadline) == ("waives", "programme officer", "2024-12-31")
    assert not [d for f in verdict.findings if f.rule != "TE-07-1" for d in f.decisions]


def test_what_needs_other_descriptions_says_that_it_was_not_checked() -> None:
    diagnosis = checker().diagnose(description())
    assert [v.not_checked for v in diagnosis.verdicts if v.not_checked] == [("TE-05-4",)]
