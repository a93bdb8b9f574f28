"""Owns the metrics: names, meaning, and where each figure comes from."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from printer.spool import PrinterNow
from server.city.halls import silent
from server.equipment import state_of
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

    def family(self, value: float | None = None) -> CounterMetricFamily | GaugeMetricFamily:
        """Return it without figures, or with its only one."""
        kind = CounterMetricFamily if self.counts else GaugeMetricFamily
        if value is not None:
            return kind(self.name, self.means, value=value)
        return kind(self.name, self.means, labels=self.labels)


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
    """The server's own registry.

    ``ramah_events_total`` counts appended events by kind (papers that left are ``printed``,
    attempts that did not work ``print_failed``); gauges are read when somebody asks.
    """

    def __init__(
        self, store: Store, hub: Hub, printers: Callable[[], list[PrinterNow]] = list
    ) -> None:
        self.registry = CollectorRegistry()
        self.events: Counter[str] = Counter()
        self._store = store
        self._now = HallNow()
        self.registry.register(_Figures(store, hub, self.events, printers, self._now))

    def heard(self, branch: int, kind: str, times: int) -> None:
        """Count events, at the server that has their branch."""
        if self._store.owners.has(branch):
            self.events[kind] += times

    async def look(self) -> None:
        """Read how the halls stand, for the answer that follows."""

        def read(db: sqlite3.Connection) -> None:
            now.gauges = gauges(db, self._store.clock())
            now.printers = {each.id: each.branch for each in printers.listed(db)}
            now.devices = fleet.with_a_page(db)
            now.boxes = boxes.boxes(db)
            at = self._store.owners.at
            now.others = frozenset(e.code for e in offices.branches(db) if at(e.id))

        now = self._now
        await self._store.read(read)
        now.at = self._store.clock()


class OfOffice(Collector):
    """What an office's manager reads from elsewhere: its own figures, and those of the server."""

    def __init__(self, all_of_them: Collector, code: str) -> None:
        self._all = all_of_them
        self._code = code

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        for family in self._all.collect():
            own = Metric(family.name, family.documentation, family.type)
            own.samples = [
                each
                for each in family.samples
                if each.labels.get("branch", self._code) == self._code
            ]
            yield own


class _Figures(Collector):
    """Counted in plain numbers on the hot path, told in Prometheus' words when asked."""

    def __init__(
        self,
        store: Store,
        hub: Hub,
        events: Counter[str],
        printers: Callable[[], list[PrinterNow]],
        now: HallNow,
    ) -> None:
        self._store = store
        self._printers = printers
        self._now = now
        self._hub = hub
        self._events = events

    def collect(self) -> Iterable[Metric]:
        """Return the figures as they stand."""
        for family in self._families():
            family.samples = [
                each for each in family.samples if each.labels.get("branch") not in self._now.others
            ]
            yield family

    def _families(self) -> Iterable[Metric]:
        events = EVENTS.family()
        for kind, count in self._events.items():
            events.add_metric([kind], count)
        yield events
        yield SOCKETS.family(self._hub.listeners())
        yield DROPPED.family(self._hub.dropped())
        yield COMMANDS.family(self._store.waiting())
        yield COMMIT.family(self._store.pace.slowest())
        yield from self._printer_states()
        yield from self._halls()
        yield from self._screens()
        yield from self._boxes()

    def _screens(self) -> Iterable[Metric]:
        """Count devices by kind: each by its name would be a series for every one ever paired."""
        online = {each.who.actor.id.removeprefix("token:") for each in self._hub.sockets()}
        counted: Counter[tuple[str, str, str]] = Counter()
        for each in self._now.devices:
            for state in ("online", "offline"):
                here = state == ("online" if each.id in online else "offline")
                counted[each.branch, each.role, state] += here
        family = DEVICES.family()
        for labels, count in counted.items():
            family.add_metric(labels, count)
        yield family

    def _boxes(self) -> Iterable[Metric]:
        silent, missing = SILENT.family(), MISSING.family()
        for each in self._now.boxes:
            if each.heard_at is not None:
                silent.add_metric([each.code], max(0, self._now.at - each.heard_at) / 1000)
                missing.add_metric([each.code], max(0, each.newest - each.seq))
        yield silent
        yield missing

    def _printer_states(self) -> Iterable[Metric]:
        """Tell of each printer that was asked: of the others neither 0 nor 1 would be true.

        The reason is a metric of its own: as a label of the trouble it would begin an alert's
        ``for:`` anew each time it changes.
        """
        trouble, state, low = TROUBLE.family(), STATE.family(), PAPER_LOW.family()
        for each in self._printers():
            branch = self._now.printers.get(each.id)
            if not each.known or branch is None:
                continue
            trouble.add_metric([branch, each.name], int(bool(each.trouble)))
            state.add_metric([branch, each.name, state_of(each)], 1)
            low.add_metric([branch, each.name], int(each.paper_low))
        yield trouble
        yield state
        yield low

    def _halls(self) -> Iterable[Metric]:
        now, gauges = self._now, self._now.gauges
        # of a hall whose line is cut nobody knows: an alert by its old figures would wake somebody
        unknown = {each.code for each in now.boxes if silent(each.heard_at, now.at)}
        waiting, longest = WAITING.family(), LONGEST.family()
        for *labels, count, oldest in gauges.waiting:
            if labels[0] in unknown:
                continue
            waiting.add_metric(labels, count)
            longest.add_metric(labels, max(0, now.at - oldest) / 1000)
        yield waiting
        yield longest
        for meaning, rows in (
            (COUNTERS, gauges.counters), (ALARMS, gauges.alarms), (BEHIND, gauges.behind),
        ):  # fmt: skip
            family = meaning.family()
            for branch, value, count in rows:
                if branch not in unknown:
                    family.add_metric([branch, value], count)
            yield family
