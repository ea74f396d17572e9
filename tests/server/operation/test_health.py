from __future__ import annotations

import os
import signal
import sys
import time

import pytest

PATHS = ("/health", "/health/live", "/health/ready")


@pytest.mark.parametrize("path", PATHS)
def test_all_is_well(client, path):
    answer = client().get(path)
    assert answer.status_code == 200
    assert answer.json()["status"] == "pass"
    assert answer.headers["cache-control"] == "no-store"


def test_a_store_that_is_gone_is_alive_and_not_ready(client, store):
    asking = client()
    store.close()
    assert asking.get("/health/live").status_code == 200
    for path in ("/health", "/health/ready"):
        answer = asking.get(path)
        assert answer.status_code == 503
        assert answer.json()["status"] == "fail"
        assert answer.json()["checks"]["store"] == {"status": "fail"}
    assert asking.get("/health").json()["checks"]["live"] == {"status": "pass"}


@pytest.mark.skipif(sys.platform == "win32", reason="stops processes by POSIX signals")
def test_a_store_that_hangs_is_not_ready_and_comes_back(client, store):
    asking = client()
    store.start()
    stopped = store.pools()["own-query"].pids()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert asking.get("/health/ready").status_code == 503
        assert time.monotonic() - began < 5
        assert asking.get("/health/live").status_code == 200
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert asking.get("/health/ready").status_code == 200
