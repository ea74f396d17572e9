"""What operators are given agrees with the program: docs/operating.md, Dockerfile, compose.yaml, the systemd unit.

`python tests/server/operation/test_documents.py` writes the table of settings into docs/operating.md.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from clusterkg.server.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "operating.md"
_TABLE = re.compile(r"(<!-- settings: .+? -->\n).*?(<!-- /settings -->)", re.DOTALL)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def table() -> str:
    rows = ["| setting | variable | default | what |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in ("", None, ()) else f"`{field.default}`"
        rows.append(f"| `{name}` | `CLUSTERKG_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_settings_is_the_true_one():
    found = _TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert found[0].split("-->\n", 1)[1].removesuffix(found[2]) == table(), "this file, run as a program, renews it"


def test_every_variable_spoken_of_is_one():
    known = {f"CLUSTERKG_{name.upper()}" for name in Settings.model_fields}
    known |= {
        "CLUSTERKG_CONFIG",
        "CLUSTERKG_CACHE",
        "CLUSTERKG_STORE_USER",
        "CLUSTERKG_STORE_PASSWORD",
        "CLUSTERKG_STORE_TOKEN",
    }
    for file in (PAGE, ROOT / "Dockerfile", ROOT / "compose.yaml", ROOT / "deploy" / "clusterkg.service"):
        assert set(re.findall(r"CLUSTERKG_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8"))) <= known, file


def test_every_command_spoken_of_is_one():
    from clusterkg.cli.app import cli

    known = set(cli.list_commands(None))
    for name in re.findall(r"(?:bin/|`|^ {4})clusterkg ([a-z]+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        assert name in known


def test_the_figures_spoken_of_are_there(client, store):
    found = client().get("/metrics").text
    page = PAGE.read_text(encoding="utf-8").split("## Watching it")[1].split("## Limits")[0]
    names = set(re.findall(r"`(clusterkg_[a-z_]+)", page))
    assert len(names) >= 8
    for name in names:
        assert f"{name}{{" in found or f"{name} " in found or f"{name}_count" in found, name


def test_the_image_is_locked_and_runs_as_nobody_in_particular():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = [line for line in text.splitlines() if re.search(r"pip install", line)]
    assert installs
    assert all("--require-hashes" in line or "--no-index --no-deps" in line for line in installs)
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    assert 'ENTRYPOINT ["clusterkg"]' in text
    stages = text.split("\nFROM ")
    assert "USER" in stages[-1]
    assert not re.search(r"^ADD |:latest|curl |sudo ", text, re.MULTILINE)


def test_what_the_image_copies_is_there_and_not_ignored():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source in kept, source


@pytest.mark.parametrize("name", ["server", "build"])
def test_its_packages_are_those_of_the_lock_file(name):
    locked = set(_PIN.findall((ROOT / "requirements" / "lock.txt").read_text()))
    used = _PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text())
    assert used
    assert set(used) <= locked, "make lock renews all of them"


def test_compose_is_closed_where_it_can_be():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["clusterkg"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert int(service["stop_grace_period"].rstrip("s")) > Settings().shutdown_seconds


def test_the_unit_lets_the_server_end_and_limit_its_processes():
    text = (ROOT / "deploy" / "clusterkg.service").read_text()
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[1]) > Settings().shutdown_seconds
    assert "KillMode=mixed" in text
    for line in re.findall(r"^SystemCallFilter=~(.+)$", text, re.MULTILINE):
        assert "@resources" not in line  # setrlimit


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path):
    text = (ROOT / "deploy" / "clusterkg.service").read_text()
    unit = tmp_path / "clusterkg.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text, flags=re.MULTILINE))
    result = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "clusterkg.service" not in result.stderr


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda found: found[1] + table() + found[2], page), encoding="utf-8")
    sys.exit(0)
