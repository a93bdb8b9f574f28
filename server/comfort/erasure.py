"""Owns forgetting: photos of what is mended, sentences, and who saw to it, each after its time."""

from __future__ import annotations

from datetime import date, timedelta

from server.storage.queries import comfort
from server.storage.transaction import SqliteTx

DAY_MS = 86_400_000


def erase(tx: SqliteTx) -> None:
    """Erase what is no longer kept; done twice, nothing more happens.

    Files of photos go when ``Photos.sweep`` finds that nothing names them any more.
    """
    kept = tx.office.satisfaction.kept_days
    photos = tx.now - tx.office.comfort.photo_days * DAY_MS
    comfort.erase(tx.aside, tx.branch, tx.now - kept * DAY_MS, photos)
    before = (date.fromisoformat(tx.day) - timedelta(days=kept)).isoformat()
    comfort.forget_people(tx.aside, tx.branch, before)
