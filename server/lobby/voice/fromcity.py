"""Owns voices that the city has for an office: put up in the city, taken by the office."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Annotated

import msgspec
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, web

from server.api.prepared import BOXES, PREPARES, branch_of
from server.api.routing import Call, Route, receive
from server.auth.vault import Locked
from server.domain.errors import Conflict
from server.domain.roles import MANAGER_UP
from server.lobby.voice.owners import branch_code
from server.lobby.voice.packs import MAX_ZIP, PACK, Pack, Packs, no_pack
from server.lobby.voice.routes import VOICES, ZIP, PackAnswer
from server.storage.queries import boxes, offices
from server.storage.queries.secrets import place

TIMEOUT = ClientTimeout(total=300, sock_connect=10, sock_read=30)
MOST_LIST = 64 * 1024


class CityVoice(msgspec.Struct, frozen=True):
    """A voice that the city has for an office: whose, in which languages; ``here``: taken."""

    id: Annotated[str, msgspec.Meta(pattern=PACK.pattern)]
    person: str
    languages: list[str]
    here: bool = False


class CityVoices(msgspec.Struct, frozen=True):
    """Those that the city has for one office; ``linked``: a city has its log."""

    voices: list[CityVoice]
    linked: bool = True


_voices = msgspec.json.Decoder(CityVoices).decode


def _of(packs: Packs, code: str) -> CityVoices:
    """Return the voices that belong to a hall. Reads the disk."""
    return CityVoices([
        CityVoice(each.id, each.card.person, sorted(each.clips))
        for each in packs.all()
        if packs.owner(each.id) == code
    ])  # fmt: skip


def _packs(call: Call) -> Packs:
    return call.request.app[VOICES].packs


async def put_up(call: Call) -> CityVoice:
    """Keep a voice for a hall, from one file; the office takes it if it likes.

    Raises:
        NotFound: there is no such hall.
    """
    code = call.path("code")
    branch = await call.hall.store.read(partial(branch_of, code=code))
    content = await receive(call, MAX_ZIP)
    pack = await asyncio.to_thread(_packs(call).take_in, content, code)
    await call.hall.store.transact(
        branch, call.who.actor, lambda tx: tx.note("voice_made", name=pack.card.person)
    )
    return CityVoice(pack.id, pack.card.person, sorted(pack.clips))


async def put_up_so_far(call: Call) -> CityVoices:
    """Return the voices of a hall."""
    code = call.path("code")
    await call.hall.store.read(partial(branch_of, code=code))
    return await asyncio.to_thread(_of, _packs(call), code)


async def take_down(call: Call) -> None:
    """Delete a voice that the city has for an office; what the office took stays there.

    Raises:
        NotFound: the hall is not an office's with a server of its own, or has no such voice.
    """
    code, pack = call.path("code"), call.path("pack")
    branch = await call.hall.store.read(partial(branch_of, code=code))
    box = await call.hall.store.read(lambda db: boxes.box(db, branch))
    if box is None or await asyncio.to_thread(_packs(call).owner, pack) != code:
        raise no_pack(pack)
    await asyncio.to_thread(_packs(call).remove, pack)
    await call.hall.store.transact(branch, call.who.actor, lambda tx: tx.note("voice_removed"))


async def for_box(call: Call) -> CityVoices:
    """Answer an office's own server with the voices that the city has for it."""
    return await asyncio.to_thread(_of, _packs(call), await _code(call))


async def whole_for_box(call: Call) -> web.Response:
    """Answer an office's own server with one of its voices, as one file."""
    pack = call.path("pack")
    if await asyncio.to_thread(_packs(call).owner, pack) != await _code(call):
        raise no_pack(pack)
    body = await asyncio.to_thread(_packs(call).export, pack)
    return web.Response(body=body, content_type=ZIP, headers={"Cache-Control": "no-store"})


async def _code(call: Call) -> str:
    branch = call.who.branch
    return await call.hall.store.read(lambda db: offices.branch(db, branch).code)


# ---------------------------------------------------------------- the office's own server


