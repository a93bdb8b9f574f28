"""Owns the calls about a hall's devices: list, another name, load the page again, end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.hall import Hall
from server.api.printers import STATES
from server.api.requests import NoBody, Request
from server.api.routing import Call, Route
from server.domain.roles import AGENT, MANAGER_UP
from server.domain.texts import SAID, one_line
from server.domain.tx import Actor
from server.fleet import acts
from server.fleet.listing import DeviceNow, listed
from server.papers import agent_key
from server.push.socket import Socket
from server.storage.queries import keys
from server.storage.transaction import SqliteTx

WATCHER = Actor("fleet", "system")
RELOAD = b'{"type":"reload"}'


class DeviceList(msgspec.Struct, frozen=True):
    """The devices of a hall; ``version`` is the server's own, which pages should have."""

    devices: list[DeviceNow]
    version: str


class RenameDevice(Request, frozen=True):
    """What people call it from now on."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=SAID)]


class DeviceTold(msgspec.Struct, frozen=True):
    """How many pages were told; 0 when it is not in touch."""

    pages: int


async def devices(call: Call) -> DeviceList:
    """Return every device of the hall and how it is."""
    found = await devices_of(call.hall, call.who.branch)
    return DeviceList(in_words(call, found), call.hall.version)


async def devices_of(hall: Hall, branch: int) -> list[DeviceNow]:
    """Return the devices of a hall as they are now."""
    online = {each.who.actor.id.removeprefix("token:") for each in hall.hub.feed(branch)}
    if hall.store.owners.at(branch):  # its sockets are at another server
        await hall.looks.read()
        online |= hall.looks.near(branch)
    states = hall.printers()

    def query(tx: SqliteTx) -> list[DeviceNow]:
        return listed(tx, hall.looks, online | _agents(hall, tx), states)

    return await hall.snapshots.view(branch, WATCHER, query)


def _agents(hall: Hall, tx: SqliteTx) -> set[str]:
    """Return the ids of print agents that are connected."""
    return {
        each.id for each in keys.devices(tx.db, tx.branch, AGENT)
        if hall.agents.find(agent_key(tx.branch, each.name)) is not None
    }  # fmt: skip


def in_words(call: Call, found: Iterable[DeviceNow]) -> list[DeviceNow]:
    """Return devices with their printers' states in the caller's language."""
    return [_in_words(call, each, call.language) for each in found]


def _in_words(call: Call, each: DeviceNow, language: str) -> DeviceNow:
    if not each.state:
        return each
    words = call.hall.translate(language, STATES.get(each.state, STATES["io"]))
    return msgspec.structs.replace(each, words=words)


async def rename(call: Call) -> web.Response:
    """Give a device another name; a print agent keeps its own, which is in printers' addresses."""
    device, name = call.path("device"), one_line(call.body.name)
    answer = await call.do(lambda tx: acts.rename(tx, device, name))
    call.hall.access.forget()
    return answer


async def reload(call: Call) -> web.Response:
    """Have a device load its page again as soon as nobody is in the middle of something there."""
    device = call.path("device")
    pages = pages_of(call.hall, call.who.branch, device)

    def command(tx: SqliteTx) -> DeviceTold:
        acts.load_again(tx, device)
        return DeviceTold(len(pages))

    answer = await call.do(command)
    tell_to_reload(pages)
    return answer


def pages_of(hall: Hall, branch: int, device: str) -> list[Socket]:
    """Return the pages of a device that are in touch with this server."""
    id_ = f"token:{device}"
    return [each for each in hall.hub.feed(branch) if each.who.actor.id == id_]


def tell_to_reload(pages: Iterable[Socket]) -> None:
    """Have pages load again."""
    for each in pages:
        each.write_message(RELOAD)


async def end(call: Call) -> web.Response:
    """End a device's key, at once: it was lost, sold or replaced."""
    device = call.path("device")
    answer = await call.do(lambda tx: acts.end(tx, device))
    forget_key(call.hall, device)
    return answer


def forget_key(hall: Hall, device: str) -> None:
    """Let a key that was ended open nothing any more."""
    hall.looks.forget(device)
    hall.access.forget()


ROUTES = [
    Route("GET", "/api/devices", devices, MANAGER_UP, "Every device of the hall and how it is",
          answer=DeviceList),
    Route("POST", "/api/devices/{device}/rename", rename, MANAGER_UP,
          "Give a device another name", body=RenameDevice, status=204, idempotent=True),
    Route("POST", "/api/devices/{device}/reload", reload, MANAGER_UP,
          "Have a device load its page again, when it is free", answer=DeviceTold, body=NoBody,
          idempotent=True),
    Route("DELETE", "/api/devices/{device}", end, MANAGER_UP, "End a device's key, at once",
          status=204, idempotent=True),
]  # fmt: skip
