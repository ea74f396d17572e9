"""Pages: the reader's language, safe links, nothing inline, every link of ours answers."""

from __future__ import annotations

import re
from collections.abc import Callable

import html5lib
import httpx
import pytest

from clusterkg.namespaces import ROOT
from clusterkg.server.linked_data.addresses import href

HTML = "{http://www.w3.org/1999/xhtml}"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
PAGES = (
    "/",
    "/id",
    "/id/cluster",
    "/id/initiative/health-valley.html",
    "/id/cluster/medellin-construccion.html",
    "/id/description/health-valley-2021.html",
    "/id/error/TE-07.html",
    "/id/source/medellin.html",
    "/rule/TE-07-1.html",
    "/rule/FO-05-4.html",
    "/ontology",
    "/now",
    "/ontology/funding",
    "/ontology/term/Cluster",
    "/graph",
    "/graph/description/health-valley-2021",
    "/graph/rules",
    "/shapes",
    "/queries",
    "/queries/verdicts",
    "/catalog",
    "/schema",
    "/problem",
    "/problem/query",
)


def parsed(text: str):
    """The page, parsed as browsers do; an error of syntax is a failure."""
    return html5lib.HTMLParser(strict=True).parse(text)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("code", ["es", "en"])
def test_pages_are_sound(shipped: httpx.Client, path: str, code: str):
    answer = shipped.get(path, headers={"Accept": "text/html", "Accept-Language": f"{code}-MX, fr;q=0.3"})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == code
    tree = parsed(answer.text)
    assert tree.get("lang") == code
    assert len(tree.findall(f".//{HTML}h1")) == 1
    assert not tree.findall(f".//{HTML}script")
    assert not tree.findall(f".//{HTML}style")
    for element in tree.iter():
        assert not any(name == "style" or str(name).startswith("on") for name in element.attrib), element.attrib
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter(f"{HTML}a"):
        target = element.get("href")
        assert re.match(r"(/(?!/)|#|\?|https?://)", target), target


