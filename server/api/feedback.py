"""Owns the calls around a quick word: the visitor's side by token, and those who act on it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.requests import NoBody, Request
from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.api.tickets import PHONE, tracked_ticket
from server.domain.day import iso
from server.domain.names import service_name
from server.domain.roles import MANAGER_UP, STAFF_UP
from server.domain.texts import DAY, PRINTABLE, SAID, Id, one_line
from server.reports.report import MAX_DAYS
from server.satisfaction import survey, words
from server.satisfaction.morning import Morning, WordAnswer, morning, told
from server.satisfaction.words import tell_helped
from server.storage.queries import feedback
from server.storage.queries.feedback import Word
from server.storage.transaction import SqliteTx

THANKED_DAYS = 92
Sentence = Annotated[str, msgspec.Meta(max_length=500, pattern=PRINTABLE)]
Deed = Annotated[str, msgspec.Meta(min_length=3, max_length=500, pattern=SAID)]


class GiveWord(Request, frozen=True):
    """A word of a visitor: ``face`` 1 (bad) to 4 (very good), a sentence, thanks to the officer."""

    face: Annotated[int, msgspec.Meta(ge=1, le=4)]
    said: Sentence = ""
    thanks: bool = False


class TellHelped(Request, frozen=True):
    """Whether what was done helped."""

    helped: bool


class AssignWord(Request, frozen=True):
    """Who sees to a word: the id of somebody who works here."""

    person: Id


class ActOnWord(Request, frozen=True):
    """What was done about a word; the visitor can read it."""

    action: Deed


class GivenWord(msgspec.Struct, frozen=True):
    """The visitor's own word.

    Attributes:
        action: what was done about it.
        helped: whether that helped, as the visitor said.
        again: it did not, and is looked at anew.
    """

    face: int
    said: str
    thanks: bool
    action: str | None
    helped: bool | None
    again: bool


class FeedbackAnswer(msgspec.Struct, frozen=True):
    """What the phone page may ask.

    Attributes:
        open: a word may be given now. given: the one that was.
        survey: this visitor was drawn to be asked, and has not answered.
    """

    open: bool
    given: GivenWord | None
    survey: bool


class WordList(msgspec.Struct, frozen=True):
    """Words, the newest first; ``more`` when not all are listed."""

    words: list[WordAnswer]
    more: bool


class Thanks(msgspec.Struct, frozen=True):
    """Thanks of a visitor for the one who asks."""

    day: str
    at: str
    service: str
    said: str


class ThanksList(msgspec.Struct, frozen=True):
    """Thanks, the newest first."""

    thanks: list[Thanks]


async def visitor_side(call: Call) -> FeedbackAnswer:
    """Return what a visitor may say now, and what became of what was said."""
    branch, ticket = await tracked_ticket(call.hall, call.path("token"))
    view = await call.hall.snapshots.view(branch, PHONE, partial(_visitor, ticket=ticket))
    if view is not None:
        return view
    hall = call.hall
    moment = hall.store.clock()
    shares = await hall.shares.of(branch, moment, partial(hall.snapshots.study, branch, PHONE))

    def draw(tx: SqliteTx) -> FeedbackAnswer:
        survey.invite(tx, ticket, shares)
        return _sure(tx, ticket)

    return await call.hall.store.transact(branch, PHONE, draw)


def _visitor(tx: SqliteTx, ticket: str) -> FeedbackAnswer | None:
    """Return what a visitor sees; ``None`` while it is to be drawn whether to ask the survey."""
    invited = survey.decided(tx, ticket)
    if invited is None:
        return None
    word = feedback.of_ticket(tx.aside, tx.branch, ticket)
    given = None if word is None else _given(word)
    return FeedbackAnswer(
        open=word is None and words.may_say(tx, ticket), given=given, survey=invited
    )


def _sure(tx: SqliteTx, ticket: str) -> FeedbackAnswer:
    found = _visitor(tx, ticket)
    assert found is not None  # noqa: S101 - the draw was made in this transaction
    return found


def _given(word: Word) -> GivenWord:
    again = word.reopened_at is not None and word.acted_at is None
    return GivenWord(
        word.face, word.said, bool(word.thanks), None if again else word.action,
        None if word.helped is None else bool(word.helped), again,
    )  # fmt: skip


async def give(call: Call) -> GivenWord:
    """Keep a visitor's word; it is read on the next morning."""
    body: GiveWord = call.body
    branch, ticket = await tracked_ticket(call.hall, call.path("token"))
    keep = partial(
        words.give, ticket_id=ticket, face=body.face, said=one_line(body.said),
        thanks=body.thanks, channel=words.PHONE,
    )  # fmt: skip
    return _given(await call.hall.store.transact(branch, PHONE, keep))


