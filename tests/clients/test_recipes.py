"""Every recipe of docs/clients.md, run as it stands there, prints what stands there.

`python tests/clients/test_recipes.py ADDRESS TOKEN` writes what they print into the document.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "clients.md"
ADDRESS = "http://localhost:8000"
_BLOCK = re.compile(
    r"(?P<excuse><!-- not run: [^>]+ -->\n(?:[^\n]*\n){0,4}?)?"
    r"^```(?P<language>python|sh|r|sparql|powerquery)\n(?P<code>.*?)^```\n"
    r"(?:\n```text\n(?P<shown>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)
NEEDS = {"npx": "Node with npx", "curl": "curl"}


@dataclass(frozen=True)
class Recipe:
    name: str
    language: str
    code: str
    shown: str | None
    excuse: str
    place: tuple[int, int]  # of what is shown, in the document


def recipes() -> list[Recipe]:
    """The recipes of the page, named after the heading that each stands below."""
    page = PAGE.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(page):
        heading = re.findall(r"^#+ (.*)$", page[: match.start()], re.MULTILINE)[-1]
        number = sum(one.name.startswith(heading) for one in found) + 1
        found.append(
            Recipe(
                f"{heading} {number}",
                match["language"],
                match["code"],
                match["shown"],
                match["excuse"] or "",
                match.span("shown"),
            )
        )
    return found


def run(recipe: Recipe, folder: Path, address: str, token: str) -> subprocess.CompletedProcess[str]:
    """A recipe run in a folder that holds what the page and the README tell the reader to save."""
    [query] = [one.code for one in recipes() if one.language == "sparql"]
    (folder / "medellin.rq").write_text(query, encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (folder / "my-cluster.yaml").write_text(re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)[1], encoding="utf-8")
    code = recipe.code.replace(ADDRESS, address)
    python = [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code]
    command = python if recipe.language == "python" else ["bash", "-euo", "pipefail", "-c", code]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
        "CLUSTERKG_TOKEN": token,
        "PATH": os.pathsep.join([str(command_folder(folder)), os.environ["PATH"]]),
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


def command_folder(folder: Path) -> Path:
    """A folder with the command `clusterkg` of this checkout."""
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    script = place / "clusterkg"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m clusterkg "$@"\n')
    script.chmod(0o755)
    return place


def missing(recipe: Recipe) -> str:
    """What a recipe needs and this machine lacks."""
    return next((name for command, name in NEEDS.items() if command in recipe.code and not shutil.which(command)), "")


RUN = [one for one in recipes() if one.language in ("python", "sh") and not one.excuse]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RUN, ids=[one.name for one in RUN])
def test_a_recipe_prints_what_the_page_shows(recipe, served, tmp_path):
    if lack := missing(recipe):
        assert not os.environ.get("CI"), f"{lack} is missing"
        pytest.skip(f"{lack} is missing")
    done = run(recipe, tmp_path, served.address, served.token)
    assert done.returncode == 0, done.stderr + done.stdout
    assert recipe.shown is None or done.stdout == recipe.shown, "python tests/clients/test_recipes.py renews it"


def test_every_recipe_is_run_or_says_why_not():
    unknown = set(re.findall(r"^```(\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert unknown <= {"python", "sh", "r", "sparql", "powerquery", "text"}
    for recipe in recipes():
        assert recipe.language in ("python", "sh", "sparql") or recipe.excuse, recipe.name
    assert len(RUN) >= 10


def test_the_recipe_for_r_asks_what_the_others_ask():
    [recipe] = [one for one in recipes() if one.language == "r"]
    assert 'readLines("medellin.rq"' in recipe.code
    assert f'"{ADDRESS}/sparql"' in recipe.code


def refresh(address: str, token: str) -> None:
    """Put what the recipes print into the page."""
    import tempfile

    page = PAGE.read_text(encoding="utf-8")
    for recipe in reversed(RUN):
        if recipe.shown is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            done = run(recipe, Path(folder), address, token)
        if done.returncode:
            print(f"{recipe.name}:\n{textwrap.indent(done.stderr, '  ')}", file=sys.stderr)
            continue
        start, end = recipe.place
        page = page[:start] + done.stdout + page[end:]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    refresh(*sys.argv[1:3])
