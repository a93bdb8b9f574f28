"""Owns the proof that a screen that follows events knows what a fresh snapshot says.

A rehearsed hall goes through its day; before and after each commit the snapshot that a new screen
would get is kept, and between them the public events that a running screen got. ``web/static/
hall-state.js`` must come from one to the other (``check.mjs``, in Node).

``python -m tests.vectors.hall_day`` writes the kept days anew: ``hall-day.json`` as every screen in
the hall is told it, ``hall-day-staff.json`` as the pages of staff are.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, get_args

import msgspec

from server.api.snapshot import hall_now
from server.domain import calling, closing, desks, issuing, serving, supervising, undo, visits
from server.domain import events as ev
from server.domain.errors import DomainError
from server.domain.events import Audience
from server.domain.issuing import NewTicket
from server.domain.states import Priority
from server.domain.tx import Actor
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.published import Published
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import CLOCK, KIOSK, SARI, TOKEN, Rehearsal, office, on, wall

KEPT = {
    Audience.PUBLIC: Path(__file__).with_name("hall-day.json"),
    Audience.STAFF: Path(__file__).with_name("hall-day-staff.json"),
}
CLOCKED = ("estimate", "next_opening", "open_until", "starts")
"""Fields of a service that clock and estimate decide; a screen asks for them now and then."""
HALL: dict[str, Any] = {
    "rules": {"max_recalls": 9, "recall_gap_seconds": 5, "grace_minutes": 20},
    "services": [
        {"code": "A", "names": {"id": "Kependudukan", "en": "Civil registration"}},
        {"code": "B", "names": {"id": "Perizinan", "en": "Permits"}, "quota": 4},
        {"code": "C", "names": {"id": "Bank", "en": "Bank"}},
    ],
}
DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)
Command = Callable[[SqliteTx], Any]


class Recorder:
    """A hall whose every commit is kept as events between two snapshots, for one audience."""

    def __init__(self, audience: Audience = Audience.PUBLIC) -> None:
        self.audience = audience
        self.hall = Rehearsal(office(**HALL), at="2026-03-02 08:00")
        self.branch = self.hall.branches[0]
        self.ids: dict[str, str] = {}
        self.heard: list[Published] = []
        self.kinds: set[str] = set()
        self.hall.store.on_events = self.heard.extend
        self.history = self.snapshot()["history"]
        self.start = self.snapshot()
        self.told = self.start["seq"]
        self.last = self.start
        self.steps: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hall.close()

    def snapshot(self) -> dict[str, Any]:
        """Return what a new screen gets; a process that starts now must say the same."""
        for_staff = self.audience >= Audience.STAFF

        def look(tx: SqliteTx) -> tuple[bytes, bytes]:
            fresh = SqliteTx(BranchBatch(tx.db, tx.branch, OfficeCache()), tx.actor, tx.now)
            kept, loaded = (hall_now(each, "test", for_staff=for_staff) for each in (tx, fresh))
            return msgspec.json.encode(kept), msgspec.json.encode(loaded)

        kept, loaded = self.hall.do(look)
        assert kept == loaded, "the hall in memory and one read from disk tell two stories"
        state: dict[str, Any] = json.loads(kept)
        for service in state["services"]:
            for name in CLOCKED:
                del service[name]
        return state

    def note(self) -> None:
        """Keep what was committed since the last note."""
        after = self.snapshot()
        told = []
        for each in self.heard:
            self.kinds.add(each.kind)
            if each.heard_by(self.audience):
                gap = None if self.told == each.seq - 1 else self.told
                told.append(json.loads(each.message(self.audience, gap)))
                self.told = each.seq
        self.heard.clear()
        if told:
            changed = {key: value for key, value in after.items() if value != self.last[key]}
            self.steps.append({"events": told, "after": changed})
            for event in told:
                self.ids.setdefault(event.get("ticket", ""), f"ticket-{len(self.ids) + 1}")
            self.last = after

    def do(self, command: Command, actor: Actor = TOKEN) -> Any:  # noqa: ANN401
        """Let a second pass, fire a command, and keep what came of it; raise what it raises."""
        self.hall.seconds(1)
        done = self.hall.do(command, actor)
        self.note()
        return done

    def tell(self, *events: ev.AnyEvent) -> None:
        """Append events that no command of the queue makes."""
        for event in events:
            self.do(on(SqliteTx.append, event))

    def issue(self, service: str = "A", priority: str = "regular", **named: Any) -> str:  # noqa: ANN401
        """Give a number; return the ticket's id."""
        request = NewTicket(service, Priority(priority), **named)
        placed = self.do(on(issuing.issue, request), TOKEN)
        return str(placed.ticket.id)

    def vectors(self) -> dict[str, Any]:
        """Return the day, with names instead of the ids that chance made."""
        text = json.dumps({"start": self.start, "steps": self.steps}, ensure_ascii=False)
        for id_, name in self.ids.items():
            if id_:
                text = text.replace(id_, name)
        vectors: dict[str, Any] = json.loads(text.replace(self.history, "history-1"))
        return vectors


