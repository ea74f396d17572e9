"""`clusterkg check`."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import threading

import pyoxigraph as ox
import pytest

from clusterkg.cli.check import LEVELS, exit_code

MODEL = "data/illustrations/model-cluster.yaml"


def test_text_is_the_default(run, minimal):
    result = run("check", str(minimal), "--fail-on", "never")
    assert result.code == 0
    assert "Alpha" in result.out
    assert "TE-07" in result.out
    assert result.err == ""


@pytest.mark.parametrize("form", ["text", "json", "jsonld", "turtle", "csv"])
def test_every_format_goes_to_standard_output(run, minimal, form):
    result = run("check", str(minimal), "--format", form, "--lang", "es")
    assert result.code == 0
    assert result.err == ""
    if form == "json":
        assert json.loads(result.out)["summary"]["descriptions"] == 1
    elif form == "csv":
        assert len(list(csv.DictReader(io.StringIO(result.out, newline="")))) == 10
    elif form in ("turtle", "jsonld"):
        rdf = {"turtle": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD}[form]
        assert list(ox.parse(result.out, format=rdf))


def test_same_input_same_bytes(run, minimal):
    for form in ("text", "json", "jsonld", "turtle", "csv"):
        assert run("check", str(minimal), "--format", form).out == run("check", str(minimal), "--format", form).out


def test_reads_standard_input(run, minimal):
    result = run("check", "-", "--format", "json", stdin=minimal.read_text(encoding="utf-8"))
    assert json.loads(result.out)["inputs"][0]["path"] == "-"
    typed = run("check", "-", "--input-format", "yaml", "--format", "json", stdin=minimal.read_text(encoding="utf-8"))
    assert typed.out == result.out


def test_reads_a_folder(run, minimal):
    (minimal.parent / "beta.yaml").write_text(
        minimal.read_text(encoding="utf-8").replace("/a", "/b").replace("Alpha", "Beta"), encoding="utf-8"
    )
    result = run("check", str(minimal.parent))
    assert "2 descriptions" in result.out


def test_as_of_is_in_the_report(run, minimal):
    tree = json.loads(run("check", str(minimal), "--as-of", "2025-06", "--format", "json").out)
    assert tree["asOf"] == "2025-06"
    assert json.loads(run("check", str(minimal), "--format", "json").out)["asOf"] is None


@pytest.mark.parametrize("date", ["yesterday", "2024-13", "2024-02-30", "20240101", "24"])
def test_as_of_must_be_a_date(run, minimal, date):
    result = run("check", str(minimal), "--as-of", date, "--lang", "es")
    assert result.code == 2
    assert f"«{date}» no es una fecha" in result.err


def test_broken_files_do_not_stop_the_others(run, minimal):
    broken, empty = minimal.with_name("broken.ttl"), minimal.with_name("empty.yaml")
    broken.write_text("this is no Turtle", encoding="utf-8")
    empty.write_text("", encoding="utf-8")
    undated = minimal.with_name("undated.yaml")
    undated.write_text(minimal.read_text(encoding="utf-8").replace("described: 2024-03-01\n", ""), encoding="utf-8")
    result = run("check", str(minimal), str(broken), str(empty), str(undated))
    assert result.code == 2
    assert "Alpha" in result.out
    assert len(result.err.splitlines()) == 3
    assert "broken.ttl:1" in result.err


def test_a_missing_file_is_named(run, minimal):
    result = run("check", "nowhere.yaml", str(minimal))
    assert result.code == 2
    assert "nowhere.yaml" in result.err
    assert "Alpha" in result.out


def test_nothing_checked(run, tmp_path):
    path = tmp_path / "notes.ttl"
    path.write_text("<https://example.org/a> <https://example.org/b> 1 .", encoding="utf-8")
    result = run("check", str(path))
    assert result.code == 3
    assert result.out == ""
    assert run("check", str(tmp_path / "nothing-here")).code == 2
    (tmp_path / "folder").mkdir()
    empty = run("check", str(tmp_path / "folder"))
    assert empty.code == 3
    assert empty.err


def test_files_without_description_are_named_and_skipped(run, minimal):
    other = minimal.with_name("notes.ttl")
    other.write_text("<https://example.org/a> <https://example.org/b> 1 .", encoding="utf-8")
    result = run("check", str(minimal), str(other), "--format", "json", "--fail-on", "never")
    assert result.code == 0
    assert json.loads(result.out)["skipped"] == [str(other)]
    assert "notes.ttl" in result.err


def test_a_description_in_two_files_is_told(run, minimal):
    copy = minimal.with_name("copy.yaml")
    copy.write_text(minimal.read_text())
    result = run("check", str(minimal), str(copy), "--lang", "es")
    assert "está descrita más de una vez" in result.err
    assert f"{minimal}, {copy}" in result.err or f"{copy}, {minimal}" in result.err


def test_a_description_without_cluster_is_told_apart(run, minimal):
    vague = minimal.with_name("vague.yaml")
    content = minimal.read_text(encoding="utf-8").replace("/a", "/v")
    vague.write_text("\n".join(line for line in content.splitlines() if "serves" not in line), encoding="utf-8")
    alone, together = run("check", str(vague), "--lang", "es"), run("check", str(minimal), str(vague))
    assert alone.code == 3
    assert len(alone.err.splitlines()) == 1
    assert "no dice a qué clúster sirve" in alone.err
    assert together.code == 0
    assert len(together.err.splitlines()) == 1
    assert "vague.yaml" in together.err


def test_levels_decide_the_exit_code(run, minimal):
    assert run("check", str(minimal)).code == 0
    assert run("check", str(minimal), "--fail-on", "at-risk").code == 0
    assert run("check", str(minimal), "--fail-on", "not-enough-evidence").code == 1
    assert run("check", str(minimal), "--fail-on", "never").code == 0


def test_each_level_holds_the_stronger_ones():
    class Fake:
        def __init__(self, verdict):
            self.summary = {verdict: 1, "descriptions": 1}

    expected = {
        "present": {"present": 1, "at-risk": 1, "not-enough-evidence": 1, "never": 0},
        "at-risk": {"present": 0, "at-risk": 1, "not-enough-evidence": 1, "never": 0},
        "not-enough-evidence": {"present": 0, "at-risk": 0, "not-enough-evidence": 1, "never": 0},
        "absent": dict.fromkeys(LEVELS, 0),
    }
    for verdict, levels in expected.items():
        assert {level: exit_code(Fake(verdict), level) for level in levels} == levels


def test_out_writes_the_file_and_nothing_else(run, minimal, tmp_path):
    target = tmp_path / "result.json"
    result = run("check", str(minimal), "--format", "json", "--out", str(target))
    assert result.out == ""
    assert json.loads(target.read_text(encoding="utf-8"))["summary"]["descriptions"] == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["alpha.yaml", "result.json"]
    target.chmod(0o640)
    run("check", str(minimal), "--format", "csv", "--out", str(target))
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_out_never_overwrites_an_input(run, minimal):
    before = minimal.read_bytes()
    link = minimal.with_name("link.yaml")
    link.symlink_to(minimal)
    for target in (minimal, link):
        result = run("check", str(minimal), "--out", str(target), "--lang", "es")
        assert result.code == 2
        assert "no puede sobrescribir" in result.err
    assert minimal.read_bytes() == before


def test_out_keeps_links_and_never_replaces_what_is_no_file(run, minimal, tmp_path):
    target, link, pipe = tmp_path / "kept.txt", tmp_path / "link.txt", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    run("check", str(minimal), "--out", str(link))
    assert link.is_symlink()
    assert "Alpha" in target.read_text()
    os.mkfifo(pipe)
    received = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()))
    reader.start()
    run("check", str(minimal), "--out", str(pipe))
    reader.join(10)
    assert pipe.is_fifo()
    assert "Alpha" in received[0]


def test_out_that_cannot_be_written(run, minimal, tmp_path):
    result = run("check", str(minimal), "--out", str(tmp_path / "no" / "folder.txt"))
    assert result.code == 2
    assert "cannot be written" in result.err


def test_the_model_cluster_shows_no_error(run):
    tree = json.loads(run("check", MODEL, "--format", "json").out)
    assert tree["summary"]["present"] == 0
    assert tree["diagnoses"][0]["illustration"] is True


def test_details_show_every_description_in_full(run, minimal):
    assert "Questions that would decide it" not in run("check", str(minimal), MODEL).out
    assert "Questions that would decide it" in run("check", str(minimal), MODEL, "--details").out


def test_hostile_labels(run, minimal):
    nasty = '"[bold]x[/bold] \\u001b[31m \\u202e =1+1"'
    minimal.write_text(
        minimal.read_text(encoding="utf-8").replace('"Alpha cluster"', nasty).replace('"Clúster Alfa"', nasty),
        encoding="utf-8",
    )
    told = run("check", str(minimal)).out
    assert "[bold]x[/bold] \\u001b[31m \\u202e =1+1" in told
    assert "\x1b" not in told
    assert "\u202e" not in told
