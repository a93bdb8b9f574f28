"""What somebody of the city wishes for a device of an office: asked here, done there, once.

A wish waits in the city until the office's server comes for it, a day at most. There it is done by
the same acts as on the office's own page and kept with its outcome, in one transaction; so a wish
that comes twice is done once, and its outcome is told until the city has it.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from server.city.taking import box_of
from server.domain.day import Millis, iso
from server.domain.errors import Conflict, DomainError, NotFound
from server.domain.texts import PRINTABLE, Id
from server.fleet import acts
from server.fleet.listing import DeviceNow
from server.storage.queries import boxes
from server.storage.queries import wishes as kept
from server.storage.queries.wishes import Came, Kept, State
from server.storage.transaction import SqliteTx

OPEN_MS = 24 * 3_600_000
"""What an office's server has not come for by then is not done any more."""
SHOWN_MS = 48 * 3_600_000
KEPT_MS = 30 * 24 * 3_600_000
MOST_WAITING, MOST_TOLD = 50, 200

Act = Literal["reload", "rename", "end"]
ACTS = frozenset(get_args(Act))
Text = Annotated[str, msgspec.Meta(max_length=80, pattern=PRINTABLE)]


class Wish(msgspec.Struct, frozen=True):
    """A wish as it travels; an act that this program does not know is refused, not misread.

    Attributes:
        device: id of its key in the office.
        name: what it shall be called, where that is the wish.
        by: whose wish it is; stands in the office's list of who did what.
    """

    id: Id
    device: Id
    act: Text
    name: Text = ""
    by: Text = ""


class Outcome(msgspec.Struct, frozen=True):
    """What came of a wish, as the office's server tells it."""

    id: Id
    state: Came


class WishNow(msgspec.Struct, frozen=True):
    """A wish for a device and how it stands.

    Attributes:
        was: what the device was called when it was wished; ``name``: what it shall be called.
        by, at: whose wish it is, and since when.
        state: waiting; done; away (it was not in touch, so its page was not told); gone (there is
            no such device any more); refused (the office's server does no such thing); late (the
            office's server did not come for it within a day).
        ended_at: when that was known.
    """

    id: str
    device: str
    was: str
    act: Act
    name: str
    by: str
    at: str
    state: State
    ended_at: str | None


def shown(tx: SqliteTx) -> list[WishNow]:
    """Return the wishes of the last two days, the newest first.

    At an office, what only a newer city knows was refused, and has no word here.
    """
    found = kept.of_branch(tx.aside, tx.branch, tx.now - SHOWN_MS)
    return [now_of(each, tx.now) for each in reversed(found) if each.act in ACTS]


def now_of(each: Kept, now: Millis) -> WishNow:
    """Return how a wish stands."""
    late = each.state == "waiting" and now - each.at > OPEN_MS
    ended = None if each.ended_at is None else iso(each.ended_at)
    act: Act = msgspec.convert(each.act, Act)
    return WishNow(
        each.id, each.device, each.was, act, each.name, each.by, iso(each.at),
        "late" if late else each.state, ended,
    )  # fmt: skip


# ---------------------------------------------------------------- the city's side


def ask(tx: SqliteTx, device: str, act: Act, name: str) -> Kept:
    """Keep a wish for a device of an office with a server of its own, until that comes for it.

    Raises:
        NotFound: the office told of no such device. Conflict: that is not done with such a one, or
            very much waits already.
    """
    found = _told_of(tx, device)
    if found.kind == "printer" or (act == "reload" and found.kind not in acts.WITH_A_PAGE):
        raise Conflict("It shows no page that could be loaded again.", slug="no-page")
    if act == "rename" and found.kind == "agent":
        raise acts.name_kept()
    kept.drop_same(tx.aside, tx.branch, device, act)
    forget(tx)
    if len(kept.waiting(tx.aside, tx.branch, tx.now - OPEN_MS)) >= MOST_WAITING:
        raise Conflict(
            "{n} wishes wait for this hall already. They go on when its line is back.",
            slug="many-wait", n=MOST_WAITING,
        )  # fmt: skip
    made = Kept(
        tx.new_id(), device, found.name, act, name, tx.actor.name, tx.now, "waiting", None
    )  # fmt: skip
    kept.put(tx.aside, tx.branch, made)
    tx.note(f"wished_{act}", name=found.name, after=name)
    return made


