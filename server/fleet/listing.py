"""Owns the list of a hall's devices: kiosks, displays, tablets, print agents, phones, printers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Literal, Protocol

import msgspec

from server.domain.day import Millis, iso
from server.domain.texts import PRINTABLE
from server.equipment import PRINTER, UNKNOWN, WELL, PrinterLook, known, state_of
from server.fleet.looks import Look
from server.storage.queries import fleet, printers
from server.storage.transaction import SqliteTx

Kind = Literal["kiosk", "display", "tablet", "care", "agent", "printer"]
Paper = Literal["", "ok", "low", "out"]
_UNREACHED = frozenset({"offline", "refused", "timeout", "closed", "no_queue", "no_service"})


Short = Annotated[str, msgspec.Meta(max_length=80, pattern=PRINTABLE)]
Sentence = Annotated[str, msgspec.Meta(max_length=300, pattern=PRINTABLE)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class DeviceNow(msgspec.Struct, frozen=True):
    """A device and how it is; what nobody told is empty or null.

    Attributes:
        counter: number of the one that a tablet stands at.
        online: in touch now. seen_at: when it was last heard.
        address: where it was then. browser: what it runs.
        version: of the program that its page is of. up_at: since when that runs.
        used_at: when somebody touched it last; of a display: when it showed a call.
        error, error_at: its last fault, as it told it. errors: how many since its page was loaded.
        skew_s: how far its clock is ahead of the server's.
        paper: of a printer, and of an agent or kiosk that has one of its own.
        state: of a printer, in one word; ``words`` says the same in the reader's language.
        waiting: papers that wait.
        lacks: somebody should look after it: out of touch, out of paper, or a printer in trouble.
    """

    # bounds are for reports that come from another server

    id: Short
    kind: Kind
    name: Short
    online: bool
    counter: Whole | None = None
    paired_at: Short | None = None
    seen_at: Short | None = None
    address: Short = ""
    browser: Short = ""
    version: Short = ""
    up_at: Short | None = None
    used_at: Short | None = None
    error: Sentence = ""
    error_at: Short | None = None
    errors: Whole = 0
    skew_s: float | None = None
    paper: Paper = ""
    state: Short = ""
    words: Sentence = ""
    waiting: Whole = 0
    lacks: bool = False


class Knows(Protocol):
    """Tells how a device was when it was last heard."""

    def of(self, device: str) -> Look | None:
        """Return that."""


def listed(
    tx: SqliteTx, looks: Knows, online: Collection[str], states: Iterable[PrinterLook]
) -> list[DeviceNow]:
    """Return a hall's devices by kind and name, printers last; ``online`` are ids in touch."""
    its = _printers(tx, states)
    papers = {each.id: each.paper for each in its}
    rows = printers.of_branch(tx.db, tx.branch)
    of_agent = {each.url.removeprefix("agent:"): papers[each.id] for each in rows
                if each.url.startswith("agent:")}  # fmt: skip
    of_kiosk = {each.kiosk: papers[each.id] for each in rows if each.kiosk is not None}
    found = []
    for each in fleet.devices(tx.db, tx.branch):
        own = {"agent": of_agent, "kiosk": of_kiosk}.get(each.role, {}).get(each.name, "")
        found.append(_device(each, looks.of(each.id), own, tx.now, online=each.id in online))
    return [*found, *its]


def _device(
    each: fleet.Device,
    look: Look | None,
    paper: Paper,
    now: Millis,
    *,
    online: bool,
) -> DeviceNow:
    kind: Kind = each.role  # type: ignore[assignment]  # the query asks for these alone
    paired_at = iso(each.paired_at)
    # a phone is carried about and has no line that it could lose
    lacks = (not online and kind != "care") or paper == "out"
    if look is None:
        seen = iso(now) if online else None
        return DeviceNow(each.id, kind, each.name, online, each.counter, paired_at, seen,
                         paper=paper, lacks=lacks)  # fmt: skip
    return DeviceNow(
        each.id, kind, each.name, online, each.counter, paired_at,
        seen_at=iso(now if online else look.at),
        address=look.address,
        browser=look.browser,
        version=look.version,
        up_at=_moment(look.up_at) if online else None,
        used_at=_moment(look.used_at),
        error=look.error,
        error_at=_moment(look.error_at),
        errors=look.errors,
        skew_s=None if look.skew_ms is None else round(look.skew_ms / 1000, 1),
        paper=paper,
        lacks=lacks,
    )  # fmt: skip


def _moment(at: Millis | None) -> str | None:
    return None if at is None else iso(at)


def _printers(tx: SqliteTx, states: Iterable[PrinterLook]) -> list[DeviceNow]:
    now = {each.id: each for each in states}
    written = known(tx)
    waiting = printers.waiting_at(tx.db, tx.branch)
    found = []
    for each in sorted(printers.of_branch(tx.db, tx.branch), key=lambda one: one.name):
        told = now.get(each.id)
        if told is not None and told.known:
            state = state_of(told)
        else:  # nobody asked it since the start
            state = written.get((PRINTER, each.id), ("", UNKNOWN))[1]
        found.append(DeviceNow(
            each.id, "printer", each.name, state not in _UNREACHED | {UNKNOWN},
            address=each.url.partition(":")[0], paper=_paper(state), state=state,
            waiting=waiting.get(each.id, 0), lacks=state not in WELL | {UNKNOWN},
        ))  # fmt: skip
    return found


def _paper(state: str) -> Paper:
    if state == "ok":
        return "ok"
    return {"paper_low": "low", "paper_out": "out"}.get(state, "")  # type: ignore[return-value]
