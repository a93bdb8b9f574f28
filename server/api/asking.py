"""Owns the calls by which a device comes in: it shows a code, somebody types it, says what it is.

The device's secret is made at its first question and opens nothing until then. Which devices wait
is shown without their codes: whoever lets one in has its screen in sight.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec
from aiohttp import web

from server.api.hall import step_aside
from server.api.json_answer import JsonAnswer
from server.api.problems import Rejected
from server.api.qr import link_picture
from server.api.requests import Request
from server.api.routing import Call, Route
from server.api.tries import too_many
from server.auth import registry
from server.auth.access import check_origin, put_cookie, set_device_cookie
from server.auth.cookies import DEVICE_COOKIES
from server.auth.secrets import digest, plain_code
from server.domain.day import iso
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.roles import AGENT, DISPLAY, KIOSK, MANAGER_UP, TABLET
from server.domain.texts import END, PRINTABLE, Id, one_line
from server.domain.words import marked as _
from server.fleet.asking import ENDS_S, Asked, Asking, Full, Kind
from server.fleet.browsers import browser_of
from server.storage.queries import keys, media, offices, printers
from server.storage.transaction import SqliteTx

ASKING_COOKIE = "ramah_asking"
"""Holds a device's secret while it waits; scripts cannot read it."""
PAGES = {KIOSK: "/kiosk", DISPLAY: "/display", TABLET: "/counter/{counter}/word"}
KINDS = frozenset(get_args(Kind))
CODE = rf"^[A-Za-z0-9 -]{{6,12}}{END}"
CounterNumber = Annotated[int, msgspec.Meta(ge=1, le=9999)]


class AskIn(Request, frozen=True):
    """A device asks to be let in; ``counter`` is the one in the address of its page."""

    kind: Kind
    counter: CounterNumber | None = None


class DeviceAsked(msgspec.Struct, frozen=True):
    """What the device shows.

    Attributes:
        url: the manager's page, with the code behind ``#``. picture: the same as a QR,
            ``data:``, "" where no phone can open it.
        secret: only for a print agent, which has no cookies; becomes its key.
    """

    code: str
    seconds: int
    url: str
    picture: str
    secret: str = ""


class NothingMore(Request, frozen=True):
    """The secret says who asks."""


class DeviceWaits(msgspec.Struct, frozen=True):
    """How it stands: still ``waiting``, or ``in``, or the code is ``over`` and a new one is needed.

    ``page`` is where the device belongs once it is in, ``name`` what people call it.
    """

    state: Literal["waiting", "in", "over"]
    page: str = ""
    name: str = ""


class WaitingDevice(msgspec.Struct, frozen=True):
    """A device that waits, as the server sees it; ``since`` when it came."""

    kind: Kind
    counter: int | None
    address: str
    browser: str
    since: str


class WaitingDevices(msgspec.Struct, frozen=True):
    """Who waits. ``told``: false where several halls share a server: then only the code tells."""

    devices: list[WaitingDevice]
    told: bool


class ShownCode(Request, frozen=True):
    """The code on a device's screen."""

    code: Annotated[str, msgspec.Meta(pattern=CODE)]


class LetIn(ShownCode, frozen=True):
    """What the device with this code is.

    Attributes:
        name: what people call it; not needed with ``instead``.
        counter: where a tablet stands, or of which a display shows the calls alone.
        instead: the device whose place it takes: name and settings stay, its old key ends.
    """

    role: Kind
    name: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] = ""
    counter: CounterNumber | None = None
    instead: Id | None = None


class DeviceLetIn(msgspec.Struct, frozen=True):
    """The device that is in now."""

    id: str
    role: Kind
    name: str
    counter: int | None


