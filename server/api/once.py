"""Owns doing a request once: an ``Idempotency-Key`` and the answer that was given for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from server.api.problems import Rejected, not_valid
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.words import marked as _
from server.storage.queries.answers import Answer, Asker
from server.storage.transaction import SqliteTx

MAX_KEY = 200
Command = Callable[[SqliteTx], msgspec.Struct | None]


def check_key(key: str) -> None:
    """Refuse a key that is empty, too long or not printable.

    Raises:
        Rejected: it is.
    """
    if not key or len(key) > MAX_KEY or not key.isprintable():
        raise not_valid("Idempotency-Key", say("expected 1 to 200 printable characters"))


def digest_of(method: str, path: str, body: object) -> str:
    """Return what a key stands for: the call and its body as understood, not its spaces."""
    parts = (method, path, msgspec.json.encode(body))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def encoded(answer: msgspec.Struct | None, status: int) -> tuple[int, bytes]:
    """Return an answer's status and body; 204 for ``None``."""
    return (204, b"") if answer is None else (status, msgspec.json.encode(answer))


def once(tx: SqliteTx, key: str, digest: str, command: Command, status: int) -> tuple[int, bytes]:
    """Run a command, or return the answer that its caller got for this key before.

    The answer is kept in the transaction of the command itself.

    Raises:
        Rejected: the key was used for another request.
    """
    asker = Asker(tx.branch, tx.actor.id, key)
    known = tx.answers.find(asker)
    if known is not None:
        if known.digest != digest:
            raise Rejected(
                422,
                "idempotency-key-reused",
                _("This Idempotency-Key was used for another request."),
                field="Idempotency-Key",
            )
        return known.status, known.body
    try:
        answered, body = encoded(command(tx), status)
    except Exception:
        tx.answers.check()  # a repeat of what was done gets its answer, not why it cannot be again
        raise
    tx.answers.keep(asker, Answer(digest, answered, body), tx.now)
    return answered, body
