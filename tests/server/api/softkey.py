"""A passkey in a few lines: what a browser and its authenticator sign, rightly or wrongly."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(some: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(some).decode().rstrip("=")


class SoftKey:
    """A key of one person for one host (ES256, WebAuthn level 2, sections 6.1 and 6.5.1).

    Args:
        origin: of the page that asks, as the browser writes it.
        counts: whether it has a counter.
    """

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        self.origin = origin
        self.counter = 1 if counts else 0
        self.id = secrets.token_bytes(16)
        self._counts = counts
        self._private = ec.generate_private_key(ec.SECP256R1())

    def made(self, begun: dict[str, Any], name: str = "HP saya", **odd: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the body of ``POST /api/passkeys``."""
        at = self._private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")}
        told = self._head(begun["rp"], PRESENT | VERIFIED | ATTESTED)
        told += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        attestation = {"fmt": "none", "attStmt": {}, "authData": told}
        return {
            "name": name, "credential": text(self.id),
            "client_data": text(self._client_data("webauthn.create", begun["challenge"], odd)),
            "attestation": text(cbor2.dumps(attestation)), "transports": ["internal"],
        }  # fmt: skip

    def signed(self, asked: dict[str, Any], **odd: Any) -> dict[str, str]:  # noqa: ANN401
        """Return the field ``passkey`` of a log-in; ``odd``: other parts of the client's data."""
        self.counter += self._counts
        rp = str(odd.pop("rp", asked["rp"]))
        told = self._head(rp, odd.pop("flags", PRESENT | VERIFIED))
        client = self._client_data("webauthn.get", asked["challenge"], odd)
        over = told + hashlib.sha256(client).digest()
        return {
            "credential": text(self.id), "client_data": text(client),
            "authenticator_data": text(told),
            "signature": text(self._private.sign(over, ec.ECDSA(SHA256()))),
        }  # fmt: skip

    def _head(self, rp: str, flags: int) -> bytes:
        hashed = hashlib.sha256(rp.encode()).digest()
        return hashed + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str, odd: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin} | odd
        return json.dumps(told).encode()
