"""Alert rules and dashboard name what the server really tells; promtool tries the rules."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.api.metrics import MEANINGS
from server.reference.metrics import name_of
from tests.server.api.client import Client
from tests.server.process import Hall

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
BOARD = DEPLOY / "grafana" / "ramah.json"
LABELS = {name_of(each): {*each.labels, "instance", "job"} for each in MEANINGS} | {
    "up": {"instance", "job"}
}
METRIC = re.compile(r"\b(ramah_\w+|up)\b(?:\{([^}]*)\})?")
PROMTOOL = shutil.which("promtool")


def rules() -> list[dict[str, Any]]:
    groups = msgspec.yaml.decode(RULES.read_bytes())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return list(json.loads(BOARD.read_text("utf-8"))["panels"])


def expressions() -> list[str]:
    drawn = [target["expr"] for panel in panels() for target in panel["targets"]]
    return drawn + [rule["expr"] for rule in rules()]


@pytest.mark.parametrize("expression", expressions())
def test_rules_and_panels_ask_for_what_there_is(expression: str) -> None:
    found = METRIC.findall(expression)
    assert found, expression
    named = {name for name, _ in found}
    assert named <= LABELS.keys()
    known = set.union(*(LABELS[name] for name in named))
    asked = {each.partition("=")[0].strip("~! ") for _, inside in found
             for each in inside.split(",") if each}  # fmt: skip
    grouped = re.findall(r"\b(?:by|on) \(([^)]*)\)", expression)
    asked |= {each.strip() for inside in grouped for each in inside.split(",")}
    assert asked <= known, expression


def test_every_alert_says_how_grave_it_is_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules()) > 8
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "look"}
        assert rule["annotations"].keys() == {"summary", "action"}


def test_every_metric_of_a_hall_is_drawn_and_panels_stand_beside_each_other() -> None:
    asked = " ".join(expressions())
    assert [name for name in LABELS if name not in asked] == []
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                 for y in range(at["y"], at["y"] + at["h"])}  # fmt: skip
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here (Debian package prometheus)")
def test_promtool_takes_the_files_and_the_made_days_ring_when_they_should() -> None:
    for words in (
        ["check", "config", "deploy/prometheus/prometheus.yml"],
        ["test", "rules", "deploy/prometheus/alerts_test.yml"],
    ):
        run = subprocess.run(
            [str(PROMTOOL), *words], cwd=DEPLOY.parent, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr


async def series(client: Client) -> set[str]:
    """Return what the server tells, without the figures."""
    lines = (await client.get("/metrics")).text.splitlines()
    return {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}


async def test_a_day_of_numbers_and_devices_makes_no_new_series(hall: Hall) -> None:
    async with hall.client("manager") as manager, hall.client("kiosk") as kiosk:
        for _ in range(2):
            await kiosk.take()
        before = {each for each in await series(manager) if f'"{hall.code}"' in each}
        assert f'ramah_devices{{branch="{hall.code}",kind="kiosk",state="offline"}}' in before
        for number in range(20):
            await kiosk.take()
            hall.token("kiosk", f"Kios {number}")
        after = {each for each in await series(manager) if f'"{hall.code}"' in each}
        assert after == before
