"""Runs the command line in this process, as `python -m clusterkg` would."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from clusterkg.cli import main

ROOT = Path(__file__).resolve().parents[2]

MINIMAL = """\
id: description/a-2024
type: Description
label: {es: "Alfa, 2024", en: "Alpha, 2024"}
described: 2024-03-01
assesses:
  id: initiative/a
  type: ClusterInitiative
  label: {es: "Iniciativa Alfa", en: "Alpha initiative"}
  serves: {id: cluster/a, type: Cluster, label: {es: "Clúster Alfa", en: "Alpha cluster"}}
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    """Standard output that keeps its bytes."""

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()


@pytest.fixture
def run(monkeypatch):
    def call(*arguments: str, stdin: str = "", **environ: str) -> Outcome:
        with monkeypatch.context() as patch:
            for name in ("CLUSTERKG_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "CLUSTERKG_DEBUG"):
                patch.delenv(name, raising=False)
            for name, value in environ.items():
                patch.setenv(name, value)
            out, err = _Stream(io.BytesIO(), encoding="utf-8"), _Stream(io.BytesIO(), encoding="utf-8")
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
            code = main(list(arguments))
            return Outcome(code, out.text(), err.text())

    return call


@pytest.fixture(scope="session")
def minimal_text():
    return MINIMAL


@pytest.fixture
def minimal(tmp_path):
    path = tmp_path / "alpha.yaml"
    path.write_text(MINIMAL, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def at_root(monkeypatch):
    monkeypatch.chdir(ROOT)
