"""Owns the metrics: their names and meaning, what is counted, and what is read for them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable

import msgspec

from printer.spool import PrinterNow
from server.push.hub import Hub
from server.storage.queries import boxes, fleet, offices, printers
from server.storage.queries.boxes import Box
from server.storage.queries.fleet import OfBranch
from server.storage.queries.gauges import Gauges, gauges
from server.storage.store import Store


class Meaning(msgspec.Struct, frozen=True):
    """A metric: what Prometheus is told of it, and ``docs/metrics.md``.

    Attributes:
        counts: it only grows while the server runs; else it goes up and down.
    """

    name: str
    means: str
    labels: tuple[str, ...] = ()
    counts: bool = False


MEANINGS = (
    EVENTS := Meaning("ramah_events", "Events appended to the log.", ("kind",), counts=True),
    SOCKETS := Meaning("ramah_sockets", "Screens connected to the feed."),
    DROPPED := Meaning(
        "ramah_sockets_dropped", "Screens given up: gone or too slow.", counts=True
    ),
    COMMANDS := Meaning("ramah_commands_waiting", "Commands that wait for the writer."),
    COMMIT := Meaning(
        "ramah_commit_slowest_seconds",
        "Slowest write to the disk within the last minute, also one under way; 0 below 0.15.",
    ),
    TROUBLE := Meaning(
        "ramah_printer_trouble",
        "1 while a printer cannot print, 0 while all is well; absent until it was asked.",
        ("branch", "printer"),
    ),
    STATE := Meaning(
        "ramah_printer_state",
        "1 for the state a printer is in, such as ok, paper_low or paper_out.",
        ("branch", "printer", "state"),
    ),
    PAPER_LOW := Meaning(
        "ramah_printer_paper_low", "1 while a roll is nearly at its end.", ("branch", "printer")
    ),
    WAITING := Meaning("ramah_waiting", "Turns that wait.", ("branch", "service", "priority")),
    LONGEST := Meaning(
        "ramah_longest_wait_seconds", "Age of the oldest turn that waits.",
        ("branch", "service", "priority"),
    ),
    COUNTERS := Meaning("ramah_counters", "Counters by state.", ("branch", "state")),
    ALARMS := Meaning("ramah_alarms", "Alarms that are on, by rule.", ("branch", "rule")),
    DEVICES := Meaning(
        "ramah_devices", "Kiosks, displays and tablets: online and offline.",
        ("branch", "kind", "state"),
    ),
    SILENT := Meaning(
        "ramah_box_silent_seconds", "Since when an office's own server has not come to the city.",
        ("branch",),
    ),
    MISSING := Meaning(
        "ramah_box_missing_events", "Events that an office has and the city has not.", ("branch",)
    ),
    REFUSED := Meaning(
        "ramah_box_refused",
        "1 while the city takes nothing of what an office's own server sends, 0 while it does.",
        ("branch",),
    ),
    APART := Meaning(
        "ramah_box_clock_offset_seconds",
        "How far the clock of an office's own server is ahead of the city's; absent while it is "
        "out of touch.",
        ("branch",),
    ),
    BEHIND := Meaning(
        "ramah_webhook_behind", "Events a webhook is behind.", ("branch", "webhook")
    ),
)  # fmt: skip
"""Every metric, in the order told."""


class HallNow(msgspec.Struct):
    """What was read of the halls when somebody last asked for metrics."""

    at: int = 0
    gauges: Gauges = Gauges()
    printers: dict[str, str] = {}
    devices: list[OfBranch] = []
    boxes: list[Box] = []
    others: frozenset[str] = frozenset()
    """Branches that another server has, which tells of them itself."""


class Metrics:
    """What is counted on the hot path, and what was read of the halls when somebody last asked.

    Attributes:
        events: appended events by kind (papers that left are ``printed``, attempts that did not
            work ``print_failed``).
        now: the halls as they were read last.
        printers: tells how each printer is.
    """

    def __init__(
        self, store: Store, hub: Hub, printers: Callable[[], list[PrinterNow]] = list
    ) -> None:
        self.events: Counter[str] = Counter()
        self.store = store
        self.hub = hub
        self.now = HallNow()
        self.printers = printers

    def heard(self, branch: int, kind: str, times: int) -> None:
        """Count events, at the server that has their branch."""
        if self.store.owners.has(branch):
            self.events[kind] += times

    async def look(self) -> None:
        """Read how the halls stand, for the answer that follows."""

        def read(db: sqlite3.Connection) -> None:
            now.gauges = gauges(db, self.store.clock())
            now.printers = {each.id: each.branch for each in printers.listed(db)}
            now.devices = fleet.with_a_page(db)
            now.boxes = boxes.boxes(db)
            at = self.store.owners.at
            now.others = frozenset(e.code for e in offices.branches(db) if at(e.id))

        now = self.now
        await self.store.read(read)
        now.at = self.store.clock()
