"""Owns the calls about screens and what plays on them."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from dataclasses import dataclass, field

from aiohttp import web

from server.api.bodies import arriving
from server.api.devicekeys import end_key
from server.api.hall import Translate
from server.api.routing import Call, Route
from server.auth import registry
from server.domain.day import Millis, iso
from server.domain.errors import Invalid, NotFound
from server.domain.roles import DISPLAY, MANAGER_UP
from server.domain.words import marked as _
from server.lobby.answers import (
    DisplayAnswer,
    DisplayList,
    MediaList,
    Mine,
    NewDisplay,
    NewSlide,
    PairingCode,
    Playlist,
    Playlists,
    PlayNow,
)
from server.lobby.media import shelf
from server.lobby.media.shelf import MAX_FILE, Medium, PlayItem, Shelf
from server.lobby.screens import ScreenReport, Screens, Shows, Told
from server.storage.queries.keys import displays as displays_of
from server.storage.transaction import SqliteTx

WRONG_CLOCK_MS = 60_000
"""A screen's clock that is wrong by more is told: people compare it with their own."""
FILE = "application/octet-stream"
REFUSED_S = 0.25
"""A program that sends the same wrong file for ever gets four refusals a second."""
KINDS = ("image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm")


@dataclass(frozen=True)
class Lobby:
    """What these calls work with; ``one`` lets uploads be looked into one at a time."""

    screens: Screens
    shelf: Shelf
    one: asyncio.Lock = field(default_factory=asyncio.Lock)


LOBBY = web.AppKey("LOBBY", Lobby)


def _device(call: Call) -> str:
    return call.who.actor.id.removeprefix("token:")


async def report(call: Call) -> Told:
    """Take a screen's report; answer with its part in the sound."""
    body: ScreenReport = call.body
    device, now = _device(call), call.hall.store.clock()
    lobby = call.request.app[LOBBY]
    seen = lobby.screens.seen.get(device)
    if seen is None:
        shows = await call.hall.store.read(lambda db: shelf.shows_of(db, device))
    else:
        shows = seen.shows
    return lobby.screens.take(device, call.who.branch, shows, body, now)


async def mine(call: Call) -> Mine:
    """Return what this screen shows and plays."""
    device, branch = _device(call), call.who.branch
    screens = call.request.app[LOBBY].screens
    revision = screens.revision

    def query(tx: SqliteTx) -> tuple[Shows, list[PlayNow], str]:
        db = tx.db
        shows = shelf.shows_of(db, device)
        media = {each.id: each for each in shelf.media_of(db, branch)}
        items = shelf.playlists_of(db, branch).get(shows.playlist, [])
        play = [_play(media[each.media], each) for each in items if each.media in media]
        return shows, play, tx.office.paper.logo

    shows, play, logo = await call.read(query)
    part = screens.expected(device, branch, shows, call.hall.store.clock())
    return Mine(device, call.who.actor.name, shows, play, revision, part, logo)


def _play(medium: Medium, item: PlayItem) -> PlayNow:
    url = "" if medium.kind == "text" else f"/api/media/{medium.id}/file"
    return PlayNow(
        medium.id, medium.name, medium.kind, medium.type, url, medium.text, item.seconds,
        item.starts, item.ends, list(item.days),
    )  # fmt: skip


async def displays(call: Call) -> DisplayList:
    """Return every screen and how it is."""
    branch, now = call.who.branch, call.hall.store.clock()
    screens = call.request.app[LOBBY].screens
    last = call.hall.hub.feed(branch).seq

    def query(db: sqlite3.Connection) -> list[DisplayAnswer]:
        return [
            _display(screens, *each, shelf.shows_of(db, each.id), now, last)
            for each in displays_of(db, branch)
        ]

    return DisplayList(await call.hall.store.read(query))