def whole_day(audience: Audience = Audience.PUBLIC) -> dict[str, Any]:
    """Return a day in which every kind of event happens that a hall knows."""
    with Recorder(audience) as day:
        _morning(day)
        _appointments(day)
        _slips(day)
        _words(day)
        _equipment(day)
        _evening(day)
        assert day.kinds == {snake(each.__name__) for each in get_args(ev.AnyEvent)}
        return day.vectors()


def _morning(day: Recorder) -> None:
    for counter in "1234":
        day.do(on(desks.open_counter, counter))
    first, *_ = (day.issue(each) for each in "AAB")
    day.issue("C", "priority", people=3, language="en")
    day.do(on(calling.call_next, "1"))
    for _ in range(2):
        day.hall.seconds(6)
        day.do(on(calling.recall, "1"))
    day.do(on(serving.start, "1"))
    day.do(on(serving.hold, "1", "salinan", 5))
    day.do(on(issuing.come_back, first), TOKEN)
    day.do(on(calling.call_ticket, "1", first, "kembali"))
    day.do(on(serving.start, "1"))
    day.do(on(visits.add_service, "1", "B"))
    day.do(on(calling.call_next, "4"))
    day.do(on(calling.no_show, "4"))
    day.do(on(calling.call_next, "3"))
    day.hall.seconds(6)
    day.do(on(calling.recall, "3"))
    day.do(on(calling.return_to_queue, "3"))
    day.do(on(calling.call_next, "3"))
    day.do(on(serving.start, "3"))
    day.do(on(serving.transfer, "3", to_counter="4", note="berkas lengkap"))
    day.do(on(desks.close_counter, "4"))
    day.do(on(calling.call_next, "2"))
    day.do(on(serving.transfer, "2", to_service="C"))
    waiting = day.issue("A")
    day.do(on(visits.change_ticket, waiting, priority=Priority.PRIORITY))
    day.do(on(visits.transfer_waiting, waiting, to_counter="1"))
    day.do(on(visits.transfer_waiting, waiting, to_service="B"))
    day.do(on(issuing.cancel, waiting), KIOSK)
    day.do(on(desks.open_counter, "4"))


def _appointments(day: Recorder) -> None:
    now = day.hall.now
    soon, noon, later = (day.issue("A", due=now + minutes * 60_000) for minutes in (5, 240, 240))
    day.issue("C", due=now - 60_000)
    day.do(on(calling.call_ticket, "2", later, "sudah datang"))
    day.do(on(calling.return_to_queue, "2"))
    day.do(on(visits.transfer_waiting, noon, to_service="C"))
    day.hall.minutes(6)  # the first one's time comes while nothing else happens
    day.issue("A")
    day.do(on(calling.call_ticket, "2", soon, "janji temu"))
    day.do(on(serving.start, "2"))
    day.do(on(serving.finish, "2"))
    day.do(on(issuing.cancel, noon))


def _slips(day: Recorder) -> None:
    day.do(on(calling.call_next, "1"))
    day.do(on(serving.start, "1"))
    day.do(on(undo.undo, "1"))
    day.do(on(serving.start, "1"))
    day.do(on(serving.finish, "1"))
    day.do(on(undo.undo, "1"))
    day.do(on(supervising.release, "1", "queue"), DEWI)
    day.issue("C")
    day.do(on(calling.call_next, "4"))
    day.do(on(serving.start, "4"))
    day.do(on(visits.add_service, "4", "A", here=True))
    day.do(on(calling.call_next, "4"))  # who sits there already
    day.do(on(serving.start, "4"))
    day.do(on(serving.finish, "4"))
    for _ in range(9):  # more calls than a screen keeps
        day.issue("C")
        day.do(on(calling.call_next, "4"))
        day.hall.seconds(6)
        day.do(on(calling.recall, "4"))
        day.do(on(serving.start, "4"))
        day.do(on(serving.finish, "4"))
    day.issue("A")
    day.do(on(calling.call_next, "1"))


