"""Owns the staff's own voices: folders of recorded clips under ``DATA/voices/packs``.

A pack is ``PACK/pack.json`` (who speaks, and that the person agreed) and
``PACK/LANGUAGE/CLIP.wav``. Its one-file form is a zip of exactly that. All functions here touch
the disk: call them in a thread.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import secrets
import shutil
import wave
import zipfile
from pathlib import Path

import msgspec

from server.domain.errors import Invalid, NotFound
from server.uploads.halves import drop_old

CLIP = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,40}$")
LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")
PACK = re.compile(r"^[a-z0-9-]{1,40}$")
RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
MAX_SECONDS = 12
MAX_CLIP = 48_000 * 2 * MAX_SECONDS + 4096
MAX_CLIPS = 400
MAX_ZIP = 64 * 1024 * 1024
MAX_PACKS = 50
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Other packings may ask for gigabytes of memory to unpack a few bytes."""
COMING = "coming"
"""Folder beside the packs, of one on its way in: nobody hears or fetches half a voice."""
CARD = "pack.json"
OWNER = "branch"
"""File with the code of the branch that a pack belongs to; never part of an exported pack."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose voice it is.

    Attributes:
        person: the name the person wants to see here.
        consent: the sentence the person agreed to; a pack without one is not kept.
        agreed_on: local date of the consent, ``YYYY-MM-DD``.
        licence: under which the person gives the recordings to others; ``""`` for this office only.
    """

    person: str
    consent: str
    agreed_on: str
    licence: str = ""


class Pack(msgspec.Struct, frozen=True):
    """A pack as it lies on the disk: language -> clip names."""

    id: str
    card: Card
    clips: dict[str, list[str]]


class Packs:
    """The packs of a data folder."""

    def __init__(self, data: Path, folder: str = "packs") -> None:
        self._data = data
        self._folder = data / "voices" / folder

    def sweep(self, old_s: float = 0.0) -> None:
        """Delete halves of recordings that a crash left; those so old are not being written."""
        drop_old(self._folder.glob("**/*.part"), old_s)
        coming = self._data / "voices" / COMING
        drop_old(sorted(coming.glob("**/*"), reverse=True), old_s)  # what is in a folder first

    def all(self) -> list[Pack]:
        """Return every pack that has a readable card, by id."""
        found = []
        for folder in sorted(self._folder.glob("*")):
            with contextlib.suppress(NotFound):
                found.append(self.get(folder.name))
        return found

    def get(self, pack: str) -> Pack:
        """Return a pack.

        Raises:
            NotFound: there is none of this id, or its card cannot be read.
        """
        folder = self._at(pack)
        try:
            card = msgspec.json.decode((folder / CARD).read_bytes(), type=Card)
        except (OSError, msgspec.DecodeError):
            raise no_pack(pack) from None
        clips = {
            each.name: sorted(path.stem for path in each.glob("*.wav"))
            for each in sorted(folder.iterdir())
            if each.is_dir() and LANGUAGE.fullmatch(each.name)
        }
        return Pack(pack, card, clips)

    def owner(self, pack: str) -> str | None:
        """Return the code of the pack's branch; ``None`` while it was given to none.

        Raises:
            NotFound: there is no such pack.
        """
        try:
            return (self._at(pack) / OWNER).read_text("utf-8").strip() or None
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def give(self, pack: str, branch: str) -> None:
        """Let a pack belong to the branch with this code."""
        _write(self._at(pack) / OWNER, branch.encode())

    def create(self, card: Card, branch: str = "") -> Pack:
        """Make an empty pack of a branch.

        Raises:
            Invalid: no name, no consent, or too many packs.
        """
        if not card.person.strip() or not card.consent.strip():
            raise Invalid("A voice needs its person's name and consent.", field="consent")
        self._check_room(branch)
        slug = re.sub(r"[^a-z0-9]+", "-", card.person.casefold()).strip("-")[:30] or "voice"
        pack = f"{slug}-{secrets.token_hex(2)}"
        folder = self._folder / pack
        folder.mkdir(parents=True)
        if branch:
            self.give(pack, branch)
        (folder / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card)))
        return Pack(pack, card, {})

    def _check_room(self, branch: str) -> None:
        own = [each for each in self._folder.glob("*") if (self.owner(each.name) or "") == branch]
        if len(own) >= MAX_PACKS:
            raise Invalid("There are {n} voices already; remove one.", field="person", n=MAX_PACKS)

    def remove(self, pack: str) -> None:
        """Delete a pack and its recordings: a person may take the consent back at any time."""
        shutil.rmtree(self._at(pack))

    def clip(self, pack: str, language: str, clip: str) -> Path:
        """Return the file of a clip.

        Raises:
            NotFound: the pack does not have it.
        """
        path = self._clip_path(pack, language, clip)
        if not path.is_file():
            raise NotFound("This voice has no '{clip}' yet.", field="clip", clip=clip[:41])
        return path

    def put(self, pack: str, language: str, clip: str, sound: bytes) -> None:
        """Keep a recording, after checking it; the old one stays if this one does not fit.

        Raises:
            NotFound: no such pack. Invalid: no plain WAV of a fitting length.
        """
        path = self._clip_path(pack, language, clip)
        if len(self.get(pack).clips.get(language, [])) >= MAX_CLIPS:
            raise Invalid("A voice has at most {n} clips.", field="clip", n=MAX_CLIPS)
        check_wave(sound)
        path.parent.mkdir(exist_ok=True)
        _write(path, sound)

    def drop(self, pack: str, language: str, clip: str) -> None:
        """Delete one clip; one that is not there is fine."""
        self._clip_path(pack, language, clip).unlink(missing_ok=True)

    def export(self, pack: str) -> bytes:
        """Return the pack as one zip file."""
        known = self.get(pack)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(self._at(pack) / CARD, CARD)
            for language, clips in known.clips.items():
                for clip in clips:
                    name = f"{language}/{clip}.wav"
                    archive.write(self._at(pack) / name, name)
        return out.getvalue()

    def take_in(self, content: bytes, branch: str = "", wanted: str = "") -> Pack:
        """Keep the pack in a zip file, for a branch; all of it, or nothing, whenever power fails.

        Its id is a new one, or the wanted one where that is free.

        Raises:
            Invalid: it is no pack, or a clip in it does not fit.
        """
        card, sounds = read_zip(content)
        self._check_room(branch)
        coming = Packs(self._data, COMING)
        made = coming.create(card, branch).id
        free = PACK.fullmatch(wanted) and not (self._folder / wanted).exists()
        pack = wanted if free else made
        try:
            for (language, clip), sound in sounds.items():
                coming.put(made, language, clip, sound)
            self._folder.mkdir(parents=True, exist_ok=True)
            coming._at(made).rename(self._folder / pack)
        except Exception:
            coming.remove(made)
            raise
        return self.get(pack)

    def _at(self, pack: str) -> Path:
        if not PACK.fullmatch(pack) or not (self._folder / pack).is_dir():
            raise no_pack(pack)
        return self._folder / pack

    def _clip_path(self, pack: str, language: str, clip: str) -> Path:
        folder = self._at(pack)
        if not _is_clip(language, clip):
            raise NotFound("This voice has no '{clip}' yet.", field="clip", clip=clip[:41])
        return folder / language / f"{clip}.wav"