async def helped(call: Call) -> GivenWord:
    """Keep whether what was done helped; if not, it is looked at once more."""
    body: TellHelped = call.body
    branch, ticket = await tracked_ticket(call.hall, call.path("token"))
    keep = partial(tell_helped, ticket_id=ticket, helped=body.helped)
    return _given(await call.hall.store.transact(branch, PHONE, keep))


async def listing(call: Call) -> WordList:
    """Return the words of some days, the newest first."""
    language = call.language

    def read(tx: SqliteTx) -> WordList:
        first, last = span(call, tx.day)
        found = feedback.of_days(tx.db, tx.branch, first, last)
        shown = [told(tx, each, language) for each in found[: feedback.LISTED]]
        return WordList(shown, more=len(found) > feedback.LISTED)

    return await call.read(read)


async def read_one(call: Call) -> web.Response:
    """Note that a word was read."""
    return await _done(call, partial(words.read, key=call.path("word")))


async def assign(call: Call) -> web.Response:
    """Ask a colleague to see to a word."""
    body: AssignWord = call.body
    return await _done(call, partial(words.assign, key=call.path("word"), person=body.person))


async def act(call: Call) -> web.Response:
    """Say what was done about a word; the visitor sees it and may say whether it helped."""
    body: ActOnWord = call.body
    return await _done(call, partial(words.act, key=call.path("word"), action=body.action))


async def black_out(call: Call) -> web.Response:
    """Erase the sentence of a word that names a person; who did it stays."""
    return await _done(call, partial(words.black_out, key=call.path("word")))


async def _done(call: Call, change: partial[Word]) -> web.Response:
    language = call.language
    return await call.do(lambda tx: told(tx, change(tx), language))


async def read_morning(call: Call) -> Morning:
    """Return yesterday in words and figures, and what waits for an answer."""
    language = call.language
    asked = call.request.query.get("day")

    def read(tx: SqliteTx) -> Morning:
        return morning(tx, asked_day(asked or tx.day, "day"), language)

    return await call.study(read)


async def own_thanks(call: Call) -> ThanksList:
    """Return the thanks of visitors for the one who asks; nobody else's."""
    actor, language = call.who.actor, call.language

    def read(tx: SqliteTx) -> ThanksList:
        if not actor.person:
            return ThanksList([])
        since = (date.fromisoformat(tx.day) - timedelta(days=THANKED_DAYS)).isoformat()
        return ThanksList([
            Thanks(
                each.day, iso(each.at), service_name(tx.office, each.service, language), each.said
            )
            for each in feedback.thanks_to(tx.db, tx.branch, actor.id, since)
        ])  # fmt: skip

    return await call.read(read)


def span(call: Call, today: str) -> tuple[str, str]:
    """Return the days asked for by ``from`` and ``to``, today without them.

    Raises:
        Invalid: a day is none, the end is before the start, or there are too many days.
    """
    query = call.request.query
    last = asked_day(query.get("to") or today, "to")
    first = asked_day(query.get("from") or min(today, last), "from")
    check_span(first, last, "to", MAX_DAYS)
    return first, last


SPAN = {
    "from": (DAY, "first business day; default today"),
    "to": (DAY, "last business day (included); default today"),
}
ROUTES = [
    Route(
        "GET", "/api/track/{token}/feedback", visitor_side, frozenset(),
        "What a visitor may say after the service, and what became of it", answer=FeedbackAnswer,
    ),
    Route(
        "POST", "/api/track/{token}/feedback", give, frozenset(),
        "Say how it was, from the visitor's phone", answer=GivenWord, body=GiveWord,
    ),
    Route(
        "POST", "/api/track/{token}/helped", helped, frozenset(),
        "Say whether what was done about a word helped", answer=GivenWord, body=TellHelped,
    ),
    Route(
        "GET", "/api/feedback", listing, MANAGER_UP, "What visitors said on some days",
        answer=WordList, query=SPAN,
    ),
    Route(
        "POST", "/api/feedback/{word}/read", read_one, MANAGER_UP, "Note that a word was read",
        answer=WordAnswer, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/feedback/{word}/assign", assign, MANAGER_UP, "Ask a colleague to see to it",
        answer=WordAnswer, body=AssignWord, idempotent=True,
    ),
    Route(
        "POST", "/api/feedback/{word}/act", act, MANAGER_UP, "Say what was done about a word",
        answer=WordAnswer, body=ActOnWord, idempotent=True,
    ),
    Route(
        "POST", "/api/feedback/{word}/black-out", black_out, MANAGER_UP,
        "Erase the sentence of a word that names a person", answer=WordAnswer, body=NoBody,
        idempotent=True,
    ),
    Route(
        "GET", "/api/morning", read_morning, MANAGER_UP,
        "What to read in the morning: yesterday, and what waits for an answer", answer=Morning,
        query={"day": (DAY, "the morning of this day; default today")},
    ),
    Route(
        "GET", "/api/thanks", own_thanks, STAFF_UP, "Thanks of visitors for the one who asks",
        answer=ThanksList,
    ),
]  # fmt: skip
