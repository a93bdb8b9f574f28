"""Owns the calls about the settings: read, check while typing, save, plan, undo, and as a file."""

from __future__ import annotations

import asyncio
import re
import tomllib
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api import drafts
from server.api.bodies import MOST_SETTINGS
from server.api.drafts import CheckSettings, Draft, Seen, SettingsJson
from server.api.planned import PlannedSettings, SomeSettings, planned
from server.api.requests import Request
from server.api.routing import LANGUAGE, Call, Route
from server.api.spans import whole
from server.branches import TECHNICIAN
from server.domain.day import iso
from server.domain.errors import Invalid
from server.domain.roles import MANAGER_UP
from server.domain.texts import PRINTABLE
from server.domain.words import marked as _
from server.editing import planned as planning
from server.editing import saving
from server.editing.labels import LABELS
from server.editing.merging import Raw
from server.editing.schema import FormField, form
from server.editing.told import told, told_one
from server.editing.written import as_written, base_of, file_head, toml
from server.mistakes import unreadable
from server.settings import plain
from server.storage.queries import plans
from server.storage.transaction import SqliteTx

MOST_VERSIONS, MOST_VERSION = 50, 999_999


Moment = Annotated[str, msgspec.Meta(max_length=20, pattern=PRINTABLE)]


class SaveSettings(CheckSettings, frozen=True):
    """As for a check; with ``at`` (office clock, ``2026-11-30T07:30``) they begin then.

    With ``until`` what they change is as it was before from then on, by a planned change of its
    own; it waits until the first one is in force, and what others change meanwhile stays.
    The draft is done with that; with ``seen`` one of another mark stays.
    """

    at: Moment = ""
    until: Moment = ""
    seen: Seen = None


class SettingsFile(Request, frozen=True):
    """The text of a TOML file with settings."""

    file: SettingsJson


class SettingProblem(msgspec.Struct, frozen=True):
    """What is wrong: the path of the setting, and why in words."""

    path: str
    words: str


class SettingsCheck(msgspec.Struct, frozen=True):
    """What would happen if these settings were saved now.

    Attributes:
        problems: why they cannot be saved.
        changes: what changes for the office, a sentence each.
        conflicts: what somebody else changed meanwhile in another way; empty for none.
        version: of the settings in force now.
    """

    problems: list[SettingProblem]
    changes: list[str]
    conflicts: list[str]
    version: int


class SettingsAnswer(msgspec.Struct, frozen=True):
    """The settings in force, and the form to change them.

    Attributes:
        settings: JSON text.
        draft: what this person typed and did not save, JSON text, made from ``draft_base``.
        draft_mark: what tells it from other drafts; empty for none.
        draft_at: when it was kept.
    """

    version: int
    settings: str
    form: list[FormField]
    languages: list[str]
    draft: str
    draft_base: int
    draft_mark: str
    draft_at: str | None
    planned: list[PlannedSettings]


class SettingsSaved(msgspec.Struct, frozen=True):
    """The version in force now; ``planned`` is the id of what begins later, ``end`` of its end."""

    version: int
    planned: str = ""
    end: str = ""


class SettingsVersion(msgspec.Struct, frozen=True):
    """A version of the settings: when it came, who made it, and what changed with it."""

    version: int
    at: str
    name: str
    changes: list[str]


class SettingsHistory(msgspec.Struct, frozen=True):
    """Versions, the newest first."""

    versions: list[SettingsVersion]


async def look(call: Call) -> SettingsAnswer:
    """Return the settings in force with their form, one's own draft, and what is planned."""
    say = partial(call.hall.translate, call.language)

    def query(tx: SqliteTx) -> tuple[int, Raw, Draft, list[PlannedSettings]]:
        version, settings = _in_force(tx)
        return version, settings, drafts.mine(call, tx), planned(call, tx)

    version, settings, draft, later = await call.read(query)
    fields = await asyncio.to_thread(form, say)
    return SettingsAnswer(
        version=version, settings=saving.as_text(settings),
        form=fields, languages=call.hall.languages,
        draft=draft.settings, draft_base=draft.base, draft_mark=draft.mark, draft_at=draft.at,
        planned=later,
    )  # fmt: skip


