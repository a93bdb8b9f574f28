"""Owns the change to sealed secrets, and what is told of those that this machine cannot open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import structlog

from server.auth.vault import KEY, Locked, Vault, is_sealed
from server.domain.errors import Phrase
from server.domain.words import marked as _
from server.storage import dialect
from server.storage.database import connect, transaction
from server.storage.queries import backups, secrets
from server.storage.queries.secrets import Secret

BACKUPS = "backup_plan"
SET_AGAIN = {
    "second_factors": _(
        "people whose app's codes do not count: {count}. They log in with a recovery code or a "
        "passkey and set the app up again, or: ramah user second-step-off LOGIN"
    ),
    "webhooks": _("webhooks that are told of nothing: {count}. Remove and add them again"),
    "providers": _("offices by whose provider nobody logs in: {count}. ramah provider set"),
    "city_links": _("offices that send nothing to the city: {count}. ramah city join"),
    BACKUPS: _("no backup goes to the store: plan it again, with the secret of its key"),
}
log = structlog.get_logger()


def settle(data: Path, vault: Vault) -> None:
    """Seal what an older program kept as it was, before the server begins its work."""
    with closing(connect(data)) as db:
        plain = [each for each in secrets.all_secrets(db) if not is_sealed(each.text)]
        if plain and vault.fits(db):
            # what cannot be sealed stays as it is: the hall opens, and the doctor tells why
            with suppress(Locked), dialect.forgetting(db), transaction(db):
                for each in plain:
                    secrets.put(db, each, vault.seal(db, each.text, each.place))
        for line in shut(db, vault):
            log.warning("secret_locked", what=str(line))


def shut(db: sqlite3.Connection, vault: Vault) -> Iterator[Phrase]:
    """Say what does not work as its secret was sealed with another machine's key.

    And where the key is no secret itself.
    """
    if vault.shown():
        yield Phrase(_("others on this machine may read {file}: chmod 600 it"), file=KEY)
    plan = backups.plan(db)
    kept = secrets.all_secrets(db)
    if plan is not None and plan.secret:
        kept.append(Secret(BACKUPS, "", plan.secret))
    locked = [each.table for each in kept if not _opens(vault, each)]
    if locked and not vault.fits(db):
        yield Phrase(
            _(
                "{file} is missing, or another machine's, or another server's of this store. "
                "Copy it from there, or, when it is lost: ramah secrets renew, and"
            ),
            file=KEY,
        )
    for table, words in SET_AGAIN.items():
        if table in locked:
            yield Phrase(words, count=locked.count(table))


def _opens(vault: Vault, secret: Secret) -> bool:
    text = secret.text.partition(" ")[0]  # an app that is set up behind a shut one is not missed
    try:
        vault.open(text, BACKUPS if secret.table == BACKUPS else secret.place)
    except Locked:
        return False
    return True
