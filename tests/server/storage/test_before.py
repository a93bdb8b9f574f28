"""A database of the commit before the hall in memory (fecb2e8) opens and goes on.

``before/ramah.db.xz`` was filled by that program itself: ``ramah demo --days 5 --per-day 60``, and
over HTTP an open day with numbers that wait, rest, were called, served and sent on.
``before/answers.json.xz`` is what it then answered about them.
"""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from server.domain import calling, issuing, serving
from server.domain.closing import close_past_days
from server.domain.day import millis
from server.domain.issuing import NewTicket
from server.domain.states import TurnState
from server.domain.tx import Actor
from server.reports.histogram import MAX_ERROR, SHORT_ERROR_MS
from server.storage.database import DATABASE, connect
from server.storage.store import Store
from server.storage.transaction import SqliteTx
from tests.server.process import Server
from tests.server.rehearsal import CLOCK, TOKEN, on, replayed, table

BEFORE = Path(__file__).with_name("before")
PERCENTILES = (".wait_p50_s", ".wait_p90_s")


def told() -> dict[str, Any]:
    """Return what the old program said."""
    packed = (BEFORE / "answers.json.xz").read_bytes()
    return cast("dict[str, Any]", json.loads(lzma.decompress(packed)))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder with the old database."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / DATABASE).write_bytes(lzma.decompress((BEFORE / "ramah.db.xz").read_bytes()))
    return folder


def figures(answer: object, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number that an answer says, with its place; it may say more by now."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from figures(value, f"{path}.{key}")
    elif isinstance(answer, list):
        for place, value in enumerate(answer):
            yield from figures(value, f"{path}[{place}]")
    elif isinstance(answer, bool | int | float):
        yield path, answer


async def test_reports_and_log_give_the_same_figures_to_the_digit(data: Path) -> None:
    before = told()
    with Server(data) as server:
        server.start()
        (code,) = server.query("SELECT code FROM branches")
        async with server.client("manager", code[0]) as manager:
            for path, said in before["answers"].items():
                if path == "/api/queue" or before["day"] in path:
                    continue  # the day that was open has ended by now
                now = dict(figures((await manager.get(path)).json))
                old = dict(figures(said))
                assert len(old) > 5
                if path.startswith("/api/totals"):
                    # since then percentiles are a report's, one figure for one question
                    for key in PERCENTILES:
                        assert now[key] == pytest.approx(
                            old.pop(key), rel=MAX_ERROR, abs=SHORT_ERROR_MS / 1000
                        )
                found = {key: now.get(key, math.nan) for key in old}
                # to the twelfth digit: sum() of Python 3.12 rounds the last ones better than 3.11
                assert found == pytest.approx(old, rel=1e-12, abs=0), path


async def test_the_open_day_goes_on_where_it_stood(data: Path) -> None:
    """Each who waited, rested, was called, served or sent on is found as it was."""
    before = told()
    now = millis(datetime.fromisoformat(before["at"]))
    first, second, third, fourth, _ = map(str, before["counters"])
    with closing(connect(data)) as db:
        store = await Store.open(data, readers=1, clock=lambda: now)
        try:
            (branch,) = await store.configured()

            async def do(command: Any, actor: Actor = TOKEN) -> Any:  # noqa: ANN401
                return await store.transact(branch, actor, command)

            def at(tx: SqliteTx) -> dict[str, tuple[str, TurnState]]:
                found = {}
                for number in (first, second, third, fourth):
                    turn = tx.turn_at(tx.office.counter(number).id)
                    if turn is not None:
                        found[number] = (turn.label, turn.state)
                return found

            assert await do(at) == {
                str(each["number"]): (each["current"]["label"], each["current"]["state"])
                for each in before["answers"]["/api/queue"]["counters"]
                if each["current"] is not None
            }
            waiting = {
                each["code"]: each["waiting"]
                for each in before["answers"]["/api/queue"]["services"]
            }
            assert (
                await do(
                    lambda tx: {
                        each.code: issuing.waiting_now(tx, each.code) for each in tx.office.services
                    }
                )
                == waiting
            )
            placed = await do(on(issuing.issue, NewTicket("A")))
            assert (placed.ticket.label, placed.ahead) == ("A010", waiting["A"])
            assert (await do(on(serving.finish, fourth)))[1].state is TurnState.DONE
            assert (await do(on(serving.start, first)))[1].state is TurnState.SERVING
            assert (await do(on(serving.finish, first)))[1].state is TurnState.DONE
            called = [(await do(on(calling.call_next, each)))[0].label for each in (first, second)]
            held = [
                label for (label,) in db.execute("SELECT label FROM turns WHERE state = 'held'")
            ]
            (rests,) = held
            rested = db.execute("SELECT ticket FROM turns WHERE state = 'held'").fetchone()[0]
            assert (await do(on(issuing.come_back, rested)))[1].state is TurnState.WAITING
            assert len({*called, rests, placed.ticket.label}) == 4
            sent_on = db.execute(
                "SELECT label, note FROM turns WHERE leg = 2 AND day = ? AND state = 'waiting'",
                (before["day"],),
            ).fetchall()
            assert [note for _, note in sent_on] == ["berkas lengkap"]
            now += 24 * 3_600_000
            assert await do(close_past_days, CLOCK) > 0
            assert await do(lambda tx: list(tx.open_days_before(tx.day))) == []
        finally:
            await store.close()
        with closing(replayed(db, branch)) as fresh:
            for name in ("tickets", "turns", "calls", "counters", "counter_sessions"):
                assert table(fresh, name, 1) == table(db, name, branch), name
