"""Owns the calls of the set-up in the browser. They work only while there is no office.

Nobody has a role yet: the browser that brought the one-time code may call them, no other.
"""

from __future__ import annotations

import asyncio
from functools import partial
from sqlite3 import Connection
from typing import Annotated
from zoneinfo import available_timezones

import msgspec
from aiohttp import web

from printer.errors import PrintError
from server.api.bodies import MOST_SETTINGS
from server.api.came import came
from server.api.printers import STATES, TRIAL
from server.api.problems import Rejected
from server.api.requests import Request
from server.api.routing import PUBLIC, Call, Route
from server.api.tls import refuse_in_clear
from server.api.tries import hashed, too_many
from server.auth.access import NotAllowed, check_origin, put_cookie
from server.auth.cookies import SESSION_COOKIE, SESSION_HOURS
from server.auth.doorway import DOORWAY
from server.auth.secrets import new_token
from server.domain.errors import Conflict, Invalid
from server.domain.texts import PRINTABLE
from server.domain.words import marked as _
from server.mistakes import Mistake
from server.setup import door
from server.setup.draft import MOST_LETTERS, Draft, office_of, problems, read
from server.setup.finish import check_password, found_office
from server.setup.printers import found, print_page
from server.setup.templates import templates
from server.storage.queries import offices, people, setup

SETUP_COOKIE = "ramah_setup"
Letters = Annotated[str, msgspec.Meta(max_length=200, pattern=PRINTABLE)]


class EnterSetUp(Request, frozen=True):
    """Begin, or go on, with the code; without one on the machine that shows a demo."""

    code: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] = ""


class KeepDraft(Request, frozen=True):
    """What was typed so far, as JSON text; see ``server.setup.draft.Draft``."""

    draft: Annotated[str, msgspec.Meta(max_length=MOST_LETTERS)]


class TryPrinter(Request, frozen=True):
    """The address of a printer to print a test page on."""

    url: Letters


class FinishSetUp(Request, frozen=True):
    """The first administrator's password; all else is in the draft."""

    password: Annotated[str, msgspec.Meta(max_length=1000)]


class TemplateAnswer(msgspec.Struct, frozen=True):
    """A kind of office to begin with; ``settings`` is JSON text."""

    name: str
    names: dict[str, str]
    about: dict[str, str]
    settings: str


class SetUpAnswer(msgspec.Struct, frozen=True):
    """How far the set-up is.

    Attributes:
        open: an office is still to be set up here.
        mine: this browser holds the set-up.
        here: no code is needed: this is the machine that shows the demo.
        draft: what was typed so far, JSON text; empty for nothing, or for another browser.
        zones: time zones there are.
    """

    open: bool
    mine: bool
    here: bool
    draft: str = ""
    templates: list[TemplateAnswer] = []
    zones: list[str] = []


class DraftProblem(msgspec.Struct, frozen=True):
    """What is still wrong: the path of the setting, and why in words."""

    path: str
    words: str


class DraftAnswer(msgspec.Struct, frozen=True):
    """Everything that is still wrong with what was typed; it is kept all the same."""

    problems: list[DraftProblem]


class FoundPrinter(msgspec.Struct, frozen=True):
    """A printer beside the server, and what it calls itself."""

    url: str
    name: str


class FoundPrinters(msgspec.Struct, frozen=True):
    """The printers beside the server."""

    printers: list[FoundPrinter]


class TriedPrinter(msgspec.Struct, frozen=True):
    """A test page left for a printer; what to look for, in words."""

    words: str


async def look(call: Call) -> SetUpAnswer:
    """Tell whether an office is still to be set up, and to whom it belongs what was typed."""
    store = call.hall.store
    opened, state = await store.read(lambda db: (door.is_open(db), setup.state(db)))
    if not opened:
        return SetUpAnswer(open=False, mine=False, here=False)
    here = _needs_no_code(call)
    if not door.holds(state, _secret(call), store.clock()):
        return SetUpAnswer(open=True, mine=False, here=here)
    kinds = []
    for each in templates():
        settings = msgspec.json.encode(each.settings).decode()
        kinds.append(TemplateAnswer(each.name, each.names, each.about, settings))
    return SetUpAnswer(
        open=True, mine=True, here=here, draft=state.draft, templates=kinds, zones=_zones()
    )


def _zones() -> list[str]:
    return sorted(each for each in available_timezones() if "/" in each and each[0].isupper())


def _secret(call: Call) -> str:
    return call.request.cookies.get(SETUP_COOKIE, "")[:200]


def _needs_no_code(call: Call) -> bool:
    """Whether this is the machine that shows a demo: whoever sits there may do everything."""
    return call.hall.demo and call.request.app[DOORWAY].from_this_machine(call.request)


