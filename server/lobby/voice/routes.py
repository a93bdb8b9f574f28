"""Owns the calls about the voice: what a display speaks with, and the staff's own voices."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from server.api.requests import Reason, Request
from server.api.routing import Call, Route, receive
from server.branches import change
from server.domain.checks import completed
from server.domain.errors import Invalid, NotFound
from server.domain.names import named
from server.domain.office import Office
from server.domain.roles import ANY_ROLE, DISPLAY, KIOSK, MANAGER_UP
from server.domain.texts import DAY, PRINTABLE
from server.domain.voice import Voice
from server.lobby.screens import Screens
from server.lobby.voice.owners import branch_code, ours, owner_of
from server.lobby.voice.packs import MAX_CLIP, MAX_ZIP, Card, Pack, Packs
from server.lobby.voice.spoken import Said, in_words, spoken
from server.lobby.voice.tables import Table
from server.storage.transaction import SqliteTx

SHIPPED_CLIPS = Path(__file__).resolve().parents[3] / "display" / "static" / "voices"
HEARERS = MANAGER_UP | {DISPLAY, KIOSK}
WAV, ZIP = "audio/wav", "application/zip"
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=PRINTABLE)]


@dataclass(frozen=True)
class Voices:
    """What the voice rooms of the server know; made once at start."""

    packs: Packs
    tables: dict[str, Table]
    shipped: dict[str, list[str]]
    screens: Screens


VOICES = web.AppKey("VOICES", Voices)


def shipped_clips() -> dict[str, list[str]]:
    """Return the clips that ship, per language."""
    return {
        folder.name: sorted(path.stem for path in folder.glob("*.ogg"))
        for folder in sorted(SHIPPED_CLIPS.glob("*"))
        if folder.is_dir()
    }


class VoiceChoice(msgspec.Struct, frozen=True):
    """One set of clips: id of the staff's pack, or ``""``; clip -> address."""

    pack: str
    clips: dict[str, str]


class LanguageAnswer(msgspec.Struct, frozen=True):
    """A spoken language: its table, and the voices to take clips from, the preferred first."""

    table: Table
    voices: list[VoiceChoice]


class VoiceAnswer(msgspec.Struct, frozen=True):
    """How this hall speaks.

    Attributes:
        rules: the office's wishes; ``languages``, those of every call, is never empty here.
        languages: those of every call, and those in which visitors may have taken their number.
        last_recall: the repeat that is the last one, said as such; 0 when there is no last.
    """

    rules: Voice
    last_recall: int
    zone: str
    languages: dict[str, LanguageAnswer]


class Sentence(msgspec.Struct, frozen=True):
    """A call as clips and as words."""

    clips: list[str]
    words: str


class SetVoice(Request, frozen=True):
    """How calls shall be heard from now on."""

    voice: Voice


class NewPack(Request, frozen=True):
    """A new voice: whose it is, and the consent in words."""

    person: Line
    consent: Reason
    agreed_on: Annotated[str, msgspec.Meta(pattern=DAY)]
    licence: Annotated[str, msgspec.Meta(max_length=80, pattern=PRINTABLE)] = ""


class PackAnswer(msgspec.Struct, frozen=True):
    """A staff voice: whose, and which clips exist per language."""

    id: str
    card: Card
    clips: dict[str, list[str]]
    active: bool


class PackList(msgspec.Struct, frozen=True):
    """The staff's voices, and every text a voice can be asked to say.

    Attributes:
        needed: language -> the clips this office's calls are made of, then its services' names,
            which a kiosk says to who asks what a button is.
        names: clip -> text of the agencies' and services' names, per language.
    """

    packs: list[PackAnswer]
    tables: dict[str, Table]
    needed: dict[str, list[str]]
    names: dict[str, dict[str, str]]


def languages_of(office: Office, tables: dict[str, Table]) -> list[str]:
    """Return the languages calls are said in: the office's wish, else its first known one."""
    wanted = office.voice.languages or office.languages[:1]
    known = [language for language in wanted if language in tables]
    return known or [next(iter(tables))]


def needed_clips(office: Office, table: Table) -> list[str]:
    """Return the clips that this office's calls are made of, in the order to record them."""
    seen: dict[str, None] = {}
    for kind in ("call", "recall", "last"):
        for service in office.services:
            for counter in office.counters:
                said = Said(
                    service.prefix + "0123456789", counter.number, kind, service.prefix,
                    counter.names.get(table.language, ""), service.agency,
                )  # fmt: skip
                seen.update(dict.fromkeys(spoken(said, table)))
    if office.voice.style == "natural":
        seen.update(dict.fromkeys([*table.numbers, *table.units]))
    return list(seen)


