"""Forming a cluster: what was done is evidence, and what remains open of a phase comes next."""

from __future__ import annotations

from clusterkg.diagnosis.model import Verdict

from ..rules.samples import checker, description

DONE = {"cluster-workshop", "attract-incubators", "inform-on-grants", "virtual-fairs"}
IN_TABLE_2 = 27


def _phase(update: str = "") -> Verdict:
    diagnosis = checker(profile="formation").diagnose(description(update, "formation"))
    return next(verdict for verdict in diagnosis.verdicts if verdict.error == "FO-01")


def _names(iris: list[str]) -> set[str]:
    return {iri.rpartition("/")[2] for iri in iris}


def test_the_actions_that_were_done_are_the_evidence() -> None:
    assert _names([evidence.value.value for evidence in _phase().evidence]) == DONE


def test_the_open_actions_of_the_phase_are_the_next_steps() -> None:
    steps = _names([remedy.iri for remedy in _phase().remedies])
    assert not steps & DONE
    assert len(steps) == IN_TABLE_2 - len(DONE)


def test_what_was_put_into_practice_is_proposed_no_more() -> None:
    update = "INSERT DATA { <initiative/model-drones> ckg:appliedRemedy <action/share-practices> }"
    before, after = (_names([remedy.iri for remedy in _phase(u).remedies]) for u in ("", update))
    assert before - after == {"share-practices"}


def test_what_is_only_planned_remains_open() -> None:
    update = """DELETE { <activity/model-form-workshop> ?p ?o }
        WHERE { <activity/model-form-workshop> ?p ?o . FILTER(?p IN (ckg:undertakingState, ckg:date)) } ;
        INSERT DATA { <activity/model-form-workshop> ckg:undertakingState ckg:planned }"""
    assert "cluster-workshop" in _names([remedy.iri for remedy in _phase(update).remedies])
