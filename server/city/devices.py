"""The devices of all halls: what an office's server tells of its own, and the city's list.

A report is how things stand, no log: the newest takes the place of the one before, and what was
missed is missed.
"""

from __future__ import annotations

import gzip
import sqlite3
import zlib
from collections.abc import Iterable, Sequence

import msgspec

from server.city.halls import silent
from server.city.taking import box_of
from server.city.wishes import WishNow
from server.domain.day import Millis, iso
from server.domain.errors import Invalid
from server.fleet.listing import DeviceNow
from server.storage.queries import boxes
from server.storage.transaction import SqliteTx

MOST = 300
"""Devices of one hall in a report."""
MOST_PACKED, MOST_PLAIN = 64_000, 400_000
LATE_MS = 15 * 60_000
"""A box tells of its devices every ten minutes also when nothing changed."""


class HallDevices(msgspec.Struct, frozen=True):
    """The devices of one hall.

    Attributes:
        told: when its server told of them; null for a hall that never did.
        late: that is so long ago that nobody knows how they are now.
        version: of its server's program.
        known, online: how many devices and printers there are, and how many are in touch.
        devices: those asked for; needing somebody first.
        wishes: of the city's people for its devices, of the last two days; read by them alone.
    """

    code: str
    name: str
    version: str
    told: str | None
    late: bool
    known: int
    online: int
    devices: list[DeviceNow]
    wishes: list[WishNow]


def pack(devices: Iterable[DeviceNow]) -> bytes:
    """Return a report as it travels: the first ``MOST`` that need somebody, then the others."""
    first = sorted(devices, key=lambda each: not each.lacks)[:MOST]
    return gzip.compress(msgspec.json.encode(first), 6, mtime=0)


def unpack(packed: bytes) -> list[DeviceNow]:
    """Return a report that came.

    Raises:
        Invalid: it is damaged, too large, or says what no device says.
    """
    opened = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = opened.decompress(packed, MOST_PLAIN)
        if opened.eof and not opened.unused_data:
            devices = msgspec.json.decode(plain, type=list[DeviceNow])
            if len(devices) <= MOST:
                return devices
    except (zlib.error, msgspec.MsgspecError, RecursionError):
        pass
    raise Invalid("The report of devices is damaged.", field="body")


def same(devices: Sequence[DeviceNow]) -> bytes:
    """Return what stays the same while nothing but time goes on."""
    still = (
        msgspec.structs.replace(each, seen_at=None, used_at=None, up_at=None, skew_s=None)
        for each in devices
    )
    return msgspec.json.encode(list(still))


def take(tx: SqliteTx, devices: Sequence[DeviceNow]) -> None:
    """Keep what the box of this branch tells.

    Raises:
        NotFound: no box rules it.
    """
    box = box_of(tx)
    boxes.put_devices(tx.aside, box.branch, msgspec.json.encode(devices).decode(), tx.now)


def of_boxes(db: sqlite3.Connection, now: Millis) -> dict[str, tuple[list[DeviceNow], str, bool]]:
    """Return what boxes told, by hall: devices, when, and whether that is long ago."""
    found = {}
    for each in boxes.devices(db):
        devices = msgspec.json.decode(each.devices, type=list[DeviceNow])
        late = silent(each.heard_at, now) or now - each.at > LATE_MS
        found[each.code] = devices, iso(each.at), late
    return found


def hall(
    code: str, name: str, version: str, devices: Sequence[DeviceNow], told: str | None,
    wishes: list[WishNow], *, late: bool, every: bool,
) -> HallDevices:  # fmt: skip
    """Return a hall's part of the list; without ``every`` only devices that need somebody."""
    wanted = sorted(
        (each for each in devices if every or each.lacks), key=lambda one: not one.lacks
    )
    online = sum(each.online for each in devices)
    return HallDevices(code, name, version, told, late, len(devices), online, wanted, wishes)
