"""Where a data folder's log is: in its own file, or in the PostgreSQL store that it names.

The address is kept in the folder, so that every command beside the server finds the same store,
and its password stands in no list of processes.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from server.domain.errors import Invalid, Refused

ADDRESS = "store.address"
KINDS = ("postgresql", "postgres")
MOST = 2000


class OtherStore(Refused):
    """The folder's log is somewhere else already."""


class OnlyInAFile(Refused):
    """The command works on SQLite's file, and this folder's log is in none."""


def address_of(data: Path) -> str | None:
    """Return the address of the store that a folder names; ``None``: its own file."""
    try:
        return (data / ADDRESS).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def shown(address: str) -> str:
    """Return an address as it may be read by others: without its password."""
    parts = urlsplit(address)
    place = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    return urlunsplit((parts.scheme, user + place, parts.path, "", ""))


def _is_sound(address: str) -> bool:
    if len(address) > MOST or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        hosts = parts.netloc.rpartition("@")[2].split(",")
        return parts.scheme in KINDS and all(urlsplit(f"//{each}").port != 0 for each in hosts)
    except ValueError:  # brackets without an end, a port beyond 65535
        return False


def forget_address(data: Path) -> None:
    """Let a folder name no store any more."""
    (data / ADDRESS).unlink(missing_ok=True)


def keep_address(data: Path, address: str) -> bool:
    """Let a folder name its store from now on; return whether it named none before.

    The same database may be reached otherwise from now on: at another host, by other settings.

    Raises:
        Invalid: it is no address of a store. OtherStore: the folder has a log already, elsewhere.
    """
    if not _is_sound(address):
        raise Invalid(
            "A store is told as postgresql://user@host/database; without one the data folder "
            "holds the log itself.",
            field="store",
        )
    known = address_of(data)
    if known == address:
        return False
    if known is not None and urlsplit(known).path != urlsplit(address).path:
        raise OtherStore(
            "This folder's log is in {store}. Another store wants another folder (--data), or "
            "remove {file} from this one.",
            field="store", store=shown(known), file=data / ADDRESS,
        )  # fmt: skip
    if (data / "ramah.db").exists():
        raise OtherStore(
            "This folder has a log of its own (ramah.db); it is not moved to another store by "
            "itself. Give the new store a new folder with --data.",
            field="store",
        )
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = data / f".{ADDRESS}"
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(address + "\n")
    fresh.replace(data / ADDRESS)
    return known is None


def in_a_file(data: Path) -> None:
    """See to it that a folder's log is in its own file.

    Raises:
        OnlyInAFile: it is in a store.
    """
    known = address_of(data)
    if known is not None:
        raise OnlyInAFile(
            "This works on a log in a file; this folder's is in {store}. Use PostgreSQL's own "
            "tools (pg_dump, pg_restore); docs/city.md tells how.",
            field="data", store=shown(known),
        )  # fmt: skip