def _display(
    screens: Screens, device: str, name: str, paired: Millis, shows: Shows, now: Millis, last: int
) -> DisplayAnswer:
    seen = screens.seen.get(device)
    if seen is None:
        return DisplayAnswer(device, name, online=False, shows=shows, paired_at=iso(paired))
    told = seen.report
    skew = told.clock - seen.at
    online = screens.online(device, now)
    return DisplayAnswer(
        device, name, online, shows, iso(paired),
        seen_at=iso(seen.at),
        frame_at=iso(max(told.frame_at - skew, 0)) if told.frame_at else None,
        skew_s=round(skew / 1000, 1),
        version=told.version,
        part=screens.role(device, now) if online else "off",
        sound=told.sound,
        width=told.width, height=told.height, waiting=told.waiting,
        behind=max(last - told.seq, 0), memory_mb=told.memory_mb,
    )  # fmt: skip


def lacks(screens: Screens, translate: Translate, tx: SqliteTx, language: str) -> list[str]:
    """Return what screens in touch lack; one out of touch is told where equipment is."""
    told = []
    for each in displays_of(tx.db, tx.branch):
        seen = screens.seen.get(each.id)
        if seen is None or not screens.online(each.id, tx.now):
            continue
        if screens.role(each.id, tx.now) == "voice" and seen.report.sound != "on":
            words = _("The screen {name} should speak, but its sound is off.")
        elif abs(seen.report.clock - seen.at) > WRONG_CLOCK_MS:
            words = _("The clock of the screen {name} is wrong.")
        else:
            continue
        told.append(translate(language, words, name=each.name))
    return told


async def pairing_code(call: Call) -> web.Response:
    """Make a code for a new screen."""
    body: NewDisplay = call.body

    def command(tx: SqliteTx) -> PairingCode:
        code = registry.create_code(tx.db, tx.branch, DISPLAY, body.name, tx.now)
        tx.note("code_made", name=body.name, role=DISPLAY)
        return PairingCode(code, registry.CODE_MINUTES)

    return await call.do(command)


async def set_up(call: Call) -> web.Response:
    """Change what a screen shows; it follows within ten seconds."""
    device, body = call.path("display"), call.body

    def command(tx: SqliteTx) -> None:
        name = _paired(tx, device)
        shelf.put_shows(tx, device, body)
        tx.note("screen_set", name=name)

    answer = await call.do(command)
    screens = call.request.app[LOBBY].screens
    seen = screens.seen.get(device)
    if seen is not None:
        seen.shows = body
    screens.changed()
    return answer


async def unpair(call: Call) -> web.Response:
    """End a screen's key: it was lost or replaced."""
    device = call.path("display")
    answer = await end_key(call, DISPLAY, device, _unknown())
    call.request.app[LOBBY].screens.seen.pop(device, None)
    return answer


def _paired(tx: SqliteTx, device: str) -> str:
    """Return what a paired screen is called."""
    names = {each.id: each.name for each in displays_of(tx.db, tx.branch)}
    if device not in names:
        raise _unknown()
    return names[device]


def _unknown() -> NotFound:
    return NotFound("There is no such display.", field="display")


async def media(call: Call) -> MediaList:
    """Return what lies on the shelf."""
    branch = call.who.branch
    return MediaList(await call.hall.store.read(lambda db: shelf.media_of(db, branch)))


async def add_file(call: Call) -> Medium:
    """Take a picture or video in; what it is, is read from its content."""
    name = call.request.query.get("name", "")[:80].strip()
    if not name or not name.isprintable():
        raise Invalid("A file needs a name.", field="name")
    lobby = call.request.app[LOBBY]
    key = secrets.token_hex(12)
    part = f"{key}.part"
    file = await asyncio.to_thread(lobby.shelf.begin, part)
    try:
        with file:
            async for chunk in shelf.pour(arriving(call.request, 1 << 20), MAX_FILE):
                await asyncio.to_thread(file.write, chunk)
        async with lobby.one:
            try:
                found = await asyncio.to_thread(lobby.shelf.settle, part, key)
            except Invalid:
                await asyncio.sleep(REFUSED_S)
                raise
    except BaseException:
        await asyncio.shield(asyncio.to_thread(lobby.shelf.remove, part))
        raise
    stored = f"{key}.{found.ending}"
    size = await asyncio.to_thread(lobby.shelf.size, stored)
    medium = Medium(
        key, name, found.kind, found.type, size, found.width, found.height, found.seconds, ""
    )
    try:
        return await call.hall.store.transact(
            call.who.branch, call.who.actor, lambda tx: shelf.add_medium(tx, medium, stored)
        )
    except Invalid:
        await asyncio.to_thread(lobby.shelf.remove, stored)
        raise


