"""What watches the server: liveness, readiness, metrics."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.server.api.client import Client
from tests.server.process import Hall


async def metrics(client: Client) -> dict[str, float]:
    """Return every sample by name and labels."""
    answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {
        sample.name + "".join(f"[{key}={value}]" for key, value in sample.labels.items()): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_the_server_says_that_it_lives_and_can_write(visitor: Client) -> None:
    assert (await visitor.get("/healthz")).json["status"] == "ok"
    assert (await visitor.get("/readyz")).json["status"] == "ready"


async def test_prometheus_counts_every_event_by_its_kind(staff: Client) -> None:
    before = await metrics(staff)
    await staff.do(1, "open")
    for _ in range(3):
        await staff.take()
    await staff.do(1, "call-next")
    after = await metrics(staff)
    grown = {
        kind: after[f"ramah_events_total[kind={kind}]"]
        - before.get(f"ramah_events_total[kind={kind}]", 0)
        for kind in ("issued", "called", "counter_changed")
    }
    assert grown == {"issued": 3, "called": 1, "counter_changed": 1}


async def test_prometheus_sees_the_connected_screens(hall: Hall, display: Client) -> None:
    before = (await metrics(display))["ramah_sockets"]
    async with display.socket() as one, display.socket() as two:
        await one.recv()
        await two.recv()
        assert (await metrics(display))["ramah_sockets"] == before + 2
    assert hall.last_event() == 1
