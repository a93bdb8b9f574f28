"""Owns the checks: a round of today, days that are over, and what is done about missed ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from server.comfort.faults import told_here
from server.comfort.schedule import Slot, slots, stretches
from server.domain.comfort import ComfortPlace
from server.domain.comfort_events import ComfortChecked
from server.domain.day import Millis, day_bounds
from server.domain.errors import NotFound, Refused
from server.storage.queries import comfort, feedback
from server.storage.queries.comfort import Fault, PastDay
from server.storage.transaction import SqliteTx

LOOK_BACK_DAYS = 14
"""Days that are over are counted for so long, should the server have been off."""


def check(tx: SqliteTx, place: ComfortPlace, wrong: Sequence[str], said: str) -> list[Fault]:
    """Note that a place was looked at; return what was found wrong, known before or not.

    Raises:
        Invalid: something that is not looked at here.
    """
    found = [told_here(tx, place, item, said, "check") for item in dict.fromkeys(wrong)]
    tx.append(ComfortChecked(
        tx.new_id(), tx.day, place.code, [each.item for each in found], staff=tx.actor.id
    ))  # fmt: skip
    return found


def today(tx: SqliteTx) -> list[tuple[ComfortPlace, list[Slot]]]:
    """Return every place with what became of today's checks so far."""
    return round_of(tx, tx.day)


def round_of(tx: SqliteTx, day: str) -> list[tuple[ComfortPlace, list[Slot]]]:
    """Return every place with what became of a day's checks, by the settings of that day."""
    end = day_bounds(day, tx.office.zone, tx.office.day_start_minutes)[1]
    office = tx.office if tx.now < end else tx.settings_at(end - 1)
    made: dict[str, list[Millis]] = defaultdict(list)
    for each in comfort.checks(tx.db, tx.branch, day):
        made[each.place].append(each.at)
    return [
        (place, slots(stretches(office, place, day), made[place.code], tx.now))
        for place in office.comfort.places
    ]


def due(tx: SqliteTx, since: str | None = None) -> list[str]:
    """Return the days with service that are over and whose checks were not counted yet."""
    lately = (date.fromisoformat(tx.day) - timedelta(days=LOOK_BACK_DAYS)).isoformat()
    return comfort.uncounted(tx.db, tx.branch, lately if since is None else since, tx.day)


def count(tx: SqliteTx, since: str | None = None) -> None:
    """Count the checks of days that are over; done twice, nothing more happens.

    ``since``: from this day on; without it, of the last ``LOOK_BACK_DAYS``.
    """
    for day in due(tx, since):
        for place, found in round_of(tx, day):
            made = sum(each.state == "done" for each in found)
            comfort.count_day(
                tx.aside, tx.branch, PastDay(day, place.code, due=len(found), done=made)
            )


def missed(tx: SqliteTx, day: str) -> list[PastDay]:
    """Return the places of a day that were looked at less often than they should."""
    found = comfort.past_days(tx.db, tx.branch, day, day)
    return [each for each in found if each.done < each.due]


def one_missed(tx: SqliteTx, day: str, place: str) -> PastDay:
    """Return a place of a day that was looked at less often than it should.

    Raises:
        NotFound: there is none such.
    """
    found = comfort.past_day(tx.db, tx.branch, day, place)
    if found is None or found.done >= found.due:
        raise NotFound("No check of this place was missed on that day.", slug="unknown-check")
    return found


def read(tx: SqliteTx, day: str, place: str) -> PastDay:
    """Note that somebody read of missed checks; the first reader stays the first."""
    known = one_missed(tx, day, place)
    if known.read_by is None:
        comfort.change_day(tx.aside, tx.branch, day, place, read_by=tx.actor.name or tx.actor.id)
    return one_missed(tx, day, place)


def assign(tx: SqliteTx, day: str, place: str, person: str) -> PastDay:
    """Ask a colleague to see to it that a place is looked at."""
    read(tx, day, place)
    name = somebody(tx, person)
    comfort.change_day(tx.aside, tx.branch, day, place, owner=person, owner_name=name)
    tx.note("checks_assigned", name=name, place=place, day=day)
    return one_missed(tx, day, place)


def act(tx: SqliteTx, day: str, place: str, action: str) -> PastDay:
    """Say what was done about missed checks; said again, the newer text stands."""
    read(tx, day, place)
    comfort.change_day(
        tx.aside, tx.branch, day, place, action=action, acted_at=tx.now,
        acted_by=tx.actor.name or tx.actor.id,
    )  # fmt: skip
    tx.note("checks_answered", place=place, day=day)
    return one_missed(tx, day, place)


def somebody(tx: SqliteTx, person: str) -> str:
    """Return the name of who works here.

    Raises:
        NotFound: nobody of that id does.
    """
    name = feedback.person_name(tx.aside, tx.branch, person)
    if name is None:
        raise NotFound("Nobody of that name works here.", slug="unknown-person", field="person")
    return name


def place_behind(tx: SqliteTx, token: str) -> ComfortPlace:
    """Return the place behind a QR of this branch.

    Raises:
        NotFound: its QR was made anew, or the settings know it no more.
        Refused: it is another office's.
    """
    door = comfort.door(tx.aside, token)
    place = None if door is None else tx.office.comfort.place(door.place)
    if door is None or place is None:
        raise gone()
    if door.branch != tx.branch:
        raise Refused("This place belongs to another office.", slug="not-allowed")
    return place


def gone() -> NotFound:
    """Return the refusal for a QR that leads nowhere any more."""
    return NotFound(
        "This code is no longer in use. Please tell one of us; thank you.", slug="unknown-place"
    )


def doors(tx: SqliteTx) -> dict[str, str]:
    """Return the address of each place; those that have none yet get one."""
    known = comfort.doors(tx.aside, tx.branch)
    for place in tx.office.comfort.places:
        if place.code not in known:
            known[place.code] = _new_door(tx, place.code)
    return known


def renew_door(tx: SqliteTx, code: str) -> str:
    """Give a place another address: the QR that hung there leads nowhere any more.

    Raises:
        NotFound: there is no such place.
    """
    if tx.office.comfort.place(code) is None:
        raise NotFound("There is no such place.", slug="unknown-place", field="place")
    tx.note("door_renewed", place=code)
    return _new_door(tx, code)


def _new_door(tx: SqliteTx, code: str) -> str:
    token = tx.new_token()
    comfort.put_door(tx.aside, comfort.Door(token, tx.branch, code, tx.now))
    return token
