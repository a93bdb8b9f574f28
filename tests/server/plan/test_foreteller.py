"""Which halls are worked out: those at work, never one that another server rules."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from server.apart import Apart
from server.domain import calling, desks, issuing, serving
from server.domain.foretold import Foretold
from server.domain.issuing import NewTicket
from server.plan.apart import Worker
from server.plan.asked import WaitsAsked
from server.plan.foreteller import Foreteller
from server.storage.queries import boxes
from tests.server.rehearsal import KIOSK, SARI, Rehearsal, office


def worked_out(hall: Rehearsal) -> Foretold | None:
    asked = WaitsAsked(str(hall.data), hall.branches[0], hall.now)
    with closing(Worker()) as worker:
        told = worker.answer(msgspec.msgpack.encode(asked))
    return msgspec.msgpack.decode(told, type=Foretold | None)


def grows_old(hall: Rehearsal) -> bool:
    found = worked_out(hall)
    assert found is not None
    return found.grows_old()


def test_a_hall_is_worked_out_again_while_somebody_is_at_a_counter_and_not_at_night() -> None:
    with Rehearsal(office()) as hall:
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        assert not grows_old(hall), "nobody is expected who could call them"
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        assert grows_old(hall)
        hall.do(lambda tx: calling.call_next(tx, "1"), SARI)
        assert grows_old(hall), "the line is empty, and a newcomer still waits for the counter"
        hall.do(lambda tx: serving.start(tx, "1"), SARI)
        hall.do(lambda tx: serving.finish(tx, "1"), SARI)
        hall.do(lambda tx: desks.close_counter(tx, "1"), SARI)
        assert not grows_old(hall)


def test_a_hall_that_its_own_server_rules_is_left_to_that_one() -> None:
    with Rehearsal(office()) as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        assert worked_out(hall) is not None
        boxes.admit(hall.db, hall.branches[0])
        assert worked_out(hall) is None


class Halls:
    def __init__(self) -> None:
        self.foretold: dict[int, Foretold] = {}

    def clock(self) -> int:
        return 0


def test_a_hall_is_asked_about_after_a_change_and_by_itself_only_at_work() -> None:
    halls = Halls()
    foreteller = Foreteller(Path(), halls, Apart("server.plan.apart"))
    due = foreteller._due  # noqa: SLF001
    for branch, kind in ((1, "issued"), (2, "printed")):
        foreteller.heard(branch, kind)
    assert due(1000.0) == [1]
    assert due(1001.0) == []
    at_night = Foretold(0, 1, "m", {})
    halls.foretold = {1: at_night, 2: msgspec.structs.replace(at_night, staffed=True)}
    assert due(2000.0) == [2]
