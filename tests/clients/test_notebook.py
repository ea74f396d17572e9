"""The notebook for researchers runs from its first cell to its last, without a server and with one."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "first-steps.ipynb"


class _ThisPython(AsyncKernelManager):
    """A kernel of the interpreter that runs the tests, whatever kernels the user has."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], language="python"
        )


@pytest.mark.slow
@pytest.mark.parametrize("where", ["embedded", "server"])
def test_the_notebook_runs_top_to_bottom(where, request, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.delenv("CLUSTERKG_SERVER", raising=False)
    if where == "server":
        monkeypatch.setenv("CLUSTERKG_SERVER", request.getfixturevalue("served").address)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_manager_class=_ThisPython, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert {"image/png", "text/html"} <= kinds
    printed = "".join(output.get("text", "") for output in shown if output.output_type == "stream")
    assert "TE-07" in printed or "→ present" in printed
    assert "→ present" in printed
    assert re.search(r"^not-enough-evidence$", printed, re.MULTILINE)
    assert not [output for output in shown if output.get("name") == "stderr"]


def test_the_notebook_is_kept_without_answers():
    """They would be out of date with the next fact, and hide what changed."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_nothing_of_this_machine_is_in_it():
    assert os.path.expanduser("~") + "/" not in NOTEBOOK.read_text(encoding="utf-8")
