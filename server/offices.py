"""Owns what the running server knows of its offices: whether there is one, and their addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from server.auth.demo_people import own_offices
from server.auth.doorway import Doorway
from server.auth.registry import public_addresses
from server.storage.queries import boxes, offices
from server.storage.store import Store


class Offices:
    """Asked again whenever settings changed, here or by the command line.

    A server starts without an office too: the box is set up first, the office described later. A
    city's server needs none of its own.
    """

    def __init__(self, store: Store, doorway: Doorway) -> None:
        self._store = store
        self._doorway = doorway
        self._any = False
        self._own = ""

    async def hear(self) -> None:
        """Take over what the settings say now."""
        addresses, self._own = await self._store.read(
            lambda db: (public_addresses(db), _own_name(db))
        )
        self._any = bool(addresses) or bool(await self._store.read(boxes.boxes))
        self._doorway.known_as([each for each in addresses if each])

    def none(self) -> bool:
        """Whether no office is described yet."""
        return not self._any

    def halls(self, *, demo: bool) -> Callable[[], dict[str, str | None]]:
        """Return what tells the start page whether a demo is shown, and the own office's name."""
        return lambda: {"demo": "yes" if demo else None, "own": self._own or None}


def _own_name(db: sqlite3.Connection) -> str:
    known = offices.offices(db)
    return next((known[each].name for each in own_offices(db)), "")
