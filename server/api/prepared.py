"""Owns the calls by which the city prepares settings and people, and offices fetch them."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.bodies import MOST_SETTINGS
from server.api.drafts import CheckSettings
from server.api.invitations import BY_HAND, Name
from server.api.requests import Request
from server.api.routing import LANGUAGE, Call, Route
from server.api.settings import SettingProblem, setting_problem
from server.auth.registry import LOGIN
from server.branches import described
from server.city import package, releases, wishes
from server.city.package import Invitee, Package, PackageVersion, people_of
from server.city.releases import Leave, Version
from server.city.wishes import MOST_TOLD, Wish
from server.domain.day import iso
from server.domain.errors import DomainError, NotFound
from server.domain.names import reading_order
from server.domain.roles import BOX, CITY
from server.domain.texts import Code
from server.domain.words import marked as _
from server.editing import prepared, saving
from server.editing.merging import Change, Raw
from server.editing.prepared import Edit, Outcome
from server.editing.saving import MOST_LETTERS
from server.editing.schema import FormField, form
from server.editing.told import told, told_one
from server.editing.written import as_written, file_head, toml
from server.storage.queries import boxes, offices
from server.storage.queries import prepared as kept
from server.storage.queries.prepared import Prepared
from server.storage.transaction import SqliteTx

BOXES, PREPARES = frozenset({BOX}), frozenset({CITY})
MOST_HALLS = 500


class PrepareSettings(CheckSettings, frozen=True):
    """Settings made of one hall's, and for which halls; that one only if it is named.

    ``began`` are those that were looked at before the change, as JSON text; "" for those of
    version ``base``.
    """

    halls: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=MOST_HALLS)]
    began: Annotated[str, msgspec.Meta(max_length=MOST_LETTERS)] = ""


class PersonToInvite(Request, frozen=True):
    """Somebody whom the office shall invite; the password is the person's own."""

    login: Annotated[str, msgspec.Meta(pattern=LOGIN.pattern)]
    name: Name
    role: BY_HAND


class PreparePeople(Request, frozen=True):
    """Whom an office shall invite besides those prepared so far; the same login replaces one."""

    people: Annotated[list[PersonToInvite], msgspec.Meta(max_length=prepared.MOST_PEOPLE)]


class HasPrepared(Request, frozen=True):
    """What an office's own server has, the version that it put aside, and logins it invited.

    ``done`` is what came of wishes for devices there; a server that does none leaves it out.
    ``failed`` is the version that did not work there, "" for none any more.
    """

    had: PackageVersion
    put_aside: PackageVersion = 0
    invited: Annotated[list[str], msgspec.Meta(max_length=prepared.MOST_PEOPLE)] = msgspec.field(
        default_factory=list
    )
    done: Annotated[list[wishes.Outcome], msgspec.Meta(max_length=MOST_TOLD)] | None = None
    failed: Version | None = None


class PreparedHall(msgspec.Struct, frozen=True):
    """How a hall stands to what is prepared for it.

    Attributes:
        ready: its settings are known here, so that something can be prepared.
        at, name: when and by whom it was prepared; null and "" where nothing is.
        changes: what is not in force there, a sentence each; conflicts: what the hall has
            otherwise since.
        here: the hall is on the city's own server.
        had: its own server has it. aside: the office put it aside.
        people: who shall be invited.
    """

    code: str
    title: str
    ready: bool
    here: bool
    at: str | None
    name: str
    changes: list[str]
    conflicts: list[str]
    had: bool
    aside: bool
    people: list[Invitee]


class PreparedHalls(msgspec.Struct, frozen=True):
    """Every hall, by name."""

    halls: list[PreparedHall]


class Preparing(msgspec.Struct, frozen=True):
    """What somebody goes on from: settings as prepared so far, as JSON text, and their form.

    ``earlier``: something is prepared already; ``settings`` are not those of version ``base``.
    """

    version: int
    base: int
    earlier: bool
    settings: str
    form: list[FormField]
    languages: list[str]


class HallOutcome(msgspec.Struct, frozen=True):
    """What is prepared for one hall.

    Attributes:
        changes: what it would change there, a sentence each; empty for nothing.
        conflicts: what the hall has otherwise, and keeps.
        problems: why nothing is prepared for it.
    """

    code: str
    title: str
    changes: list[str]
    conflicts: list[str]
    problems: list[SettingProblem]


class HallOutcomes(msgspec.Struct, frozen=True):
    """Each hall that was asked for, in that order."""

    halls: list[HallOutcome]


