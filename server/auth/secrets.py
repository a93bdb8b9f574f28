"""Owns secrets: how tokens, pairing codes and passwords are made, hashed and checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.auth.passwords import normal

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No 0, O, 1 and I, which are mistaken for one another on a touchscreen."""

_hasher = PasswordHasher()


def new_token() -> str:
    """Return a new secret token (256 random bits)."""
    return "ramah_" + secrets.token_urlsafe(32)


def new_code() -> str:
    """Return a pairing code such as ``K7QM-2PXD`` (40 random bits, used once, short-lived)."""
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def new_password() -> str:
    """Return a password to tell somebody, such as ``k7qm-2pxd-9abc`` (60 random bits)."""
    letters = [secrets.choice(CODE_ALPHABET).lower() for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def as_given(typed: str) -> str:
    """Return a password that was told to somebody as it was made: dashes and capitals are free."""
    letters = plain_code(typed).lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def plain_code(typed: str) -> str:
    """Return a code as it is hashed: capitals, without spaces and dashes."""
    return "".join(each for each in typed.upper() if each.isalnum())


def digest(secret: str) -> str:
    """Return the SHA-256 under which a random secret is kept; it is never kept itself."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password. Slow on purpose (~50 ms)."""
    return _hasher.hash(normal(password))


def check_password(hashed: str, password: str) -> bool:
    """Whether the password fits the hash. Slow on purpose (~50 ms).

    Hashes from before passwords had one form are of what was typed.
    """
    for typed in dict.fromkeys((normal(password), password)):
        try:
            return _hasher.verify(hashed, typed)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            continue
    return False


def known_mark(user: str, hashed: str) -> str:
    """Return what a browser keeps to show later that this person logged in on it.

    Nobody can make it without the hash; a new password makes another one.
    """
    mark = hmac.new(hashed.encode(), b"known browser:" + user.encode(), hashlib.sha256)
    return mark.hexdigest()[:32]


@cache
def nobody() -> str:
    """Return a hash to check when a login is unknown, so that the answer takes as long."""
    return hash_password(secrets.token_hex(8))
