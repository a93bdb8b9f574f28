"""Owns the calls of devices that ask for a quick word, and of the tablets among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.devicekeys import end_key
from server.api.feedback import GiveWord
from server.api.requests import Request
from server.api.routing import Call, Route
from server.api.tickets import tracked_ticket, unknown_token
from server.auth import registry
from server.domain.day import iso
from server.domain.errors import NotFound
from server.domain.issuing import find_ticket
from server.domain.roles import KIOSK, MANAGER_UP, TABLET
from server.domain.texts import PRINTABLE, SAID, Id, one_line
from server.satisfaction import words
from server.storage.queries import feedback, keys
from server.storage.transaction import SqliteTx

COUNTED_DAYS = 28
Token = Annotated[str, msgspec.Meta(min_length=8, max_length=64, pattern=PRINTABLE)]


class CounterWord(GiveWord, frozen=True, kw_only=True):
    """A word at the counter, of the ``ticket`` that was served there just now."""

    ticket: Id


class ReadTicket(Request, frozen=True):
    """What the reader of a kiosk read: the token in the address on the paper."""

    token: Token


class KioskWord(GiveWord, frozen=True, kw_only=True):
    """A word at the kiosk; ``token`` is that of the paper which the reader read."""

    token: Token


class ReadAnswer(msgspec.Struct, frozen=True):
    """The number that was read.

    Attributes:
        open: a word may be given for it now. given: one was.
        language: the visitor's.
    """

    label: str
    open: bool
    given: bool
    language: str


class NewTablet(Request, frozen=True):
    """A tablet for the counter with this number; ``name`` is what lists call it."""

    counter: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    name: Annotated[str, msgspec.Meta(max_length=64, pattern=SAID)]


class TabletCode(msgspec.Struct, frozen=True):
    """The code to type on the tablet, once and within so many minutes, and the page to open."""

    code: str
    minutes: int
    page: str


class TabletAnswer(msgspec.Struct, frozen=True):
    """A paired tablet: its counter, and the words of the last four weeks."""

    id: str
    name: str
    counter: int | None
    paired_at: str
    words: int
    last: str | None


class TabletList(msgspec.Struct, frozen=True):
    """The tablets, by counter."""

    tablets: list[TabletAnswer]


async def give_at_counter(call: Call) -> web.Response:
    """Keep the word of who was just served at this counter; nothing of it is shown again."""
    body: CounterWord = call.body

    def keep(tx: SqliteTx) -> None:
        words.give_at_counter(
            tx, call.path("counter"), body.ticket, body.face, one_line(body.said),
            thanks=body.thanks,
        )  # fmt: skip

    return await call.do(keep)


async def read_ticket(call: Call) -> ReadAnswer:
    """Return whether a word may be given for the number on a paper."""
    body: ReadTicket = call.body
    ticket_id = await _of_branch(call, body.token)

    def query(tx: SqliteTx) -> ReadAnswer:
        given = feedback.of_ticket(tx.aside, tx.branch, ticket_id) is not None
        ticket = find_ticket(tx, ticket_id)[0]
        may = not given and words.may_say(tx, ticket_id)
        return ReadAnswer(ticket.label, may, given, ticket.language)

    return await call.read(query)


async def give_at_kiosk(call: Call) -> web.Response:
    """Keep a word that was given at the kiosk; nothing of it is shown again."""
    body: KioskWord = call.body
    ticket_id = await _of_branch(call, body.token)

    def keep(tx: SqliteTx) -> None:
        words.give(
            tx, ticket_id, body.face, one_line(body.said), thanks=body.thanks, channel=words.KIOSK
        )

    return await call.do(keep)


async def _of_branch(call: Call, token: str) -> str:
    """Return the ticket that a token is of.

    Raises:
        NotFound: none of this branch.
    """
    branch, ticket = await tracked_ticket(call.hall, token)
    if branch != call.who.branch:
        raise unknown_token()
    return ticket


async def tablets(call: Call) -> TabletList:
    """Return the paired tablets."""

    def query(tx: SqliteTx) -> TabletList:
        since = (date.fromisoformat(tx.day) - timedelta(days=COUNTED_DAYS)).isoformat()
        brought = {each.device: each for each in feedback.by_tablet(tx.db, tx.branch, since)}
        found = []
        for each in keys.tablets(tx.db, tx.branch):
            own = brought.get(f"token:{each.id}")
            found.append(TabletAnswer(
                each.id, each.name, each.counter, iso(each.paired_at),
                own.n if own else 0, iso(own.last) if own else None,
            ))  # fmt: skip
        return TabletList(found)

    return await call.read(query)


async def new_tablet(call: Call) -> web.Response:
    """Make a code that pairs a tablet with a counter."""
    body: NewTablet = call.body

    def command(tx: SqliteTx) -> TabletCode:
        number = tx.office.counter(str(body.counter)).number
        code = registry.create_code(tx.aside, tx.branch, TABLET, body.name, tx.now, number)
        tx.note("code_made", name=body.name, role=TABLET)
        return TabletCode(code, registry.CODE_MINUTES, f"/counter/{number}/word")

    return await call.do(command)


async def end_tablet(call: Call) -> web.Response:
    """End a tablet's key: it was lost or replaced."""
    unknown = NotFound("There is no such tablet.", slug="unknown-tablet", field="tablet")
    return await end_key(call, TABLET, call.path("tablet"), unknown)


ROUTES = [
    Route(
        "POST", "/api/counters/{counter}/word", give_at_counter, frozenset({TABLET}),
        "Say how it was, at the tablet of the counter", body=CounterWord, status=204,
        idempotent=True,
    ),
    Route(
        "POST", "/api/words/read", read_ticket, frozenset({KIOSK}),
        "Whether a word may be given for the number that a kiosk's reader read",
        body=ReadTicket, answer=ReadAnswer,
    ),
    Route(
        "POST", "/api/words", give_at_kiosk, frozenset({KIOSK}), "Say how it was, at a kiosk",
        body=KioskWord, status=204, idempotent=True,
    ),
    Route(
        "GET", "/api/tablets", tablets, MANAGER_UP, "The tablets at the counters",
        answer=TabletList,
    ),
    Route(
        "POST", "/api/tablets/code", new_tablet, MANAGER_UP,
        "A code that pairs a tablet with a counter", body=NewTablet, answer=TabletCode,
        idempotent=True,
    ),
    Route(
        "DELETE", "/api/tablets/{tablet}", end_tablet, MANAGER_UP, "End a tablet's key",
        status=204, idempotent=True,
    ),
]  # fmt: skip