def withdraw(tx: SqliteTx, id_: str) -> None:
    """Drop a wish that the office's server has not told of; it may be on its way there already.

    Raises:
        NotFound: there is none, or what came of it is known.
    """
    known = kept.get(tx.aside, tx.branch, id_)
    if known is None or not kept.drop(tx.aside, tx.branch, id_):
        raise NotFound("This wish does not wait any more.", slug="no-such-wish")
    tx.note("wish_withdrawn", name=known.was)


def _told_of(tx: SqliteTx, device: str) -> DeviceNow:
    box = box_of(tx)
    told = next((each.devices for each in boxes.devices(tx.aside) if each.code == box.code), "[]")
    for each in msgspec.json.decode(told, type=list[DeviceNow]):
        if each.id == device:
            return each
    raise NotFound("There is no such device.", slug="unknown-device", field="device")


def waiting(tx: SqliteTx) -> int:
    """Return how many wishes the office's server did not come for, or tell of, yet."""
    return len(kept.waiting(tx.aside, tx.branch, tx.now - KEPT_MS))


def hear(tx: SqliteTx, told: list[Outcome]) -> list[Wish]:
    """Note in the city what came of wishes; return those that are to be done now."""
    for each in told:
        kept.came(tx.aside, tx.branch, each.id, each.state, tx.now)
    found = []
    for one in kept.waiting(tx.aside, tx.branch, tx.now - KEPT_MS):
        if tx.now - one.at > OPEN_MS:
            kept.came(tx.aside, tx.branch, one.id, "late", tx.now)
        else:
            found.append(Wish(one.id, one.device, one.act, one.name, one.by))
    return found


# ---------------------------------------------------------------- where the device is


def do(tx: SqliteTx, wish: Wish, pages: int) -> Kept | None:
    """Do what is wished, if it was not done before (``None``), and keep what came of it.

    ``pages``: how many pages of the device are in touch.
    """
    if kept.get(tx.aside, tx.branch, wish.id) is not None:
        return None
    state: Came
    try:
        was, state = act_now(tx, wish, pages)
    except NotFound:
        was, state = "", "gone"
    except DomainError:
        was, state = "", "refused"
    return keep(tx, wish, was, state)


def act_now(tx: SqliteTx, wish: Wish, pages: int) -> tuple[str, Came]:
    """Do what is wished; return what the device was called, and what came of it.

    Raises:
        NotFound: there is no such device. Conflict, Invalid: that is not done with it.
    """
    was = acts.known(tx, wish.device).name
    if wish.act == "rename":
        acts.rename(tx, wish.device, wish.name)
    elif wish.act == "end":
        acts.end(tx, wish.device)
    elif wish.act != "reload":
        raise Conflict("This server does no such thing. It is older than the city's.")
    elif not pages:
        return was, "away"
    else:
        acts.load_again(tx, wish.device)
    return was, "done"


def keep(tx: SqliteTx, wish: Wish, was: str, state: Came) -> Kept:
    """Keep what came of a wish."""
    forget(tx)
    made = Kept(
        wish.id, wish.device, was, wish.act, wish.name, wish.by, tx.now, state, tx.now
    )  # fmt: skip
    kept.put(tx.aside, tx.branch, made)
    return made


def outcomes(tx: SqliteTx) -> list[Outcome]:
    """Return what came of the city's wishes lately, as it is told to the city."""
    found = kept.of_branch(tx.aside, tx.branch, tx.now - KEPT_MS)
    told = [
        Outcome(each.id, each.state)
        for each in found
        if each.state != "waiting" and each.state != "late"  # noqa: PLR1714 - so its type is known
    ]
    return told[-MOST_TOLD:]


def forget(tx: SqliteTx) -> None:
    """Forget the wishes, and whose they were, that are older than they are kept."""
    kept.forget(tx.aside, tx.branch, tx.now - KEPT_MS)