def agency_names(office: Office, language: str) -> dict[str, str]:
    """Return the clips of the agencies' names with their texts."""
    return {
        f"agency.{each.code}": named(each.names, language, each.code) for each in office.agencies
    }


def service_names(office: Office, language: str) -> dict[str, str]:
    """Return the clips of the services' names with their texts."""
    return {
        f"service.{each.code}": named(each.names, language, each.code) for each in office.services
    }


async def how(call: Call) -> VoiceAnswer:
    """Return how this hall speaks: rules, tables and the addresses of the clips."""
    voices = call.request.app[VOICES]
    office = await call.read(lambda tx: tx.office)
    pack = await _chosen(call, voices.packs, office.voice.pack)
    languages = languages_of(office, voices.tables)
    told = {}
    others = [each for each in office.languages if each in voices.tables]
    for language in dict.fromkeys(languages + others):
        choices = []
        if pack is not None and pack.clips.get(language):
            at = f"/api/voice/packs/{pack.id}/{language}/"
            choices.append(VoiceChoice(pack.id, {c: at + c for c in pack.clips[language]}))
        if language in voices.shipped:
            at = f"/display/voices/{language}/"
            clips = {clip: f"{at}{clip}.ogg" for clip in voices.shipped[language]}
            choices.append(VoiceChoice("", clips))
        told[language] = LanguageAnswer(voices.tables[language], choices)
    rules = msgspec.structs.replace(office.voice, languages=languages)
    return VoiceAnswer(rules, office.rules.max_recalls, office.zone, told)


async def _chosen(call: Call, packs: Packs, pack: str) -> Pack | None:
    if not pack:
        return None
    try:
        return await asyncio.to_thread(packs.get, await ours(call, packs, pack))
    except NotFound:
        return None  # removed since, or not ours: the voice that ships speaks


async def sentence(call: Call) -> Sentence:
    """Return what would be said for a call, for scripts and boards without a browser."""
    query, voices = call.request.query, call.request.app[VOICES]
    office = await call.read(lambda tx: tx.office)
    language = query.get("language") or languages_of(office, voices.tables)[0]
    table = voices.tables.get(language)
    if table is None:
        raise Invalid("There is no voice table for '{language}'.", field="language",
                      language=language[:16])  # fmt: skip
    label, number = query.get("label", ""), query.get("counter", "")
    if not label.isascii() or not label.isalnum() or len(label) > 12:  # noqa: PLR2004
        raise Invalid("A label has letters and digits.", field="label")
    if not (number.isascii() and number.isdigit() and len(number) <= 4):  # noqa: PLR2004
        raise Invalid("A counter's number has up to four digits.", field="counter")
    kind = query.get("kind", "call")
    if kind not in {"call", "recall", "last"}:
        raise Invalid("A call is one of: call, recall, last.", field="kind")
    said = Said(label, int(number), _kind(kind), _prefix(office, label))
    clips = spoken(said, table, office.voice.style)
    return Sentence(clips, in_words(clips, table))


def _kind(kind: str) -> Literal["call", "recall", "last"]:
    return "last" if kind == "last" else "recall" if kind == "recall" else "call"


def _prefix(office: Office, label: str) -> str:
    fitting = [each.prefix for each in office.services if label.startswith(each.prefix)]
    return max(fitting, key=len, default="")


async def set_voice(call: Call) -> web.Response:
    """Take over how calls are heard; a new version of the settings, as any change of them."""
    body: SetVoice = call.body
    voices = call.request.app[VOICES]
    for language in body.voice.languages:
        if language not in voices.tables:
            raise Invalid("There is no voice table for '{language}'.", field="voice.languages",
                          language=language[:16])  # fmt: skip
    if body.voice.pack:
        await asyncio.to_thread(voices.packs.get, await ours(call, voices.packs, body.voice.pack))

    def command(tx: SqliteTx) -> None:
        change(tx, completed(msgspec.structs.replace(tx.office, voice=body.voice)))

    return await call.do(command)


async def packs(call: Call) -> PackList:
    """Return the staff's voices and what there is to record."""
    voices = call.request.app[VOICES]
    office = await call.read(lambda tx: tx.office)
    known = [
        each
        for each in await asyncio.to_thread(voices.packs.all)
        if await owner_of(call, voices.packs, each.id) == office.code
    ]
    return PackList(
        [_answer(each, office) for each in known],
        voices.tables,
        {
            language: [*needed_clips(office, table), *service_names(office, language)]
            for language, table in voices.tables.items()
        },
        {
            language: agency_names(office, language) | service_names(office, language)
            for language in voices.tables
        },
    )


def _answer(pack: Pack, office: Office) -> PackAnswer:
    return PackAnswer(pack.id, pack.card, pack.clips, pack.id == office.voice.pack)


