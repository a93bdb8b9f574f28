"""Owns what a technician reads when machine and disk refuse: words that say what to do."""

from __future__ import annotations

import errno
import os
import pwd
import socket
import sqlite3
from contextlib import suppress
from pathlib import Path

from server.domain.errors import DomainError, Phrase, Refused
from server.domain.words import marked as _
from server.reaching import kept, why
from server.storage.address import address_of, shown
from server.storage.database import DATABASE

FIRST_FREE_PORT = 1024
FULL = _("the disk is full; make room and try again")
MUTE = _("the disk does not answer; look at its cable and at dmesg")
NO_FOLDER = _("a folder is needed, and there is a file of this name")
NO_MEMORY = _("the machine has no memory left")
TOO_MANY = _("too many files are open; raise the limit (ulimit -n)")
LOCKED = _("another program keeps the database locked; end it and try again")
SYSTEM = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: _("the disk quota is used up; make room and try again"),
    errno.EFBIG: _("the file may not grow any further; look at its limits (ulimit -f)"),
    errno.EROFS: _("the disk is read-only here; a unit writes to its own folders only"),
    errno.ENOENT: _("there is no such folder or file"),
    errno.EEXIST: NO_FOLDER,
    errno.ENOTDIR: NO_FOLDER,
    errno.EISDIR: _("a file is needed, and there is a folder of this name"),
    errno.ELOOP: _("its links lead back to themselves"),
    errno.ENAMETOOLONG: _("the name is too long"),
    errno.EIO: MUTE,
    errno.EMFILE: TOO_MANY,
    errno.ENFILE: TOO_MANY,
    errno.ENOMEM: NO_MEMORY,
}
NO_NAME = _("there is no machine of this name; --host takes an address of this one")
LOW_PORT = _(
    "ports below 1024 are the system's; choose --port 8080, or give the unit "
    "AmbientCapabilities=CAP_NET_BIND_SERVICE"
)
ADDRESSES = {
    errno.EADDRINUSE: _("another program listens there; stop it, or choose another --port"),
    errno.EADDRNOTAVAIL: _(
        "this machine has no such address; --host 0.0.0.0 listens on all it has"
    ),
}
DATABASES = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_NOTADB: _("this is no database of Ramah; is the folder right (--data)?"),
    sqlite3.SQLITE_CORRUPT: _("the database is damaged; ramah restore brings a backup back"),
    sqlite3.SQLITE_IOERR: MUTE,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_NOMEM: NO_MEMORY,
}


class MachineRefuses(Refused):
    """The machine or its disk refuses; ``what`` is the file or folder that it is about."""


def in_words(error: BaseException, data: Path) -> DomainError | None:
    """Return what the machine refuses about a data folder, in words; ``None`` for other faults."""
    if isinstance(error, BaseExceptionGroup):
        found = (in_words(each, data) for each in error.exceptions)
        return next((each for each in found if each is not None), None)
    if isinstance(error, DomainError):
        return error
    if isinstance(error, sqlite3.Error):
        address, cause = address_of(data), error.__cause__
        if address is not None:
            return MachineRefuses(
                "{store} does not answer as a store must: {why}",
                store=shown(address),
                why=kept(why(cause)) if isinstance(cause, OSError) else str(error),
            )
        return MachineRefuses("{what}: {why}", what=data / DATABASE, why=_of_database(error, data))
    if isinstance(error, OSError):
        what = error.filename if isinstance(error.filename, str) else str(data)
        return MachineRefuses("{what}: {why}", what=what, why=of_system(error, Path(what)))
    return None


def of_system(error: OSError, path: Path) -> Phrase | str:
    """Return what the system refuses, in words."""
    number = error.errno or 0
    if number in {errno.EACCES, errno.EPERM}:
        return _not_allowed(path)
    words = SYSTEM.get(number)
    return Phrase(words) if words else error.strerror or str(error)


def _not_allowed(path: Path) -> Phrase:
    """Say whose it is: the command was most likely run as somebody else."""
    me, owner = _name(os.geteuid()), ""
    for each in (path, *path.parents):
        with suppress(OSError):
            owner = _name(each.stat().st_uid)
            break
    if not owner or owner == me:
        return Phrase(_("{user} may not write there; run it as the server's user"), user=me)
    return Phrase(
        _("{user} may not write there, it belongs to {owner}; run it as the server's user"),
        user=me, owner=owner,
    )  # fmt: skip


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _of_database(error: sqlite3.Error, data: Path) -> Phrase | str:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return _cannot_open(data)
    words = DATABASES.get(code)
    return Phrase(words) if words else str(error)


def _cannot_open(data: Path) -> Phrase | str:
    """Say why SQLite cannot open or write: it only says that it cannot."""
    for path in (data / DATABASE, data / f"{DATABASE}-wal", data / f"{DATABASE}-shm", data):
        if path.is_dir() and path != data:
            return of_system(OSError(errno.EISDIR, ""), path)
        try:
            if os.statvfs(path).f_flag & os.ST_RDONLY:
                return of_system(OSError(errno.EROFS, ""), path)
        except OSError as error:
            if error.errno != errno.ENOENT:
                return of_system(error, path)
            continue
        if not os.access(path, os.W_OK):
            return _not_allowed(path)
    return Phrase(_("the database cannot be opened for writing"))


def of_address(error: OSError, host: str, port: int) -> DomainError:
    """Return why the server cannot listen at an address, in words."""
    if isinstance(error, socket.gaierror):
        why = NO_NAME
    elif error.errno in {errno.EACCES, errno.EPERM} and port < FIRST_FREE_PORT:
        why = LOW_PORT
    else:
        why = ADDRESSES.get(error.errno or 0, error.strerror or str(error))
    return MachineRefuses(
        "cannot listen on {host}:{port}: {why}", host=host, port=port, why=Phrase(why)
    )
