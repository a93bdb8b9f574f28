"""Owns the calls about tickets: take, look at, give back, reprint, come back, list, track."""

from __future__ import annotations

import re
from datetime import datetime
from operator import attrgetter

import msgspec
from aiohttp import web

from server.api.answers import (
    not_yet,
    place,
    starts,
    ticket_answer,
)
from server.api.hall import Hall
from server.api.qr import qr_svg, refuse_unreached
from server.api.requests import ChangeTicket, NoBody, TakeTicket, TransferTurn, Unseen
from server.api.routing import Call, Route
from server.api.standing import listing
from server.api.types import TicketAnswer, TicketList, TrackAnswer
from server.domain import events, issuing, visits
from server.domain.day import YEARS, Millis, iso, millis
from server.domain.errors import Invalid, NotFound, Refused
from server.domain.issuing import NONE, NewTicket, Wish, find_ticket, people_before
from server.domain.names import service_name
from server.domain.presence import attended
from server.domain.quoting import in_line
from server.domain.roles import HOST_UP, KIOSK
from server.domain.shown import told
from server.domain.states import TurnState
from server.domain.tx import Actor
from server.storage.queries.answers import Answer, Asker
from server.storage.queries.printers import came_out
from server.storage.queries.turns import by_token
from server.storage.transaction import SqliteTx

KIOSK_AND_STAFF = HOST_UP | {KIOSK}
ISSUED = 201
KIOSK_REPRINT_MS = 5 * 60_000
"""How long a kiosk may print a number again; later on, staff look who asks."""
KIOSK_OWN_MS = 10 * 60_000
"""How long a kiosk may look at a number it gave, or give it back; never another's."""
PHONE = Actor("phone", "phone")

_wish = attrgetter(*Wish.__struct_fields__)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
NEVER = Answer("never", 204, b"")
"""Kept for a request that gives no number any more, should it come yet."""


async def take(call: Call) -> web.Response:
    """Give a number: committed before it is answered, printed after."""
    body: TakeTicket = call.body
    request = NewTicket(*_wish(body))
    if body.due is not None:
        request = msgspec.structs.replace(request, due=_moment(body.due))

    def command(tx: SqliteTx) -> TicketAnswer:
        placed = issuing.issue(tx, request)
        return ticket_answer(
            tx,
            placed.ticket,
            placed.turn,
            public_url=call.hall.public_url,
            language=placed.ticket.language,
            ahead=placed.ahead,
            estimate=placed.estimate,
            order=placed.print,
        )

    return await call.do(command, light=True)


def _moment(due: datetime) -> Millis:
    if due.year not in YEARS:
        raise Invalid("An appointment is for today.", field="due")
    if due.tzinfo is None:
        raise Invalid("A moment needs its offset, as in 2026-03-02T10:00:00+08:00.", field="due")
    return millis(due)


def _own(tx: SqliteTx, ticket_id: str) -> None:
    """Refuse a kiosk any number but those it gave itself a short while ago.

    Ids stand on the feed that every screen reads; with one alone nobody gets another's tracking
    address or gives another's number back.

    Raises:
        NotFound: it is not this kiosk's, or not any more.
    """
    if tx.actor.role != KIOSK:
        return
    ticket, _ = find_ticket(tx, ticket_id)
    visit = tx.visit(ticket_id)
    own = visit is not None and visit.giver == tx.actor.id
    if not own or tx.now - ticket.issued_at > KIOSK_OWN_MS:
        raise NotFound("There is no such ticket here.", slug="unknown-ticket", field="ticket")


def _answer(call: Call, tx: SqliteTx, ticket_id: str) -> TicketAnswer:
    _own(tx, ticket_id)
    ticket, turn = find_ticket(tx, ticket_id)
    return ticket_answer(tx, ticket, turn, public_url=call.hall.public_url, language=call.language)


async def look(call: Call) -> TicketAnswer:
    """Return a ticket as it stands."""
    return await call.read(lambda tx: _answer(call, tx, call.path("ticket")))


async def cancel(call: Call) -> web.Response:
    """Give a waiting or held ticket back."""

    def command(tx: SqliteTx) -> TicketAnswer:
        _own(tx, call.path("ticket"))
        issuing.cancel(tx, call.path("ticket"))
        return _answer(call, tx, call.path("ticket"))

    return await call.do(command)


