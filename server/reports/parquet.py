"""Owns the log as Parquet, for those who reckon with it: columns with types, a group at a time.

SQLite prints the rows as for every other file (``forms.Raw``) and Arrow reads them, both beside the
interpreter's lock. The library is imported with this module, so only who asks for such a file pays
for it.
"""

from __future__ import annotations

import json
from typing import IO, Any, Self

import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import csv
from pyarrow import parquet as pq

from server.storage.queries import clock
from server.storage.queries.columns import COLUMNS
from server.storage.queries.forms import Raw

FORM = Raw()
GROUP_ROWS = 50_000
_MOMENT, _WALL = pa.timestamp("ms", tz="UTC"), pa.timestamp("ms")
_TYPES = {
    "number": pa.int32(), "hour": pa.int32(), "weekday": pa.int32(), "seconds": pa.float64(),
    "moment": _MOMENT, "day": pa.date32(),
}  # fmt: skip
"""Kind of column -> type; all others are words that repeat."""
_WORD = pa.dictionary(pa.int32(), pa.string())
_ALONE = {"label", "ticket"}
"""Words that do not repeat."""
_LOCAL = {f"{name}_local": name for name, each in COLUMNS.items() if each.kind == "moment"}
"""The same moments as the office's clock on the wall shows them, without a zone: those are the
times of the CSV and of the workbook."""


def _type(name: str) -> Any:  # noqa: ANN401 - the library ships no types
    return pa.string() if name in _ALONE else _TYPES.get(COLUMNS[name].kind, _WORD)


def _printed(name: str) -> Any:  # noqa: ANN401 - as ``_type``
    """Return the type of a column as ``FORM`` prints it: times are milliseconds."""
    return pa.int64() if COLUMNS[name].kind in {"moment", "seconds"} else _type(name)


def schema(zone: str) -> Any:  # noqa: ANN401 - as ``_type``
    """Return the columns with their types and meanings.

    Moments are in UTC, those that end in ``_local`` on the clock of ``zone``, which is told too.
    """
    fields = [
        pa.field(name, _type(name), nullable=not each.sure, metadata={"description": each.meaning})
        for name, each in COLUMNS.items()
    ] + [
        pa.field(
            name, _WALL, nullable=not COLUMNS[of].sure,
            metadata={"description": COLUMNS[of].meaning
                      + " By the office's clock, without its zone."},
        )
        for name, of in _LOCAL.items()
    ]  # fmt: skip
    meanings = {name: each.meaning for name, each in COLUMNS.items()}
    told = {"ramah.zone": zone, "ramah.columns": json.dumps(meanings)}
    return pa.schema(fields, metadata=told)


class File:
    """A Parquet file on its way; memory holds one group of rows."""

    def __init__(self, file: IO[bytes], zone: str) -> None:
        self._zone = zone
        self._schema = schema(zone)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._batches: list[Any] = []
        self._rows = 0
        self._reads = csv.ReadOptions(column_names=list(COLUMNS), use_threads=False)
        self._parses = csv.ParseOptions(newlines_in_values=True)
        self._converts = csv.ConvertOptions(
            column_types={name: _printed(name) for name in COLUMNS},
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def add(self, rows: bytes, number: int) -> None:
        """Add so many rows, written by ``FORM``."""
        if not number:
            return
        table = csv.read_csv(pa.BufferReader(rows), self._reads, self._parses, self._converts)
        self._batches.append(self._typed(table))
        self._rows += number
        if self._rows >= GROUP_ROWS:
            self._flush()

    def _typed(self, table: Any) -> Any:  # noqa: ANN401 - as ``_type``
        ends = [pc.min_max(table[name]).as_py() for name in _LOCAL.values()]
        first = min(each["min"] for each in ends if each["min"] is not None)
        last = max(each["max"] for each in ends if each["max"] is not None)
        times = clock.offsets(self._zone, first - 1, last)
        columns = {name: self._column(name, table[name]) for name in COLUMNS}
        columns |= {name: _ahead(table[of], times).cast(_WALL) for name, of in _LOCAL.items()}
        return pa.table([columns[name] for name in self._schema.names], schema=self._schema)

    @staticmethod
    def _column(name: str, printed: Any) -> Any:  # noqa: ANN401 - as ``_type``
        if COLUMNS[name].kind == "seconds":
            return pc.divide(printed.cast(pa.float64()), 1000.0)
        return printed.cast(_type(name))

    def _flush(self) -> None:
        if self._rows:
            table = pa.concat_tables(self._batches).unify_dictionaries()
            self._writer.write_table(table, row_group_size=self._rows)
        self._batches, self._rows = [], 0


def _ahead(moments: Any, times: list[clock.Offset]) -> Any:  # noqa: ANN401 - as ``_type``
    """Return milliseconds of UTC as those of a clock with these offsets."""
    *before, last = times
    told = pc.add(moments, last.ahead)
    for each in reversed(before):
        told = pc.if_else(pc.less(moments, each.until), pc.add(moments, each.ahead), told)
    return told
