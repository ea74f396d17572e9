"""All formats say the same of the same report: counts of verdicts, codes of findings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter

import pyoxigraph as ox

from clusterkg.namespaces import CKG, RDF
from clusterkg.rendering import FORMATS, render
from clusterkg.rendering.language import language
from clusterkg.rendering.marks import symbol
from clusterkg.rendering.text import render_text

WORDS = {
    "present": CKG.present,
    "at-risk": CKG.atRisk,
    "absent": CKG.absent,
    "not-enough-evidence": CKG.notEnoughEvidence,
}


def from_json(content):
    verdicts = [v for d in json.loads(content)["diagnoses"] for v in d["verdicts"]]
    return Counter(v["verdict"] for v in verdicts), Counter(f["rule"] for v in verdicts for f in v["findings"])


def from_csv(content):
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    rules = {(r["description"], rule) for r in rows for rule in r["rules"].split()}
    assert sum(int(r["findingCount"]) for r in rows) == len(rules)
    return Counter(r["verdict"] for r in rows), Counter(rule for _, rule in rules)


def from_rdf(content, form):
    triples = [q.triple for q in ox.parse(content, format=form)]
    names = {iri: word for word, iri in WORDS.items()}
    findings = {t.subject for t in triples if t.predicate == RDF.type and t.object == CKG.Finding}
    rules = (t.object.value for t in triples if t.predicate == CKG.rule and t.subject in findings)
    verdicts = Counter(names[t.object] for t in triples if t.predicate == CKG.verdict)
    return verdicts, Counter(rule.rpartition("/")[2] for rule in rules)


def from_text(report):
    told = render_text(report, language("en"), width=200, details=True)
    heads = re.findall(r"^(\S) (TE-\d\d) .* — [A-Z ]+$", told, re.MULTILINE)
    names = {symbol(word): word for word in WORDS}
    rules = re.findall(r"^  (TE-\d\d-\d) \(", told, re.MULTILINE)
    return Counter(names[mark] for mark, _ in heads), Counter(rules)


def test_all_formats_agree(report):
    expected = from_json(render(report, "json", language("en")))
    assert expected[0] == Counter({k: v for k, v in report.summary.items() if k != "descriptions"})
    assert from_csv(render(report, "csv", language("es"))) == expected
    assert from_rdf(render(report, "turtle", language("es")), ox.RdfFormat.TURTLE) == expected
    assert from_rdf(render(report, "jsonld", language("es")), ox.RdfFormat.JSON_LD) == expected
    assert from_text(report) == expected


def test_every_format_renders_every_report(report, speaks):
    for form in FORMATS:
        assert render(report, form, speaks).endswith("\n")
