"""Owns the kiosk's spoken sentences for halls whose browser has no voice: made from the catalogs.

    python -m server.lobby.voice.sentences       writes display/static/kiosk-voice/LANGUAGE/

Each sentence is cut at its numbers; each piece is one clip, named by its words, so that a changed
translation never plays old words. ``sentences.json`` tells the page which clips say what; numbers
come from the hall's own clips. Needs espeak-ng and ffmpeg, as ``server.lobby.voice.make`` does.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import msgspec

from server.lobby.voice.make import say
from web.i18n import Catalogs

FOLDER = Path(__file__).resolve().parents[3] / "display" / "static" / "kiosk-voice"
MANIFEST = "sentences.json"
LANGUAGES = ("id", "en")
PLACE = re.compile(r"\{(?:n|low|high)\}")
NUMBER = "#"
"""Stands for a number in the manifest."""
_HELLO = (
    "Spoken guidance is on. Move with the arrow keys, choose with Enter, go back with Escape. "
    "F1 calls our staff."
)
SAID = (
    _HELLO,
    "Nobody is waiting", "Closed for now", "Paused for a moment", "hardly any wait",
    "All numbers for today are taken", "The last number for today is given",
    "about {low} to {high} minutes", "about {low} to {high} hours",
    "Senior, expecting or nursing, with a disability or a baby?", "You may go first: touch here.",
    "Your next number goes ahead", "Your number goes ahead.", "Priority is noted.",
    "Do you have these with you?", "How many people come with this matter?",
    "One person fewer", "One person more", "Take a number", "Back", "Done", "Print again",
    "Call our staff", "Staff have been called", "Somebody is on the way", "Please see our staff",
    "Your number", "You are next.", "You are first in line.",
    "The counter is not open yet; we call you as soon as it is.",
    "Please take your paper ticket.", "Please take a seat and make yourself comfortable.",
    "The paper has run out. Please photograph this screen; your number stays valid.",
    "The printer is not working just now. Please photograph this screen; your number stays valid.",
    "Are you still here?", "Yes, I need more time", "High contrast", "Text and voice",
    "Larger text", "Everything lower down", "Spoken guidance", "on", "off", "not possible now",
    "Those who already have a number keep their place.", "More services below", "More below",
    "Our staff are happy to help if you have a question.", "Keep this look", "Not quite yet",
)  # fmt: skip
COUNTED = (
    ("{n} person waiting", "{n} people waiting"),
    ("{n} person ahead of you", "{n} people ahead of you"),
    ("about {n} minute", "about {n} minutes"),
    ("about {n} hour", "about {n} hours"),
    ("{n} person", "{n} people"),
)


def sentences(catalogs: Catalogs, language: str) -> list[str]:
    """Return what the kiosk may say in a language, with ``{n}`` and the like for numbers."""
    said = [catalogs.translate(language, each) for each in SAID]
    for one, many in COUNTED:
        for count in (1, 7):
            told = catalogs.ngettext(language, one, many, count)
            said.append(told.replace(str(count), "{n}"))
    return list(dict.fromkeys(said))


def pieces(sentence: str) -> list[str]:
    """Return a sentence as words and numbers: ``["Ada", "#", "orang di depan Anda"]``."""
    found: list[str] = []
    for at, words in enumerate(PLACE.split(sentence)):
        if at:
            found.append(NUMBER)
        if re.search(r"\w", words):
            found.append(words.strip())
    return found


def clip_of(words: str) -> str:
    """Return the name of the clip that says these words."""
    return "k-" + hashlib.sha256(words.casefold().encode()).hexdigest()[:12]


def manifest(catalogs: Catalogs, language: str) -> list[tuple[str, list[str]]]:
    """Return each sentence with its clips, ``#`` for a number."""
    return [
        (PLACE.sub(NUMBER, each), [one if one == NUMBER else clip_of(one) for one in pieces(each)])
        for each in sentences(catalogs, language)
    ]


def main() -> None:
    """Make the sentences of all shipped languages; clips of words no more said are removed."""
    catalogs = Catalogs.load()
    for language in LANGUAGES:
        folder = FOLDER / language
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {
            clip_of(one): one
            for each in sentences(catalogs, language) for one in pieces(each) if one != NUMBER
        }  # fmt: skip
        for old in folder.glob("k-*.ogg"):
            if old.stem not in wanted:
                old.unlink()
        for clip, words in wanted.items():
            if not (folder / f"{clip}.ogg").exists():
                say(words, language, folder / f"{clip}.ogg")
        (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest(catalogs, language)) + b"\n")
        sys.stdout.write(f"{language}: {len(wanted)} clips\n")


if __name__ == "__main__":
    main()
