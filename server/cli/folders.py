"""What the doctor finds in the folders beside the log: files that are named and not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from server.comfort.photos import Photos
from server.domain.errors import NotFound, Phrase
from server.domain.words import marked as _
from server.lobby.media.shelf import Shelf
from server.lobby.voice.packs import Packs
from server.storage.address import address_of
from server.storage.queries import comfort, media, offices


def missing_files(db: sqlite3.Connection, data: Path) -> Iterator[Phrase]:
    """Tell what the offices show, say or keep, and what no file of this folder holds."""
    shelf, photos, packs = Shelf(data), Photos(data), Packs(data)
    known = offices.offices(db)
    for branch in offices.branches(db):
        gone = {
            "media": [
                row.file
                for row in media.shelf(db, branch.id)
                if row.file and not shelf.path(row.file).is_file()
            ],
            "photos": [
                file
                for file in comfort.photos(db, branch.id)
                if not photos.path(branch.id, file).is_file()
            ],
            "voices": _unheard(packs, known[branch.id].voice.pack) if branch.id in known else [],
        }
        for folder, names in gone.items():
            if names:
                one = _("{code}: 1 file is not in {folder} ({name}): {advice}")
                more = _("{code}: {count} files are not in {folder} ({name}): {advice}")
                yield Phrase(
                    one if len(names) == 1 else more,
                    code=branch.code, count=len(names), folder=data / folder, name=names[0],
                    advice=_advice(data),
                )  # fmt: skip


def _unheard(packs: Packs, pack: str) -> list[str]:
    if not pack:
        return []
    try:
        packs.get(pack)
    except NotFound:
        return [pack]
    return []


def _advice(data: Path) -> Phrase:
    if address_of(data) is None:
        return Phrase(_("they come back with a backup (ramah restore)"))
    return Phrase(_("all servers of a store share that folder (docs/city.md)"))
