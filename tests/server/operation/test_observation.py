"""Request ids, log lines without personal data, and what happens when something of ours is broken."""

from __future__ import annotations

import json
import logging
import re

import pytest

from clusterkg.errors import StoreUnavailable
from clusterkg.server import problems
from clusterkg.server.operation import logs


def requests(written: str) -> list[dict]:
    return [told for told in map(json.loads, written.splitlines()) if told["logger"] == "clusterkg.requests"]


def test_a_request_is_one_line(client, lines):
    answer = client().post("/odd/echo/ana", content=b"12345")
    (told,) = requests(lines())
    assert told | {"instant": "", "milliseconds": 0} == {
        "instant": "",
        "level": "info",
        "logger": "clusterkg.requests",
        "event": "request",
        "method": "POST",
        "route": "/odd/echo/{name}",
        "status": 200,
        "bytes": len(answer.content),
        "requestId": answer.headers["x-request-id"],
        "milliseconds": 0,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["instant"])
    assert told["milliseconds"] >= 0


def test_nothing_personal_is_written(client, lines):
    secret = "persona-secreta"
    asking = client(address="203.0.113.99")
    headers = {
        "Authorization": f"Bearer {secret}",
        "Cookie": secret,
        "User-Agent": secret,
        "Referer": f"https://{secret}",
    }
    asking.post(f"/odd/echo/{secret}?q={secret}", content=secret, headers=headers)
    asking.get(f"/nowhere/{secret}?query={secret}", headers=headers)
    asking.get("/odd/broken", headers=headers)
    asking.get("/odd/half", headers=headers)
    written = lines()
    assert len(requests(written)) == 4
    for word in (secret, "203.0.113.99", "mensaje con datos"):
        assert word not in written


def test_a_good_id_is_taken_over(client, lines):
    answer = client().get("/health/live", headers={"X-Request-ID": "abc-123.DEF_4"})
    assert answer.headers["x-request-id"] == "abc-123.DEF_4"
    assert requests(lines())[0]["requestId"] == "abc-123.DEF_4"


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space", 'quote"in-it', "sixteen\ttabs-in-it", "ñandú-ñandú"]
)
def test_any_other_id_is_replaced(client, given):
    answer = client().get("/health/live", headers={"X-Request-ID": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_a_problem_names_its_request(client):
    answer = client().get("/no/such/path", headers={"X-Request-ID": "abcdefgh"})
    assert answer.status_code == 404
    assert answer.json()["requestId"] == "abcdefgh"
    assert answer.json()["instance"].endswith("/abcdefgh")


def test_what_is_broken_is_a_problem_without_a_traceback(client, lines):
    answer = client().get("/odd/broken", headers={"Accept-Language": "es"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"]
    assert answer.json()["title"] == "Error interno"
    assert "mensaje" not in answer.text
    assert "Traceback" not in answer.text
    told = next(told for told in map(json.loads, lines().splitlines()) if told["event"] == "unexpected error")
    assert told["exception"] == "RuntimeError"
    assert told["requestId"] == answer.headers["x-request-id"]
    assert any(place.endswith(" broken") for place in told["places"])


def test_half_an_answer_breaks_off(client, lines):
    asking = client()
    with pytest.raises(RuntimeError):
        _raising(asking).get("/odd/half")
    assert requests(lines())[0]["bytes"] == len(b"half of ")


def _raising(asking):
    asking._transport.raise_server_exceptions = True
    return asking


def test_text_for_those_who_watch():
    record = logging.makeLogRecord(
        {"msg": "request", "levelname": "INFO", "route": "/sparql", "status": 200, "name": "x"}
    )
    assert logs.TextLines().format(record).endswith('info request route="/sparql" status=200')


def test_a_line_is_a_line():
    record = logging.makeLogRecord(
        {"msg": "one\ntwo", "levelname": "INFO", "name": "x", "what": "a\nb", "odd": object()}
    )
    for form in (logs.JsonLines(), logs.TextLines()):
        assert len(form.format(record).splitlines()) == 1


def test_of_a_file_only_its_name_is_told():
    for given in ("/srv/clusterkg/current", "current", "C:\\store\\current"):
        assert problems._place(StoreUnavailable({"es": "", "en": ""}, file=given)) == {"file": "current"}