def branch_of(db: sqlite3.Connection, code: str) -> int:
    """Return the branch of a code, ruled here or elsewhere.

    Raises:
        NotFound: there is none.
    """
    found = next((each.id for each in offices.branches(db) if each.code == code), None)
    if found is None:
        raise NotFound("There is no hall '{code}'.", field="code", code=code[:40])
    return found


async def every(call: Call) -> PreparedHalls:
    """Return what is prepared for which hall, and what became of it."""
    say = partial(call.hall.translate, call.language)

    def query(db: sqlite3.Connection) -> list[PreparedHall]:
        away = {each.branch for each in boxes.boxes(db)}
        found = []
        for each in offices.branches(db):
            one = kept.get(db, each.id)
            changes: list[str] = []
            conflicts: list[str] = []
            title = each.code
            if each.version:
                now = saving.at_version(db, each.id, each.version)
                title = now["name"]
                if one.settings:
                    both = prepared.together(db, each.id, one)
                    changes = told(now, both.settings, say, call.language)
                    conflicts = _otherwise(both.conflicts, now, both.settings, say, call.language)
            invited = package.invited(db, each.id)
            people = [who for who in people_of(one.people) if who.login not in invited]
            found.append(PreparedHall(
                each.code, title, bool(each.version), each.id not in away,
                iso(one.at) if one.settings or people else None, one.name, changes,
                conflicts, one.had == one.version,
                bool(one.version) and one.put_aside == one.version, people,
            ))  # fmt: skip
        return sorted(found, key=lambda hall: (reading_order(hall.title), hall.code))

    return PreparedHalls(await call.hall.store.study(query))


async def look(call: Call) -> Preparing:
    """Return a hall's settings as they are prepared so far, to go on from."""
    say, code = partial(call.hall.translate, call.language), call.path("code")

    def query(db: sqlite3.Connection) -> tuple[int, int, bool, str]:
        branch = branch_of(db, code)
        base, settings = prepared.start(db, branch)
        earlier = settings != saving.at_version(db, branch, base)
        return saving.version_of(db, branch), base, earlier, saving.as_text(settings)

    version, base, earlier, settings = await call.hall.store.read(query)
    fields = await asyncio.to_thread(form, say)
    return Preparing(version, base, earlier, settings, fields, call.hall.languages)


def _otherwise(
    conflicts: list[tuple[Change, Change]], now: Raw, then: Raw, say: partial[str], language: str
) -> list[str]:
    """Say what a hall has otherwise than it was prepared."""
    return [
        say(_("{mine}. There it is so: {theirs}"),
            mine=told_one(mine, now, then, say, language),
            theirs=told_one(theirs, then, now, say, language))
        for mine, theirs in conflicts
    ]  # fmt: skip


def _told(call: Call, db: sqlite3.Connection, branch: int, found: Outcome) -> HallOutcome:
    """Say what an edit means for a hall."""
    say = partial(call.hall.translate, call.language)
    conflicts = _otherwise(found.conflicts, found.now, found.then, say, call.language)
    problems = [setting_problem(each, say) for each in saving.problems(found.then)]
    changes = [] if problems else told(found.now, found.then, say, call.language)
    code = offices.branch(db, branch).code
    return HallOutcome(code, str(found.now["name"]), changes, conflicts, problems)


def _refused(call: Call, code: str, error: DomainError) -> HallOutcome:
    say = partial(call.hall.translate, call.language)
    words = say(error.message, **error.params)
    return HallOutcome(code, code, [], [], [SettingProblem(error.field or "", words)])


async def check(call: Call) -> HallOutcomes:
    """Tell what an edit of a hall's settings means for each of the halls asked for."""
    body: PrepareSettings = call.body
    of = call.path("code")

    def query(db: sqlite3.Connection) -> list[HallOutcome]:
        edit = _edit(db, of, body)
        found = []
        for code in dict.fromkeys(body.halls):
            try:
                branch = branch_of(db, code)
                outcome = prepared.outcome(db, branch, edit)
                prepared.check(outcome)
                found.append(_told(call, db, branch, outcome))
            except DomainError as error:
                found.append(_refused(call, code, error))
        return found

    return HallOutcomes(await call.hall.store.study(query))