def _words(day: Recorder) -> None:
    own = {"id": "Sistem pusat terganggu.", "en": "The central system is disturbed."}
    day.do(on(desks.pause_service, "A", "Sebentar, ya."))
    day.do(on(desks.resume_service, "A"))
    day.do(on(desks.pause_service, "B", own["en"], own))
    day.do(on(desks.resume_service, "B"))
    day.do(on(supervising.tell_hall, "Loket tambahan segera dibuka.", 10), DEWI)
    day.hall.minutes(11)
    day.issue("A")
    day.do(on(supervising.tell_hall, "Terima kasih."), DEWI)
    day.do(on(supervising.tell_hall, ""), DEWI)
    day.do(on(desks.open_counter, "3", take_over=True), SARI)
    day.do(on(desks.offer, "3", ["C"]), SARI)
    day.do(on(desks.take_break, "3", "Salat", 15), SARI)
    while day.last["services"][1]["left"]:
        day.issue("B")


def _equipment(day: Recorder) -> None:
    ticket = day.issue("A")
    order = ev.PrintOrder("job", "printer", 1)
    day.tell(
        ev.ReprintOrdered(ticket, "A009", order),
        ev.PrintFailed(ticket, "A009", "job", "printer", 1, "no paper"),
        ev.PrintMoved(ticket, "A009", "printer", "Depan", order),
        ev.Printed(ticket, "A009", "job", "printer", 2),
        ev.Quoted(ticket, "phone", ev.Quote(2, "rule")),
        ev.HelpRequested("help", day.last["day"], "kiosk", "Pintu utama"),
        ev.HelpTaken("help", "Pintu utama", 12.5, name="Ibu Sari"),
        ev.HelpRequested("help-2", day.last["day"], "kiosk", "Pintu utama"),
        ev.HelpTaken("help-2", "Pintu utama", 3.5),
        ev.HelpArrived("help-2", "Pintu utama", 31.0),
        ev.VisitorCounted(day.last["day"], "leaflet", 1),
        ev.VisitorCounted(day.last["day"], "leaflet", 1),
        ev.VisitorCounted(day.last["day"], "leaflet", -1),
        ev.VisitorCounted(day.last["day"], "question", 1),
        ev.VisitorCounted(day.last["day"], "question", -1),
        ev.DoorMeasured(day.last["day"], people=7),
        ev.DoorMeasured(day.last["day"], seconds=95.5),
        ev.AlarmRaised("waiting", "A", 30, 20),
        ev.AlarmCleared("waiting", "A"),
        ev.EquipmentChanged("printer", "printer", "Depan", "no-paper"),
        ev.QuietCalled("quiet", day.last["day"], ev.CounterRef("c1", 1)),
        ev.QuietCallChanged("quiet", ev.CounterRef("c1", 1), "ended", "Sudah tenang."),
        ev.Advised(
            advice="advice",
            day=day.last["day"],
            counter=ev.CounterRef("c3", 3),
            service="A",
            until=day.hall.now + 3_600_000,
            target=15,
            people=40,
            late=31,
            late_with=12,
            over=640,
            over_with=210,
            wait=42,
            wait_with=19,
            model="advice-1",
        ),
        ev.AdviceAnswered(
            advice="advice",
            counter=ev.CounterRef("c3", 3),
            service="A",
            until=day.hall.now + 3_600_000,
            answer="taken",
            staff="user:dewi",
        ),
        ev.ComfortChecked("check", day.last["day"], "toilet", ["soap"]),
        ev.FaultReported("fault", day.last["day"], "toilet", "soap", "check"),
        ev.FaultReported("fault-2", day.last["day"], "toilet", "floor", "visitor"),
        ev.FaultChanged("fault-2", "toilet", "floor", "open", "seen"),
        ev.FaultChanged("fault-2", "toilet", "floor", "seen", "working", {"id": "Toilet"}),
        ev.FaultChanged("fault", "toilet", "soap", "open", "working", {"id": "Toilet"}),
        ev.FaultChanged("fault-2", "toilet", "floor", "working", "mended"),
        ev.FiguresSeen("user:sari", "2026-03-01", "2026-03-02"),
        ev.NumbersResumed(day.last["day"], "A", 40),
    )
    day.issue("A")


