from __future__ import annotations

import pytest

from clusterkg.errors import UsageError
from clusterkg.server.operation.limits import parse_rate

MIB = 1 << 20


def test_who_asks_too_often_waits(client):
    asking = client(rate="3/minute")
    assert [asking.get("/odd/headers").status_code for _ in range(3)] == [200] * 3
    answer = asking.get("/odd/headers", headers={"Accept-Language": "es"})
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Demasiadas peticiones desde su dirección"
    assert 1 <= int(answer.headers["retry-after"]) <= 61
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"] == answer.json()["requestId"]


def test_who_watches_the_server_is_not_limited(client):
    asking = client(rate="1/hour")
    for path in ("/health", "/health/live", "/health/ready", "/metrics") * 2:
        assert asking.get(path).status_code == 200


def test_several_rates(client):
    asking = client(rate="100/minute; 1/hour")
    assert [asking.get("/odd/headers").status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", True),
        ("2001:db8:1:1::1", "2001:db8:1:2::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
def test_one_address_one_count(client, one, other, same):
    asking = client(rate="1/hour", address=one)
    assert asking.get("/odd/headers").status_code == 200
    asking._transport.client = (other, 1)
    assert asking.get("/odd/headers").status_code == (429 if same else 200)


@pytest.mark.parametrize("rate", ["many", "10", "10/fortnight", "-1/minute", "a/minute"])
def test_a_rate_that_is_none(rate):
    with pytest.raises(UsageError, match="rate"):
        parse_rate(rate)


def test_what_fits_is_taken(client):
    asking = client(upload_size=1)
    assert asking.post("/odd/echo/a", content=b"x" * MIB).json() == {"bytes": MIB}


def test_what_says_it_is_too_large_is_not_read(client):
    read = []

    def parts():
        read.append(1)
        yield b"x"

    answer = client(upload_size=1).post("/odd/echo/a", content=parts(), headers={"Content-Length": str(MIB + 1)})
    assert answer.status_code == 413
    assert answer.json()["detail"] == "What was sent exceeds 1 MiB."
    assert answer.headers["connection"] == "close"


def test_what_does_not_say_so_is_counted(client):
    sent = 0

    def parts():
        nonlocal sent
        for _ in range(64):
            sent += MIB // 4
            yield b"x" * (MIB // 4)

    asking = client(upload_size=1)
    answer = asking.post("/odd/echo/a", content=parts())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert asking.post("/odd/echo/a", content=b"next").status_code == 200