async def add_slide(call: Call) -> web.Response:
    """Put a text on the shelf."""
    body: NewSlide = call.body

    def command(tx: SqliteTx) -> Medium:
        medium = Medium(tx.new_id(), body.name, "text", "text/plain", 0, 0, 0, 0.0, body.text)
        return shelf.add_medium(tx, medium, "")

    return await call.do(command)


async def drop(call: Call) -> web.Response:
    """Take something off the shelf, out of every playlist and off the disk."""
    name = call.path("media")
    files: list[str] = []

    def command(tx: SqliteTx) -> None:
        files.append(shelf.drop_medium(tx, name))

    answer = await call.do(command)
    lobby = call.request.app[LOBBY]
    for file in filter(None, files):
        await asyncio.to_thread(lobby.shelf.remove, file)
    lobby.screens.changed()
    return answer


async def play_file(call: Call) -> web.StreamResponse:
    """Send a file, in ranges if asked; nothing in it can run."""
    branch, name = call.who.branch, call.path("media")
    file, kind = await call.hall.store.read(lambda db: shelf.file_of(db, branch, name))
    path = call.request.app[LOBBY].shelf.path(file)
    if not await asyncio.to_thread(path.is_file):
        raise NotFound("There is no '{media}' on the shelf.", field="media", media=name[:40])
    headers = {
        "Content-Type": kind,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    return web.FileResponse(path, headers=headers)


async def playlists(call: Call) -> Playlists:
    """Return every playlist."""
    branch = call.who.branch
    known = await call.hall.store.read(lambda db: shelf.playlists_of(db, branch))
    return Playlists([Playlist(name, items) for name, items in known.items()])


async def set_playlist(call: Call) -> web.Response:
    """Keep a playlist; screens follow within ten seconds."""
    body: Playlist = call.body
    answer = await call.do(lambda tx: shelf.put_playlist(tx, body.name, body.items))
    call.request.app[LOBBY].screens.changed()
    return answer


SCREEN = frozenset({DISPLAY})
ROUTES = [
    Route("POST", "/api/displays/report", report, SCREEN, "A screen tells how it is",
          answer=Told, body=ScreenReport),
    Route("GET", "/api/displays/mine", mine, SCREEN, "What this screen shows", answer=Mine),
    Route("GET", "/api/displays", displays, MANAGER_UP, "Every screen and how it is",
          answer=DisplayList),
    Route("POST", "/api/displays/code", pairing_code, MANAGER_UP, "A code to pair a screen with",
          answer=PairingCode, body=NewDisplay, status=201, idempotent=True),
    Route("POST", "/api/displays/{display}", set_up, MANAGER_UP, "Change what a screen shows",
          body=Shows, status=204, idempotent=True),
    Route("DELETE", "/api/displays/{display}", unpair, MANAGER_UP, "End a screen's key",
          status=204, idempotent=True),
    Route("GET", "/api/media", media, MANAGER_UP, "Pictures, videos and texts", answer=MediaList),
    Route("POST", "/api/media", add_file, MANAGER_UP, "Take a picture or video in", answer=Medium,
          upload=FILE, status=201, query={"name": (r"^.{1,80}$", "what people call it")}),
    Route("POST", "/api/media/slides", add_slide, MANAGER_UP, "Add a text", answer=Medium,
          body=NewSlide, status=201, idempotent=True),
    Route("GET", "/api/media/{media}/file", play_file, MANAGER_UP | SCREEN, "A file itself",
          answer=bytes, media=KINDS[0], also=KINDS[1:]),
    Route("DELETE", "/api/media/{media}", drop, MANAGER_UP, "Remove a picture, video or text",
          status=204, idempotent=True),
    Route("GET", "/api/playlists", playlists, MANAGER_UP, "Every playlist", answer=Playlists),
    Route("POST", "/api/playlists", set_playlist, MANAGER_UP, "Keep a playlist", body=Playlist,
          status=204, idempotent=True),
]  # fmt: skip
