"""Owns the bodies that requests may have; unknown fields are refused in all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from server.domain.issuing import Wish
from server.domain.office import Paper
from server.domain.pressing import Key
from server.domain.states import Priority
from server.domain.supervising import Way
from server.domain.texts import DAY, END, PRINTABLE, SAID, Id, Language

Text = Annotated[str, msgspec.Meta(max_length=200, pattern=PRINTABLE)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=SAID)]
Words = dict[str, str]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of request bodies: unknown fields are refused."""


class NoBody(Request, frozen=True):
    """An empty body, or ``{}``."""


class TakeTicket(Wish, frozen=True, forbid_unknown_fields=True):
    """Take a number. ``priority`` is the class only; the reason is never asked.

    ``due`` is an appointment's time today, with its offset; only staff may give it.
    """

    due: datetime | None = None


class CallTicket(Request, frozen=True):
    """Call a given ticket out of order; the reason is kept in the log."""

    ticket: Id
    reason: Reason


class FinishTurn(Request, frozen=True):
    """Finish, with the office's own outcome code if it uses them."""

    outcome_code: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] | None = None


class HoldTurn(Request, frozen=True):
    """Hold, with a reason and the minutes after which it is due."""

    reason: Text | None = None
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None


class TransferTurn(Request, frozen=True):
    """Transfer to a service (code), to a counter (id or number), or both."""

    service: Id | None = None
    counter: Id | None = None
    note: Text | None = None


class AddService(Request, frozen=True):
    """Finish, and go on with another service of the same visit.

    ``here`` keeps the visitor at this counter: the next call is this ticket again.
    """

    service: Id
    here: bool = False
    note: Text | None = None
    outcome_code: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] | None = None


class Unseen(Request, frozen=True):
    """Give back the number that was asked for with this ``Idempotency-Key``, if nobody saw it."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PRINTABLE)]


class ChangeTicket(Request, frozen=True):
    """Correct a ticket; what is not given stays."""

    priority: Priority | None = None
    people: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    language: Annotated[str, msgspec.Meta(max_length=16, pattern=PRINTABLE)] | None = None


Codes = Annotated[list[Id], msgspec.Meta(max_length=200)]


class ChangePerson(Request, frozen=True):
    """What somebody is called and may do. ``services`` are codes, none for all."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=SAID)]
    role: Literal["host", "staff", "supervisor", "manager", "admin"]
    services: Codes | None = None


class OpenCounter(Request, frozen=True):
    """Open a counter; ``take_over`` asks for the seat of another person.

    ``services`` are offered from now on, default all. Without ``seat`` a manager opens it for
    whoever sits there.
    """

    take_over: bool = False
    services: Codes | None = None
    seat: bool = True


class CloseCounter(Request, frozen=True):
    """Close a counter; ``take_over`` lets a manager close that of another person."""

    take_over: bool = False


class OfferServices(Request, frozen=True):
    """What the counter offers from now on."""

    services: Codes


class TakeBreak(Request, frozen=True):
    """Go on a break: why, and how long it is meant to last."""

    reason: Reason
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None


class ReleaseTicket(Request, frozen=True):
    """Free a counter of its ticket: back to the queue, as served, or as missed.

    ``ticket``, when given, is the only one that is freed: the next visitor is somebody else.
    """

    way: Way = "queue"
    ticket: Id | None = None


class TellHall(Request, frozen=True):
    """A line of text for all displays, for some minutes or until it is changed."""

    notice: Reason
    minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] | None = None


class PressKey(Request, frozen=True):
    """A key of a button box, by name or digit."""

    key: Key


class BeginRoll(Request, frozen=True):
    """The number that hangs on the roll now: the next call of the service takes it."""

    number: Annotated[int, msgspec.Meta(ge=1, le=99_999)]


class PauseService(Request, frozen=True):
    """Stop new numbers; ``notice`` tells visitors what happens next, ``notices`` per language."""

    notice: Reason
    notices: Annotated[dict[Language, Text], msgspec.Meta(max_length=20)] = {}


Password = Annotated[str, msgspec.Meta(min_length=1, max_length=800)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
"""As typed: 200 letters may be 800 signs before they are composed."""


Login = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=PRINTABLE)]
Bytes = Annotated[str, msgspec.Meta(max_length=1400, pattern=rf"^[A-Za-z0-9_-]*{END}")]
"""In base64url without padding, as browsers give what keys sign; a key's own name has 1,023."""


class ShownKey(Request, frozen=True):
    """What a passkey signed: the parts of the browser's answer (WebAuthn), each in base64url."""

    credential: Bytes
    client_data: Bytes
    authenticator_data: Bytes
    signature: Bytes
    user: Bytes = ""


class AskForKey(Request, frozen=True):
    """Who wants to log in, with the password: whose passkeys are told to nobody else."""

    login: Login
    password: Password


class LogIn(Request, frozen=True):
    """Log in as a person.

    Attributes:
        new: the own password, in place of one that somebody else made: without it such a one is
            answered 403, ``own-password-needed``.
        code: of the app, or a recovery code, where the person has a second step: without it such
            a log-in is answered 403: ``code-needed``, ``passkey-needed`` where one does as well,
            ``recovery-needed`` where the passkey is for another address and there is no app.
        passkey: in place of the code, what it signed of ``POST /api/session/passkey``.
    """

    login: Login
    password: Password
    new: Password | None = None
    code: Code | None = None
    passkey: ShownKey | None = None


class OwnPassword(Request, frozen=True):
    """The own password once more, before the log-in itself is changed."""

    password: Password


class NewPasskey(Request, frozen=True):
    """A passkey that the browser made, and what the person calls it; bytes in base64url.

    Attributes:
        attestation: the browser's ``attestationObject``. transports: how the browser finds the key.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=PRINTABLE)]
    credential: Bytes
    client_data: Bytes
    attestation: Annotated[str, msgspec.Meta(max_length=16_000, pattern=rf"^[A-Za-z0-9_-]*{END}")]
    transports: Annotated[
        list[Annotated[str, msgspec.Meta(pattern=rf"^[a-z-]{{1,20}}{END}")]],
        msgspec.Meta(max_length=8),
    ] = []


class OneTimeCode(Request, frozen=True):
    """What the app shows now."""

    code: Code


class NewPin(Request, frozen=True):
    """A PIN for oneself, with the password once more."""

    password: Password
    pin: Annotated[str, msgspec.Meta(max_length=12, pattern=PRINTABLE)]


class NewPassword(Request, frozen=True):
    """A new password for oneself, with the one that counts until now."""

    old: Password
    new: Password


class PairDevice(Request, frozen=True):
    """Pair a kiosk or display with the short code that ``ramah token create --code`` printed."""

    code: Annotated[str, msgspec.Meta(min_length=4, max_length=64, pattern=PRINTABLE)]


class SavePaper(Request, frozen=True):
    """The look of the ticket, all of it: what is left out gets its default."""

    paper: Paper


class PreviewPaper(Request, frozen=True):
    """A layout to try, or all settings as JSON text; without one the present ones are drawn."""

    paper: Paper | None = None
    settings: Annotated[str, msgspec.Meta(min_length=2, max_length=60_000)] | None = None


class SeePerson(Request, frozen=True):
    """Ask for one person's figures. The look is written to the log, whoever looks.

    ``person`` is an id from ``GET /api/people``; left out: oneself.
    """

    first: Annotated[str, msgspec.Meta(pattern=DAY)]
    last: Annotated[str, msgspec.Meta(pattern=DAY)]
    person: Id | None = None
