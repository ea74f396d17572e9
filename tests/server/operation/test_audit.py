from __future__ import annotations

import json
import os
import sys

import pytest
from fastapi import APIRouter, Request

from clusterkg.server.app import create_app, services
from clusterkg.server.operation.audit import audit_path, audited
from clusterkg.server.operation.tokens import Tokens, require
from clusterkg.server.settings import Settings
from clusterkg.store.base import PutGraph, Update

NEW = "http://example.org/new"
SECRET = "dato-que-no-se-anota"
DATA = f'<http://example.org/b> <http://example.org/p> "{SECRET}" .\n'.encode()


@pytest.fixture
def asking(store, tmp_path, client):
    """An application whose `/write` writes what it is told to."""
    tokens = Tokens(tmp_path / "tokens.json")
    secret = tokens.add("mexico", "write")
    asked = client(tokens=tokens.path, audit_log=tmp_path / "log" / "audit.log")
    router = APIRouter()

    @router.post("/write/{how}")
    def write(how: str, request: Request) -> dict[str, int]:
        identity = require(request, "write")
        named = [NEW] if how == "put" else []
        change = (
            PutGraph(NEW, DATA)
            if how == "put"
            else Update(f'INSERT DATA {{ GRAPH <{NEW}> {{ <a:a> <a:b> "{SECRET}" }} }}')
        )
        if how == "wrong":
            change = Update(f"INSERT {SECRET}")
        with audited(request, identity, how, named) as entry:
            receipt = services(request).store.write([change])
            entry.done(receipt)
        return {"state": receipt.state.number}

    asked.app.router.routes[:0] = router.routes
    asked.headers["Authorization"] = f"Bearer {secret}"
    asked.log = tmp_path / "log" / "audit.log"
    asked.secret = secret
    return asked


def lines(asking) -> list[dict]:
    return [json.loads(line) for line in asking.log.read_text(encoding="utf-8").splitlines()]


def test_a_write_is_one_line(asking, store):
    before = store.state().number
    answer = asking.post("/write/put")
    (line,) = lines(asking)
    assert line.pop("instant").endswith("Z")
    assert line == {
        "token": "mexico",
        "action": "put",
        "graphs": [NEW],
        "before": before,
        "after": before + 1,
        "outcome": "done",
        "requestId": answer.headers["x-request-id"],
    }
    assert answer.json()["state"] == before + 1


def test_where_no_graph_is_named_those_that_changed_are(asking):
    assert asking.post("/write/update").status_code == 200
    assert lines(asking)[0]["graphs"] == [NEW]


def test_what_failed_is_noted_too(asking, store):
    before = store.state().number
    assert asking.post("/write/wrong").status_code == 400
    (line,) = lines(asking)
    assert (line["outcome"], line["before"], line["after"]) == ("QueryError", before, None)


def test_what_was_not_allowed_is_no_write(asking):
    assert asking.post("/write/put", headers={"Authorization": "Bearer no"}).status_code == 401
    assert not asking.log.exists()


def test_never_the_data(asking):
    for how in ("put", "update", "wrong"):
        asking.post(f"/write/{how}")
    written = asking.log.read_text()
    assert len(written.splitlines()) == 3
    assert SECRET not in written
    assert asking.secret not in written


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_the_log_is_for_its_owner_and_only_grows(asking):
    asking.post("/write/put")
    first = asking.log.read_bytes()
    assert asking.log.stat().st_mode & 0o777 == 0o600
    asking.post("/write/put")
    assert asking.log.read_bytes().startswith(first)


def test_a_line_is_on_disk_before_the_answer(asking, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(handle) or real(handle))
    assert asking.post("/write/put").status_code == 200
    assert synced


def test_where_nothing_can_be_noted_nothing_is_written(asking, store):
    asking.log.parent.parent.joinpath("log").write_text("a file, where a folder should be")
    before = store.state().number
    assert asking.post("/write/put").status_code == 503
    assert store.state().number == before


def test_where_the_log_is(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert audit_path(Settings(audit_log=tmp_path / "x")) == tmp_path / "x"
    assert audit_path(Settings(store=str(tmp_path / "s"))) == tmp_path / "s" / "audit.log"
    assert audit_path(Settings()) == tmp_path / "clusterkg" / "audit.log"
    assert audit_path(Settings(store="https://example.org/sparql")) == tmp_path / "clusterkg" / "audit.log"


def test_the_application_makes_no_log_before_it_is_needed(store, tmp_path):
    create_app(Settings(store=str(store.folder)), store)
    assert not (store.folder / "audit.log").exists()