async def new_pack(call: Call) -> PackAnswer:
    """Start a voice: the person's name and consent come before the first recording."""
    body: NewPack = call.body
    card = Card(body.person, body.consent, body.agreed_on, body.licence)
    store = call.request.app[VOICES].packs
    pack = await asyncio.to_thread(store.create, card, await branch_code(call))
    await call.note("voice_made", name=body.person)
    return PackAnswer(pack.id, pack.card, pack.clips, active=False)


async def remove_pack(call: Call) -> None:
    """Delete a voice and its recordings."""
    store = call.request.app[VOICES].packs
    await asyncio.to_thread(store.remove, await ours(call, store, call.path("pack")))
    await call.note("voice_removed")
    call.request.app[VOICES].screens.changed()


async def put_clip(call: Call) -> None:
    """Keep one recording."""
    store = call.request.app[VOICES].packs
    where = await ours(call, store, call.path("pack")), call.path("language"), call.path("clip")
    sound = await receive(call, MAX_CLIP)
    await asyncio.to_thread(store.put, *where, sound)
    call.request.app[VOICES].screens.changed()


async def drop_clip(call: Call) -> None:
    """Delete one recording."""
    store = call.request.app[VOICES].packs
    where = await ours(call, store, call.path("pack")), call.path("language"), call.path("clip")
    await asyncio.to_thread(store.drop, *where)


async def get_clip(call: Call) -> web.StreamResponse:
    """Return one recording."""
    store = call.request.app[VOICES].packs
    where = await ours(call, store, call.path("pack")), call.path("language"), call.path("clip")
    path = await asyncio.to_thread(store.clip, *where)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff",
               "Content-Type": WAV}  # fmt: skip
    return web.FileResponse(path, headers=headers)


async def export(call: Call) -> web.Response:
    """Return a voice as one file."""
    store = call.request.app[VOICES].packs
    pack = await ours(call, store, call.path("pack"))
    await call.note("voice_taken")
    body = await asyncio.to_thread(store.export, pack)
    name = f'attachment; filename="ramah-voice-{pack}.zip"'
    tag = hashlib.sha256(body).hexdigest()[:20]
    headers = {"Content-Disposition": name, "ETag": f'"{tag}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=ZIP, headers=headers)


async def take_in(call: Call) -> PackAnswer:
    """Take a voice in from one file."""
    content = await receive(call, MAX_ZIP)
    packs, branch = call.request.app[VOICES].packs, await branch_code(call)
    pack = await asyncio.to_thread(packs.take_in, content, branch)
    await call.note("voice_made", name=pack.card.person)
    return PackAnswer(pack.id, pack.card, pack.clips, active=False)


ONE_CLIP = "/api/voice/packs/{pack}/{language}/{clip}"
ROUTES = [
    Route("GET", "/api/voice", how, ANY_ROLE, "How this hall speaks", answer=VoiceAnswer),
    Route("POST", "/api/voice", set_voice, MANAGER_UP, "Change how calls are heard",
          body=SetVoice, status=204, idempotent=True),
    Route(
        "GET", "/api/voice/spoken", sentence, ANY_ROLE, "What is said for a call",
        answer=Sentence,
        query={"label": (r"^[A-Za-z0-9]{1,12}$", "the ticket's number"),
               "counter": (r"^\d{1,4}$", "the counter's number"),
               "kind": (r"^(call|recall|last)$", "first call, repeat or last call"),
               "language": (r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", "default: the hall's first")},
    ),
    Route("GET", "/api/voice/packs", packs, MANAGER_UP, "The staff's own voices", answer=PackList),
    Route("POST", "/api/voice/packs", new_pack, MANAGER_UP, "Start a voice, with its consent",
          answer=PackAnswer, body=NewPack, status=201),
    Route("POST", "/api/voice/packs/import", take_in, MANAGER_UP, "Take a voice in from a file",
          answer=PackAnswer, upload=ZIP, status=201),
    Route("GET", "/api/voice/packs/{pack}/export", export, MANAGER_UP, "A voice as one file",
          answer=bytes, media=ZIP),
    Route("DELETE", "/api/voice/packs/{pack}", remove_pack, MANAGER_UP,
          "Delete a voice and its recordings", status=204),
    Route("GET", ONE_CLIP, get_clip, HEARERS, "One recording", answer=bytes, media=WAV),
    Route("POST", ONE_CLIP, put_clip, MANAGER_UP, "Keep one recording", upload=WAV, status=204),
    Route("DELETE", ONE_CLIP, drop_clip, MANAGER_UP, "Delete one recording", status=204),
]  # fmt: skip
