"""The rota as the manager's calls make, try and keep it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from server.plan.rota.book import next_week
from tests.server.api.client import Client
from tests.server.process import Hall, office_toml, some_noon
from tests.server.waiting import soon


def fill(hall: Hall, today: str, people: int = 60) -> None:
    """Give an office forty days of a past: people for A and B around noon."""
    with hall.server.database() as db:
        db.executemany(
            "INSERT INTO turns (ticket, leg, branch, day, label, service, priority, state, "
            "arrival, eligible_at) VALUES (?, 1, ?, ?, 'A001', ?, 'regular', 'done', 0, ?)",
            [
                (f"{hall.number}/{back}/{n}", hall.number,
                 (date.fromisoformat(today) - timedelta(days=back)).isoformat(), "AAB"[n % 3],
                 some_noon() + n % 10 * 1_800_000)
                for back in range(1, 41) for n in range(people)
            ],
        )  # fmt: skip


async def rules_with(manager: Client, **changes: object) -> dict[str, Any]:
    told = (await manager.get("/api/rota/rules")).json
    body = {"version": told["version"], "rules": {**told["rules"], **changes}}
    answer = await manager.post("/api/rota/rules", body)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "100000", "%D9%A1", "9" * 30])
async def test_a_version_that_is_none_is_refused_in_words(manager: Client, version: str) -> None:
    answer = await manager.get(f"/api/rota?version={version}")
    assert (answer.status, answer.json["field"]) == (422, "version")


async def test_a_week_is_made_tried_saved_and_kept_by_version(hall: Hall, manager: Client) -> None:
    today = (await manager.get("/api/queue")).json["day"]
    fill(hall, today)
    hall.person("sari", "staff")
    told = (await manager.get("/api/rota/rules")).json
    assert told["version"] == 0
    first = told["rules"]["officers"][0]
    assert first["name"]
    counters = [each["number"] for each in told["counters"]]
    assert len(told["rules"]["officers"]) >= len(counters)
    await rules_with(manager, minutes=20, opens="12:00", closes="17:00")
    week = next_week(today)
    began = await manager.post("/api/rota/make", {"week": week})
    assert began.json["state"] == "making"
    assert (await manager.post("/api/rota/make", {"week": week})).status == 200, "it goes on"
    other = (date.fromisoformat(week) + timedelta(days=7)).isoformat()
    assert (await manager.post("/api/rota/make", {"week": other})).status == 409

    async def made() -> bool:
        found = (await manager.get("/api/rota/making")).json
        assert found["state"] in {"making", "made"}, found
        return any(each["shifts"] for each in found["days"])

    await soon(made, "the first day has shifts")
    stopped = (await manager.post("/api/rota/stop", {"keep": True})).json
    assert stopped["state"] in {"stopped", "made"}
    day = next(each for each in stopped["days"] if each["shifts"])
    assert {"expected", "counters", "needed", "share", "p90"} <= day["outcome"]["half_hours"][
        0
    ].keys()
    tried = await manager.post("/api/rota/try", {
        "day": day["day"], "shifts": [], "people": 130,
        "changes": [{"what": "more", "n": 1, "service": "A", "start": 24, "end": 30}],
    })  # fmt: skip
    assert tried.json["outcome"]["hours"] == 3
    body = {"week": week, "version": 0, "days": [{"day": day["day"], "shifts": day["shifts"]}]}
    saved = (await manager.post("/api/rota", body)).json
    assert (saved["version"], saved["minutes"]) == (1, 20)
    assert saved["days"][0]["outcome"]["share"] > 0
    assert (await manager.post("/api/rota", body)).status == 409, "somebody saved meanwhile"
    await manager.post("/api/rota", {**body, "version": 1})
    again = (await manager.get(f"/api/rota?week={week}")).json
    assert [each["version"] for each in again["versions"]] == [2, 1]
    assert again["days"][0]["shifts"] == day["shifts"]
    await manager.post("/api/rota", {"week": week, "version": 2, "days": []})
    assert (await manager.get(f"/api/rota?week={week}")).json["days"] == []
    earlier = (await manager.get(f"/api/rota?week={week}&version=2")).json
    assert (earlier["version"], earlier["days"]) == (2, again["days"])
    assert [each["version"] for each in earlier["versions"]] == [3, 2, 1]
    assert (await manager.get(f"/api/rota?week={week}&version=4")).status == 404
    assert (await manager.post("/api/rota/stop", {"keep": False})).json["state"] == "none"


async def test_a_plan_is_saved_as_it_was_made_and_then_no_more_in_the_making(
    hall: Hall, manager: Client
) -> None:
    today = (await manager.get("/api/queue")).json["day"]
    fill(hall, today)
    hall.person("sari", "staff")
    await rules_with(manager, opens="12:00", closes="14:00")
    week = next_week(today)
    await manager.post("/api/rota/make", {"week": week})

    async def first() -> bool:
        found = (await manager.get("/api/rota/making")).json
        return any(each["shifts"] and each["day"] != found["day"] for each in found["days"])

    await soon(first, "a day is ready")
    made = (await manager.post("/api/rota/stop", {"keep": True})).json
    day = next(each for each in made["days"] if each["shifts"])
    body = {"week": week, "version": 0, "days": [{"day": day["day"], "shifts": day["shifts"]}]}
    saved = (await manager.post("/api/rota", body)).json
    assert saved["days"][0]["outcome"] == day["outcome"], "it says what it said before"
    assert (await manager.get("/api/rota/making")).json["state"] == "none"


async def test_no_plan_is_made_for_a_week_that_is_over_or_for_nobody(manager: Client) -> None:
    today = (await manager.get("/api/queue")).json["day"]
    over = (date.fromisoformat(today) - timedelta(days=7)).isoformat()
    refused = await manager.post("/api/rota/make", {"week": over})
    assert (refused.status, refused.json["field"]) == (422, "week")
    told = (await manager.get("/api/rota/rules")).json
    await rules_with(manager, officers=[{**each, "active": False}
                                        for each in told["rules"]["officers"]])  # fmt: skip
    refused = await manager.post("/api/rota/make", {"week": next_week(today)})
    assert (refused.status, refused.json["field"]) == (422, "rules.officers")


async def test_an_office_without_a_past_is_told_so(manager: Client) -> None:
    week = next_week((await manager.get("/api/queue")).json["day"])
    assert (await manager.post("/api/rota/make", {"week": week})).status == 200

    async def said() -> bool:
        return (await manager.get("/api/rota/making")).json["trouble"] == "no-history"  # type: ignore[no-any-return]

    await soon(said, "nothing is known of who will come")
    assert (await manager.get("/api/rota")).json["version"] == 0


@pytest.mark.parametrize(("days", "status"), [
    ([{"day": "2026-03-03", "shifts": []}], 422),
    ([{"officer": "nobody", "counter": 1, "start": 16, "end": 20}], 422),
    ([{"officer": "x", "counter": 1, "start": 20, "end": 20}], 422),
    ([{"officer": "x", "counter": 77, "start": 16, "end": 20}], 422),
    ([{"officer": "x", "counter": 1, "start": 16, "end": 20}] * 2, 422),
    ([{"officer": "x", "counter": 1, "start": 16, "end": 99}], 422),
])  # fmt: skip
async def test_shifts_that_cannot_be_are_refused(
    manager: Client, days: list[dict[str, Any]], status: int
) -> None:
    await rules_with(manager, officers=[{"key": "x", "name": "Ibu Sari"}])
    week = next_week((await manager.get("/api/queue")).json["day"])
    its = days if "day" in days[0] else [{"day": week, "shifts": days}]
    assert (
        await manager.post("/api/rota", {"week": week, "version": 0, "days": its})
    ).status == status


async def test_rules_are_changed_by_one_at_a_time(manager: Client) -> None:
    told = await rules_with(manager, share=85)
    assert (told["version"], told["rules"]["share"]) == (1, 85)
    late = {"version": 0, "rules": told["rules"]}
    assert (await manager.post("/api/rota/rules", late)).status == 409
    twice = {"version": 1, "rules": {**told["rules"], "officers": [{"key": "x", "name": "A"}] * 2}}
    assert (await manager.post("/api/rota/rules", twice)).status == 422
    other = {"version": 1, "rules": {"officers": [{"key": "x", "name": "A", "services": ["ZZ"]}]}}
    assert (await manager.post("/api/rota/rules", other)).status == 422


async def test_a_plan_knows_the_closed_days_of_its_week(hall: Hall, manager: Client) -> None:
    week = next_week((await manager.get("/api/queue")).json["day"])
    assert (await manager.get(f"/api/rota?week={week}")).json["closed"] == [], "nobody says hours"
    tuesday, saturday, sunday = (
        (date.fromisoformat(week) + timedelta(days=n)).isoformat() for n in (1, 5, 6)
    )
    hall.server.add_branch(office_toml(hall.code, more=f"""
closed_dates = ["{tuesday}"]
[[hours.periods]]
days = [1, 2, 3, 4, 5]
opens = "08:00"
closes = "16:00"
"""))  # fmt: skip
    found = (await manager.get(f"/api/rota?week={week}")).json["closed"]
    assert found == [tuesday, saturday, sunday]
