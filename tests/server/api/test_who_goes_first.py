"""Whose request goes first is known without a look at the database, also just after a change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Request

from server.auth.access import Access, NotLoggedIn
from server.auth.registry import insert_token, revoke_token
from server.branches import configure
from server.domain.roles import STAFF_UP
from server.storage.database import connect
from server.storage.queries.keys import Paired
from server.storage.store import Store
from tests.server.rehearsal import office


@pytest.fixture
async def access(tmp_path: Path) -> AsyncIterator[Access]:
    """Logins of an office with the keys ``ramah_front`` and ``ramah_back`` of two counters."""
    with closing(connect(tmp_path)) as db:
        configure(db, office())
        for name in ("front", "back"):
            insert_token(db, 1, Paired("staff", name), f"ramah_{name}", name, 0)
    store = await Store.open(tmp_path, readers=1)
    yield Access(store)
    await store.close()


def ask(name: str) -> Request:
    return make_mocked_request(
        "POST", "/api/counters/1/call-next", {"Authorization": f"Bearer ramah_{name}"}
    )


async def test_somebodys_log_out_puts_no_counter_behind_the_strangers(access: Access) -> None:
    assert access.known_role(ask("front")) is None, "the first request shows who it is"
    for name in ("front", "back"):
        await access.require(ask(name), STAFF_UP)
    for _ in range(3):  # people log in and out, devices are paired, the command line changes things
        access.forget()
        assert access.known_role(ask("front")) == access.known_role(ask("back")) == "staff"
        await access.require(ask("front"), STAFF_UP)
    assert access.known_role(ask("nobody")) is None


async def test_a_key_that_was_revoked_has_no_turn_of_its_own_once_it_was_looked_up(
    access: Access, tmp_path: Path
) -> None:
    await access.require(ask("back"), STAFF_UP)
    with closing(connect(tmp_path)) as db:
        revoke_token(db, "back", 1)
    access.forget()
    with pytest.raises(NotLoggedIn):
        await access.require(ask("back"), STAFF_UP)
    assert access.known_role(ask("back")) is None
    access.forget()
    assert access.known_role(ask("back")) is None
