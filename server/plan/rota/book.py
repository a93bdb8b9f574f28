"""What is kept of rotas: who may work when, the plans of weeks, and shifts that change hands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from server.domain.errors import Conflict, Invalid, NotFound, Refused
from server.plan.rota.regret import midnight_of
from server.plan.rota.trial import HALF_HOUR
from server.plan.rota.values import DayRota, Officer, Rota, RotaRules, Shift
from server.storage.queries import rota as kept
from server.storage.queries.rota import Saved, Swap
from server.storage.transaction import SqliteTx

_rules = msgspec.json.Decoder(RotaRules).decode
_rota = msgspec.json.Decoder(Rota).decode
_skills = msgspec.json.Decoder(list[str]).decode


def week_of(day: str) -> str:
    """Return the Monday of a day's week."""
    on = date.fromisoformat(day)
    return (on - timedelta(days=on.weekday())).isoformat()


def next_week(today: str) -> str:
    """Return the Monday after a day."""
    return (date.fromisoformat(week_of(today)) + timedelta(days=7)).isoformat()


def rules_of(tx: SqliteTx) -> tuple[int, RotaRules]:
    """Return what plans have to meet, and its version; 0 for what nobody has said yet.

    Until then the officers are those with a login, and one for each counter beyond.
    """
    found = kept.rules(tx.aside, tx.branch)
    if found is not None:
        return found.version, _rules(found.rules)
    officers = [
        Officer(each.id, each.name, _skills(each.skills) if each.skills else [])
        for each in kept.who_serves(tx.aside, tx.branch)
    ]
    numbers = [each.number for each in tx.office.counters][len(officers) :]
    officers += [Officer(f"counter-{number}", f"{number}", counter=number) for number in numbers]
    return 0, RotaRules(officers=officers)


def save_rules(tx: SqliteTx, version: int, rules: RotaRules) -> None:
    """Keep what plans have to meet.

    Raises:
        Conflict: somebody else changed it since ``version``. Invalid: it cannot be.
    """
    now, _ = rules_of(tx)
    if now != version:
        raise Conflict("Somebody else changed this. Please look at it again.", slug="changed")
    keys = [each.key for each in rules.officers]
    if len(set(keys)) != len(keys):
        raise Invalid("Each officer is listed once.", field="rules.officers")
    known = {each.code for each in tx.office.services}
    for each in rules.officers:
        if not known.issuperset(each.services):
            raise Invalid("This office does not have all of these services.",
                          field="rules.officers")  # fmt: skip
    kept.put_rules(tx.aside, tx.branch, version + 1, msgspec.json.encode(rules).decode())
    tx.note("rota_rules")


def rota_of(tx: SqliteTx, week: str, version: int | None = None) -> tuple[Saved, Rota] | None:
    """Return a saved plan of a week; without ``version`` the one that holds."""
    found = (
        kept.newest(tx.aside, tx.branch, week)
        if version is None
        else kept.one(tx.aside, tx.branch, week, version)
    )
    return None if found is None else (found, _rota(found.rota))


def held(tx: SqliteTx, week: str) -> Iterator[tuple[int, Rota, DayRota]]:
    """Yield the days of a week that are over with the plan that held when the office opened.

    That is the last one saved until then, so nobody plans a day better that was; a day of which
    none was is left out.
    """
    saved = [(each, _rota(each.rota)) for each in kept.versions(tx.aside, tx.branch, week)]
    for n in range(7):
        day = (date.fromisoformat(week) + timedelta(days=n)).isoformat()
        if day >= tx.day:
            return
        for each, rota in saved:
            its = next((found for found in rota.days if found.day == day), None)
            opens = its.outcome.opens if its is not None and its.outcome is not None else 0
            if each.at <= midnight_of(tx.office, day) + opens * HALF_HOUR:
                if its is not None:
                    yield each.version, rota, its
                break


def read(saved: Saved) -> Rota:
    """Return the plan that was saved."""
    return _rota(saved.rota)


def save(tx: SqliteTx, week: str, version: int, rota: Rota) -> Saved:
    """Keep a plan of a week as its next version.

    Raises:
        Conflict: somebody else saved one since ``version``.
    """
    newest = kept.newest(tx.aside, tx.branch, week)
    if (newest.version if newest is not None else 0) != version:
        raise Conflict("Somebody else saved this week. Please look at it again.", slug="changed")
    text = msgspec.json.encode(rota).decode()
    saved = Saved(week, version + 1, tx.now, tx.actor.name, text)
    kept.save(tx.aside, tx.branch, saved)
    tx.note("rota_saved", week=week, version=version + 1)
    return saved


