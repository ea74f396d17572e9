"""`explain`, `rules`, `profiles`, `query`, `template`, `ontology check`."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
import yaml

from clusterkg.errors import UsageError
from clusterkg.graph import Index
from clusterkg.namespaces import CKG, RDF
from clusterkg.queries import USERS, shipped_queries
from clusterkg.sparql_text import refuse_unsafe
from clusterkg.vocabulary import shipped_vocabulary


def test_every_rule_can_be_explained(run, speaks_code):
    rules = json.loads(run("rules", "--format", "json").out)
    assert rules
    for rule in rules[:: max(1, len(rules) // 12)]:
        result = run("explain", rule["code"], "--lang", speaks_code)
        assert result.code == 0
        assert rule["code"] in result.out
        assert rule["label"][speaks_code].split()[0] in result.out
        assert "sh:NodeShape" in result.out


@pytest.fixture(params=["es", "en"])
def speaks_code(request):
    return request.param


def test_an_error_is_explained_with_its_rules(run, speaks_code):
    result = run("explain", "te-07", "--lang", speaks_code)
    assert result.code == 0
    for code in ("TE-07-1", "TE-07-8", "mhcluster"):
        assert code in result.out


def test_a_rule_shows_its_query_with_thresholds_filled_in(run):
    told = run("explain", "TE-04-3").out
    assert "SELECT" in told
    assert "$months" not in told
    assert "12" in told


def test_rules_as_json_hold_what_others_read(run):
    rules = json.loads(run("rules", "--format", "json").out)
    names = {
        "code",
        "iri",
        "error",
        "role",
        "label",
        "message",
        "question",
        "sources",
        "parameters",
        "gates",
        "profile",
    }
    for rule in rules:
        assert names <= set(rule)
        assert set(rule["label"]) >= {"es", "en"}
        for source in rule["sources"]:
            assert {"document", "locator"} <= set(source)
        for parameter in rule["parameters"]:
            assert {"name", "value", "unit", "label", "source", "validFrom"} <= set(parameter)
            assert isinstance(parameter["value"], int | float | str)
    assert len({rule["code"] for rule in rules}) == len(rules)


def test_profiles_are_listed(run):
    assert "ten-errors" in run("profiles", "--lang", "es").out
    codes = [profile["code"] for profile in json.loads(run("profiles", "--format", "json").out)]
    assert "ten-errors" in codes


def test_queries_are_listed_by_whom_they_serve(run, speaks_code):
    told = run("query", "--lang", speaks_code).out
    assert all(f"  {name} — {query.title[speaks_code]}"[:60] in told for name, query in shipped_queries().items())
    assert len([line for line in told.splitlines() if line and not line.startswith(" ")]) == len(USERS)


@pytest.mark.parametrize("name", ["clusters", "verdicts"], ids=["stated", "diagnosed"])
def test_a_shipped_query_says_what_it_needs(run, speaks_code, name):
    result = run("query", name, "--lang", speaks_code, "--format", "csv")
    assert result.code == 0, result.err
    assert len(result.out.splitlines()) > 10


def test_own_data_is_diagnosed_along(run, minimal):
    asked = "SELECT ?v { ?d ckg:diagnoses <https://w3id.org/clusterkg/id/description/a-2024> ; ckg:judgement/ckg:verdict ?v }"
    told = run("query", asked, "--data", str(minimal), "--diagnose", "--no-entailments", "--format", "csv").out
    assert len(told.splitlines()) == 11


def test_parameters_narrow_a_query(run):
    every = run("query", "rules-by-error", "--format", "csv").out
    one = run("query", "rules-by-error", "--param", "error=error:TE-07", "--format", "csv").out
    assert 1 < len(one.splitlines()) < len(every.splitlines())
    assert all("TE-07" in line for line in one.splitlines()[1:])


@pytest.mark.parametrize(
    "params", [("errror=error:TE-07",), ("error",), ("error=<x> } # ",)], ids=["unknown", "no value", "injection"]
)
def test_bad_parameters(run, params):
    arguments = [word for param in params for word in ("--param", param)]
    result = run("query", "rules-by-error", *arguments)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("form", "check"),
    [
        ("json", lambda out: json.loads(out)["results"]["bindings"]),
        ("csv", lambda out: list(csv.DictReader(io.StringIO(out)))),
        ("tsv", lambda out: out.startswith("?c")),
        ("xml", lambda out: out.startswith("<?xml")),
        ("table", lambda out: "rows" in out),
    ],
)
def test_query_formats(run, form, check):
    result = run("query", "SELECT ?c WHERE { ?c a ckg:Cluster } LIMIT 2", "--format", form)
    assert result.code == 0
    assert check(result.out)


def test_graph_and_boolean_results(run):
    assert "@prefix ckg:" in run("query", "CONSTRUCT { ?c a ckg:Cluster } WHERE { ?c a ckg:Cluster }").out
    assert run("query", "ASK { ?c a ckg:Cluster }").out == "true\n"
    assert run("query", "ASK { ?c a ckg:Cluster }", "--format", "csv").code == 2


def test_own_data_is_asked_along(run, minimal):
    asked = "ASK { GRAPH <https://w3id.org/clusterkg/graph/description/a-2024> { ?d ckg:described ?x } }"
    assert run("query", asked).out == "false\n"
    assert run("query", asked, "--data", str(minimal)).out == "true\n"


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { SERVICE <http://x.org/> { ?s ?p ?o } }",
        "select * { service silent <http://x.org/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '#' . SERVICE<http://x.org/> {} }",
        "SELECT * { # comment\n SERVICE ?e {} }",
        "SELECT * { \\u0053ERVICE <http://x.org/> {} }",
        "LOAD <http://x.org/>",
        "PREFIX a: <b> INSERT DATA { a:a a:b a:c }",
        "DELETE WHERE { ?s ?p ?o }",
    ],
)
def test_queries_only_read_and_stay_here(run, sparql):
    result = run("query", sparql)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?service { ?service a ckg:Service }",
        "SELECT * { ?s rdfs:label 'SERVICE <x>' }",
        "# SERVICE, LOAD\nSELECT * { ?s <http://load/SERVICE> ?o }",
        'SELECT * { ?s ?p """a "quoted" LOAD""" }',
    ],
)
def test_words_elsewhere_are_no_harm(sparql):
    refuse_unsafe(sparql)


def test_unsafe_is_told():
    with pytest.raises(UsageError):
        refuse_unsafe("SELECT * { SERVICE <x> {} }")


def test_template_reads_as_it_is_and_uncommented(run, tmp_path, speaks_code):
    told = run("template", "--lang", speaks_code).out
    empty, full = tmp_path / "empty.yaml", tmp_path / "full.yaml"
    empty.write_text(told, encoding="utf-8")
    full.write_text(re.sub(r"^# ", "", told, flags=re.MULTILINE), encoding="utf-8")
    first = json.loads(run("check", str(empty), "--format", "json", "--fail-on", "never").out)
    assert first["summary"]["not-enough-evidence"] == 10
    second = run("check", str(full), "--format", "json", "--fail-on", "never")
    assert second.err == ""
    assert json.loads(second.out)["summary"]["descriptions"] == 1


def test_template_never_overwrites_what_may_be_filled_in(run, tmp_path):
    target = tmp_path / "mine.yaml"
    assert run("template", "--out", str(target)).code == 0
    result = run("template", "--out", str(target), "--lang", "es")
    assert result.code == 2
    assert "ya existe" in result.err


def test_template_offers_every_list(run):
    told = re.sub(r"^# ", "", run("template").out, flags=re.MULTILINE)
    tree = yaml.safe_load(told)
    index = Index(quad.triple for quad in shipped_vocabulary().store)
    lists = index.subjects(RDF.type, CKG.DescribedList)
    assert set(tree["completeList"]) == {CKG.local_name(node.value) for node in lists}
    keys = set(_keys(tree))
    for node in lists:
        properties = {re.split("[#/]", found.value)[-1] for found in index.nodes(node, CKG.listProperty)}
        assert properties <= keys, node


def _keys(tree):
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _keys(value)
    elif isinstance(tree, list):
        for item in tree:
            yield from _keys(item)


def test_template_lines_are_uncommented_one_block_at_a_time(run, minimal, tmp_path):
    told = run("template").out.splitlines()
    path = tmp_path / "part.yaml"
    for start in [n for n, line in enumerate(told) if re.match(r"#   [a-zA-Z]+:", line)][::6]:
        end = next((n for n in range(start + 1, len(told)) if not told[n].startswith(("#    ", "##"))), len(told))
        part = [line[2:] if start <= n < end and line.startswith("# ") else line for n, line in enumerate(told)]
        path.write_text("\n".join(part) + "\n", encoding="utf-8")
        result = run("check", str(path), "--format", "json", "--fail-on", "never")
        assert result.code == 0, (told[start], result.err)


@pytest.mark.slow
def test_ontology_check(run, tmp_path):
    pytest.importorskip("owlready2")
    result = run("ontology", "check", "--lang", "es")
    assert result.code in (0, 1), result.err
    assert "clases" in result.out
