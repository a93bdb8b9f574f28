"""Tells the metrics in Prometheus' words; loaded when somebody asks for them the first time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.api.metrics import (
    ALARMS,
    APART,
    BEHIND,
    COMMANDS,
    COMMIT,
    COUNTERS,
    DEVICES,
    DROPPED,
    EVENTS,
    LONGEST,
    MISSING,
    PAPER_LOW,
    REFUSED,
    SILENT,
    SOCKETS,
    STATE,
    TROUBLE,
    WAITING,
    Meaning,
    Metrics,
)  # fmt: skip
from server.city.halls import silent
from server.equipment import state_of

CONTENT_TYPE = CONTENT_TYPE_LATEST


def told(metrics: Metrics, code: str | None = None) -> bytes:
    """Return all figures as Prometheus reads them.

    ``code``: only those of this office, and the server's own; what its manager may read from
    elsewhere.
    """
    figures: Collector = _Figures(metrics)
    return generate_latest(figures if code is None else _OfOffice(figures, code))


def _family(
    meaning: Meaning, value: float | None = None
) -> CounterMetricFamily | GaugeMetricFamily:
    """Return a metric without figures, or with its only one."""
    kind = CounterMetricFamily if meaning.counts else GaugeMetricFamily
    if value is not None:
        return kind(meaning.name, meaning.means, value=value)
    return kind(meaning.name, meaning.means, labels=meaning.labels)


class _OfOffice(Collector):
    """The figures of one office, and those of the server."""

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
    """The figures as they stand when they are asked for."""

    def __init__(self, metrics: Metrics) -> None:
        self._from = metrics

    def collect(self) -> Iterable[Metric]:
        """Return the figures as they stand."""
        for family in self._families():
            family.samples = [
                each
                for each in family.samples
                if each.labels.get("branch") not in self._from.now.others
            ]
            yield family

    def _families(self) -> Iterable[Metric]:
        events = _family(EVENTS)
        for kind, count in self._from.events.items():
            events.add_metric([kind], count)
        yield events
        yield _family(SOCKETS, self._from.hub.listeners())
        yield _family(DROPPED, self._from.hub.dropped())
        yield _family(COMMANDS, self._from.store.waiting())
        yield _family(COMMIT, self._from.store.pace.slowest())
        yield from self._printer_states()
        yield from self._halls()
        yield from self._screens()
        yield from self._boxes()

    def _screens(self) -> Iterable[Metric]:
        """Count devices by kind: each by its name would be a series for every one ever paired."""
        online = {each.who.actor.id.removeprefix("token:") for each in self._from.hub.sockets()}
        counted: Counter[tuple[str, str, str]] = Counter()
        for each in self._from.now.devices:
            for state in ("online", "offline"):
                here = state == ("online" if each.id in online else "offline")
                counted[each.branch, each.role, state] += here
        family = _family(DEVICES)
        for labels, count in counted.items():
            family.add_metric(labels, count)
        yield family

    def _boxes(self) -> Iterable[Metric]:
        quiet, missing, refused = _family(SILENT), _family(MISSING), _family(REFUSED)
        apart = _family(APART)
        for each in self._from.now.boxes:
            # also of one that was refused from its first part on: it never counted as come
            refused.add_metric([each.code], int(bool(each.refused)))
            if each.heard_at is not None:
                quiet.add_metric([each.code], max(0, self._from.now.at - each.heard_at) / 1000)
                missing.add_metric([each.code], max(0, each.newest - each.seq))
            if each.clock_ms is not None and not silent(each.heard_at, self._from.now.at):
                apart.add_metric([each.code], each.clock_ms / 1000)
        yield quiet
        yield missing
        yield refused
        yield apart

    def _printer_states(self) -> Iterable[Metric]:
        """Tell of each printer that was asked: of the others neither 0 nor 1 would be true.

        The reason is a metric of its own: as a label of the trouble it would begin an alert's
        ``for:`` anew each time it changes.
        """
        trouble, state, low = _family(TROUBLE), _family(STATE), _family(PAPER_LOW)
        for each in self._from.printers():
            branch = self._from.now.printers.get(each.id)
            if not each.known or branch is None:
                continue
            trouble.add_metric([branch, each.name], int(bool(each.trouble)))
            state.add_metric([branch, each.name, state_of(each)], 1)
            low.add_metric([branch, each.name], int(each.paper_low))
        yield trouble
        yield state
        yield low

    def _halls(self) -> Iterable[Metric]:
        now, gauges = self._from.now, self._from.now.gauges
        # of a hall whose line is cut nobody knows: an alert by its old figures would wake somebody
        unknown = {each.code for each in now.boxes if silent(each.heard_at, now.at)}
        waiting, longest = _family(WAITING), _family(LONGEST)
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
            family = _family(meaning)
            for branch, value, count in rows:
                if branch not in unknown:
                    family.add_metric([branch, value], count)
            yield family