async def unseen(call: Call) -> web.Response:
    """Give back the number that a kiosk asked for and could not show; asked again it says the same.

    A request that has not come yet makes no number any more. A number whose paper came out stays:
    somebody may hold it.
    """
    body: Unseen = call.body

    def command(tx: SqliteTx) -> None:
        asker = Asker(tx.branch, tx.actor.id, body.key)
        known = tx.answers.find(asker)
        if known is None:
            tx.answers.keep(asker, NEVER, tx.now)
        elif known.status == ISSUED:
            ticket_id = msgspec.json.decode(known.body, type=_Given).id
            _, turn = find_ticket(tx, ticket_id)
            if turn.state is TurnState.WAITING and not came_out(tx.db, ticket_id):
                issuing.cancel(tx, ticket_id, reason="unseen")

    return await call.do(command)


async def come_back(call: Call) -> web.Response:
    """Let a held or missed ticket wait again at its old place."""

    def command(tx: SqliteTx) -> TicketAnswer:
        issuing.come_back(tx, call.path("ticket"))
        return _answer(call, tx, call.path("ticket"))

    return await call.do(command)


async def transfer(call: Call) -> web.Response:
    """Send a waiting ticket to another service or counter."""
    body: TransferTurn = call.body

    def command(tx: SqliteTx) -> TicketAnswer:
        visits.transfer_waiting(
            tx, call.path("ticket"), to_service=body.service, to_counter=body.counter,
            note=body.note,
        )  # fmt: skip
        return _answer(call, tx, call.path("ticket"))

    return await call.do(command)


async def change(call: Call) -> web.Response:
    """Correct a ticket's class, people or language."""
    body: ChangeTicket = call.body

    def command(tx: SqliteTx) -> TicketAnswer:
        visits.change_ticket(
            tx, call.path("ticket"), priority=body.priority, people=body.people,
            language=body.language,
        )  # fmt: skip
        return _answer(call, tx, call.path("ticket"))

    return await call.do(command)


async def reprint(call: Call) -> web.Response:
    """Print another paper, marked as a copy. A kiosk may do so for a short time only."""

    def command(tx: SqliteTx) -> TicketAnswer:
        _own(tx, call.path("ticket"))
        if tx.actor.role == KIOSK:
            issued = find_ticket(tx, call.path("ticket"))[0].issued_at
            if tx.now - issued > KIOSK_REPRINT_MS:
                raise Refused(
                    "Please ask our staff for another paper of this number.", slug="reprint-late"
                )
        ticket, turn, order = issuing.reprint(tx, call.path("ticket"))
        return ticket_answer(
            tx, ticket, turn, public_url=call.hall.public_url, language=call.language, order=order
        )

    return await call.do(command)


async def qr(call: Call) -> web.Response:
    """Return the QR code of the ticket's phone page as a picture, where phones reach it."""
    answer = await look(call)
    refuse_unreached(reached=answer.followable)
    picture = qr_svg(answer.tracking_url)
    headers = {"Cache-Control": "private, max-age=3600"}
    return web.Response(body=picture, content_type="image/svg+xml", headers=headers)


class _Given(msgspec.Struct, frozen=True):
    """What is needed of a kept answer."""

    id: str


class _Seen(msgspec.Struct, frozen=True):
    answer: TrackAnswer
    quote: events.Quote
    ticket: str


