"""Owns forgetting: whose word it was, who was asked, and sentences, each after its time."""

from __future__ import annotations

from datetime import date, timedelta

from server.storage.queries import feedback, survey
from server.storage.transaction import SqliteTx

WHOSE_DAYS = 92
"""How long a visitor can see on the page of the number what was done about a word."""
INVITED_DAYS = 62
"""This month's and last month's invitations are counted against its target."""


def erase(tx: SqliteTx) -> None:
    """Erase what is no longer kept; done twice, nothing more happens."""
    today = date.fromisoformat(tx.day)

    def before(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    kept = before(tx.office.satisfaction.kept_days)
    feedback.erase(tx.aside, tx.branch, before(WHOSE_DAYS), kept)
    survey.erase(tx.aside, tx.branch, before(INVITED_DAYS), kept)
