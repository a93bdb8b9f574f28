"""Owns one-time codes of an app, after RFC 6238: six digits, SHA-1, half a minute each."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
AROUND = 1
"""Codes of so many steps before and after count: clocks of phones go wrong, people type slowly."""


def new_secret() -> str:
    """Return a new secret of 160 bits, as apps take it (base32)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step (RFC 4226, section 5.3).

    Raises:
        ValueError: the secret is no base32.
    """
    try:
        key = base64.b32decode(secret)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    mac = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(typed: str, secret: str, now_s: float, after: int) -> int | None:
    """Return the step whose code was typed, if it counts now and is later than step ``after``."""
    present = int(now_s // STEP_S)
    found = None
    for step in range(present - AROUND, present + AROUND + 1):
        if hmac.compare_digest(code_at(secret, step), typed) and step > after:
            found = step
    return found


def address(secret: str, login: str, issuer: str) -> str:
    """Return what an app reads from the QR code (the ``otpauth`` scheme of such apps)."""
    label = quote(f"{issuer}:{login}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
