"""How events change the picture of the hall, run in a real browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Browser

from server.domain.events import Audience
from server.storage.published import Published
from tests.server.domain.test_events import every_event
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

RUN = """async ([state, events]) => {
  const { apply } = await import('/web/hall-state.js');
  let seq = state.seq;
  for (const event of events) {
    seq += 1;
    const at = new Date(1000 * seq).toISOString();
    state = state && apply(state, Object.assign({ type: 'event', seq, at }, event));
  }
  return state;
}"""

TURN = {"ticket": "t1", "leg": 1, "label": "A001", "service": "A", "priority": "regular"}
CALL = {
    **TURN, "kind": "called", "was": "waiting", "state": "called",
    "counter": {"id": "c2", "number": 2}, "number": 1, "rule": "fair", "recalls": 0,
}  # fmt: skip


async def after(browser: Browser, hall: StubHall, *events: dict[str, Any]) -> dict[str, Any]:
    return await last(browser, hall, *events) or {}


async def last(browser: Browser, hall: StubHall, *events: dict[str, Any]) -> dict[str, Any] | None:
    page = await browser.new_page()
    await page.goto(hall.url("/"))
    state: dict[str, Any] | None = await page.evaluate(RUN, [hall.snapshot(), list(events)])
    return state


def waiting(state: dict[str, Any]) -> dict[str, int]:
    return {service["code"]: service["waiting"] for service in state["services"]}


async def test_a_visit_from_number_to_done(stub_hall: StubHall, browser: Browser) -> None:
    state = await after(
        browser,
        stub_hall,
        {"kind": "issued", **TURN, "state": "waiting"},
        CALL,
        {"kind": "recalled", **TURN, "counter": {"id": "c2", "number": 2}, "recalls": 1},
        {"kind": "started", **TURN, "was": "called", "state": "serving", "counter": "c2"},
    )
    assert waiting(state)["A"] == 4
    current = state["counters"][1]["current"]
    assert current["state"] == "serving"
    assert current["recalls"] == 1
    assert [call["recall"] for call in state["recent_calls"]] == [True, False]
    done = {"kind": "finished", **TURN, "was": "serving", "state": "done", "counter": "c2"}
    state = await after(browser, stub_hall, CALL, done)
    assert state["counters"][1]["current"] is None


@pytest.mark.parametrize(
    ("event", "change"),
    [
        ({"kind": "transferred", "was": "serving", "state": "transferred", "to_service": "B"},
         {"A": 4, "B": 1}),
        ({"kind": "transferred", "was": "waiting", "state": "transferred", "to_service": "A"},
         {"A": 4, "B": 0}),
        ({"kind": "cancelled", "was": "waiting", "state": "cancelled"}, {"A": 3, "B": 0}),
        ({"kind": "cancelled", "was": "held", "state": "cancelled"}, {"A": 4, "B": 0}),
        ({"kind": "returned", "was": "no_show", "state": "waiting"}, {"A": 5, "B": 0}),
        ({"kind": "no_show", "was": "called", "state": "no_show", "counter": "c1"},
         {"A": 4, "B": 0}),
    ],
)  # fmt: skip
async def test_waiting_counts(
    stub_hall: StubHall, event: dict[str, Any], change: dict[str, int], browser: Browser
) -> None:
    state = await after(browser, stub_hall, {**TURN, **event})
    assert {code: waiting(state)[code] for code in change} == change


async def test_pauses_and_breaks(stub_hall: StubHall, browser: Browser) -> None:
    state = await after(
 browser, stub_hall,
        {"kind": "service_paused", "service": "A", "notice": "Sebentar", "notices": {}},
        {"kind": "counter_changed", "counter": {"id": "c1", "number": 1}, "was": "open",
         "state": "break", "services": ["A", "B"]},
    )  # fmt: skip
    assert (state["services"][0]["paused"], state["services"][0]["notice"]) == (True, "Sebentar")
    assert (state["counters"][0]["state"], state["counters"][0]["services"]) == (
        "break", ["A", "B"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [{"kind": "configured"}, {"kind": "day_closed"}, {"kind": "from_the_future"},
     {"kind": "printed", "seq": 9}],
)  # fmt: skip
async def test_what_cannot_be_applied_asks_for_a_fresh_snapshot(
    stub_hall: StubHall, event: dict[str, Any], browser: Browser
) -> None:
    assert await last(browser, stub_hall, event) is None


RENEWS = {
    "configured", "service_resumed", "day_closed", "undone", "day_reopened", "clock_set",
}  # fmt: skip
EACH = """async ([state, events]) => {
  const { apply } = await import('/web/hall-state.js');
  const afresh = [];
  for (const event of events) {
    if (!apply(state, { ...event, seq: state.seq + 1 })) afresh.push(event.kind);
  }
  return afresh;
}"""


async def test_no_event_of_the_server_makes_every_screen_start_afresh_without_need(
    stub_hall: StubHall, browser: Browser
) -> None:
    """Papers, alarms and a look at figures are nothing to a lobby full of screens.

    What was undone is told whole while it happens; read back from the log, it is not.
    """
    told = [Published(1, 1, 1000, each) for each in every_event()]
    events = [
        json.loads(each.message(Audience.KIOSK)) for each in told if each.heard_by(Audience.KIOSK)
    ]
    page = await browser.new_page()
    await page.goto(stub_hall.url("/"))
    afresh = await page.evaluate(EACH, [stub_hall.snapshot(), events])
    assert set(afresh) == RENEWS
