"""Tells every metric of ``GET /metrics``."""

from __future__ import annotations

from server.api.metrics import MEANINGS, Meaning
from server.reference import page, table

WHERE = "`server/api/metrics.py`"
INTRODUCTION = """\
`GET /metrics` is for Prometheus: open to the machine itself, elsewhere with the city's token
(`ramah token create --role city`), which reads all halls, or a manager's, which reads the figures
of its own office and of the server; never through a trusted proxy without one. Figures are read
when somebody asks. `branch` is the office's code, `kind` a kind of [event](events.md)."""
WATCH = """\
## Dashboards and alerts as files
`deploy/prometheus/prometheus.yml` reads one server or many, `deploy/prometheus/alerts.yml` says
what to be woken for and what to do then (`severity`: `page` at once, `look` today), and
`deploy/grafana/ramah.json` is a dashboard for one hall, some or all, to be imported in Grafana.
`promtool test rules deploy/prometheus/alerts_test.yml` tries the rules by made days.

## How many series
No label holds a person, a number, a ticket, an address or a device: nothing that grows with the
day. What grows with a hall is what somebody set up there: services times classes, printers,
webhooks, alarm rules. A mall of forty services and eight printers comes to about 200 series."""


def written() -> str:
    """Return the page."""
    head = ("Metric", "Type", "Labels", "Meaning")
    return page("Metrics", WHERE, [INTRODUCTION, "", *table(head, map(_row, MEANINGS)), WATCH])


def name_of(metric: Meaning) -> str:
    """Return a metric's name as a scrape has it."""
    return f"{metric.name}_total" if metric.counts else metric.name


def _row(metric: Meaning) -> tuple[str, str, str, str]:
    kind = "counter" if metric.counts else "gauge"
    return (
        f"`{name_of(metric)}`",
        kind,
        " ".join(f"`{each}`" for each in metric.labels),
        metric.means,
    )