async def ask(call: Call) -> web.Response:
    """Let a device wait; one that waits already is told its code again."""
    check_origin(call.request)
    body: AskIn = call.body
    room, address = call.hall.asking, call.client
    asked = room.find(digest(_secret(call)))
    if asked is not None and (asked.kind, asked.counter) == (body.kind, body.counter):
        return _told(_asked(call, room, asked))
    wait = call.hall.asks.wait_s(address)
    if wait:
        raise too_many(wait, "kind")
    call.hall.asks.began(address)
    browser = browser_of(call.request.headers.get("User-Agent", ""))
    try:
        asked, secret = room.ask(body.kind, body.counter, address, browser)
    except Full:
        raise Rejected(
            503, "busy", _("Very many devices wait to be let in. Please try again in a moment."),
            retry_after=30,
        ) from None  # fmt: skip
    if body.kind == AGENT:
        return _told(_asked(call, room, asked, secret))
    response = _told(_asked(call, room, asked))
    put_cookie(call.request, response, ASKING_COOKIE, secret, round(ENDS_S) + 60)
    return response


def _secret(call: Call) -> str:
    """Return the secret of who asks, as an agent's header or a page's cookie; empty for none."""
    header = call.request.headers.get("Authorization", "")
    shown = header.partition(" ")[2] if header else call.request.cookies.get(ASKING_COOKIE, "")
    return shown.strip()[:200]


def _asked(call: Call, room: Asking, asked: Asked, secret: str = "") -> DeviceAsked:
    url = f"{call.hall.public_url}/manager#devices/{asked.code}"
    if asked.picture[0] != url:  # it takes a while, and who asks again and again is a stranger
        asked.picture = url, link_picture(url)
    return DeviceAsked(asked.code, room.left_s(asked), *asked.picture, secret)


def _told(answer: msgspec.Struct) -> JsonAnswer:
    return JsonAnswer(200, msgspec.json.encode(answer))


async def wait(call: Call) -> web.Response:
    """Tell a device how it stands; while nothing happens the question is held open a while."""
    check_origin(call.request)
    secret = _secret(call)
    asked = call.hall.asking.find(digest(secret))
    if asked is not None:
        step_aside(call.request)
        if not await call.hall.asking.wait(asked):
            return _told(DeviceWaits("waiting"))
    who = await call.hall.access.device(secret)
    if who is None or who.actor.role not in KINDS:
        return _told(DeviceWaits("over"))
    role, counter = who.actor.role, who.actor.counter
    page = PAGES.get(role, "").format(counter=counter)
    response = _told(DeviceWaits("in", page, who.actor.name))
    if role in DEVICE_COOKIES and "Authorization" not in call.request.headers:
        set_device_cookie(call.request, response, role, secret)
        response.del_cookie(ASKING_COOKIE, path="/")
    return response


async def waiting(call: Call) -> WaitingDevices:
    """Return who waits; on a server of several halls nobody can say whose they are."""
    halls = await call.hall.store.read(offices.branches)
    if sum(not each.elsewhere for each in halls) > 1:
        return WaitingDevices([], told=False)
    room = call.hall.asking
    return WaitingDevices([_waiting(call, room, each) for each in room.waiting()], told=True)


def _waiting(call: Call, room: Asking, asked: Asked) -> WaitingDevice:
    since = iso(call.hall.store.clock() - room.since_s(asked) * 1000)
    return WaitingDevice(asked.kind, asked.counter, asked.address, asked.browser, since)


async def look(call: Call) -> WaitingDevice:
    """Return the device that shows a code."""
    code = plain_code(call.body.code)
    asked = _shown(call, code)
    if asked is None:
        raise _unknown(call, code)
    return _waiting(call, call.hall.asking, asked)


async def let_in(call: Call) -> web.Response:
    """Make a device's secret its key, for what it is to be."""
    body: LetIn = call.body
    room, code, branch = call.hall.asking, plain_code(call.body.code), call.who.branch
    asked = _shown(call, code)
    taken = asked is not None and asked.taken
    if asked is not None:
        asked.taken = True

    def command(tx: SqliteTx) -> DeviceLetIn:
        if asked is None:
            raise _unknown(call, code)
        if taken:
            raise _in_already()
        return admit(tx, asked, body)

    try:
        answer = await call.do(command)
    finally:
        if asked is not None and not taken:
            asked.taken = False
    if asked is not None:
        room.let_in(asked, branch)
        call.hall.access.forget()
        call.hall.printers_changed()
    return answer


