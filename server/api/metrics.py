"""Owns the metrics: names, meaning, and where each figure comes from."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.push.hub import Hub
from server.storage.store import Store


class Metrics:
    """The server's own registry.

    ``ramah_events_total`` counts appended events by kind, ``ramah_print_attempts_total``
    attempts to print by result; gauges are read when somebody asks.
    """

    def __init__(self, store: Store, hub: Hub) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "ramah_events", "Events appended to the log.", ["kind"], registry=self.registry
        )
        self.registry.register(_Gauges(store, hub))


class _Gauges(Collector):
    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """Return the gauges as they stand."""
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