def _evening(day: Recorder) -> None:
    booked = day.issue("A", due=day.hall.now + 90 * 60_000)
    day.do(on(calling.call_ticket, "2", booked, "sudah datang"))
    day.do(on(calling.return_to_queue, "2"))
    day.tell(ev.ClockSet(was=day.hall.now - 60_000, by_ms=60_000))
    day.do(on(issuing.cancel, booked))  # its moment moved with the clock
    day.do(on(calling.call_next, "4"))
    day.do(on(serving.start, "4"))
    day.hall.now = wall("2026-03-03 00:01")
    day.note()  # midnight passes; a screen knows the moment
    day.do(closing.close_past_days, CLOCK)
    day.do(closing.take_back, DEWI)
    day.do(on(desks.open_counter, "4"))
    day.do(on(calling.call_next, "4"))
    configured = ev.Configured(2, office(**HALL, name="Kantor Baru"))
    day.tell(configured)
    day.issue("A")


def clumsy_day(seed: int, audience: Audience, commands: int = 400) -> dict[str, Any]:
    """Return a day of commands by chance; what the rules refuse is left out."""
    chance = random.Random(seed)
    with Recorder(audience) as day:
        tickets = [day.issue(each) for each in "AABC"]
        for counter in "124":
            day.do(on(desks.open_counter, counter))
        for _ in range(commands):
            day.hall.seconds(chance.choice((1, 7, 40)))
            counter, service = chance.choice("1234"), chance.choice("ABC")
            ticket = chance.choice(tickets)
            minutes = chance.choice((None, None, None, 1, 90))
            due = None if minutes is None else day.hall.now + minutes * 60_000
            command = chance.choice(
                (
                    on(issuing.issue, NewTicket(service, chance.choice(list(Priority)), due=due)),
                    on(issuing.issue, NewTicket(service, due=due)),
                    on(calling.call_next, counter),
                    on(calling.call_next, counter),
                    on(calling.call_ticket, counter, ticket, "sebentar"),
                    on(calling.recall, counter),
                    on(calling.no_show, counter),
                    on(calling.return_to_queue, counter),
                    on(serving.start, counter),
                    on(serving.start, counter),
                    on(serving.finish, counter),
                    on(serving.hold, counter, "salinan", 5),
                    on(serving.transfer, counter, to_service=service),
                    on(serving.transfer, counter, to_counter=chance.choice("1234")),
                    on(visits.add_service, counter, service, here=chance.random() < 0.5),
                    on(visits.transfer_waiting, ticket, to_counter=counter),
                    on(visits.transfer_waiting, ticket, to_service=service),
                    on(issuing.come_back, ticket),
                    on(issuing.cancel, ticket),
                    on(undo.undo, counter),
                    on(desks.open_counter, counter, take_over=True),
                    on(desks.close_counter, counter, take_over=True),
                    on(desks.take_break, counter, "rapat", 10),
                    on(desks.pause_service, service, "Sebentar"),
                    on(desks.resume_service, service),
                    on(supervising.release, counter, "queue"),
                    on(supervising.tell_hall, "Mohon sabar.", 2),
                )
            )
            try:
                done = day.do(command, chance.choice((TOKEN, TOKEN, DEWI)))
            except DomainError:
                day.note()
                continue
            if isinstance(done, issuing.Placed):
                tickets.append(done.ticket.id)
        return day.vectors()


def written(vectors: dict[str, Any]) -> str:
    """Return the vectors as a file: one step a line, so that a change is seen where it is."""
    lines = [json.dumps(each, ensure_ascii=False) for each in vectors["steps"]]
    start = json.dumps(vectors["start"], ensure_ascii=False)
    return f'{{"start": {start},\n"steps": [\n' + ",\n".join(lines) + "\n]}\n"


def kinds(vectors: dict[str, Any]) -> set[str]:
    """Return the kinds of event of a day."""
    return {event["kind"] for step in vectors["steps"] for event in step["events"]}


def snake(name: str) -> str:
    """Return the kind of an event class by its name."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


if __name__ == "__main__":
    for audience, file in KEPT.items():
        file.write_text(written(whole_day(audience)), encoding="utf-8")