async def enter(call: Call) -> web.Response:
    """Take the one-time code; from now on this browser holds the set-up, and no other."""
    check_origin(call.request)
    body: EnterSetUp = call.body
    tries, client = call.hall.setups, call.client
    code = body.code
    if not code and not _needs_no_code(call):
        raise Invalid("Please type the code that the server shows.", field="code")
    wait = tries.wait_s(client)
    if wait:
        raise too_many(wait, "code")
    tries.began(client)
    now = call.hall.store.clock()

    def change(db: Connection) -> str | None:
        door.check_open(db)
        return door.enter(db, code or None, now)

    secret = await call.hall.store.keep(change)
    if secret is None:
        raise Rejected(
            403, "wrong-code",
            _("This code is not known or has expired. A new one: ramah setup-code"), field="code",
        )  # fmt: skip
    tries.succeeded(client)
    response = web.Response(status=204)
    put_cookie(call.request, response, SETUP_COOKIE, secret, door.HOLD_HOURS * 3600)
    return response


async def _draft_of_holder(call: Call) -> Draft:
    """Return what was typed so far.

    Raises:
        NotAllowed: another browser asks, or another site. Conflict: there is an office.
    """
    if call.request.method != "GET":
        check_origin(call.request)
    store = call.hall.store

    def query(db: Connection) -> setup.SetUp:
        door.check_open(db)
        return setup.state(db)

    state = await store.read(query)
    if not door.holds(state, _secret(call), store.clock()):
        raise NotAllowed
    return read(state.draft)


async def keep(call: Call) -> DraftAnswer:
    """Keep what was typed, and tell what is still wrong with it."""
    text: str = call.body.draft
    draft = read(text)
    secret, now = _secret(call), call.hall.store.clock()

    def change(db: Connection) -> tuple[list[str], bool]:
        if not door.holds(setup.state(db), secret, now):  # a newer code came meanwhile
            raise NotAllowed
        setup.keep(db, text)
        taken = people.person(db, draft.login, locked_out=True) is not None
        return [each.code for each in offices.branches(db)], taken

    codes, login_taken = await call.hall.store.keep(change)
    try:
        wrong = await asyncio.to_thread(problems, draft, codes)
    except Invalid as error:
        wrong = [error]
    if login_taken:
        wrong.append(Invalid("The login '{login}' is taken.", field="login", login=draft.login))
    say = partial(call.hall.translate, call.language)
    return DraftAnswer([
        DraftProblem(
            each.field or "",
            each.words(say) if isinstance(each, Mistake) else say(each.message, **each.params),
        )
        for each in wrong
    ])  # fmt: skip


async def printers(call: Call) -> FoundPrinters:
    """Look for printers beside the server."""
    await _draft_of_holder(call)
    return FoundPrinters([FoundPrinter(each.url, each.name) for each in await found()])


async def try_printer(call: Call) -> TriedPrinter:
    """Print a test page."""
    await _draft_of_holder(call)
    body: TryPrinter = call.body
    words = partial(call.hall.translate, call.language)
    try:
        how = await print_page(body.url, words, call.hall.press, call.language)
    except PrintError as error:
        kind = error.kind.replace("_", "-")
        raise Conflict(STATES.get(error.kind, STATES["io"]), slug=f"printer-{kind}") from error
    return TriedPrinter(words(TRIAL["printed" if how == "confirmed" else "sent"]))


async def finish(call: Call) -> web.Response:
    """Make the office, its first administrator and printer; this browser is logged in then."""
    refuse_in_clear(call)
    draft = await _draft_of_holder(call)
    hall = call.hall
    taken = await hall.store.read(lambda db: [each.code for each in offices.branches(db)])
    office = await asyncio.to_thread(office_of, draft, taken)
    plain = check_password(draft, office, call.body.password)
    kept = await hashed(call, plain)
    secret = new_token()
    where = came(call)
    await found_office(hall.store, draft, office, kept, secret, where)
    hall.access.forget()
    response = web.Response(status=204)
    response.del_cookie(SETUP_COOKIE, path="/")
    put_cookie(call.request, response, SESSION_COOKIE, secret, SESSION_HOURS * 3600)
    return response


HOLDER = "the browser that brought the one-time code, while there is no office"
ROUTES = [
    Route("GET", "/api/setup", look, PUBLIC, "Whether an office is still to be set up here",
          answer=SetUpAnswer),
    Route("POST", "/api/setup/enter", enter, PUBLIC,
          "Bring the one-time code; once, and while there is no office", body=EnterSetUp,
          status=204, problems=(403, 409, 429)),
    Route("POST", "/api/setup/draft", keep, PUBLIC,
          f"Keep what was typed and hear what is wrong; {HOLDER}", body=KeepDraft,
          answer=DraftAnswer, problems=(403, 409), most=MOST_SETTINGS, first=_draft_of_holder),
    Route("GET", "/api/setup/printers", printers, PUBLIC,
          f"Printers beside the server; {HOLDER}", answer=FoundPrinters, problems=(403, 409)),
    Route("POST", "/api/setup/printers/test", try_printer, PUBLIC,
          f"Print a test page; {HOLDER}", body=TryPrinter, answer=TriedPrinter,
          problems=(403, 409)),
    Route("POST", "/api/setup/finish", finish, PUBLIC,
          f"Make the office and its first administrator; {HOLDER}", body=FinishSetUp, status=204,
          problems=(403, 409)),
]  # fmt: skip