def no_pack(pack: str) -> NotFound:
    """Return the refusal of a voice that is not there, or not for the asker."""
    return NotFound("There is no voice '{pack}'.", field="pack", pack=pack[:40])


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole, so that a power cut leaves the old or the new one."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _is_clip(language: str, clip: str) -> bool:
    return bool(LANGUAGE.fullmatch(language) and CLIP.fullmatch(clip)) and ".." not in clip


def _check_card(card: Card) -> None:
    """Refuse what no form of ours takes: endless, empty or broken texts.

    Raises:
        Invalid: naming the field.
    """
    for name, most in (("person", 80), ("consent", 200), ("agreed_on", 10), ("licence", 80)):
        text = getattr(card, name)
        if len(text) > most or not " ".join(text.split()).isprintable():
            raise Invalid("This file is not a Ramah voice.", field=name)


def check_wave(sound: bytes) -> float:
    """Return the seconds of a clip, after checking that it is mono 16-bit PCM of bounded length.

    Raises:
        Invalid: it is not.
    """
    if len(sound) > MAX_CLIP:
        raise Invalid("A clip lasts at most {n} seconds.", field="body", n=MAX_SECONDS)
    try:
        with wave.open(io.BytesIO(sound)) as file:
            form = file.getnchannels(), file.getsampwidth(), file.getcomptype()
            rate, frames = int(file.getframerate()), int(file.getnframes())
            whole = len(file.readframes(frames)) == frames * 2
    except Exception:  # noqa: BLE001 - a damaged file raises nearly anything
        raise Invalid("This is no WAV sound.", field="body") from None
    if form != (1, 2, "NONE") or rate not in RATES or not whole:
        raise Invalid("A clip is WAV, one channel, 16 bits.", field="body")
    if not rate // 20 <= frames <= rate * MAX_SECONDS:
        raise Invalid("A clip lasts at most {n} seconds.", field="body", n=MAX_SECONDS)
    return frames / rate


def read_zip(content: bytes) -> tuple[Card, dict[tuple[str, str], bytes]]:
    """Return the card and clips in a zip file; nothing in it decides where anything is written.

    Raises:
        Invalid: it is no pack, holds other files, or is too large when unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            card, sounds = _unpacked(archive)
    except Invalid:
        raise
    except Exception:  # noqa: BLE001 - a damaged archive raises nearly anything
        raise _no_voice() from None
    for sound in sounds.values():
        check_wave(sound)
    return card, sounds


def _no_voice() -> Invalid:
    return Invalid("This file is not a Ramah voice.", field="body")


def _unpacked(archive: zipfile.ZipFile) -> tuple[Card, dict[tuple[str, str], bytes]]:
    entries = archive.infolist()
    if len(entries) > MAX_CLIPS + 1 or sum(each.file_size for each in entries) > MAX_ZIP:
        raise Invalid("This voice is too large.", field="body")
    known_packing = all(each.compress_type in PACKED for each in entries)
    if not known_packing or len({each.filename for each in entries}) != len(entries):
        raise _no_voice()
    with archive.open(CARD) as file:
        card = msgspec.json.decode(file.read(64_000), type=Card)
    _check_card(card)
    sounds: dict[tuple[str, str], bytes] = {}
    for each in entries:
        if each.filename == CARD:
            continue
        language, _, name = each.filename.partition("/")
        clip = name.removesuffix(".wav")
        if not (_is_clip(language, clip) and name.endswith(".wav")):
            raise _no_voice()
        with archive.open(each) as file:
            sounds[language, clip] = file.read(MAX_CLIP + 1)
    return card, sounds
