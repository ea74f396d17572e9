from __future__ import annotations

import base64
import json
import sys
import threading

import pytest
from fastapi import FastAPI, Request

from clusterkg.errors import UsageError
from clusterkg.server import problems
from clusterkg.server.operation.tokens import SCOPES, Identity, Tokens, require


@pytest.fixture
def tokens(tmp_path):
    return Tokens(tmp_path / "tokens.json")


@pytest.fixture
def asked(tokens):
    """`asked(scope, header)`: what `require` makes of a request."""
    app = FastAPI()
    app.state.tokens = tokens

    def call(scope: str, header: str | None) -> Identity:
        headers = [(b"authorization", header.encode("latin-1"))] if header is not None else []
        return require(Request({"type": "http", "app": app, "headers": headers}), scope)

    call.app = app
    return call


def refusal(asked, scope, header):
    with pytest.raises(problems.Problem) as raised:
        asked(scope, header)
    return raised.value.status_code, (raised.value.headers or {}).get("WWW-Authenticate", "")


def test_a_token_opens_what_its_scope_holds(tokens, asked):
    for scope in SCOPES:
        secret = tokens.add(scope, scope)
        for wanted in SCOPES:
            if SCOPES.index(wanted) <= SCOPES.index(scope):
                assert asked(wanted, f"Bearer {secret}") == Identity(scope, scope)
            else:
                status, challenge = refusal(asked, wanted, f"Bearer {secret}")
                assert status == 403
                assert 'error="insufficient_scope"' in challenge


def test_it_is_random_and_long(tokens):
    secrets = [tokens.add(f"t{number}", "read") for number in range(20)]
    assert len(set(secrets)) == 20
    for secret in secrets:
        random = secret.removeprefix("ckg_")
        assert len(base64.urlsafe_b64decode(random + "=")) == 32


def test_the_file_holds_no_token(tokens):
    secret = tokens.add("mexico", "write")
    written = tokens.path.read_text()
    assert secret not in written
    assert secret.removeprefix("ckg_") not in written
    assert json.loads(written)["tokens"][0]["name"] == "mexico"


def test_the_same_token_has_another_hash_in_another_file(tmp_path):
    one, other = Tokens(tmp_path / "one.json"), Tokens(tmp_path / "other.json")
    one.add("a", "read")
    other.add("a", "read")
    assert one._pepper != other._pepper
    assert one._hash("same") != other._hash("same")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_it_is_for_its_owner_alone(tokens):
    tokens.add("mexico", "write")
    assert tokens.path.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tokens.path.parent.iterdir()} == {"tokens.json", ".tokens.json.lock"}


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_file_that_others_may_change_is_refused(tokens):
    tokens.add("mexico", "write")
    tokens.path.chmod(0o620)
    with pytest.raises(UsageError, match="Others may change"):
        Tokens(tokens.path)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dTpw", "ckg_", "Digest x"])
def test_without_a_token(tokens, asked, header):
    tokens.add("mexico", "write")
    status, challenge = refusal(asked, "write", header)
    assert status == 401
    assert challenge == 'Bearer realm="clusterkg"'


@pytest.mark.parametrize("given", ["ckg_wrong", "ñ", "x" * 10_000, "ckg_\x00"])
def test_a_wrong_token(tokens, asked, given):
    tokens.add("mexico", "write")
    status, challenge = refusal(asked, "write", f"Bearer {given}")
    assert status == 401
    assert 'error="invalid_token"' in challenge


def test_where_no_file_is_configured_writing_is_off(asked):
    asked.app.state.tokens = None
    with pytest.raises(problems.Problem) as raised:
        asked("write", "Bearer ckg_x")
    assert raised.value.status_code == 403
    assert "off" in raised.value.texts["en"]
    assert "desactivada" in raised.value.texts["es"]


def test_a_file_without_tokens_lets_nobody_in(tokens, asked):
    assert refusal(asked, "read", "Bearer ckg_x")[0] == 401


def test_an_expired_token(tokens, asked):
    secret = tokens.add("old", "write", "2020-01-01T00:00:00Z")
    assert refusal(asked, "write", f"Bearer {secret}")[0] == 401
    secret = tokens.add("new", "write", "2999-01-01T00:00:00Z")
    assert asked("write", f"Bearer {secret}").name == "new"


def test_a_revoked_token_is_refused_from_the_next_request_on(tokens, asked):
    secret = tokens.add("mexico", "write")
    assert asked("write", f"Bearer {secret}").name == "mexico"
    Tokens(tokens.path).revoke("mexico")  # another process
    assert refusal(asked, "write", f"Bearer {secret}")[0] == 401
    with pytest.raises(UsageError, match="already"):
        tokens.add("mexico", "write")


def test_a_token_added_while_the_server_runs_is_known(tokens, asked):
    secret = Tokens(tokens.path).add("late", "read")
    assert asked("read", f"Bearer {secret}").name == "late"


def test_a_file_that_is_gone_leaves_no_token_valid(tokens, asked):
    secret = tokens.add("mexico", "write")
    tokens.path.unlink()
    assert refusal(asked, "write", f"Bearer {secret}")[0] == 401


@pytest.mark.parametrize("name", ["", "with space", "-dash", "x" * 65, "ñ", "../etc", "a\nb"])
def test_a_name_that_does_not_do(tokens, name):
    with pytest.raises(UsageError, match="name"):
        tokens.add(name, "read")


def test_an_unknown_name_cannot_be_revoked(tokens):
    with pytest.raises(UsageError, match="no token"):
        tokens.revoke("nobody")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": 2}',
        '{"format": 1, "pepper": "zz", "tokens": []}',
        '{"format": 1, "pepper": "", "tokens": [{}]}',
    ],
)
def test_a_broken_file_is_one_error(tmp_path, content):
    path = tmp_path / "tokens.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(UsageError, match="cannot be read"):
        Tokens(path)


def test_two_who_add_at_the_same_time_both_do(tokens):
    names = [f"t{number}" for number in range(12)]
    threads = [threading.Thread(target=lambda name=name: Tokens(tokens.path).add(name, "read")) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(token.name for token in tokens.all()) == sorted(names)


def test_comparison_does_not_end_at_the_first_match(tokens, monkeypatch):
    import hmac

    secret = tokens.add("first", "read")
    for number in range(4):
        tokens.add(f"t{number}", "read")
    seen = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: seen.append(1) or real(one, other))
    assert tokens.identify(secret) == Identity("first", "read")
    assert len(seen) == 5


def test_a_file_that_breaks_while_the_server_runs_is_no_fault_of_the_reader(client, tmp_path):
    file = tmp_path / "private" / "tokens.json"
    secret = Tokens(file).add("mexico", "write")
    reader = client(tokens=file)
    file.write_text("{")
    answer = reader.post("/sparql/update", data={"update": "CLEAR ALL"}, headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (500, "configuration")
    assert "private" not in answer.text
    assert "tokens.json" not in answer.text
