"""Owns setting a branch up: settings from a TOML file become a new version in the log.

So does the look of the ticket, when a manager saves it from its page.
"""

from __future__ import annotations

import base64
import binascii
import sqlite3
import tomllib
from collections.abc import Collection
from functools import partial
from pathlib import Path
from threading import Lock

import msgspec

from printer.logo import NoPicture, dots, shrink
from server.domain.checks import completed, filled, paper_problems, problems
from server.domain.deeds import COMMAND_LINE
from server.domain.desks import take_out
from server.domain.errors import Conflict, Invalid
from server.domain.events import Configured
from server.domain.office import Office, Paper
from server.domain.tx import Actor
from server.fitting import fitting
from server.mistakes import Mistakes, spoken, unreadable, voiced
from server.settings import mistakes, paper_mistakes, plain
from server.storage.ids import Ids
from server.storage.queries import offices
from server.storage.transaction import SqliteTx
from server.storage.writer import run_alone
from web.i18n import Catalogs

TECHNICIAN = Actor("command-line", "admin", "command line", place=COMMAND_LINE)


def read_office(path: Path, voices: Collection[str] | None = None) -> Office:
    """Return the office a settings file describes.

    With ``voices``, the languages that calls can be spoken in, it may name no other language
    than those and the pages' own: such a text would never be read or heard.

    Raises:
        OSError: the file cannot be read.
        Invalid: it does not hang together; names the field.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            "The file is not written in UTF-8. Save it again in your editor as UTF-8.", field="file"
        ) from error
    try:
        raw = {key: plain(each) for key, each in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError as error:
        raise unreadable(text, error) from error
    _take_logo(raw, path.parent)
    return described(raw, voices)


def described(raw: dict[str, object], voices: Collection[str] | None = None) -> Office:
    """Return the office that settings describe, whole and checked.

    Raises:
        Mistakes: everything that is wrong with them. Invalid: they do not fit at all.
    """
    found = wrong(raw, voices)
    if found:
        raise Mistakes(found)
    return completed(filled(msgspec.convert(raw, Office)))


def wrong(raw: dict[str, object], voices: Collection[str] | None = None) -> list[Invalid]:
    """Return everything that is wrong with settings: first what has the wrong form.

    Raises:
        Invalid: they do not fit at all.
    """
    known = Catalogs.known()
    found = mistakes(raw, known if voices is not None else ())
    found += spoken(raw.get("languages"), known)
    voice = raw.get("voice")
    if voices is not None and isinstance(voice, dict):
        found += voiced(voice.get("languages"), voices)
    if found:
        office = fitting(raw, {each.field for each in found if each.field})
        return found if office is None else [*found, *problems(office)]
    try:
        office = filled(msgspec.convert(raw, Office))
    except msgspec.ValidationError as error:
        raise Invalid("The settings do not fit: {why}", field="file", why=error) from error
    logo = office.paper.logo
    if logo and dots(logo) is None:
        found.append(Invalid(
            "This logo is no picture that can be printed. It is chosen on the page of the ticket.",
            field="paper.logo",
        ))  # fmt: skip
    return [*found, *problems(office)]


def _take_logo(raw: dict[str, object], folder: Path) -> None:
    """Put the picture that ``paper.logo`` names into the settings.

    Raises:
        Invalid: there is no such file, or it is no picture.
    """
    paper = raw.get("paper")
    if not isinstance(paper, dict):
        return
    name = paper.get("logo")
    if not isinstance(name, str) or not name:
        return
    if name.startswith("data:"):
        paper["logo"] = _sound_logo(name)
        return
    try:
        paper["logo"] = shrink((folder / name).read_bytes())
    except OSError as error:
        raise Invalid(
            "The logo '{name}' cannot be read: is it beside the settings file?",
            field="paper.logo",
            name=name[:80],
        ) from error
    except NoPicture as error:
        raise Invalid("The logo cannot be used: {why}.", field="paper.logo", why=error) from error


def sound_paper(paper: Paper) -> Paper:
    """Return the look of a ticket as the settings keep it: the logo small, empty words left out.

    Reads a picture, so call it beside the loop.

    Raises:
        Invalid: names the field that cannot be printed as it is.
    """
    for wrong_ in (*paper_mistakes(paper), *paper_problems(paper)):
        raise wrong_
    foot = {language: text.strip() for language, text in paper.foot.items() if text.strip()}
    return msgspec.structs.replace(paper, foot=foot, logo=_sound_logo(paper.logo))


_ONE = Lock()
"""One picture at a time is unpacked: it takes up to a hundred megabytes for a moment."""


def _sound_logo(logo: str) -> str:
    if not logo:
        return ""
    head, _, data = logo.partition(";base64,")
    try:
        if not head.startswith("data:image/"):
            raise NoPicture("it is no picture")
        with _ONE:
            return shrink(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Invalid("The logo cannot be used: {why}.", field="paper.logo", why=error) from error


def change_paper(tx: SqliteTx, paper: Paper) -> None:
    """Put the look of the ticket in force, as a new version of the settings.

    The same look again writes nothing. ``paper`` is as ``sound_paper`` returned it.

    Raises:
        Invalid: last words in a language that this office does not offer.
    """
    for language in paper.foot:
        if language not in tx.office.languages:
            raise Invalid(
                "This office does not offer the language '{language}'.",
                field="paper.foot",
                language=language[:20],
            )
    change(tx, msgspec.structs.replace(tx.office, paper=paper))


def change(tx: SqliteTx, office: Office) -> None:
    """Put settings in force as a new version; the same again write nothing."""
    if office != tx.office:
        version = offices.branch(tx.aside, tx.branch).version
        tx.append(Configured(version + 1, office))


def change_to(tx: SqliteTx, office: Office) -> int:
    """Put settings in force that may also drop counters, and return their version.

    The same again write nothing.

    Raises:
        Conflict: they are another office's.
    """
    if office.code != tx.office.code:
        raise Conflict(
            "The short name of an office is for life; this one is '{code}'.",
            field="code", code=tx.office.code,
        )  # fmt: skip
    version = offices.branch(tx.aside, tx.branch).version
    if office == tx.office:
        return version
    put_in_force(tx, Configured(version + 1, office))
    return version + 1


def configure(db: sqlite3.Connection, office: Office) -> tuple[int, int]:
    """Add the branch, or give it new settings; return its number and the settings' version.

    The same settings again write nothing. Works beside a running server, which takes the new
    settings over within a second.
    """
    branch = offices.add_branch(db, office.code)
    version = offices.branch(db, branch).version
    if offices.office(db, branch) == office:
        return branch, version
    event = Configured(version + 1, office)
    run_alone(db, branch, TECHNICIAN, Ids(), partial(put_in_force, event=event))
    return branch, version + 1


def put_in_force(tx: SqliteTx, event: Configured) -> None:
    """Write a new version of the settings; nobody has to wait for a counter that it drops."""
    before = tx.office.counters if tx.configured else []
    tx.append(event)
    kept = {counter.id for counter in event.office.counters}
    for counter in before:
        if counter.id not in kept:
            take_out(tx, counter)
