"""The wheel works by itself: it carries the knowledge, and the program finds it from any folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import clusterkg

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without isolation, so that no registry is asked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the libraries are those of this one, the checkout is out of sight."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=sys.platform != "win32")
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True)
    # As an entry of sys.path, not a site folder: the editable install's own .pth file there is not followed.
    [site_packages] = folder.rglob("site-packages")
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts / "clusterkg"


def test_the_wheel_carries_the_knowledge_the_licences_and_the_types(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("ontology", "shapes", "queries", "data"):
        assert any(name.startswith(f"clusterkg/_resources/{folder}/") for name in names), folder
    assert "clusterkg/py.typed" in names
    assert sum("licenses/LICENSE" in name for name in names) == 2


def test_the_installed_program_works_from_another_folder(program: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [program, "profiles"], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ten-errors" in done.stdout
    where = [program.with_name("python"), "-c", "from clusterkg.resources import resources; print(resources())"]
    found = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    assert Path(found.stdout.strip()).is_relative_to(program.parent.parent)


def test_the_installed_version_is_the_one_of_the_code() -> None:
    assert f'version = "{clusterkg.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