def _in_force(tx: SqliteTx) -> tuple[int, Raw]:
    version = saving.version_of(tx.aside, tx.branch)
    return version, saving.full(tx.office)


async def check(call: Call) -> SettingsCheck:
    """Tell what is wrong with settings, what they change, and where they meet a newer change."""
    body: CheckSettings = call.body
    say = partial(call.hall.translate, call.language)
    raw = saving.parsed(body.settings)
    wrong = await asyncio.to_thread(saving.problems, raw)

    def query(tx: SqliteTx) -> SettingsCheck:
        version, now = _in_force(tx)
        if wrong:
            return SettingsCheck([setting_problem(each, say) for each in wrong], [], [], version)
        mine = saving.read(body.settings)
        both = saving.together(tx.aside, tx.branch, body.base, mine)
        conflicts = [
            say(
                _("{mine}. Meanwhile, by {who}: {theirs}"),
                mine=told_one(one, now, mine, say, call.language),
                theirs=told_one(other, mine, now, say, call.language), who=_maker(call, tx),
            )
            for one, other in both.conflicts
        ]  # fmt: skip
        problems = [setting_problem(each, say) for each in saving.problems(both.settings)]
        changes = told(now, both.settings, say, call.language)
        return SettingsCheck(problems, changes, conflicts, version)

    return await call.read(query)


def setting_problem(error: Invalid, say: partial[str]) -> SettingProblem:
    """Return a problem in words that stand beside its field: the setting by its label."""
    path = error.field or ""
    label = LABELS.get(re.sub(r"\[\d+\]", "", path))
    named = {"name": say(label[0])} if label and "name" in error.params else {}
    return SettingProblem(path, say(error.message, **error.params | named))


def _maker(call: Call, tx: SqliteTx) -> str:
    """Return who put the settings in force, with the time."""
    version = saving.version_of(tx.aside, tx.branch)
    newest = plans.versions(tx.aside, tx.branch, 1, version + 1)[0]
    at = iso(newest.at, tx.office.zone)
    return f"{_name(call, newest)}, {at[:10]} {at[11:16]}"


def _name(call: Call, version: plans.Version) -> str:
    if version.name == TECHNICIAN.name:
        return call.hall.translate(call.language, _("command line"))
    return version.name or version.role or "?"


async def save(call: Call) -> web.Response:
    """Put settings in force now, or plan them; a newer change by somebody else is kept."""
    body: SaveSettings = call.body
    mine = await asyncio.to_thread(saving.read, body.settings)
    key = drafts.key_of(call)

    def command(tx: SqliteTx) -> SettingsSaved:
        if body.at:
            return _plan(tx, body, mine, key)
        if body.until:
            raise Invalid("Please say also from when on.", field="at")
        version = saving.save(tx, body.base, mine)
        drafts.forget(tx, key, body.seen)
        return SettingsSaved(version)

    return await call.do(command)


def _plan(tx: SqliteTx, body: SaveSettings, mine: Raw, draft: str) -> SettingsSaved:
    """Plan settings, and their end where they have one."""
    zone = tx.office.zone
    at = planning.moment(body.at, zone, tx.now)
    until = planning.moment(body.until, zone, tx.now, "until") if body.until else None
    if until is not None and until <= at:
        raise Invalid("The end must come after the beginning.", field="until")
    new = 1 if until is None else 2
    if len(plans.planned(tx.aside, tx.branch)) + new > planning.MOST:
        raise Invalid("At most {n} changes can be planned.", field="at", n=planning.MOST)
    version = saving.version_of(tx.aside, tx.branch)
    both = saving.together(tx.aside, tx.branch, body.base, mine)
    if both.conflicts:
        raise saving.Overtaken(both.conflicts)
    text = saving.as_text(both.settings)
    first = drafts.plan(tx, tx.new_id(), "planned", version, text, at)
    plans.put(tx.aside, first)
    tx.note("settings_planned", at=_clock(at, zone))
    saved = SettingsSaved(version, first.id)
    if until is not None:
        now = saving.as_text(saving.full(tx.office))
        end = drafts.plan(tx, tx.new_id(), "planned", version, now, until)
        plans.put(tx.aside, end._replace(follows=first.id))
        tx.note("settings_end_planned", at=_clock(until, zone))
        saved = SettingsSaved(version, first.id, end.id)
    drafts.forget(tx, draft, body.seen)
    return saved


