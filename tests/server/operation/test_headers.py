from __future__ import annotations

import pytest

from clusterkg.server.operation.headers import HEADERS


@pytest.mark.parametrize("path", ["/health", "/metrics", "/odd/broken", "/no/such/path"])
def test_every_answer_has_them(client, path):
    answer = client().get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_nothing_inline_and_no_frames():
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_route_may_be_stricter(client):
    assert client().get("/odd/headers").headers["content-security-policy"] == "default-src 'none'"


def test_transport_security_behind_https_only(client):
    name = "strict-transport-security"
    assert name not in client().get("/health").headers
    assert name in client(public_url="https://clusters.example.org").get("/health").headers
    assert name in client().get("https://testserver/health").headers


def test_no_word_about_the_software(client):
    assert "server" not in client().get("/health").headers
