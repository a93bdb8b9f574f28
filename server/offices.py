"""Owns what the running server knows of its offices: whether there is one, and their addresses."""

from __future__ import annotations

from server.auth.doorway import Doorway
from server.auth.registry import public_addresses
from server.storage.queries import boxes
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

    async def hear(self) -> None:
        """Take over what the settings say now."""
        addresses = await self._store.read(public_addresses)
        self._any = bool(addresses) or bool(await self._store.read(boxes.boxes))
        self._doorway.known_as([each for each in addresses if each])

    def none(self) -> bool:
        """Whether no office is described yet."""
        return not self._any
