"""Owns what the running server knows of its offices: whether there is one, and their addresses."""

from __future__ import annotations

import sqlite3

from server.auth.doorway import Doorway
from server.storage.store import Store

SELECT_ADDRESSES = """
SELECT COALESCE(json_extract(settings.office, '$.public_url'), '') FROM branches
JOIN settings ON settings.branch = branches.id AND version = settings_version
"""


class Offices:
    """Asked again whenever settings changed, here or by the command line.

    A server starts without an office too: the box is set up first, the office described later.
    """

    def __init__(self, store: Store, doorway: Doorway) -> None:
        self._store = store
        self._doorway = doorway
        self._any = False

    async def hear(self) -> None:
        """Take over what the settings say now."""
        addresses = await self._store.read(_addresses)
        self._any = bool(addresses)
        self._doorway.known_as([each for each in addresses if each])

    def none(self) -> bool:
        """Whether no office is described yet."""
        return not self._any


def _addresses(db: sqlite3.Connection) -> list[str]:
    """Return the public address of every office, "" where it names none."""
    return [row[0] for row in db.execute(SELECT_ADDRESSES)]
