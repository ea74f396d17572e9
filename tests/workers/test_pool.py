"""Processes that can be stopped: deadlines, limits, queues, crashes, and nothing left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from clusterkg.errors import AnswerTooLarge, Busy, DeadlineExceeded, MemoryExceeded, StoreUnavailable, UsageError
from clusterkg.workers import Pool, PoolSettings, WorkFault


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(__file__))


def settings(**given: object) -> PoolSettings:
    return PoolSettings(**({"work": "works:Work", "size": 1, "seconds": 5.0, "memory": 1 << 30} | given))  # type: ignore[arg-type]


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(settings(config="set"))
    yield made
    made.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_request_is_worked_on_by_a_process_that_is_kept(pool: Pool) -> None:
    first, second = pool.run(("echo", 1)), pool.run(("echo", 2))
    assert (first.body, second.body) == (b"1", b"2")
    assert first.said == second.said
    assert first.said[0] == "set"
    assert first.said[1] != os.getpid()


def test_at_the_deadline_the_process_is_killed_and_another_takes_its_place(pool: Pool) -> None:
    pid = pool.run(("echo", 1)).said[1]
    begun = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        pool.run(("sleep", 60), seconds=0.3)
    assert time.monotonic() - begun < 1.3
    assert not alive(pid)
    assert pool.run(("echo", 1)).said[1] != pid
    assert pool.figures.killed == 1


def test_what_is_committed_is_not_stopped(pool: Pool) -> None:
    assert pool.run(("sleep_committed", 0.8), seconds=0.3).said == "made"


def test_an_answer_above_the_limit_is_no_answer(pool: Pool) -> None:
    with pytest.raises(AnswerTooLarge):
        pool.run(("fill", 3000), answer_bytes=1 << 20)
    assert len(pool.run(("fill", 1000), answer_bytes=1 << 20).body) == 1000 << 10


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of memory there")
def test_memory_is_limited_and_the_next_request_works(pool: Pool) -> None:
    with pytest.raises(MemoryExceeded):
        pool.run(("hoard", 0))
    assert pool.run(("echo", 1)).body == b"1"


def test_an_error_of_the_work_comes_back_whole(pool: Pool) -> None:
    pid = pool.run(("echo", 1)).said[1]
    with pytest.raises(UsageError) as caught:
        pool.run(("fail", "so"))
    assert (caught.value.line, caught.value.hint, caught.value.message["es"]) == (3, {"es": "h", "en": "h"}, "so")
    assert pool.run(("echo", 1)).said[1] == pid


def test_a_fault_is_told_with_its_traceback(pool: Pool) -> None:
    with pytest.raises(WorkFault, match="KeyError: 'here'"):
        pool.run(("break_down", "here"))


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_a_crash_is_an_error_and_the_next_request_works(pool: Pool) -> None:
    with pytest.raises(StoreUnavailable):
        pool.run(("crash", 0))
    assert pool.run(("echo", 1)).body == b"1"


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_a_process_that_somebody_killed_while_it_was_idle_is_not_noticed_by_anybody(pool: Pool) -> None:
    pid = pool.run(("echo", 1)).said[1]
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    assert pool.run(("echo", 1)).said[1] != pid


def test_what_the_work_prints_does_not_disturb(pool: Pool) -> None:
    assert pool.run(("chatter", "Q\0\0")).said == "Q\0\0"


def test_an_error_at_the_start_comes_back(pool: Pool) -> None:
    broken = Pool(settings(config="refuse"))
    with pytest.raises(UsageError):
        broken.run(("echo", 1))
    broken.close()


def test_too_many_are_turned_away_at_once_and_those_who_wait_too_long_in_time() -> None:
    pool = Pool(settings(queue=1, patience=0.5))
    pool.run(("echo", 1))
    outcomes: list[object] = []

    def ask() -> None:
        begun = time.monotonic()
        try:
            pool.run(("sleep", 1.5))
            outcomes.append("done")
        except Busy:
            outcomes.append(time.monotonic() - begun)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    at_once, waited = sorted(one for one in outcomes if one != "done")  # type: ignore[type-var]
    assert outcomes.count("done") == 1
    assert at_once < 0.3 < waited < 1.0  # type: ignore[operator]
    assert pool.figures.refused == 2
    pool.close()


def test_after_so_many_requests_a_process_is_replaced() -> None:
    pool = Pool(settings(requests=2))
    pids = [pool.run(("echo", 1)).said[1] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    pool.close()


def test_closing_ends_processes_that_idle() -> None:
    pool = Pool(settings(size=2))
    pool.start()
    pids = pool.pids()
    pool.close()
    assert pool.pids() == []
    assert not any(map(alive, pids))


def test_closing_ends_every_process_and_whoever_waits() -> None:
    pool = Pool(settings(size=2))
    pool.start()
    pids = pool.pids()
    assert len(pids) == 2
    ended: list[Exception] = []

    def ask() -> None:
        try:
            pool.run(("sleep", 60))
        except StoreUnavailable as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    pool.close()
    for thread in threads:
        thread.join(3)
    assert len(ended) == 3
    assert not any(map(alive, pids))
    assert pool.pids() == []


def test_many_threads_share_few_processes() -> None:
    pool = Pool(settings(size=2, queue=100, patience=30))
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(pool.run(("echo", n)).body)) for n in range(40)]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, answers)) == list(range(40))
    assert len(pool.pids()) == 2
    pool.close()
