"""What a user reads when a call cannot be carried out: one line, in the right language, with the nearest right word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import clusterkg.cli.check

SOURCE = Path(clusterkg.__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("arguments", "es", "en"),
    [
        (("chek", "x"), "No existe la orden «chek»", "no command “chek”"),
        (("check",), "Indique al menos un archivo", "Name at least one file"),
        (("check", "x.yaml", "--formt", "json"), "¿Quiso decir «--format»?", "Did you mean “--format”?"),
        (("check", "x.yaml", "--format", "jsn"), "¿Quiso decir «json»?", "Did you mean “json”?"),
        (("check", "x.yaml", "--fail-on", "at_risk"), "¿Quiso decir «at-risk»?", "Did you mean “at-risk”?"),
        (("check", "x.yaml", "--jobs", "0"), "no es un número entero", "is no whole number"),
        (("check", "x.yaml", "--format"), "le falta su valor", "needs a value"),
        (("explain",), "Falta", "is missing"),
        (("explain", "TE-07", "TE-08"), "Sobra un argumento: TE-08", "too many: TE-08"),
        (("explain", "XX-99"), "No hay regla", "no rule"),
        (("rules", "--profile", "ten-erors"), "¿Quiso decir «ten-errors»?", "Did you mean “ten-errors”?"),
        (("query", "cluster"), "¿Quiso decir «clusters»?", "Did you mean “clusters”?"),
        (("query", "SELECT ?x WHERE {"), "no es válida", "not valid"),
    ],
)
def test_one_line_with_a_way_out(run, arguments, es, en):
    for code, expected in (("es", es), ("en", en)):
        result = run(*arguments, CLUSTERKG_LANG=code)
        assert result.code == 2
        assert result.out == ""
        assert expected in result.err
        assert len(result.err.strip().splitlines()) == 1
        assert "Traceback" not in result.err


def test_an_unknown_profile_names_the_nearest(run, minimal):
    result = run("check", str(minimal), "--profile", "ten-error", "--lang", "es")
    assert result.code == 2
    assert "¿Quiso decir «ten-errors»?" in result.err


def test_an_unknown_language_is_an_error(run, minimal):
    result = run("check", str(minimal), "--lang", "esp")
    assert result.code == 2
    assert "esp" in result.err


def test_a_fault_of_the_program_is_one_line_too(run, minimal, monkeypatch):
    def fail(*_arguments):
        raise ZeroDivisionError("division\x1b[31m by zero")

    monkeypatch.setattr(clusterkg.cli.check, "read_all", fail)
    result = run("check", str(minimal), "--lang", "es")
    assert result.code == 2
    assert "ZeroDivisionError" in result.err
    assert "CLUSTERKG_DEBUG=1" in result.err
    assert "\x1b" not in result.err
    assert len(result.err.splitlines()) == 1
    with pytest.raises(ZeroDivisionError):
        run("check", str(minimal), CLUSTERKG_DEBUG="1")


def test_interrupted(run, minimal, monkeypatch):
    def stop(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(clusterkg.cli.check, "read_all", stop)
    result = run("check", str(minimal), CLUSTERKG_LANG="es")
    assert result.code == 130
    assert result.err.strip() == "Interrumpido."


def test_help_and_version(run):
    for arguments in (("--help",), ("check", "--help"), ("query", "-h"), ()):
        result = run(*arguments)
        assert result.code == 0
        assert "Usage: clusterkg" in result.out
    for name in ("check", "explain", "rules", "profiles", "query", "template", "convert"):
        assert "Example" in run(name, "--help").out
        assert name in run("--help").out
    assert run("--version").out.startswith("clusterkg ")


def _command(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen([sys.executable, "-m", "clusterkg", *arguments], env=environ, **options)


def test_a_reader_that_leaves_is_no_error():
    with _command("rules", "--format", "json", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_help_comes_at_once():
    shortest = 10.0
    for _ in range(3):
        started = time.monotonic()
        with _command("--help", stdout=subprocess.DEVNULL) as process:
            assert process.wait() == 0
        shortest = min(shortest, time.monotonic() - started)
    # 0.1 s on an idle machine; the margin is for busy ones.
    assert shortest < 1.0


def test_help_imports_nothing_heavy():
    code = "import sys; from clusterkg.cli import main; main(['--help']); print([m for m in sys.modules if m in HEAVY])"
    heavy = "HEAVY = {'rich', 'rdflib', 'pyshacl', 'yaml', 'shacl'}; "
    result = subprocess.run(
        [sys.executable, "-c", heavy + code],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=True,
    )
    assert result.stdout.decode().splitlines()[-1] == "[]"


@pytest.mark.parametrize(("closing", "code"), [("2>&-", 2), ("2>/dev/full", 2), ("<&-", 2), (">&-", 2)])
def test_streams_that_are_closed_or_full(closing, code):
    arguments = "- --lang es" if closing == "<&-" else "/nowhere.yaml"
    line = f"'{sys.executable}' -m clusterkg check {arguments} {closing}"
    result = subprocess.run(
        ["sh", "-c", line], check=False, env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True
    )
    assert result.returncode == code
    assert "Traceback" not in result.stderr
    assert "programa" not in result.stderr


def test_a_full_disk_is_told():
    with (
        open("/dev/full", "wb") as full,
        _command("rules", "--lang", "es", stdout=full, stderr=subprocess.PIPE) as process,
    ):
        assert "no queda espacio" in process.stderr.read().decode()
    assert process.returncode == 2


def test_a_query_without_end_can_be_interrupted():
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with _command(
        "query",
        "--no-entailments",
        endless,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(20) != 0
        finally:
            process.kill()
