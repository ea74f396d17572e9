"""What a person meets in a browser where something is not there, or cannot be done."""

from __future__ import annotations

import html5lib
import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    "path", ["/id/cluster/no-such", "/nothing", "/sparql?query=SELEC", "/api/clusters?page=x", "/queries/no-such"]
)
@pytest.mark.parametrize("code", ["es", "en"])
def test_a_browser_gets_a_page(shipped, path: str, code: str) -> None:
    found = shipped.get(path, headers={"accept": BROWSER, "accept-language": code})
    assert found.status_code in (400, 404, 422)
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert "accept" in found.headers["vary"].lower()
    page = html5lib.HTMLParser(strict=True).parse(found.text)
    assert page.get("lang") == code
    told = shipped.get(path, headers={"accept": "application/json", "accept-language": code})
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["title"] in found.text


def test_what_was_asked_for_is_no_markup(shipped) -> None:
    found = shipped.get("/queries/%3Cscript%3Ealert(1)%3C%2Fscript%3E", headers={"accept": BROWSER})
    assert found.status_code == 404
    assert "<script" not in found.text


def test_programs_get_a_problem_document(shipped) -> None:
    for accept in ("*/*", "application/problem+json", "text/turtle", ""):
        found = shipped.get("/id/cluster/no-such", headers={"accept": accept})
        assert found.headers["content-type"] == "application/problem+json", accept


def test_the_site_has_a_sign(shipped) -> None:
    for path in ("/favicon.ico", "/static/linked-data/icon.svg"):
        assert shipped.get(path).headers["content-type"] == "image/svg+xml"
