"""Owns sealing of secrets that the server has to know: with a key of this machine's own.

The key is a file of the owner's alone beside the database, and in no backup but an encrypted one:
who copies the database has no secret by it. Each secret is bound to its place, so that one row's
does not pass for another's.
"""

from __future__ import annotations

import base64
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from server.domain.errors import Refused
from server.storage.queries import secrets as kept

KEY = "secrets.key"
BITS = 256
NONCE = 12
MARK = "sealed:1:"
CHECK_PLACE = "secrets_check"


class Locked(Refused):
    """A secret was sealed with the key of another machine."""

    slug = "secret-locked"


def _locked() -> Locked:
    return Locked(
        "The key of this machine's secrets (secrets.key) is missing, or is another one's."
    )


def is_sealed(text: str) -> bool:
    """Whether a secret is kept sealed; an older program kept it as it is."""
    return text.startswith(MARK)


class Vault:
    """Seals and opens secrets with the key of one data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data
        self._file = data / KEY
        self._known: bytes | None = None

    def seal(self, db: sqlite3.Connection, secret: str, place: str) -> str:
        """Return a secret as it may be kept at a place; the first one makes the key.

        Raises:
            Locked: the database's secrets are sealed with another key.
        """
        if not secret:
            return ""
        self._agree(db)
        return self._sealed(self._key(), secret, place)

    def open(self, text: str, place: str) -> str:
        """Return the secret that was sealed for a place; one that was not is returned as it is.

        Raises:
            Locked: it was sealed with another key, or for another place.
        """
        if not is_sealed(text):
            return text
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - few servers have secrets
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - the same

        for key in self._keys():
            with suppress(InvalidTag, ValueError):  # also what is no base64
                packed = base64.urlsafe_b64decode(text.removeprefix(MARK))
                return AESGCM(key).decrypt(packed[:NONCE], packed[NONCE:], place.encode()).decode()
        raise _locked()

    def fits(self, db: sqlite3.Connection) -> bool:
        """Whether the database's secrets are sealed with this key, or none is sealed yet."""
        check = kept.check(db)
        try:
            return check is None or self.open(check, CHECK_PLACE) == CHECK_PLACE
        except Locked:
            return False

    def shown(self) -> bool:
        """Whether others than its owner may read the key."""
        try:
            return bool(self._file.stat().st_mode & 0o077)
        except OSError:
            return False

    def _agree(self, db: sqlite3.Connection) -> None:
        if kept.check(db) is None:
            self._known = None  # the file may be another one by now
            kept.set_check(db, self._sealed(self._key(), CHECK_PLACE, CHECK_PLACE))
        if not self.fits(db):
            raise _locked()

    def _sealed(self, key: bytes, secret: str, place: str) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

        nonce = secrets.token_bytes(NONCE)
        packed = nonce + AESGCM(key).encrypt(nonce, secret.encode(), place.encode())
        return MARK + base64.urlsafe_b64encode(packed).decode()

    def _key(self) -> bytes:
        """Return the key, made when there is none; two processes make the same one."""
        found = self._read()
        if found is not None:
            return found
        fresh = self._file.with_name(f".{KEY}.{os.getpid()}.{secrets.token_hex(4)}")
        made = base64.b64encode(secrets.token_bytes(BITS // 8)) + b"\n"
        handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(made)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(fresh, self._file)  # never over one that is there
        finally:
            fresh.unlink(missing_ok=True)
        found = self._read()
        if found is None:
            raise _locked()
        return found

    def _keys(self) -> Iterator[bytes]:
        """Give the key that is known, then the file's: somebody may have brought the right one."""
        known = self._known
        if known is not None:
            yield known
        found = self._from_file()
        if found is not None and found != known:
            self._known = found
            yield found

    def _read(self) -> bytes | None:
        found = self._known or self._from_file()  # threads read at once: one look at what is known
        self._known = found
        return found

    def _from_file(self) -> bytes | None:
        with suppress(OSError, ValueError):  # also one of another user, or no base64
            key = base64.b64decode(self._file.read_bytes().strip(), validate=True)
            return key if len(key) == BITS // 8 else None
        return None
