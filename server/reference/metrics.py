"""Tells every metric of ``GET /metrics``."""

from __future__ import annotations

from server.api.metrics import MEANINGS, Meaning
from server.reference import page, table

WHERE = "`server/api/metrics.py`"
INTRODUCTION = """\
`GET /metrics` is for Prometheus: open to the machine itself, elsewhere with a manager's token;
never through a trusted proxy without one. Figures are read when somebody asks. `branch` is the
office's code, `kind` a kind of [event](events.md)."""
ALERTS = """\
## What to be woken for

```yaml
- alert: RamahPrinter
  expr: ramah_printer_trouble == 1
  for: 5m
- alert: RamahLongWait
  expr: ramah_longest_wait_seconds > 3600
- alert: RamahWriterStuck
  expr: ramah_commands_waiting > 100
  for: 1m
- alert: RamahDiskSlow
  expr: ramah_commit_slowest_seconds > 1
  for: 5m
- alert: RamahWebhookBehind
  expr: ramah_webhook_behind > 1000
  for: 15m
```"""


def written() -> str:
    """Return the page."""
    head = ("Metric", "Type", "Labels", "Meaning")
    return page("Metrics", WHERE, [INTRODUCTION, "", *table(head, map(_row, MEANINGS)), ALERTS])


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
