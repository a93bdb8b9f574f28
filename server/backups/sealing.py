"""Owns encryption of backups: files of the age format, for a key whose secret half is elsewhere.

The server has the public half only, so whoever takes the stick, or the whole server, reads no
backup. The program ``age`` opens such a file too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage

from server.backups.archive import private
from server.domain.errors import Invalid

SEALED = ".age"


def new_key() -> tuple[str, str]:
    """Return the two halves of a new key: the secret one and the public one."""
    secret = pyrage.x25519.Identity.generate()
    return str(secret), str(secret.to_public())


def check_public(text: str) -> None:
    """Look at a public half.

    Raises:
        Invalid: it is none.
    """
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Invalid("This is no public key: it begins with age1.", field="key") from None


def seal(plain: Path, target: Path, *public: str) -> None:
    """Encrypt a file for keys; each of them opens it."""
    private(target)
    keys = [pyrage.x25519.Recipient.from_str(each) for each in public]
    pyrage.encrypt_file(str(plain), str(target), keys)


@contextmanager
def opened(sealed: Path, plain: Path, key: Path | None) -> Iterator[Path]:
    """Decrypt a file for as long as the block lasts.

    Raises:
        Invalid: there is no key, or it is another one's.
    """
    if key is None:
        raise Invalid("This backup is encrypted: say its key with --key.", field="key")
    lines = [line.strip() for line in key.read_text("utf-8").splitlines()]
    secret = next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
    with opened_by(sealed, plain, secret) as opening:
        yield opening


@contextmanager
def opened_by(sealed: Path, plain: Path, secret: str) -> Iterator[Path]:
    """Decrypt a file by a secret half for as long as the block lasts.

    Raises:
        Invalid: it is another key's.
    """
    private(plain)
    try:
        pyrage.decrypt_file(str(sealed), str(plain), [pyrage.x25519.Identity.from_str(secret)])
        yield plain
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise Invalid("This key does not open it: {why}", field="key", why=error) from None
    finally:
        plain.unlink(missing_ok=True)
