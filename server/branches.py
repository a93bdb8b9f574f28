"""Owns setting a branch up: settings from a TOML file become a new version in the log."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path

import msgspec

from printer.logo import NoPicture, shrink
from server.domain.errors import Invalid
from server.domain.events import Configured
from server.domain.office import Office, completed
from server.domain.tx import Actor
from server.storage.ids import Ids
from server.storage.store import run_alone

TECHNICIAN = Actor("command-line", "admin", "command line")


def read_office(path: Path) -> Office:
    """Return the office a settings file describes.

    Raises:
        Invalid: the file cannot be read or does not hang together; names the field.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid("The file cannot be read: {why}", field="file", why=error) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("The file is not valid TOML: {why}", field="file", why=error) from error
    _take_logo(raw, path.parent)
    try:
        return completed(msgspec.convert(raw, Office))
    except msgspec.ValidationError as error:
        raise Invalid("The settings do not fit: {why}", field="file", why=error) from error


def _take_logo(raw: dict[str, object], folder: Path) -> None:
    """Put the picture that ``paper.logo`` names into the settings.

    Raises:
        Invalid: there is no such picture.
    """
    paper = raw.get("paper")
    if not isinstance(paper, dict):
        return
    name = paper.get("logo")
    if not isinstance(name, str) or not name or name.startswith("data:"):
        return
    try:
        paper["logo"] = shrink((folder / name).read_bytes())
    except OSError as error:
        raise Invalid("The file cannot be read: {why}", field="paper.logo", why=error) from error
    except NoPicture as error:
        raise Invalid("The logo cannot be used: {why}.", field="paper.logo", why=error) from error


def configure(db: sqlite3.Connection, office: Office) -> tuple[int, int]:
    """Add the branch, or give it new settings; return its number and the settings' version.

    The same settings again write nothing. Works beside a running server, which takes the new
    settings over within a second.
    """
    db.execute("INSERT INTO branches (code) VALUES (?) ON CONFLICT DO NOTHING", (office.code,))
    branch = int(db.execute("SELECT id FROM branches WHERE code = ?", (office.code,)).fetchone()[0])
    version, known = db.execute(
        "SELECT settings_version, (SELECT office FROM settings "
        "WHERE branch = branches.id AND version = settings_version) FROM branches WHERE id = ?",
        (branch,),
    ).fetchone()
    if known is not None and msgspec.json.decode(known, type=Office) == office:
        return branch, version
    event = Configured(version + 1, office)
    run_alone(db, branch, TECHNICIAN, Ids(), lambda tx: tx.append(event))
    return branch, version + 1
