"""`clusterkg token`."""

from __future__ import annotations

import pytest

from clusterkg.server.operation.tokens import Identity, Tokens


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tokens.json"


def test_a_token_is_shown_once(run, file):
    result = run("token", "add", "mexico", "--scope", "write", "--tokens", str(file), "--lang", "es")
    assert result.code == 0
    secret = result.out.strip()
    assert Tokens(file).identify(secret) == Identity("mexico", "write")
    assert "no se puede volver a mostrar" in result.err
    listed = run("token", "list", CLUSTERKG_TOKENS=str(file))
    assert "mexico" in listed.out
    assert secret not in listed.out


def test_the_default_scope_only_reads(run, file):
    secret = run("token", "add", "reader", "--tokens", str(file)).out.strip()
    assert Tokens(file).identify(secret) == Identity("reader", "read")


def test_until_the_end_of_a_day(run, file):
    assert run("token", "add", "a", "--expires", "2999-12-31", "--tokens", str(file)).code == 0
    assert Tokens(file).all()[0].expires == "2999-12-31T23:59:59Z"


@pytest.mark.parametrize("day", ["2999", "2999-13-01", "31/12/2999", "soon", "2999-12-31T10:00"])
def test_what_is_no_day(run, file, day):
    result = run("token", "add", "a", "--expires", day, "--tokens", str(file), "--lang", "es")
    assert result.code == 2
    assert "no es un día" in result.err
    assert not file.exists()


def test_a_day_that_has_passed(run, file):
    assert "has passed" in run("token", "add", "a", "--expires", "2020-01-01", "--tokens", str(file)).err


def test_revoked_it_opens_nothing(run, file):
    secret = run("token", "add", "a", "--tokens", str(file)).out.strip()
    result = run("token", "revoke", "a", "--tokens", str(file), "--lang", "es")
    assert result.code == 0
    assert Tokens(file).identify(secret) is None
    assert "revocado" in run("token", "list", "--tokens", str(file), "--lang", "es").out
    assert run("token", "revoke", "a", "--tokens", str(file)).code == 2
    assert run("token", "add", "a", "--tokens", str(file)).code == 2


def test_without_tokens(run, file):
    result = run("token", "list", "--tokens", str(file), "--lang", "es")
    assert result.code == 0
    assert result.out == ""
    assert "No hay tokens" in result.err


@pytest.mark.parametrize("command", [("add", "a"), ("list",), ("revoke", "a")])
def test_the_file_must_be_named(run, command, monkeypatch):
    monkeypatch.delenv("CLUSTERKG_TOKENS", raising=False)
    result = run("token", *command, "--lang", "es")
    assert result.code == 2
    assert "--tokens" in result.err


def test_an_unknown_scope_names_the_nearest(run, file):
    result = run("token", "add", "a", "--scope", "wrte", "--tokens", str(file))
    assert "Did you mean “write”?" in result.err