def check(tx: SqliteTx, rules: RotaRules, days: list[DayRota], week: str) -> None:
    """Refuse shifts that cannot be.

    Raises:
        Invalid: a day of another week, an unknown counter, somebody twice on a day.
    """
    numbers = {each.number for each in tx.office.counters}
    names = {each.key: each.name for each in rules.officers}
    if len({each.day for each in days}) != len(days):
        raise Invalid("Each day is there once.", field="days")
    for each in days:
        if week_of(each.day) != week:
            raise Invalid("This day is not of that week.", field="days")
        there: set[str] = set()
        for shift in each.shifts:
            if shift.counter not in numbers or shift.officer not in names:
                raise Invalid("There is no such counter, or no such officer.", field="days")
            if shift.start >= shift.end:
                raise Invalid("A shift ends after it begins.", field="days")
            if shift.officer in there:
                raise Invalid(
                    "{name} works twice on one day.", field="days", name=names[shift.officer]
                )
            there.add(shift.officer)


# ---------------------------------------------------------------- swaps


def offer(tx: SqliteTx, day: str) -> Swap:
    """Offer one's own shift of a day to colleagues.

    Raises:
        NotFound: there is none. Conflict: it is offered already.
    """
    me, week = mine(tx), week_of(day)
    if day < tx.day or _shift(tx, day, me) is None:
        raise NotFound("You have no shift on that day.", slug="no-shift")
    for each in kept.swaps(tx.aside, tx.branch, week):
        if (each.day, each.officer) == (day, me):
            raise Conflict("This shift is offered already.", slug="offered")
    new = Swap(tx.new_id(), week, day, me, None, "offered", tx.now)
    kept.add_swap(tx.aside, tx.branch, new)
    return new


def withdraw(tx: SqliteTx, key: str) -> None:
    """Take an offer back.

    Raises:
        NotFound: there is none of one's own that is open.
    """
    known = _open(tx, key)
    if known.officer != mine(tx):
        raise NotFound("This offer is not open.", slug="unknown-swap")
    kept.set_swap(tx.aside, tx.branch, key, "withdrawn", known.taker)


def take(tx: SqliteTx, key: str) -> None:
    """Say that one would work a colleague's shift; the manager decides.

    Raises:
        NotFound: the offer is not open. Conflict: it is taken. Refused: it is one's own.
    """
    known, me = _open(tx, key), mine(tx)
    if known.officer == me:
        raise Refused("This is your own shift.", slug="not-allowed")
    if known.state == "taken":
        raise Conflict("A colleague was faster.", slug="taken")
    kept.set_swap(tx.aside, tx.branch, key, "taken", me)


def decide(tx: SqliteTx, key: str, *, accept: bool) -> None:
    """Accept or refuse a swap; accepted, it is a new version of the week's plan.

    Who takes a shift on a day with one of their own gives that in return.

    Raises:
        NotFound: it is not open. Conflict: nobody takes it, or the shift is no more.
    """
    known = _open(tx, key)
    if not accept:
        kept.set_swap(tx.aside, tx.branch, key, "refused", known.taker)
        return
    found = rota_of(tx, known.week)
    if known.taker is None or found is None:
        raise Conflict("No colleague takes this shift yet.", slug="not-taken")
    saved, rota = found
    if _shift(tx, known.day, known.officer) is None:
        raise Conflict("This shift is no more in the plan.", slug="no-shift")
    days = [
        _swapped(each, known.officer, known.taker) if each.day == known.day else each
        for each in rota.days
    ]
    save(tx, known.week, saved.version, msgspec.structs.replace(rota, days=days))
    kept.set_swap(tx.aside, tx.branch, key, "accepted", known.taker)


def _swapped(day: DayRota, one: str, other: str) -> DayRota:
    turned = {one: other, other: one}
    shifts = [
        msgspec.structs.replace(each, officer=turned.get(each.officer, each.officer))
        for each in day.shifts
    ]
    return msgspec.structs.replace(day, shifts=shifts)


def mine(tx: SqliteTx) -> str:
    """Return the key under which the actor is planned: the id of the login."""
    return tx.actor.id.removeprefix("user:")


def _shift(tx: SqliteTx, day: str, officer: str) -> Shift | None:
    found = rota_of(tx, week_of(day))
    return next(
        (
            shift for each in (found[1].days if found else []) if each.day == day
            for shift in each.shifts if shift.officer == officer
        ),
        None,
    )  # fmt: skip


def _open(tx: SqliteTx, key: str) -> Swap:
    known = kept.swap(tx.aside, tx.branch, key)
    if known is None or known.state not in {"offered", "taken"}:
        raise NotFound("This offer is not open.", slug="unknown-swap")
    return known
