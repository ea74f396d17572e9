"""The pages of the vocabulary: complete, valid, linked, escaped, and the same every time."""

from __future__ import annotations

import json
import os
import posixpath
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import html5lib
import pytest
from pyoxigraph import Literal, NamedNode, parse

from clusterkg.errors import UsageError
from clusterkg.namespaces import CKG, DCTERMS, OWL, RDF, RDFS, ROOT, SH, SKOS
from clusterkg.rendering.language import languages
from clusterkg.resources import resources
from clusterkg.rulebook import RuleBook
from clusterkg.vocabulary_pages import build_site
from clusterkg.vocabulary_pages.speaking import page_texts

HERE = Path(__file__).resolve().parent
KINDS = (
    OWL.Ontology,
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    SKOS.ConceptScheme,
    SKOS.Concept,
    CKG.Rule,
    CKG.Error,
    CKG.Profile,
    CKG.Success,
    CKG.Action,
    CKG.SourceDocument,
)
PROSE = {
    RDFS.label,
    RDFS.comment,
    SKOS.prefLabel,
    SKOS.definition,
    SKOS.editorialNote,
    DCTERMS.description,
    SH.message,
    CKG.question,
    CKG.answer,
    CKG.locator,
}
HOSTILE = """<script>alert("1")</script> & 'x' </title> {{ 7*7 }}"""
TINY = f"""
@prefix ckg: <{CKG}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . @prefix skos: <{SKOS}> .
@prefix error: <{ROOT}id/error/> .
<{ROOT}ontology/tiny> a owl:Ontology ; rdfs:label "Mínima"@es , "Tiny"@en .
ckg:Thing a owl:Class ; rdfs:isDefinedBy <{ROOT}ontology/tiny> ;
    rdfs:label {json.dumps(HOSTILE)}@es , {json.dumps(HOSTILE)}@en ; skos:definition {json.dumps(HOSTILE)}@en ;
    rdfs:seeAlso <javascript:alert(1)> , <https://example.org/a%22b> .
ckg:THING a owl:Class ; rdfs:label "otra"@es , "another"@en ; rdfs:subClassOf ckg:Thing .
<{ROOT}id/action/..%2F..%2Fout> a ckg:Action ; rdfs:label "fuera"@es , "outside"@en .
error:X-1 a ckg:Error ; ckg:code "X-1\\"><img src=x onerror=alert(1)>" ; rdfs:label "E"@es , "E"@en .
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("pages") / "vocabulary"
    build_site(resources(), built)
    return built


@pytest.fixture(scope="module")
def site(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def pages(site: dict[str, str]) -> dict[str, str]:
    return {path: content for path, content in site.items() if path.endswith(".html")}


@pytest.fixture(scope="module")
def paths(site: dict[str, str]) -> dict[str, str]:
    return json.loads(site["pages.json"])["pages"]


@pytest.fixture(scope="module")
def triples() -> list:
    files = [*(resources() / "ontology").rglob("*.ttl"), *(resources() / "shapes").rglob("*.ttl")]
    files.append(resources() / "data" / "sources.ttl")
    return [quad.triple for file in sorted(files) for quad in parse(path=file, rename_blank_nodes=True)]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "shapes" / "view").mkdir(parents=True)
    (tmp_path / "ontology" / "tiny.ttl").write_text(TINY, encoding="utf-8")
    return tmp_path


def test_everything_has_its_page_in_every_language(triples, paths, site):
    named = {
        t.subject.value
        for t in triples
        if t.predicate == RDF.type
        and t.object in KINDS
        and isinstance(t.subject, NamedNode)
        and t.subject.value.startswith(ROOT)
    }
    assert named - paths.keys() == set()
    book = RuleBook.load(resources() / "shapes")
    assert {rule.iri for profile in book.profiles.values() for rule in profile.rules} <= paths.keys()
    for path in paths.values():
        for language in languages():
            assert f"{language}/{path}" in site


def test_both_languages_have_the_same_pages(pages):
    by_language = [{p.partition("/")[2] for p in pages if p.startswith(f"{code}/")} for code in languages()]
    assert all(found == by_language[0] for found in by_language)
    assert all(f'<html lang="{path[:2]}">' in content for path, content in pages.items() if "/" in path)


def test_no_text_lacks_a_language(triples):
    told: dict = {}
    for t in triples:
        if t.predicate in PROSE and isinstance(t.object, Literal):
            told.setdefault((str(t.subject), t.predicate), set()).add(t.object.language)
    assert [key for key, tags in told.items() if not set(languages()) <= tags] == []


def test_the_texts_of_the_pages_are_the_same_in_every_language():
    first, *others = (page_texts(code) for code in languages())
    for other in others:
        assert first.keys() == other.keys()
        for key in first:
            assert set(re.findall(r"{\w+}", first[key])) == set(re.findall(r"{\w+}", other[key])), key


def test_every_link_leads_somewhere(site, pages):
    anchors = {path: set(re.findall(r'\sid="([^"]*)"', content)) for path, content in pages.items()}
    broken = []
    for path, content in pages.items():
        for href in set(re.findall(r'\s(?:href|src|action)="([^"]*)"', content)):
            if urlsplit(href).scheme in ("http", "https"):
                continue
            target, fragment = urldefrag(href.replace("&amp;", "&"))
            where = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target))) if target else path
            if where not in site or (fragment and fragment not in anchors[where]):
                broken.append((path, href))
    assert broken == []


def test_paths_differ_by_more_than_case(site):
    assert len({path.lower() for path in site}) == len(site)
    assert all(re.fullmatch(r"[A-Za-z0-9._/-]+", path) for path in site)


def one_of_each_kind(pages: dict[str, str]) -> list[str]:
    """The longest page of each kind, in each language, and every overview."""
    longest: dict[str, str] = {}
    for path, content in pages.items():
        kind = posixpath.dirname(path)
        if path.count("/") < 2:
            longest[path] = path
        elif len(content) > len(pages.get(longest.get(kind, ""), "")):
            longest[kind] = path
    # The tree builder of html5lib is slow: an overview of a thousand rows proves no more than one of a hundred.
    return [path for path in longest.values() if len(pages[path]) < 250_000]


def test_pages_are_valid_html(pages):
    chosen = one_of_each_kind(pages)
    assert len(chosen) > 30
    for path in chosen:
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(pages[path])
        assert [(path, *error) for error in parser.errors] == []


def test_ids_are_unique_and_headings_in_order(pages):
    for path, content in pages.items():
        ids = re.findall(r'\sid="([^"]*)"', content)
        assert len(ids) == len(set(ids)), path
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", content)]
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_references_for_assistive_technology_are_met(pages):
    for path, content in pages.items():
        ids = set(re.findall(r'\sid="([^"]*)"', content))
        for names in re.findall(r'\saria-(?:labelledby|describedby)="([^"]*)"', content):
            assert set(names.split()) <= ids, path
        assert set(re.findall(r'<label for="([^"]*)"', content)) == set(re.findall(r'<input id="([^"]*)"', content)), (
            path
        )
        assert content.count("<svg") == content.count("<desc"), path


def test_nothing_comes_from_elsewhere_and_nothing_is_inline(site, pages):
    for path, content in pages.items():
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<iframe|<img|<object|javascript:", content), path
        assert all(re.fullmatch(r'<script src="[\w./-]+" defer>', tag) for tag in re.findall(r"<script[^>]*>", content))
        assert not re.search(r'<link rel="stylesheet" href="(?:https?:)?//', content), path
    assert "@import" not in site["site.css"]
    assert "url(" not in site["site.css"]
    assert not re.search(r"https?://|innerHTML|eval\(", site["search.js"])


def test_search_data_names_every_page_once(site, paths):
    for code in languages():
        body = site[f"{code}/search-data.js"].removeprefix("window.vocabularyPages = ").rstrip().removesuffix(";")
        assert sorted(row[2] for row in json.loads(body)) == sorted(paths.values())


def test_a_rule_is_told_with_thresholds_gate_and_query(site, paths):
    book = RuleBook.load(resources() / "shapes")
    rules = {
        rule.iri: rule for profile in book.profiles.values() for rule in profile.rules if rule.profile == profile.iri
    }
    for rule in rules.values():
        for code in languages():
            page = site[f"{code}/{paths[rule.iri]}"]
            for parameter in rule.parameters:
                assert parameter.valid_from in page
                assert f"<code>{parameter.name}</code>" in page
            for link in (*rule.remedies, *(gate.list for gate in rule.gates), rule.concerns):
                assert f'href="../{paths[link]}"' in page, (rule.code, link)
            assert "SELECT" in page or "sh:property" in page or "sh:or" in page or "sh:and" in page or "sh:not" in page
            assert not re.search(r"\$(?!this|value|PATH)[a-z]", page), rule.code


def test_diagrams_are_there(site, paths, triples):
    errors = {t.subject.value for t in triples if t.predicate == RDF.type and t.object == CKG.Error}
    concerned = {t.object.value for t in triples if t.predicate == CKG.concerns}
    for iri in sorted(errors & concerned):
        assert '<svg class="drawing rules"' in site[f"es/{paths[iri]}"]
    assert '<svg class="drawing flow"' in site["en/index.html"]
    assert any(
        '<svg class="drawing stages"' in site[f"en/{path}"] for path in paths.values() if path.startswith("profile/")
    )
    modules = [site[f"en/{path}"] for path in paths.values() if path.startswith("module/")]
    assert sum('<svg class="drawing classes"' in page for page in modules) >= len(modules) - 1


def test_the_same_every_time_and_from_the_command_line(folder, site, tmp_path):
    again = tmp_path / "again"
    environ = {**os.environ, "PYTHONHASHSEED": "7", "CLUSTERKG_LANG": "es", "PYTHONPATH": str(HERE.parent / "src")}
    command = [sys.executable, "-m", "clusterkg", "ontology", "docs", str(again)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=environ)
    assert done.returncode == 0, done.stderr
    assert "Empiece por" in done.stdout
    found = {p.relative_to(again).as_posix(): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert found.keys() == site.keys()
    assert [path for path in found if found[path] != (folder / path).read_bytes()] == []


def test_hostile_labels_stay_text(tiny, tmp_path):
    out = tmp_path / "out"
    build_site(tiny, out)
    written = sorted(path for path in out.rglob("*") if path.is_file())
    assert all(path.resolve().is_relative_to(out.resolve()) for path in written)
    for path in written:
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            assert "<script>alert" not in content, path
            assert "<img" not in content, path
            assert 'href="javascript:' not in content, path
            html5lib.HTMLParser(strict=True).parse(content)
    thing = (
        out / "en" / "class" / "Thing-2.html",
        out / "en" / "class" / "Thing.html",
        out / "en" / "class" / "THING.html",
    )
    page = "".join(path.read_text(encoding="utf-8") for path in thing if path.exists())
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert '<p class="prose"><span lang="en">' in "".join(
        path.read_text(encoding="utf-8") for path in (out / "es" / "class").iterdir()
    ), "a text in the other language is marked as such"


def test_one_language_alone_has_no_switch(tiny, tmp_path):
    build_site(tiny, tmp_path / "out", ["es"])
    assert not (tmp_path / "out" / "en").exists()
    assert "../en/" not in (tmp_path / "out" / "es" / "index.html").read_text(encoding="utf-8")


def test_a_second_run_replaces_what_the_first_wrote(tiny, tmp_path):
    out = tmp_path / "out"
    build_site(tiny, out)
    assert (out / "en" / "action").is_dir()
    text = (tiny / "ontology" / "tiny.ttl").read_text(encoding="utf-8")
    shorter = "\n".join(line for line in text.splitlines() if "ckg:Action" not in line)
    (tiny / "ontology" / "tiny.ttl").write_text(shorter, encoding="utf-8")
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    build_site(tiny, out)
    assert list((out / "en").glob("action/*")) == []
    assert (out / "mine.txt").exists()


def test_a_folder_with_other_things_is_left_alone(tiny, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError):
        build_site(tiny, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_a_list_of_pages_cannot_name_files_outside(tiny, tmp_path):
    out, outside = tmp_path / "out", tmp_path / "outside.txt"
    build_site(tiny, out)
    outside.write_text("mine", encoding="utf-8")
    (out / "pages.json").write_text(json.dumps({"files": ["../outside.txt", str(outside)]}), encoding="utf-8")
    build_site(tiny, out)
    assert outside.exists()


def test_without_jinja2_it_says_what_to_install(tiny, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(UsageError) as caught:
        build_site(tiny, tmp_path / "out")
    assert "Jinja2" in caught.value.message["es"]
