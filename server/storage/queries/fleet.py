"""How devices were when they were last heard."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import column, every


class KeptLook(NamedTuple):
    """How a device was at a moment, as JSON."""

    device: str
    branch: int
    at: Millis
    look: str


class Device(NamedTuple):
    """A key that a device, or a print agent, holds."""

    id: str
    role: str
    name: str
    counter: int | None
    paired_at: Millis


class OfBranch(NamedTuple):
    """A device with the code of its branch."""

    id: str
    branch: str
    role: str


def with_a_page(db: sqlite3.Connection) -> list[OfBranch]:
    """Return the kiosks, displays and tablets of all branches whose keys hold."""
    sql = """
        SELECT tokens.id, branches.code, role FROM tokens
        JOIN branches ON branches.id = tokens.branch
        WHERE role IN ('kiosk', 'display', 'tablet') AND revoked_at IS NULL
        ORDER BY branches.code, role
    """
    return every(db, OfBranch, sql)


def devices(db: sqlite3.Connection, branch: int) -> list[Device]:
    """Return the devices of a branch whose keys hold: by kind, then by name."""
    sql = """
        SELECT id, role, name, counter, created_at FROM tokens
        WHERE branch = ? AND role IN ('kiosk', 'display', 'tablet', 'care', 'agent')
            AND revoked_at IS NULL
        ORDER BY role, name, id
    """
    return every(db, Device, sql, (branch,))


def valid(db: sqlite3.Connection) -> set[str]:
    """Return the ids of all keys that open the door."""
    return set(column(db, "SELECT id FROM tokens WHERE revoked_at IS NULL"))


def looks(db: sqlite3.Connection) -> list[KeptLook]:
    """Return what is kept of the devices whose keys hold."""
    sql = """
        SELECT device, device_looks.branch, at, look FROM device_looks
        JOIN tokens ON tokens.id = device WHERE revoked_at IS NULL
    """
    return every(db, KeptLook, sql)


def put_looks(db: sqlite3.Connection, branch: int, kept: Iterable[KeptLook]) -> None:
    """Keep how devices of a branch are now; what is known of ended ones goes."""
    db.executemany(
        "INSERT INTO device_looks (device, branch, at, look) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (device) DO UPDATE SET at = excluded.at, look = excluded.look",
        kept,
    )
    db.execute(
        "DELETE FROM device_looks WHERE branch = ? AND device IN "
        "(SELECT id FROM tokens WHERE revoked_at IS NOT NULL)",
        (branch,),
    )


def forget_look(db: sqlite3.Connection, id_: str) -> None:
    """Forget how a device was."""
    db.execute("DELETE FROM device_looks WHERE device = ?", (id_,))


def rename(db: sqlite3.Connection, id_: str, name: str) -> None:
    """Give a device another name."""
    db.execute("UPDATE tokens SET name = ? WHERE id = ?", (name, id_))


def rename_kiosk_of_printers(db: sqlite3.Connection, branch: int, old: str, new: str) -> None:
    """Let the printers of a kiosk follow its name."""
    db.execute("UPDATE printers SET kiosk = ? WHERE branch = ? AND kiosk = ?", (new, branch, old))
