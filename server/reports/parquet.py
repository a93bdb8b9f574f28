"""Owns the log as Parquet, for those who reckon with it: columns with types, a group at a time.

The library is imported with this module, so only who asks for such a file pays for it.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import IO, Any, Self

import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import parquet as pq

from server.reports.log import Turns, chunk_after, within
from server.storage.queries import clock, log
from server.storage.queries.columns import COLUMNS, EXPLAINED
from server.storage.queries.lines import start
from server.storage.queries.log import Only, Place, Span
from server.storage.transaction import SqliteTx

GROUP_ROWS = 50_000
_MOMENT = pa.timestamp("ms", tz="UTC")
_WORD = pa.dictionary(pa.int32(), pa.string())
_NUMBER, _SECONDS, _TEXT = pa.int32(), pa.float64(), pa.string()
_TYPES = {
    "label": _TEXT, "ticket": _TEXT, "counter": _NUMBER, "recalls": _NUMBER, "leg": _NUMBER,
    "people": _NUMBER, "wait_s": _SECONDS, "service_s": _SECONDS, "walk_s": _SECONDS,
    "issued": _MOMENT, "called": _MOMENT, "started": _MOMENT, "ended": _MOMENT,
    "appointment": _MOMENT, "day": pa.date32(), "hour": _NUMBER, "weekday": _NUMBER,
}  # fmt: skip
"""Column -> type; all others are words that repeat."""
_SURE = {
    "label", "service", "priority", "issued", "recalls", "state", "day", "leg", "service_name",
    "language", "channel", "people", "ticket", "hour", "weekday",
}  # fmt: skip
_WALL = pa.timestamp("ms")
_LOCAL = {f"{name}_local": name for name in COLUMNS if _TYPES.get(name) == _MOMENT}
"""The same moments as the office's clock on the wall shows them, without a zone: those are the
times of the CSV and of the workbook."""


def schema(zone: str) -> Any:  # noqa: ANN401 - the library ships no types
    """Return the columns with their types and meanings.

    Moments are in UTC, those that end in ``_local`` on the clock of ``zone``, which is told too.
    """
    fields = [
        pa.field(
            name, _TYPES.get(name, _WORD), nullable=name not in _SURE,
            metadata={"description": EXPLAINED[name]},
        )
        for name in COLUMNS
    ] + [
        pa.field(
            name, _WALL, nullable=of not in _SURE,
            metadata={"description": f"{EXPLAINED[of]} By the office's clock, without its zone."},
        )
        for name, of in _LOCAL.items()
    ]  # fmt: skip
    told = {"ramah.zone": zone, "ramah.columns": json.dumps(EXPLAINED)}
    return pa.schema(fields, metadata=told)


class File:
    """A Parquet file on its way; memory holds one group of rows."""

    def __init__(self, file: IO[bytes], turns: Turns) -> None:
        self._turns = turns
        self._schema = schema(turns.zone)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._batches: list[Any] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def add(self, batch: Any) -> None:  # noqa: ANN401 - as ``schema``
        """Take rows that ``batch_after`` read."""
        self._batches.append(batch)
        self._rows += batch.num_rows
        if self._rows >= GROUP_ROWS:
            self._flush()

    def batch_after(
        self, tx: SqliteTx, span: Span, only: Only, place: Place
    ) -> tuple[Any, Place | None]:
        """Return the rows behind ``place`` as columns, and where the next begin."""
        chunk = chunk_after(tx, span, place)
        if chunk is None:
            return self._columns([], []), None
        times = clock.offsets(self._turns.zone, start(chunk), tx.now + 86_400_000)
        turns = log.all_of(tx.db, within(tx, span, only, chunk))
        return self._columns(turns, times), chunk.end

    def _columns(self, turns: list[log.Turn], times: list[clock.Offset]) -> Any:  # noqa: ANN401 - as ``schema``
        told = [self._row(turn) for turn in turns]
        columns = list(zip(*told, strict=True)) or [()] * (len(COLUMNS) - 2)
        arrays = {
            name: pa.array(column, self._schema.field(name).type)
            for name, column in zip(COLUMNS[:-2], columns, strict=True)
        }
        local = {name: _ahead(arrays[of].cast(pa.int64()), times) for name, of in _LOCAL.items()}
        issued = local["issued_local"]
        days = pc.divide(issued, 86_400_000)
        into = pc.divide(pc.subtract(issued, pc.multiply(days, 86_400_000)), 3_600_000)
        since = pc.add(days, 3)  # 1970 began on a Thursday
        weeks = pc.multiply(pc.divide(since, 7), 7)
        arrays["hour"] = into.cast(_NUMBER)
        arrays["weekday"] = pc.add(pc.subtract(since, weeks), 1).cast(_NUMBER)
        arrays |= {name: column.cast(_WALL) for name, column in local.items()}
        columns = [arrays[name] for name in self._schema.names]
        return pa.record_batch(columns, schema=self._schema)

    def _row(self, turn: log.Turn) -> tuple[Any, ...]:
        """Return the values of ``COLUMNS``; moments stay milliseconds."""
        names = self._turns
        return (
            turn.label, turn.service, turn.counter, turn.priority, turn.issued, turn.called,
            turn.started, turn.ended, turn.wait_s, turn.service_s, turn.outcome, turn.recalls,
            turn.walk_s, turn.state, _date(turn.day), turn.leg,
            names.services.get(turn.service, turn.service), names.agencies.get(turn.service),
            turn.language, turn.channel, turn.people, turn.ended_by, turn.ticket,
            names.staff(turn.staff, turn.day), turn.came_from, turn.went_to, turn.appointment,
        )  # fmt: skip

    def _flush(self) -> None:
        if self._rows:
            table = pa.Table.from_batches(self._batches).unify_dictionaries()
            self._writer.write_table(table, row_group_size=self._rows)
        self._batches, self._rows = [], 0


def _ahead(moments: Any, times: list[clock.Offset]) -> Any:  # noqa: ANN401 - as ``schema``
    """Return milliseconds of UTC as those of a clock with these offsets."""
    *before, last = times or [clock.Offset(None, 0)]
    told = pc.add(moments, last.ahead)
    for each in reversed(before):
        told = pc.if_else(pc.less(moments, each.until), pc.add(moments, each.ahead), told)
    return told


@lru_cache(maxsize=64)
def _date(day: str) -> date:
    return date.fromisoformat(day)
