"""Owns the metrics: names, meaning, and where each figure comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from printer.spool import PrinterNow
from server.push.hub import Hub
from server.storage.store import Store


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
        self.registry.register(_Figures(store, hub, self.events, printers))


class _Figures(Collector):
    """Counted in plain numbers on the hot path, told in Prometheus' words when asked."""

    def __init__(
        self,
        store: Store,
        hub: Hub,
        events: Counter[str],
        printers: Callable[[], list[PrinterNow]],
    ) -> None:
        self._store = store
        self._printers = printers
        self._hub = hub
        self._events = events

    def collect(self) -> Iterable[Metric]:
        """Return the figures as they stand."""
        events = CounterMetricFamily("ramah_events", "Events appended to the log.", labels=["kind"])
        for kind, count in self._events.items():
            events.add_metric([kind], count)
        yield events
        yield GaugeMetricFamily(
            "ramah_sockets", "Screens connected to the feed.", value=self._hub.listeners()
        )
        yield GaugeMetricFamily(
            "ramah_sockets_dropped", "Screens given up since start: gone or too slow.",
            value=self._hub.dropped(),
        )  # fmt: skip
        yield GaugeMetricFamily(
            "ramah_commands_waiting", "Commands that wait for the writer.",
            value=self._store.waiting(),
        )  # fmt: skip
        trouble = GaugeMetricFamily(
            "ramah_printer_trouble",
            "1 while a printer cannot print (trouble says why), 0 while all is well.",
            labels=["printer", "trouble"],
        )
        low = GaugeMetricFamily(
            "ramah_printer_paper_low", "1 while a roll is nearly at its end.", labels=["printer"]
        )
        for each in self._printers():
            trouble.add_metric([each.name, each.trouble], int(bool(each.trouble)))
            low.add_metric([each.name], int(each.paper_low))
        yield trouble
        yield low
