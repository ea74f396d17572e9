"""The diagnosis as RDF."""

from __future__ import annotations

import pyoxigraph as ox

from clusterkg.namespaces import CKG, PROV, RDF, SH
from clusterkg.rendering.rdf import render_jsonld, render_turtle
from clusterkg.rendering.triples import diagnosis_iri, triples_of


def test_turtle_and_jsonld_hold_the_same_triples(report):
    expected = {str(t) for t in triples_of(report)}
    turtle = {str(q.triple) for q in ox.parse(render_turtle(report), format=ox.RdfFormat.TURTLE)}
    jsonld = {str(q.triple) for q in ox.parse(render_jsonld(report), format=ox.RdfFormat.JSON_LD)}
    assert turtle == expected
    assert jsonld == expected


def test_same_report_same_bytes(reports):
    assert render_turtle(reports.several()) == render_turtle(reports.several())
    assert render_jsonld(reports.several()) == render_jsonld(reports.several())


def test_turtle_names_prefixes_in_order(reports):
    heads = [line for line in render_turtle(reports.one()).splitlines() if line.startswith("@prefix")]
    assert heads == sorted(heads)


def test_is_a_shacl_report_about_the_description(reports):
    report = reports.one()
    node = diagnosis_iri(report, report.diagnoses[0])
    triples = triples_of(report)
    about = {(t.predicate, t.object) for t in triples if t.subject == node}
    assert (RDF.type, SH.ValidationReport) in about
    assert (SH.conforms, ox.Literal(False)) in about
    assert (PROV.wasDerivedFrom, ox.NamedNode(report.diagnoses[0].iri)) in about
    results = {o for p, o in about if p == SH.result}
    assert results == {t.subject for t in triples if t.predicate == RDF.type and t.object == SH.ValidationResult}
    for result in results:
        told = {t.predicate for t in triples if t.subject == result}
        assert {SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape} <= told


def test_other_content_other_name(reports):
    one, several = reports.one(), reports.several()
    assert len({diagnosis_iri(several, d) for d in several.diagnoses}) == 3
    assert diagnosis_iri(one, one.diagnoses[0]).value.startswith("https://w3id.org/clusterkg/graph/diagnosis/")


def test_verdicts_are_concepts_of_the_vocabulary(reports):
    found = {t.object for t in triples_of(reports.one()) if t.predicate == CKG.verdict}
    assert found == {CKG.present, CKG.atRisk, CKG.absent, CKG.notEnoughEvidence}
