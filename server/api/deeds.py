"""Owns the list of who changed or looked at what, as sentences, by day and person; and as CSV."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from server.api.deedwords import CONFIGURED_PARTS, NOTICE_GONE, ROLES, WORDS
from server.api.routing import LANGUAGE, Call, Route
from server.branches import TECHNICIAN
from server.domain.day import day_bounds, iso, local
from server.domain.deeds import COMMAND_LINE
from server.domain.errors import Invalid
from server.domain.names import named
from server.domain.office import Office
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY
from server.domain.words import marked as _
from server.reports.log import span_of
from server.reports.smallbook import Sheet, written
from server.satisfaction.method import method
from server.storage.queries import chain, deeds, people
from server.storage.queries.deeds import Deed
from server.storage.queries.forms import decimal_of
from server.storage.queries.log import Span
from server.storage.transaction import SqliteTx

PAGE = 100
FORMATS = ("json", "csv", "jsonl")
FILE_ROWS = 50_000
"""More deeds than an office has in two years; a file of them is made in one piece."""


class DeedAnswer(msgspec.Struct, frozen=True):
    """One deed.

    Attributes:
        actor: id of who did it, to filter by.
        name: what they were called then. ``role``, ``text`` and ``place`` are words in the language
            asked for (``Accept-Language``).
        what: the kind of deed, a code.
        place: the network address; empty where it was not kept.
        seq: its number in the chain; ``null`` for what is not in it yet. hash: its own (SHA-256).
    """

    at: str
    actor: str
    name: str
    role: str
    what: str
    text: str
    place: str
    seq: int | None
    hash: str


class Chain(msgspec.Struct, frozen=True):
    """The end of the chain through all deeds of the branch.

    Attributes:
        seq: number of the newest deed. hash: the head; who has it on paper can prove that nothing
            before it was changed.
        found: so many of the first rows are older than the chain and were taken in as they were.
        forgot: number of the last row that was deleted for its age, 0 for none.
    """

    seq: int
    hash: str
    found: int
    forgot: int


class Doer(msgspec.Struct, frozen=True):
    """Somebody who did something in the span."""

    actor: str
    name: str
    role: str


class DeedList(msgspec.Struct, frozen=True):
    """Deeds, the newest first; ``next`` is the cursor of the following page, if any."""

    deeds: list[DeedAnswer]
    people: list[Doer]
    next: str | None
    chain: Chain | None


class Teller:
    """Says deeds in a language."""

    def __init__(self, call: Call, office: Office, people: dict[str, str]) -> None:
        self._language = call.language
        self._say = partial(call.hall.translate, call.language)
        self._office = office
        self._services = {
            each.code: each.names.get(call.language) or next(iter(each.names.values()), each.code)
            for each in office.services
        }
        self._people = people

    def answer(self, deed: Deed) -> DeedAnswer:
        """Return a deed in words."""
        return DeedAnswer(
            at=iso(deed.at, self._office.zone), actor=deed.actor,
            name=self.name(deed.name, deed.role), role=self.role(deed.role), what=deed.what,
            text=self.text(deed),
            place=self.role(deed.place) if deed.place == COMMAND_LINE else deed.place,
            seq=deed.seq, hash=deed.hash,
        )  # fmt: skip

    def role(self, role: str) -> str:
        """Return what a role is called."""
        return self._say(ROLES[role]) if role in ROLES else role

    def name(self, name: str, role: str) -> str:
        """Return how somebody was called; who has no name is called by the role."""
        return self.role(COMMAND_LINE) if name == TECHNICIAN.name else name or self.role(role)

    def text(self, deed: Deed) -> str:
        """Return a deed as a sentence."""
        about: dict[str, object] = dict(deed.about)
        if "service" in about:
            code = str(about["service"])
            about["service"] = self._services.get(code, code)
        if "place" in about:
            known = self._office.comfort.place(str(about["place"]))
            about["place"] = named(known.names, self._language, "") if known else about["place"]
        if "role" in about:
            of = f" {about['agency']}" if about.get("agency") else ""
            about["role"] = self.role(str(about["role"])) + of
        if "element" in about:
            about["element"] = self._element(str(about["method"]), str(about["element"]))
        if "person" in about:
            about["name"] = self._people.get(str(about["person"]), "?")
        words = WORDS.get(deed.what, deed.what)
        if deed.what == "configured" and about.get("parts"):
            words = CONFIGURED_PARTS
        elif deed.what == "advice_answered":
            words = WORDS[f"advice_{about['answer']}"]
        elif deed.what == "notice_changed" and not about.get("notice"):
            words = NOTICE_GONE
        return self._say(words, **about)

    def _element(self, asked: str, key: str) -> str:
        names = next((e.names for e in method(asked).elements if e.key == key), {})
        return named(names, self._language, key)


async def deed_list(call: Call) -> web.Response | DeedList:
    """Answer with a page of deeds, or all of a span as a file that a spreadsheet opens."""
    query = call.request.query
    form = query.get("format") or "json"
    if form not in FORMATS:
        raise Invalid("The format is one of {known}.", field="format", known=", ".join(FORMATS))
    span = await call.read(
        lambda tx: span_of(tx.office, tx.day, query.get("from"), query.get("to"))
    )
    if form == "csv":
        return await _file(call, span)
    if form == "jsonl":
        return await _chain_file(call, span)
    below = _below(query.get("cursor"))

    def page(tx: SqliteTx) -> DeedList:
        rows, teller = _found(call, tx, span, PAGE + 1, below)
        following = f"{rows[PAGE - 1].at}-{rows[PAGE - 1].id}" if len(rows) > PAGE else None
        doers = [
            Doer(each.actor, teller.name(each.name, each.role), teller.role(each.role))
            for each in deeds.actors(tx.db, tx.branch, _bounds(tx, span))
        ]
        told = [teller.answer(each) for each in rows[:PAGE]]
        return DeedList(told, doers, following, _chain(tx))

    return await call.study(page)


def _chain(tx: SqliteTx) -> Chain | None:
    end = chain.head(tx.db, tx.branch)
    return None if end is None else Chain(end.seq, end.hash, end.found, end.forgot)


def _below(cursor: str | None) -> tuple[int, int] | None:
    if not cursor:
        return None
    at, _dash, key = cursor.partition("-")
    try:
        return int(at), int(key)
    except ValueError:
        raise Invalid("This is no cursor of this list.", field="cursor") from None


def _found(
    call: Call, tx: SqliteTx, span: Span, rows: int, below: tuple[int, int] | None = None
) -> tuple[list[Deed], Teller]:
    who = call.request.query.get("person") or None
    found = deeds.found(tx.db, tx.branch, _bounds(tx, span), who, rows, below)
    return found, Teller(call, tx.office, people.names(tx.db, tx.branch))


def _bounds(tx: SqliteTx, span: Span) -> tuple[int, int]:
    office = tx.office
    first = day_bounds(span.first, office.zone, office.day_start_minutes)[0]
    return first, day_bounds(span.last, office.zone, office.day_start_minutes)[1]


async def _file(call: Call, span: Span) -> web.Response:
    await call.note("deeds_taken", first=span.first, last=span.last)

    def write(tx: SqliteTx) -> bytes:
        rows, teller = _found(call, tx, span, FILE_ROWS)
        say = partial(call.hall.translate, call.language)
        lines: Sheet = [
            [say(_("Time")), say(_("Who")), say(_("Role")), say(_("What")), say(_("From where")),
             say(_("Number in the chain")), say(_("Hash"))]
        ]  # fmt: skip
        for deed in reversed(rows):
            told = teller.answer(deed)
            when = local(deed.at, tx.office.zone).replace(microsecond=0, tzinfo=None)
            lines.append([when, told.name, told.role, told.text, told.place, told.seq, told.hash])
        return written("deeds", lines, "csv-sheet", decimal_of(tx.office.languages[0]))

    name = f'attachment; filename="ramah-deeds-{span.first}-{span.last}.csv"'
    return web.Response(
        body=await call.study(write), content_type="text/csv", charset="utf-8",
        headers={"Content-Disposition": name},
    )  # fmt: skip


async def _chain_file(call: Call, span: Span) -> web.Response:
    """Answer with all rows of a span as the chain has them, for whoever wants to verify it."""
    if call.request.query.get("person"):
        raise Invalid("The chain is of everybody: take it without a person.", field="person")
    await call.note("deeds_taken", first=span.first, last=span.last)

    def write(tx: SqliteTx) -> bytes:
        first, last = chain.span(tx.db, tx.branch, *_bounds(tx, span))
        rows = (
            LinkLine(before, link.seq, link.at, link.what, link.seal, link.hash, link.salt,
                     link.actor, link.role, link.name, link.about, link.place)
            for before, link in chain.links(tx.db, tx.branch, (first, min(last, first + FILE_ROWS)))
        )  # fmt: skip
        return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)

    name = f'attachment; filename="ramah-deeds-{span.first}-{span.last}.jsonl"'
    return web.Response(
        body=await call.study(write), content_type="application/jsonl", charset="utf-8",
        headers={"Content-Disposition": name},
    )  # fmt: skip


class LinkLine(msgspec.Struct, frozen=True):
    """A row of the chain in the file; docs/manager.md tells how it is verified."""

    before: str
    seq: int | None
    at: int
    what: str
    seal: str
    hash: str
    salt: str
    actor: str
    role: str
    name: str
    about: str
    place: str


ROUTES = [
    Route(
        "GET", "/api/deeds", deed_list, MANAGER_UP, "Who changed or looked at what",
        answer=DeedList, also=("text/csv", "application/jsonl"),
        query={
            "from": (DAY, "first day; default today"),
            "to": (DAY, "last day (included); default today"),
            "person": ("^.{1,80}$", "only this one's deeds (actor)"),
            "cursor": (r"^\d{1,18}-\d{1,18}$", "next page, from the answer before"),
            "format": (
                "^(json|csv|jsonl)$",
                "default json; csv opens rightly by a double click; jsonl is the chain, to verify",
            ),
            **LANGUAGE,
        },
    ),
]  # fmt: skip