async def track(call: Call) -> TrackAnswer:
    """Return what the visitor's phone shows. The token is the key and dies at day end."""
    hall, token, language = call.hall, call.path("token"), call.language
    branch, ticket_id = await tracked_ticket(hall, token)
    moment = (hall.hub.feed(branch).seq, hall.store.clock() // 1000)
    ready = hall.tracks.answer(token, language, moment)
    if ready is not None:
        return ready

    def query(tx: SqliteTx) -> _Seen:
        return _Seen(*_tracked(call, tx, ticket_id), ticket_id)

    seen = await hall.snapshots.view(branch, PHONE, query)
    hall.tracks.answered(token, language, moment, seen.answer)
    if seen.answer.state is TurnState.WAITING:
        hall.quotes.tell(branch, seen.ticket, "phone", seen.quote)
    return seen.answer


async def give_back(call: Call) -> TrackAnswer:
    """Give the number back from the phone; done twice, it says the same again."""
    branch, ticket_id = await tracked_ticket(call.hall, call.path("token"))

    def command(tx: SqliteTx) -> TrackAnswer:
        if _tracked(call, tx, ticket_id)[0].state is not TurnState.CANCELLED:
            issuing.cancel(tx, ticket_id)
        return _tracked(call, tx, ticket_id)[0]

    return await call.hall.store.transact(branch, PHONE, command)


def _tracked(call: Call, tx: SqliteTx, ticket_id: str) -> tuple[TrackAnswer, events.Quote]:
    ticket, turn = find_ticket(tx, ticket_id)
    if ticket.day != tx.day:
        raise unknown_token()
    language = call.language
    ahead = people_before(tx, turn)
    service = next((each for each in tx.office.services if each.code == turn.service), None)
    waiting = turn.state is TurnState.WAITING and not not_yet(tx.now, turn)
    quote = in_line(tx, turn, ahead) if waiting else events.Quote(ahead, NONE)
    bring = {} if service is None else service.requirements
    answer = TrackAnswer(
        label=ticket.label,
        service=service_name(tx.office, turn.service, language),
        state=turn.state,
        ahead=ahead,
        estimate=quote.estimate,
        counter=place(tx.office, turn, language),
        updated_at=iso(tx.now),
        called_at=told(turn.called_at),
        office=tx.office.name,
        requirements=bring.get(language) or next(iter(bring.values()), []),
        language=ticket.language,
        zone=tx.office.zone,
        zone_label=tx.office.zone_label,
        due_at=told(turn.due),
        not_yet=not_yet(tx.now, turn),
        attended=attended(tx, turn.service),
        starts=starts(tx, service) if service else None,
    )
    return answer, quote


async def label_of(hall: Hall, token: str) -> str | None:
    """Return the number behind a tracking token of today, for the page itself; None for others."""
    try:
        branch, ticket_id = await tracked_ticket(hall, token)
    except NotFound:
        return None

    def query(tx: SqliteTx) -> str | None:
        ticket, _turn = find_ticket(tx, ticket_id)
        return ticket.label if ticket.day == tx.day else None

    return await hall.snapshots.view(branch, PHONE, query)


async def tracked_ticket(hall: Hall, token: str) -> tuple[int, str]:
    """Return the branch and ticket that a tracking token is of.

    Raises:
        NotFound: none.
    """
    known = hall.tracks.ticket(token)
    if known is not None:
        return known
    if not _TOKEN.fullmatch(token):
        raise unknown_token()
    tracked = await hall.store.read(lambda db: by_token(db, token))
    if tracked is None:
        raise unknown_token()
    hall.tracks.found(token, tracked.branch, tracked.ticket)
    return tracked


def unknown_token() -> NotFound:
    """Return the refusal for a token that is nobody's."""
    return NotFound("This ticket is not known, or its day is over.", slug="unknown-token")


ROUTES = [
    Route(
        "POST", "/api/tickets", take, KIOSK_AND_STAFF, "Take a number",
        answer=TicketAnswer, body=TakeTicket, status=201, idempotent=True,
    ),
    Route(
        "GET", "/api/tickets", listing, HOST_UP, "List today's tickets in one state",
        answer=TicketList,
        query={"state": ("^(waiting|held|no_show)$", "which tickets, default waiting")},
    ),
    Route(
        "POST", "/api/tickets/unseen", unseen, KIOSK_AND_STAFF,
        "Give back a number that could not be shown", body=Unseen, status=204,
        idempotent=True,
    ),
    Route(
        "GET", "/api/tickets/{ticket}", look, KIOSK_AND_STAFF, "Look at a ticket",
        answer=TicketAnswer,
    ),
    Route(
        "DELETE", "/api/tickets/{ticket}", cancel, KIOSK_AND_STAFF,
        "Give a waiting or held ticket back", answer=TicketAnswer, idempotent=True,
    ),
    Route(
        "POST", "/api/tickets/{ticket}/reprint", reprint, KIOSK_AND_STAFF,
        "Print another paper, marked as a copy", answer=TicketAnswer, idempotent=True,
    ),
    Route(
        "POST", "/api/tickets/{ticket}/return", come_back, HOST_UP,
        "Let a held or missed ticket wait again", answer=TicketAnswer, idempotent=True,
    ),
    Route(
        "POST", "/api/tickets/{ticket}/transfer", transfer, HOST_UP,
        "Send a waiting ticket to another service or counter", body=TransferTurn,
        answer=TicketAnswer, idempotent=True,
    ),
    Route(
        "POST", "/api/tickets/{ticket}/change", change, HOST_UP,
        "Correct the class, people or language", body=ChangeTicket, answer=TicketAnswer,
        idempotent=True,
    ),
    Route(
        "GET", "/api/tickets/{ticket}/qr.svg", qr, KIOSK_AND_STAFF,
        "The QR code of the ticket's phone page, where a phone can reach it", answer=bytes,
        media="image/svg+xml", problems=(409,),
    ),
    Route(
        "GET", "/api/track/{token}", track, frozenset(),
        "What the visitor's phone shows", answer=TrackAnswer, place="any",
    ),
    Route(
        "POST", "/api/track/{token}/cancel", give_back, frozenset(),
        "Give the number back, from the visitor's phone", answer=TrackAnswer, body=NoBody,
    ),
]  # fmt: skip
