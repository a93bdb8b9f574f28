"""The process that reads long stretches of the log (``server.apart``): forecasts and verdicts.

Judging a million quotes takes seconds. In the server that would hold its interpreter lock beside
the counters.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec

from server.apart import answering
from server.plan.asked import ForecastAsked, Verdicts, VerdictsAsked
from server.plan.forecasting import forecast
from server.plan.judged import Judged, judged, verdicts
from server.storage.database import looking, reading
from server.storage.queries.waits import days_before, told_waits


def answer(question: bytes) -> bytes:
    """Answer one question; what the child does."""
    asked = msgspec.msgpack.decode(question, type=ForecastAsked | VerdictsAsked)
    with closing(looking(Path(asked.data))) as db, reading(db):
        if isinstance(asked, ForecastAsked):
            return msgspec.msgpack.encode(forecast(db, asked.branch, asked.day, asked.now))
        return msgspec.msgpack.encode(_verdicts(db, asked))


def _verdicts(db: sqlite3.Connection, asked: VerdictsAsked) -> Verdicts:
    """Judge day by day, so that the events of one day at a time are held."""
    beyond = (date.fromisoformat(asked.last) + timedelta(days=1)).isoformat()
    found: list[Judged] = []
    for day in reversed(days_before(db, asked.branch, beyond, asked.first)):
        found += judged(told_waits(db, asked.branch, day, day), asked.zone)
    return verdicts(found, asked.today)


if __name__ == "__main__":
    answering(answer)
