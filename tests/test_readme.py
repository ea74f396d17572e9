"""The example of each README is a description that can be checked, and the diagnosis that it shows is the true one.

`python tests/test_readme.py` writes the true one into both files.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"README.md": ("my-cluster.yaml", "en"), "README.es.md": ("mi-cluster.yaml", "es")}
_SHOWN = re.compile(r"<!-- diagnosis: (?P<parts>.+?) -->\n\n```text\n(?P<shown>.*?)\n```", re.DOTALL)


def diagnosis(page: str) -> str:
    """What `clusterkg check` says of the page's YAML block."""
    name, language = PAGES[page]
    block = re.search(r"```yaml\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_text(block[1], encoding="utf-8")
        result = subprocess.run(
            [sys.executable, "-m", "clusterkg", "check", name, "--lang", language, "--fail-on", "never"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"},
            capture_output=True,
            check=True,
        )
    assert result.stderr == b""
    return result.stdout.decode()


def excerpt(told: str, parts: str) -> str:
    """The head and the errors named, with `[…]` for what is left out."""
    blocks = told.strip().split("\n\n")
    wanted = [part.strip() for part in parts.split(",")]
    chosen, left_out = [], False
    for number, block in enumerate(blocks):
        if (number == 0 and "head" in wanted) or any(block[2:].startswith(f"{part} ") for part in wanted):
            chosen.extend(["[…]"] if left_out else [])
            chosen.append(block)
            left_out = False
        else:
            left_out = True
    return "\n\n".join([*chosen, "[…]"] if left_out else chosen)


@pytest.mark.parametrize("page", PAGES)
def test_the_diagnosis_shown_is_the_true_one(page):
    match = _SHOWN.search((ROOT / page).read_text(encoding="utf-8"))
    assert match["shown"] == excerpt(diagnosis(page), match["parts"]), "python tests/test_readme.py renews it"


def test_both_examples_are_the_same_apart_from_comments():
    blocks = []
    for page in PAGES:
        block = re.search(r"```yaml\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
        blocks.append(re.sub(r"\s*#.*", "", block[1]))
    assert blocks[0] == blocks[1]


def refresh() -> None:
    """Put the true diagnosis into each page."""
    for page in PAGES:
        content = (ROOT / page).read_text(encoding="utf-8")
        match = _SHOWN.search(content)
        renewed = excerpt(diagnosis(page), match["parts"])
        content = content[: match.start("shown")] + renewed + content[match.end("shown") :]
        (ROOT / page).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    refresh()
