"""A made-up past is what the commands would have written, row for row and event for event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.demo.book import Step
from server.demo.hall import Day
from server.demo.history import enlarged, jobs_of, play, working_days, write_history
from server.demo.seed import demo_office, history_plan
from server.domain.calling import call_next
from server.domain.closing import close_past_days
from server.domain.desks import open_counter
from server.domain.issuing import NewTicket, issue
from server.reports.rollups import differences, due
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import DATABASE, connect, transaction
from server.storage.history import decode_event, envelopes
from server.storage.ids import Ids
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import TOKEN, Rehearsal, assert_replay_is_identical, wall

RANDOM_PARTS = {"ticket", "token"}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Eight working days of the demo hall, in a database of their own."""
    with closing(connect(tmp_path_factory.mktemp("past"))) as db:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        plan = history_plan(demo_office(), [], 7)
        write_history(db, 1, plan, jobs_of(plan, date(2026, 3, 12), 10, 90))
        yield db


def test_the_log_alone_gives_the_same_rows(past: Any) -> None:  # noqa: ANN401
    assert_replay_is_identical(past, 1)


@pytest.mark.parametrize(
    ("day", "visitors", "counters", "seed"),
    [
        ("2026-03-03", 300, 12, 1),  # a Tuesday with its guest tenant
        ("2026-03-06", 220, 12, 2),  # a Friday
        ("2026-03-09", 420, 24, 14),  # a larger hall
    ],
)
def test_a_made_up_day_is_the_same_day_played_through_the_commands(
    day: str, visitors: int, counters: int, seed: int
) -> None:
    office = enlarged(demo_office(), 22 * counters)
    assert len(office.counters) == counters
    story = Day(office, day, visitors, f"{seed}/{day}", 0, history_plan(office, [], 3).staff)
    steps: list[Step] = []
    story.book.steps = steps
    book = story.play()
    labels = {row[0]: row[4] for row in book.tickets}
    with Rehearsal(office, at=f"{day} 00:00") as played:
        for at, actor, command, args, more in steps:
            played.now = at
            renamed = [_renamed(each, labels, played) for each in args]
            played.do(lambda tx, c=command, a=renamed, m=more: c(tx, *a, **m), actor)  # type: ignore[misc]
        real = list(envelopes(played.db, played.branches[0], 1, 2**60))
        made = book.events
        assert len(made) == len(real) > 600
        for (seq, at, actor_id, data), envelope in zip(made, real, strict=True):
            assert (seq + 1, at, actor_id) == (envelope.seq, envelope.at, envelope.actor)
            assert _known(msgspec.json.decode(data)) == _known(msgspec.to_builtins(envelope.event))
            assert msgspec.json.encode(decode_event(data)).decode() == data
        kinds = set(played.kinds())
    assert {"transferred", "held", "no_show", "returned", "cancelled", "recalled"} <= kinds


def test_the_roll_ups_of_a_past_are_those_counted_from_its_log(past: Any) -> None:  # noqa: ANN401
    tx = SqliteTx(BranchBatch(past, 1, OfficeCache()), TOKEN, wall("2026-03-13 08:00"), Ids())
    days = [day for (day,) in past.execute("SELECT day FROM rollup_days")]
    assert len(days) == 8
    assert due(tx) == []
    assert [differences(tx, day) for day in days] == [[]] * 8


def _renamed(arg: Any, labels: dict[str, str], played: Rehearsal) -> Any:  # noqa: ANN401
    """Tickets have other ids in the other hall, but the same labels."""
    if isinstance(arg, str) and arg in labels:
        return played.rows("SELECT id FROM tickets WHERE label = ?", labels[arg])[0][0]
    return arg


def _known(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event without its random parts, and with places in line counted from the same."""
    kept = {key: value for key, value in event.items() if key not in RANDOM_PARTS}
    if "arrival" in kept:
        kept["arrival"] = "any"  # numbered from the settings event on in the one, not in the other
    return kept


def test_a_past_leaves_nothing_open_and_every_day_rolled_up(past: Any) -> None:  # noqa: ANN401
    open_turns = (
        "SELECT COUNT(*) FROM turns WHERE state IN ('waiting', 'held', 'called', 'serving')"
    )
    assert past.execute(open_turns).fetchone() == (0,)
    assert past.execute("SELECT COUNT(*) FROM days WHERE closed_at IS NULL").fetchone() == (0,)
    assert past.execute("SELECT COUNT(*) FROM rollup_days").fetchone() == (8,)


def test_a_branch_with_a_past_goes_on_with_the_commands(past: Any, tmp_path: Path) -> None:  # noqa: ANN401
    past.execute("VACUUM INTO ?", (str(tmp_path / DATABASE),))
    with closing(connect(tmp_path)) as db:

        def do(at: str, command: Callable[[SqliteTx], Any]) -> Any:  # noqa: ANN401
            with transaction(db):
                batch = BranchBatch(db, 1, OfficeCache())
                result = command(SqliteTx(batch, TOKEN, wall(at), Ids()))
                batch.write()
            return result

        do("2026-03-13 08:00", lambda tx: open_counter(tx, "1"))
        placed = do("2026-03-13 08:01", lambda tx: issue(tx, NewTicket("A")))
        assert placed.ticket.label == "A001"
        assert do("2026-03-13 08:02", lambda tx: call_next(tx, "1")) is not None
        do("2026-03-14 00:01", close_past_days)
        assert_replay_is_identical(db, 1)


def test_the_same_seed_tells_the_same_story_and_another_one_another() -> None:
    def times(seed: int) -> list[int]:
        played = play(history_plan(demo_office(), [], seed), 1, [("2026-03-03", 40)])
        return [row[1] for row in played.rows["events"]]

    assert len(times(1)) > 150
    assert times(1) == times(1)
    assert times(1) != times(2)


def test_a_past_rests_on_weekends_and_holidays() -> None:
    days = working_days(date(2026, 3, 25), 9)
    assert [day.isoformat() for day in days] == ["2026-03-17", "2026-03-25"]


def test_many_visitors_get_many_counters() -> None:
    office = demo_office()
    assert enlarged(office, 225) is office
    assert len(enlarged(office, 1000).counters) == 48
