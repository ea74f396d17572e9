"""The diagnosis as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import clusterkg
from clusterkg.rendering.json import render_json

SCHEMA = json.loads((Path(clusterkg.__file__).parent / "schemas" / "diagnosis.schema.json").read_text(encoding="utf-8"))


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_follows_its_schema(report):
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(render_json(report)))


def test_schema_refuses_another_verdict(reports):
    tree = json.loads(render_json(reports.one()))
    tree["diagnoses"][0]["verdicts"][0]["verdict"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(tree)


def test_same_report_same_bytes(report, reports):
    assert render_json(report) == render_json(report)
    assert render_json(reports.several()) == render_json(reports.several())
    assert render_json(report).endswith("}\n")


def test_writes_letters_as_they_are(reports):
    assert "Clúster Alfa" in render_json(reports.one())


def test_keeps_the_names_that_others_build_on(reports):
    tree = json.loads(render_json(reports.one()))
    assert {"clusterkg", "profile", "asOf", "inputs", "engine", "ontology", "shapes", "summary", "diagnoses"} <= set(
        tree
    )
    diagnosis = tree["diagnoses"][0]
    assert {"iri", "label", "described", "asOf", "stage", "pentagon", "verdicts"} <= set(diagnosis)
    assert {"declared", "inferred", "because"} <= set(diagnosis["stage"])
    assert {"status", "missing", "unknown"} <= set(diagnosis["pentagon"])
    verdict = next(v for v in diagnosis["verdicts"] if v["findings"])
    assert {"error", "label", "verdict", "findings", "evidence", "questions"} <= set(verdict)
    names = {"rule", "role", "focusNode", "path", "value", "message", "source", "location", "remedies", "repairs"}
    assert names <= set(verdict["findings"][0])
    assert {"document", "locator"} <= set(verdict["findings"][0]["source"])