@pytest.mark.parametrize("path", PAGES)
def test_links_of_ours_answer(shipped: httpx.Client, path: str):
    page = parsed(shipped.get(path, headers={"Accept": "text/html"}).text)
    targets = {element.get("href").partition("#")[0] for element in page.iter(f"{HTML}a")}
    inside = sorted(target for target in targets if target.startswith("/"))
    for target in inside[:: max(1, len(inside) // 25)]:
        answer = shipped.head(target) if not target.startswith(("/api", "/sparql", "/openapi")) else shipped.get(target)
        assert answer.status_code in (200, 303), target


def test_the_language_can_be_chosen(shipped: httpx.Client):
    path = "/id/error/TE-07.html"
    spanish, english = (
        shipped.get(f"{path}?lang=es").text,
        shipped.get(f"{path}?lang=en", headers={"Accept-Language": "es"}).text,
    )
    assert "<h1>Creer que el clúster funcionará solo</h1>" in spanish
    assert '<span lang="en">Believing that the cluster will run by itself</span>' in spanish
    assert "<h1>Believing that the cluster will run by itself</h1>" in english
    assert 'hreflang="en"' in spanish
    assert "?lang=es" in english


def test_a_label_in_another_language_is_marked(small: Callable[[dict[str, str]], httpx.Client]):
    first, second = f"<{ROOT}id/thing/a>", f"<{ROOT}id/thing/b>"
    statements = (
        f'{first} {LABEL} "Nur deutsch"@de ; <http://example.org/p> {second} . {second} {LABEL} "Français"@fr .'
    )
    client = small({"https://example.org/g": statements})
    page = client.get("/id/thing/a.html?lang=es").text
    assert '<h1 lang="de">Nur deutsch</h1>' in page
    assert 'lang="fr">Français</a>' in page


def test_the_diagnosis_is_told(shipped: httpx.Client):
    page = shipped.get("/id/cluster/health-valley.html?lang=es").text
    assert "✓" in page
    assert ">ausente<" in page
    assert "/api/clusters/health-valley/diagnosis?as-of=2021" in page.replace("&amp;", "&")
    link = re.search(r'href="(/api/clusters/[^"]*)"', page)[1].replace("&amp;", "&")
    answer = shipped.get(link)
    assert answer.status_code == 200
    told = {one["error"]: one["verdict"] for one in answer.json()["diagnoses"][0]["verdicts"]}
    rows = re.findall(r'href="/id/error/(TE-\d+)">.*?class="verdict ([a-z-]+)"', page, re.DOTALL)
    assert dict(rows) == told


def test_sources_are_told(shipped: httpx.Client):
    page = shipped.get("/id/initiative/health-valley.html?lang=es").text
    assert "Modelos de negocio de clústeres" in page
    assert 'id="source-1"' in page
    assert 'href="/graph/source/cbm/health-valley-about"' in page


def test_rules_link_to_what_they_concern(shipped: httpx.Client):
    page = shipped.get("/rule/TE-07-1.html?lang=en").text
    assert 'href="/id/error/TE-07"' in page
    assert 'href="/ontology/term/champions"' in page
    assert "now:cluster ?value" in page


HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}</title>"""
STRANGE = ("javascript:alert(1)", "data:text/html,hello", "vbscript:x", "file:///etc/passwd")


def test_hostile_statements_stay_text(small: Callable[[dict[str, str]], httpx.Client]):
    told, thing = HOSTILE.replace('"', '\\"'), f"<{ROOT}id/thing/a>"
    statements = f'{thing} {LABEL} "{told}"@es , "{told}" ; <http://example.org/q> "{told}"@en , "{told}" .'
    for bad in (*STRANGE, f"{ROOT}/evil.example/x", f"{ROOT}id/../x", f"{ROOT}id/x?y"):
        statements += (
            f'{thing} <http://example.org/p> <{bad}> . <{bad}> <http://example.org/p> {thing} ; {LABEL} "named"@es .'
        )
    statements += f'{thing} <javascript:alert(2)> "x" ; a <javascript:alert(3)> .'
    client = small({f"{ROOT}graph/description/a": statements, "javascript:alert(4)": statements})
    for path in ("/id/thing/a.html", "/graph/description/a.html", "/graph.html", "/id/thing.html", "/catalog.html"):
        answer = client.get(f"{path}?lang=es")
        assert answer.status_code == 200, path
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert "49</title" not in answer.text
        targets = [one.get("href") or one.get("action") for one in parsed(answer.text).iter()]
        for target in (target for target in targets if target is not None):
            assert re.match(r"(/(?!/)|#|\?|https?://)", target), target
            assert "evil.example" not in target
            assert "/../" not in target
    page = client.get("/id/thing/a.html?lang=es").text
    assert "&lt;script&gt;" in page
    assert "javascript:alert(1)" in page


@pytest.mark.parametrize(
    "bad", [*STRANGE, "//evil.example", "", "https://", "ftp://x/y", f"{ROOT}/evil.example", f"{ROOT}sparql"]
)
def test_only_the_web_and_our_own_paths_are_linked(bad: str):
    assert not href(bad)


def test_a_question_cannot_smuggle_markup(shipped: httpx.Client):
    page = shipped.get("/queries/faq-search.html", params={"word": HOSTILE, "lang": "es"})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<img" not in page.text


def test_pages_of_one_language_have_all_texts():
    import json

    from clusterkg.server.linked_data.pages import STATIC

    folder = STATIC.parent / "locales"
    keys = [set(json.loads((folder / f"{code}.json").read_text(encoding="utf-8"))) for code in ("es", "en")]
    assert keys[0] == keys[1]
    texts = "".join(path.read_text(encoding="utf-8") for path in (STATIC.parent / "templates").glob("*.j2"))
    for key in re.findall(r"ui\('([a-z.-]+)'\)", texts):
        assert key in keys[0] or key.startswith(("ld.type.", "queries.")), key