def _clock(at: int, zone: str) -> str:
    return iso(at, zone)[:16].replace("T", " ")


async def history(call: Call) -> SettingsHistory:
    """Return who changed the settings when, and what; of many versions the newest."""
    say = partial(call.hall.translate, call.language)
    asked = call.request.query.get("below")
    below = whole(asked, "below", MOST_VERSION) if asked else MOST_VERSION

    def query(tx: SqliteTx) -> SettingsHistory:
        known = plans.versions(tx.aside, tx.branch, MOST_VERSIONS, below)
        answers = []
        for each in known:
            now = saving.at_version(tx.aside, tx.branch, each.version)
            changes = []
            if each.version > 1:
                before = saving.at_version(tx.aside, tx.branch, each.version - 1)
                changes = told(before, now, say, call.language)
            at = iso(each.at, tx.office.zone)
            answers.append(SettingsVersion(each.version, at, _name(call, each), changes))
        return SettingsHistory(answers)

    return await call.study(query)


async def version(call: Call) -> SomeSettings:
    """Return the settings of an earlier version, to go back to; saved they are a new version."""
    word = call.path("version")
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0  # noqa: PLR2004

    def query(tx: SqliteTx) -> SomeSettings:
        settings = saving.at_version(tx.aside, tx.branch, number)
        return SomeSettings(saving.as_text(settings), saving.version_of(tx.aside, tx.branch))

    return await call.study(query)


async def take_file(call: Call) -> web.Response:
    """Return the settings in force as a TOML file, with nothing left out."""

    def command(tx: SqliteTx) -> tuple[str, str]:
        number = saving.version_of(tx.aside, tx.branch)
        head = file_head(number, tx.office.code)
        tx.note("settings_taken")
        return tx.office.code, toml(as_written(tx.office), head)

    code, text = await call.hall.store.transact(call.who.branch, call.who.actor, command)
    return web.Response(
        body=text.encode(), content_type="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{code}.toml"'},
    )  # fmt: skip


async def bring_file(call: Call) -> SomeSettings:
    """Read a file with settings; nothing is saved. It is checked and saved like what is typed."""
    text: str = call.body.file
    try:
        raw = {key: plain(each) for key, each in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError as error:
        raise unreadable(text, error) from error
    except RecursionError as error:
        raise Invalid("This file is nested too deeply.", field="file") from error

    def query(tx: SqliteTx) -> SomeSettings:
        now = saving.version_of(tx.aside, tx.branch)
        base = base_of(text)
        return SomeSettings(saving.as_text(raw), base if 0 < base <= now else now)

    return await call.read(query)


ROUTES = [
    Route("GET", "/api/settings", look, MANAGER_UP, "The settings, and the form to change them",
          answer=SettingsAnswer),
    Route("POST", "/api/settings", save, MANAGER_UP, "Put settings in force, now or at a time",
          answer=SettingsSaved, body=SaveSettings, idempotent=True, most=MOST_SETTINGS),
    Route("POST", "/api/settings/check", check, MANAGER_UP,
          "What is wrong with settings, what they change, who changed the same",
          answer=SettingsCheck, body=CheckSettings, most=MOST_SETTINGS),
    Route("GET", "/api/settings/history", history, MANAGER_UP, "Who changed what, and when",
          answer=SettingsHistory,
          query={"below": ("^[0-9]{1,6}$", "only versions below this; default the newest")}),
    Route("GET", "/api/settings/versions/{version}", version, MANAGER_UP,
          "The settings of an earlier version", answer=SomeSettings),
    Route("GET", "/api/settings/file", take_file, MANAGER_UP, "The settings as a TOML file",
          answer=bytes, media="application/toml", query=LANGUAGE),
    Route("POST", "/api/settings/file", bring_file, MANAGER_UP,
          "Read a TOML file with settings; nothing is saved", answer=SomeSettings,
          body=SettingsFile, most=MOST_SETTINGS),
]  # fmt: skip