async def prepare(call: Call) -> HallOutcomes:
    """Prepare an edit of a hall's settings for each of the halls asked for.

    A hall whose settings it does not fit is told with its problems and stays as it was.
    """
    body: PrepareSettings = call.body
    store, of = call.hall.store, call.path("code")
    edit = await store.study(lambda db: _edit(db, of, body))

    def command(tx: SqliteTx) -> HallOutcome:
        found = prepared.outcome(tx.aside, tx.branch, edit)
        prepared.check(found)
        outcome = _told(call, tx.aside, tx.branch, found)
        if not outcome.problems:
            prepared.put(tx, found)
        return outcome

    answer = []
    for code in dict.fromkeys(body.halls):
        try:
            branch = await store.read(partial(branch_of, code=code))
            answer.append(await store.transact(branch, call.who.actor, command))
        except DomainError as error:
            answer.append(_refused(call, code, error))
    return HallOutcomes(answer)


def _edit(db: sqlite3.Connection, of: str, body: PrepareSettings) -> Edit:
    return prepared.edit(db, branch_of(db, of), body.base, body.began, body.settings)


async def prepare_people(call: Call) -> web.Response:
    """Prepare who shall be invited by a hall."""
    people = [Invitee(each.login, each.name, each.role) for each in call.body.people]
    return await _at(call, lambda tx: prepared.put_people(tx, people))


async def drop_person(call: Call) -> web.Response:
    """Prepare a person no more."""
    login = call.path("login")
    return await _at(call, lambda tx: prepared.drop_person(tx, login))


async def take_back(call: Call) -> web.Response:
    """Prepare nothing more for a hall."""
    return await _at(call, prepared.take_back)


async def _at(call: Call, command: prepared.Deed) -> web.Response:
    code = call.path("code")
    branch = await call.hall.store.read(partial(branch_of, code=code))
    await call.hall.store.transact(branch, call.who.actor, command)
    return web.Response(status=204)


async def as_file(call: Call) -> web.Response:
    """Return what is prepared for a hall as a file, to be brought there on a stick."""
    code = call.path("code")

    def query(db: sqlite3.Connection) -> str:
        base, settings = prepared.start(db, branch_of(db, code))
        return toml(as_written(described(settings)), file_head(base, code))

    text = await call.hall.store.read(query)
    return web.Response(
        body=text.encode(), content_type="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{code}.toml"'},
    )  # fmt: skip


async def fetch(call: Call) -> Package:
    """Answer an office's own server with what is prepared for it; note what it has already."""
    body: HasPrepared = call.body

    def command(tx: SqliteTx) -> tuple[Prepared, list[Wish], Leave | None]:
        package.has(tx, body.had, body.put_aside, body.invited)
        to_do = [] if body.done is None else wishes.hear(tx, body.done)
        if body.failed is not None:
            releases.fails(tx, body.failed)
        return kept.get(tx.aside, tx.branch), to_do, releases.leave(tx)

    one, to_do, leave = await call.hall.store.transact(call.who.branch, call.who.actor, command)
    return Package(one.version, one.base, one.settings, one.people, one.name, one.at, to_do, leave)


ROUTES = [
    Route("GET", "/api/city/prepared", every, PREPARES,
          "What is prepared for which hall, and what became of it", answer=PreparedHalls),
    Route("GET", "/api/city/prepared/{code}", look, PREPARES,
          "A hall's settings as they are prepared so far, and their form", answer=Preparing,
          problems=(404, 409)),
    Route("POST", "/api/city/prepared/{code}/check", check, PREPARES,
          "What an edit of a hall's settings means for that and other halls",
          answer=HallOutcomes, body=PrepareSettings, problems=(404,),
          most=MOST_SETTINGS),
    Route("POST", "/api/city/prepared/{code}", prepare, PREPARES,
          "Prepare an edit of a hall's settings for that and other halls",
          answer=HallOutcomes, body=PrepareSettings, problems=(404,),
          most=MOST_SETTINGS),
    Route("POST", "/api/city/prepared/{code}/people", prepare_people, PREPARES,
          "Prepare who shall be invited by a hall", body=PreparePeople, status=204,
          problems=(404,)),
    Route("DELETE", "/api/city/prepared/{code}/people/{login}", drop_person, PREPARES,
          "Prepare a person no more", status=204, problems=(404,)),
    Route("DELETE", "/api/city/prepared/{code}", take_back, PREPARES,
          "Prepare nothing more for a hall", status=204, problems=(404,)),
    Route("GET", "/api/city/prepared/{code}/file", as_file, PREPARES,
          "What is prepared for a hall, as a file of settings", answer=bytes,
          media="application/toml", query=LANGUAGE, problems=(404, 409)),
    Route("POST", "/api/city/package", fetch, BOXES,
          "What the city prepared for the caller's office", answer=Package, body=HasPrepared),
]  # fmt: skip