async def look(call: Call) -> CityVoices:
    """Return the voices that the city has for this office; none where no city has its log.

    Raises:
        Conflict: the city does not answer.
    """
    async with _asked(call, "") as answer:
        if answer is None:
            return CityVoices([], linked=False)
        if answer.status == HTTPStatus.NOT_FOUND:
            return CityVoices([])  # a city that is older knows of no voices
        told = _voices(await _bounded(answer, MOST_LIST))
    packs, code = _packs(call), await branch_code(call)
    have = await asyncio.to_thread(lambda: {each.id for each in _of(packs, code).voices})
    return CityVoices([
        msgspec.structs.replace(each, here=each.id in have) for each in told.voices
    ])  # fmt: skip


async def take(call: Call) -> PackAnswer:
    """Take one of the city's voices; it speaks once somebody chooses it. Once taken, it is here.

    Raises:
        NotFound: the city has no such voice. Conflict: the city does not answer.
    """
    pack = call.path("pack")
    if not PACK.fullmatch(pack):
        raise no_pack(pack)
    packs, code = _packs(call), await branch_code(call)
    if await asyncio.to_thread(lambda: pack in {each.id for each in _of(packs, code).voices}):
        return _answer(await asyncio.to_thread(packs.get, pack))
    async with _asked(call, f"/{pack}") as answer:
        if answer is None or answer.status == HTTPStatus.NOT_FOUND:
            raise no_pack(pack)
        content = await _bounded(answer, MAX_ZIP)
    kept = await asyncio.to_thread(packs.take_in, content, code, pack)
    await call.note("voice_made", name=kept.card.person)
    return _answer(kept)


def _answer(kept: Pack) -> PackAnswer:
    return PackAnswer(kept.id, kept.card, kept.clips, active=False)


@asynccontextmanager
async def _asked(call: Call, path: str) -> AsyncIterator[ClientResponse | None]:
    """Ask the city; ``None`` where this office sends its log to none.

    Raises:
        Conflict: it does not answer, or not as a city does.
    """
    branch = call.who.branch
    links = await call.hall.store.read(boxes.links)
    link = next((each for each in links if each.branch == branch), None)
    if link is None:
        yield None
        return
    try:
        token = call.hall.vault.open(link.token, place("city_links", branch))
        async with (
            ClientSession(timeout=TIMEOUT) as session,
            session.get(
                f"{link.url}/api/city/package/voices{path}", allow_redirects=False,
                headers={"Authorization": f"Bearer {token}", "User-Agent": "Ramah"},
            ) as answer,
        ):  # fmt: skip
            if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
                raise _away()
            yield answer
    except (ClientError, TimeoutError, OSError, Locked, msgspec.MsgspecError) as error:
        raise _away() from error


async def _bounded(answer: ClientResponse, most: int) -> bytes:
    told = bytearray()
    async for part in answer.content.iter_any():
        told += part
        if len(told) > most:
            raise _away()
    return bytes(told)


def _away() -> Conflict:
    return Conflict(
        "The city does not answer now. Please try again when the line is back.",
        slug="city-not-reached",
    )


ROUTES = [
    Route("GET", "/api/city/prepared/{code}/voices", put_up_so_far, PREPARES,
          "The voices that a hall has here", answer=CityVoices, problems=(404,)),
    Route("POST", "/api/city/prepared/{code}/voices", put_up, PREPARES,
          "Keep a voice for a hall, from a file", answer=CityVoice, upload=ZIP, status=201,
          problems=(404,)),
    Route("DELETE", "/api/city/prepared/{code}/voices/{pack}", take_down, PREPARES,
          "Delete a voice that was kept for an office", status=204, problems=(404,)),
    Route("GET", "/api/city/package/voices", for_box, BOXES,
          "The voices that the city has for the caller's office", answer=CityVoices),
    Route("GET", "/api/city/package/voices/{pack}", whole_for_box, BOXES,
          "One of them, as one file", answer=bytes, media=ZIP, problems=(404,)),
    Route("GET", "/api/voice/city", look, MANAGER_UP,
          "The voices that the city has for this office", answer=CityVoices, problems=(409,)),
    Route("POST", "/api/voice/city/{pack}", take, MANAGER_UP, "Take one of the city's voices",
          answer=PackAnswer, status=201, problems=(404, 409)),
]  # fmt: skip
