"""Doing a request once, also when many commands come at once and are decided apart from tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.api.once import once
from server.api.problems import Rejected
from server.branches import configure
from server.domain import calling, desks, issuing
from server.domain.issuing import NewTicket
from server.storage.database import connect
from server.storage.store import Store
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import TOKEN, assert_replay_is_identical, office


class Given(msgspec.Struct, frozen=True):
    """The answer of these commands."""

    label: str


Asked = Callable[[SqliteTx], tuple[int, bytes]]


def take(key: str, digest: str = "take") -> Asked:
    """Take a number once."""
    return lambda tx: once(
        tx, key, digest, lambda tx: Given(issuing.issue(tx, NewTicket("A")).ticket.label), 201
    )


def call(key: str) -> Asked:
    """Call the next once; refused while the counter has somebody."""

    def command(tx: SqliteTx) -> Given | None:
        called = calling.call_next(tx, "1")
        return None if called is None else Given(called[0].label)

    return lambda tx: once(tx, key, "call", command, 200)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An open store with one branch and one open counter, the hall in memory."""
    with closing(connect(tmp_path)) as db:
        configure(db, office())
    store = await Store.open(tmp_path)
    await store.transact(1, TOKEN, lambda tx: desks.open_counter(tx, "1"))
    await store.look(1, TOKEN, lambda tx: tx.print_order())
    yield store
    await store.close()
    with closing(connect(tmp_path)) as db:
        assert_replay_is_identical(db, 1)


async def rush(store: Store, *commands: Asked) -> list[Any]:
    """Give light commands all at once; return answers and errors."""
    given = (store.transact(1, TOKEN, each, light=True) for each in commands)
    return await asyncio.gather(*given, return_exceptions=True)


def told(label: str, status: int = 201) -> tuple[int, bytes]:
    """Return the answer with a number."""
    return status, msgspec.json.encode(Given(label))


async def test_a_repeat_amid_a_rush_gets_its_first_answer_and_no_second_number(
    store: Store,
) -> None:
    first = await store.transact(1, TOKEN, take("old"))
    answers = await rush(
        store, *[take(f"a{n}") for n in range(5)], take("old"), *[take(f"b{n}") for n in range(5)]
    )
    assert first == answers.pop(5) == told("A001")
    assert answers == [told(f"A{n:03d}") for n in range(2, 12)]


async def test_one_key_twice_in_one_rush_is_done_once(store: Store) -> None:
    answers = await rush(store, *[take("same")] * 8, take("other"))
    assert answers == [told("A001")] * 8 + [told("A002")]


async def test_a_repeat_of_what_cannot_be_done_again_gets_its_first_answer(store: Store) -> None:
    await rush(store, *[take(f"t{n}") for n in range(8)])
    first = await store.transact(1, TOKEN, call("calls"))
    answers = await rush(store, *[take(f"u{n}") for n in range(4)], call("calls"), call("anew"))
    assert answers[4] == first == told("A001", 200)
    assert str(answers[5]).startswith("Counter 1 ")


async def test_a_key_for_another_request_is_refused_in_a_rush_too(store: Store) -> None:
    await store.transact(1, TOKEN, take("old"))
    answers = await rush(store, take("old", "else"), *[take(f"v{n}") for n in range(5)])
    assert isinstance(answers[0], Rejected)
    assert answers[1:] == [told(f"A{n:03d}") for n in range(2, 7)]
