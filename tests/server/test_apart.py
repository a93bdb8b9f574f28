"""Costly work in a child of little claim: it comes, goes, dies, and nobody is left waiting."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.apart import NICE, Apart, NoChild
from server.auth.hashing import Hashing
from server.cores import Core

CHILD = """
import os, sys, time
from server import apart
def answer(question):
    if question == b"nice":
        return str(os.nice(0)).encode()
    if question == b"pid":
        return str(os.getpid()).encode()
    if question == b"cores":
        return repr(os.sched_getaffinity(0)).encode()
    if question == b"last":
        apart.stand_last()
        return str(os.sched_getscheduler(0) == os.SCHED_IDLE).encode()
    if question == b"die":
        os._exit(1)
    if question == b"wait":
        time.sleep(60)
    return question[::-1]
apart.IDLE_S = float(os.environ.get("IDLE", "60"))
apart.answering(answer)
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    (tmp_path / "backwards.py").write_text(CHILD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = Apart("backwards")
    yield made
    made.close()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_child_answers_with_the_least_claim_to_the_processor(child: Apart) -> None:
    long = os.urandom(300_000)
    assert child.ask(long) == long[::-1]
    assert int(child.ask(b"nice")) == min(19, os.nice(0) + NICE)
    assert child.ask(b"pid") == child.ask(b"pid"), "it stays for the next question"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and keeps cores")
def test_a_child_leaves_the_hall_s_core_to_the_hall(child: Apart) -> None:
    everywhere = os.sched_getaffinity(0)
    core = Core()
    with ThreadPoolExecutor(initializer=core.leave) as aside:  # as the server has it
        core.keep()
        try:
            hall = os.sched_getaffinity(0)
            there = eval(aside.submit(child.ask, b"cores").result())  # noqa: S307 - our own child
        finally:
            core.leave()
    assert there == (everywhere - hall or everywhere)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a claim")
@pytest.mark.parametrize("kept", [False, True])
def test_a_child_that_works_for_minutes_gives_way_on_the_hall_s_core(
    child: Apart, *, kept: bool
) -> None:
    core = Core()
    with ThreadPoolExecutor(initializer=core.leave) as aside:
        if kept:
            core.keep()
        try:
            shares = not os.sched_getaffinity(0).isdisjoint(
                eval(aside.submit(child.ask, b"cores").result())  # noqa: S307 - our own child
            )
            idle = aside.submit(child.ask, b"last").result()
        finally:
            core.leave()
    assert shares is (not kept or os.cpu_count() == 1)
    assert idle == str(shares).encode()


def test_a_child_that_died_is_replaced_and_one_that_always_dies_is_given_up(child: Apart) -> None:
    first = int(child.ask(b"pid"))
    os.kill(first, signal.SIGKILL)
    assert int(child.ask(b"pid")) != first
    with pytest.raises(NoChild):
        child.ask(b"die")
    assert child.ask(b"well") == b"llew"


def test_a_child_nobody_asks_goes_and_the_next_question_finds_another(
    child: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDLE", "0.01")
    first = int(child.ask(b"pid"))
    while not gone(first):
        time.sleep(0.01)
    assert child.ask(b"well") == b"llew"


def test_closing_waits_for_no_answer_and_leaves_no_child(child: Apart) -> None:
    pid = int(child.ask(b"pid"))
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(child.ask, b"wait")
        while child._alone.acquire(blocking=False):  # noqa: SLF001 - until it has been asked
            child._alone.release()  # noqa: SLF001
        child.close()
        with pytest.raises(NoChild):
            waiting.result()
    assert gone(pid)


async def test_a_child_that_takes_too_long_is_let_go_and_the_next_question_answered(
    child: Apart,
) -> None:
    pid = int(await child.within(b"pid", 60))
    with pytest.raises(TimeoutError):
        await child.within(b"wait", 0.01)
    assert await child.within(b"well", 60) == b"llew"
    assert gone(pid)


async def test_passwords_are_checked_where_no_child_may_live_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashing = Hashing()
    hashed = await hashing.hash("kopi susu pagi")
    assert await hashing.fits(hashed, "kopi susu pagi", 0)
    hashing.close()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert await hashing.fits(hashed, "kopi susu pagi", 0)
    assert not await hashing.fits(hashed, "kopi susu malam", 0)
    assert not await hashing.fits(None, "kopi susu pagi", 0)