def _shown(call: Call, code: str) -> Asked | None:
    """Return the device that shows a code.

    Raises:
        Rejected: this person typed too many that nobody shows.
    """
    key = f"let in {call.who.actor.id}"
    seconds = call.hall.pairings.wait_s(key)
    if seconds:
        raise too_many(seconds, "code")
    asked = call.hall.asking.shows(code)
    if asked is None:
        call.hall.pairings.began(key)
    return asked


def _unknown(call: Call, code: str) -> NotFound | Conflict:
    if call.hall.asking.let_in_by(code) == call.who.branch:
        return _in_already()
    return NotFound(
        "No device shows this code now. Please look at its screen: the code changes after a while.",
        slug="unknown-code",
        field="code",
    )


def _in_already() -> Conflict:
    return Conflict("This device is connected already.", slug="connected-already", field="code")


def admit(tx: SqliteTx, asked: Asked, body: LetIn) -> DeviceLetIn:
    """Let a device in, as something new or in the place of another.

    Raises:
        NotFound: there is no such counter, or none to take the place of.
        Invalid: name and counter do not go with what it is.
    """
    if body.instead is not None:
        known = keys.device(tx.aside, tx.branch, body.instead)
        if known is None or known.role != body.role:
            raise NotFound("There is no such device.", slug="unknown-device", field="instead")
        keys.put_hash(tx.aside, known.id, asked.hashed)
        tx.note("paired_again", name=known.name, role=known.role)
        return DeviceLetIn(known.id, body.role, known.name, known.counter)
    name = registry.check_name(one_line(body.name))
    at = None if body.counter is None else tx.office.counter(str(body.counter)).number
    if (body.role == TABLET) != (at is not None) and body.role != DISPLAY:
        raise Invalid("A tablet, and only a tablet, stands at one counter.", field="counter")
    id_ = tx.new_id()
    own = at if body.role == TABLET else None
    keys.add(tx.aside, keys.Key(tx.branch, id_, body.role, name, None, own), asked.hashed, tx.now)
    if body.role == DISPLAY and at is not None:
        shows = msgspec.json.encode({"counters": [at], "sound": "off"}).decode()
        media.put_shows(tx.aside, id_, shows, media.Change(tx.branch, tx.now, tx.actor.id))
    if body.role == AGENT:
        _has_a_printer(tx, name)
    tx.note("paired", name=name, role=body.role)
    return DeviceLetIn(id_, body.role, name, at)


def _has_a_printer(tx: SqliteTx, name: str) -> None:
    """Give a new print agent a printer of its name, unless there is one.

    Raises:
        Conflict: another agent, or another printer, has the name.
    """
    known = printers.of_branch(tx.aside, tx.branch)
    mine = [each for each in known if each.name == name or each.url == f"agent:{name}"]
    agents = [each.name for each in keys.devices(tx.aside, tx.branch, AGENT)]
    if agents.count(name) > 1 or any(each.url != f"agent:{name}" for each in mine):
        raise Conflict(
            "Another printer is called '{name}'. Please choose another name.", slug="name-taken",
            field="name", name=name,
        )  # fmt: skip
    if not mine:
        registry.put_printer(tx.aside, tx.branch, name, f"agent:{name}", None, tx.new_id(), tx.now)
        tx.note("printer_added", name=name)


PUBLIC: frozenset[str] = frozenset()
ROUTES = [
    Route("POST", "/api/devices/ask", ask, PUBLIC, "A device asks to be let in and gets a code",
          answer=DeviceAsked, body=AskIn, problems=(403, 429, 503)),
    Route("POST", "/api/devices/wait", wait, PUBLIC,
          "How it stands with the device; held open for a while", answer=DeviceWaits,
          body=NothingMore, problems=(403,)),
    Route("GET", "/api/devices/waiting", waiting, MANAGER_UP, "Devices that wait to be let in",
          answer=WaitingDevices, place="led"),
    Route("POST", "/api/devices/look", look, MANAGER_UP, "The device that shows a code",
          answer=WaitingDevice, body=ShownCode, problems=(404, 409, 429), place="led"),
    Route("POST", "/api/devices/let-in", let_in, MANAGER_UP,
          "Let the device in that shows a code", answer=DeviceLetIn, body=LetIn, status=201,
          idempotent=True, problems=(429,), place="led"),
]  # fmt: skip
