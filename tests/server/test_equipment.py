"""Printers and displays: a change is written once, told to pages, and raises an alarm."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from printer.spool import PrinterNow
from server.alarms import WATCHER, found, settle
from server.domain import desks
from server.equipment import OBSERVER, Look, changes, known, state_of
from server.equipment import found as seen_now
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import Rehearsal, assert_replay_is_identical, office


@dataclass
class Stage:
    """What the spool and the displays' reports would say."""

    printers: dict[str, str]
    displays: dict[str, str | None]
    sure: bool = True

    def observe(self, tx: SqliteTx) -> list[str]:
        looks = {key: Look(state, self.sure) for key, state in self.printers.items()}
        made = changes(known(tx), seen_now(tx, looks, self.displays.__getitem__))
        for event in made:
            tx.append(event)
        return [f"{each.what} {each.place} {each.state}" for each in made]


def _equip(tx: SqliteTx) -> None:
    tx.db.execute(
        "INSERT INTO printers (id, branch, name, url, created_at) VALUES ('p', ?, 'Lobi', 'x:', 0)",
        (tx.branch,),
    )
    for token, role in (("d", "display"), ("e", "display"), ("k", "kiosk")):
        tx.db.execute(
            "INSERT INTO tokens (id, branch, role, name, hash, created_at) "
            "VALUES (?, ?, ?, ?, ?, 0)",
            (token, tx.branch, role, f"Layar {token}", token),
        )


def test_a_change_is_written_once_and_a_display_nobody_switched_on_is_no_news() -> None:
    stage = Stage({"p": "ok"}, {"d": "online", "e": "offline"})
    with Rehearsal(office()) as hall:
        hall.do(_equip)
        assert hall.do(stage.observe, OBSERVER) == ["display Layar d online", "printer Lobi ok"]
        assert hall.do(stage.observe, OBSERVER) == []
        stage.printers["p"], stage.displays["d"] = "paper_out", "offline"
        assert hall.do(stage.observe, OBSERVER) == [
            "display Layar d offline",
            "printer Lobi paper_out",
        ]
        stage.displays["d"] = None  # just after a start: what was known stays
        stage.printers["p"], stage.sure = "ok", False
        assert hall.do(stage.observe, OBSERVER) == []
        stage.sure = True
        assert hall.do(stage.observe, OBSERVER) == ["printer Lobi ok"]
        hall.do(lambda tx: tx.db.execute("UPDATE tokens SET revoked_at = 1 WHERE id = 'd'"))
        assert hall.do(stage.observe, OBSERVER) == ["display Layar d gone"]
        assert_replay_is_identical(hall.db, hall.branches[0])


def test_paper_out_calls_for_help_before_anybody_waits_for_paper() -> None:
    stage = Stage({"p": "paper_low"}, {"d": "offline", "e": "offline"})
    with Rehearsal(office()) as hall:
        hall.do(_equip)
        hall.do(stage.observe, OBSERVER)
        assert hall.do(found, WATCHER) == {}
        stage.printers["p"] = "paper_out"
        hall.do(stage.observe, OBSERVER)
        hall.do(settle, WATCHER)
        stage.printers["p"] = "ok"
        hall.do(stage.observe, OBSERVER)
        hall.do(settle, WATCHER)
        told = [kind for kind in hall.kinds() if kind.startswith("alarm")]
        assert told == ["alarm_raised", "alarm_cleared"]


def test_a_display_that_goes_dark_is_told_while_the_hall_works_and_not_at_night() -> None:
    stage = Stage({"p": "ok"}, {"d": "online", "e": "offline"})
    with Rehearsal(office()) as hall:
        hall.do(_equip)
        hall.do(stage.observe, OBSERVER)
        stage.displays["d"] = "offline"
        hall.do(stage.observe, OBSERVER)
        hall.minutes(3)
        assert hall.do(found, WATCHER) == {}
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        assert hall.do(found, WATCHER) == {("display", "Layar d"): (3, 2)}


def test_a_printer_nobody_asked_yet_is_neither_well_nor_an_alarm() -> None:
    stage = Stage({"p": "unknown"}, {"d": "offline", "e": "offline"}, sure=False)
    with Rehearsal(office()) as hall:
        hall.do(_equip)
        assert hall.do(stage.observe, OBSERVER) == ["printer Lobi unknown"]
        assert hall.do(found, WATCHER) == {}
        stage.printers["p"], stage.sure = "offline", True
        assert hall.do(stage.observe, OBSERVER) == ["printer Lobi offline"]
        stage.printers["p"], stage.sure = "unknown", False  # started again: not asked yet
        assert hall.do(stage.observe, OBSERVER) == []
        assert hall.do(known, OBSERVER)["printer", "p"] == ("Lobi", "offline")


def test_the_states_in_one_word_say_not_known_before_well() -> None:
    now = PrinterNow("p", "Lobi", "", paper_low=False, known=False)
    assert state_of(now) == "unknown"
    assert state_of(replace(now, known=True)) == "ok"
    assert state_of(replace(now, known=True, paper_low=True)) == "paper_low"
    assert state_of(replace(now, known=True, trouble="cover_open")) == "cover_open"
