"""The settings over the API: checked, saved, planned, taken back; nobody overwrites anybody."""

from __future__ import annotations

import json
from datetime import date, timedelta
from string import ascii_uppercase
from typing import Any

from tests.server.api.client import Client
from tests.server.process import Hall
from tests.server.waiting import soon


async def now(client: Client) -> tuple[int, dict[str, Any]]:
    told = (await client.get("/api/settings")).json
    return told["version"], json.loads(told["settings"])


async def send(client: Client, path: str, settings: dict[str, Any], base: int, **more: str) -> Any:  # noqa: ANN401
    body = {"settings": json.dumps(settings), "base": base, **more}
    return await client.post(f"/api/settings{path}", body, headers={"Accept-Language": "en"})


async def test_a_change_is_told_saved_and_in_force_without_a_restart(
    manager: Client, kiosk: Client
) -> None:
    version, settings = await now(manager)
    settings["services"][0]["names"]["en"] = "Letters"
    settings["counters"].pop()
    checked = (await send(manager, "/check", settings, version)).json
    assert checked["problems"] == checked["conflicts"] == []
    assert "Letters: 12 → 11 counters" in checked["changes"]
    assert "Gone: Counter 12" in checked["changes"]
    assert (await send(manager, "", settings, version)).json["version"] == version + 1
    names = [each["names"]["en"] for each in (await kiosk.get("/api/services")).json["services"]]
    assert names[0] == "Letters"
    newest = (await manager.get("/api/settings/history")).json["versions"][0]
    assert (newest["version"], newest["name"]) == (version + 1, "manager")
    again = await send(manager, "", settings, version + 1)  # the same again is no new version
    assert again.json["version"] == version + 1
    old = (await manager.get(f"/api/settings/versions/{version}")).json
    back = await send(manager, "", json.loads(old["settings"]), old["base"])
    assert back.json["version"] == version + 2
    names = [each["names"]["en"] for each in (await kiosk.get("/api/services")).json["services"]]
    assert names[0] == "Service A"


def mall(settings: dict[str, Any], services: int) -> None:
    """Make it a public service mall: services with papers in two languages, counters for all."""
    papers = {
        "id": ["KTP asli pemohon", "Nomor induk berusaha (NIB)", "Surat kuasa bila diwakilkan"],
        "en": ["Identity card", "Business number (NIB)", "Letter of authority if represented"],
    }
    codes = [f"{letter}{number}" for number in range(10) for letter in ascii_uppercase][:services]
    settings["services"] = [
        {
            "code": code,
            "names": {"id": f"Perpanjangan izin usaha {code}", "en": f"Renewal of licence {code}"},
            "requirements": papers,
        }
        for code in codes
    ]
    settings["counters"] = [
        {"number": number, "services": codes[number % 8 :: 8]} for number in range(1, 45)
    ]


async def test_a_mall_of_240_services_is_checked_planned_and_saved(
    manager: Client, kiosk: Client
) -> None:
    version, settings = await now(manager)
    mall(settings, 240)
    assert len(json.dumps(settings)) > 80_000
    checked = await send(manager, "/check", settings, version)
    assert (checked.status, checked.json["problems"]) == (200, [])
    assert (await send(manager, "/draft", settings, version)).status == 200
    assert (await send(manager, "", settings, version)).json["version"] == version + 1
    assert len((await kiosk.get("/api/services")).json["services"]) == 240
    file = (await manager.get("/api/settings/file")).text
    brought = await manager.post("/api/settings/file", {"file": file})
    assert len(json.loads(brought.json["settings"])["services"]) == 240
    whole = {"settings": json.dumps(settings), "first": "2026-11-30"}
    assert (await manager.post("/api/settings/week", whole)).status == 200
    endless = {"settings": "x" * 1_030_000, "base": version}
    english = {"Accept-Language": "en"}
    refused = await manager.post("/api/settings/check", endless, headers=english)
    assert (refused.status, refused.problem) == (413, "too-large")
    assert "1000 kB" in refused.json["detail"]


async def test_two_managers_do_not_overwrite_each_other(manager: Client) -> None:
    version, mine = await now(manager)
    theirs = json.loads(json.dumps(mine))
    theirs["name"], theirs["rules"]["max_recalls"] = "Balai", 4
    await send(manager, "", theirs, version)
    mine["rules"]["priority_cap"] = 5
    await send(manager, "", mine, version)
    _, both = await now(manager)
    assert (both["name"], both["rules"]["priority_cap"], both["rules"]["max_recalls"]) == (
        "Balai", 5, 4,
    )  # fmt: skip
    mine["name"] = "Kantor Lain"
    refused = await send(manager, "", mine, version)
    assert (refused.status, refused.problem) == (409, "settings-changed")
    conflicts = (await send(manager, "/check", mine, version)).json["conflicts"]
    assert len(conflicts) == 1
    assert "Kantor Lain" in conflicts[0]
    assert "Balai" in conflicts[0]
    assert (await now(manager))[1]["name"] == "Balai"


async def test_what_is_wrong_is_told_by_its_setting_and_not_saved(
    manager: Client,
) -> None:
    version, settings = await now(manager)
    settings["services"][1]["target_minutes"] = 0
    settings["counters"][0]["services"] = ["Q"]
    settings["code"] = "other"
    told = (await send(manager, "/check", settings, version)).json["problems"]
    assert told[0]["path"] == "services[1].target_minutes"
    assert told[0]["words"] == "'Promised wait, minutes' is from 1 to 600, not 0."
    assert (await send(manager, "", settings, version)).status == 422
    settings["services"][1]["target_minutes"] = 10
    settings["counters"][0]["services"] = ["A"]
    assert (await send(manager, "", settings, version)).json["field"] == "code"  # for life
    assert (await now(manager))[0] == version
    for text in ("[]", "{", '"x"'):
        body = {"settings": text, "base": version}
        assert (await manager.post("/api/settings/check", body)).status == 422, text


async def test_a_planned_change_begins_by_itself_and_can_be_taken_back(
    hall: Hall, manager: Client
) -> None:
    version, settings = await now(manager)
    settings["rules"]["grace_minutes"] = 45
    for at in ("soon", "2020-01-01T08:00", "2099-01-01T08:00", "2027-01-04T07:30Z"):
        assert (await send(manager, "", settings, version, at=at)).json["field"] == "at", at
    year = (await manager.get("/api/queue")).json["day"][:4]
    for month in ("06", "12"):
        at = f"{int(year) + (month == '06')}-{month}-30T07:30"
        made = await send(manager, "", settings, version, at=at)
        assert made.status == 200, made.text
    planned = (await manager.get("/api/settings")).json["planned"]
    assert len(planned) == 2
    assert planned[0]["at"][11:16] == "07:30"
    taken = await manager.delete(f"/api/settings/planned/{planned[1]['id']}")
    assert taken.status == 204
    assert (await now(manager))[0] == version
    with hall.server.database() as db:
        db.execute("UPDATE settings_plans SET due_at = 1 WHERE id = ?", (planned[0]["id"],))

    async def begun() -> bool:
        _version, settings = await now(manager)
        return bool(settings["rules"]["grace_minutes"] == 45)

    await soon(begun, "the planned change is in force")
    assert (await manager.get("/api/settings")).json["planned"] == []


async def a_week(client: Client) -> dict[str, str]:
    year = int((await client.get("/api/queue")).json["day"][:4]) + 1
    return {"at": f"{year}-01-04T07:30", "until": f"{year}-01-08T15:00"}


async def planned_for_a_week(client: Client) -> list[dict[str, Any]]:
    """Plan another name and longer grace, from Monday to Friday."""
    version, settings = await now(client)
    settings["rules"]["grace_minutes"], settings["name"] = 45, "Posko"
    made = (await send(client, "", settings, version, **await a_week(client))).json
    planned: list[dict[str, Any]] = (await client.get("/api/settings")).json["planned"]
    assert [each["id"] for each in planned] == [made["planned"], made["end"]]
    return planned


async def comes_due(hall: Hall, client: Client, change: dict[str, Any]) -> None:
    """Have the time of a planned change come."""
    with hall.server.database() as db:
        db.execute("UPDATE settings_plans SET due_at = 1 WHERE id = ?", (change["id"],))

    async def over() -> bool:
        planned = (await client.get("/api/settings")).json["planned"]
        return all(each["id"] != change["id"] or each["trouble"] for each in planned)

    await soon(over, "its time has come")


async def test_a_planned_change_goes_with_its_end_and_the_end_alone(manager: Client) -> None:
    version, settings = await now(manager)
    week = await a_week(manager)
    for at, until, field in (
        (week["at"], week["at"], "until"), (week["at"], "friday", "until"), ("", week["at"], "at"),
    ):  # fmt: skip
        refused = await send(manager, "", settings, version, at=at, until=until)
        assert (refused.status, refused.json["field"]) == (422, field)
    first, last = await planned_for_a_week(manager)
    assert (first["follows"], last["follows"], last["waits"]) == ("", first["id"], True)
    assert any("30 → 45" in each for each in first["changes"])
    assert any("45 → 30" in each for each in last["changes"])
    assert (await manager.delete(f"/api/settings/planned/{first['id']}")).status == 204
    assert (await manager.get("/api/settings")).json["planned"] == []
    first, last = await planned_for_a_week(manager)
    assert (await manager.delete(f"/api/settings/planned/{last['id']}")).status == 204
    (only,) = (await manager.get("/api/settings")).json["planned"]
    assert only["id"] == first["id"]


async def test_the_end_of_a_planned_change_takes_back_that_change_and_no_other(
    hall: Hall, manager: Client
) -> None:
    version, settings = await now(manager)
    first, last = await planned_for_a_week(manager)
    settings["rules"]["priority_cap"] = 5  # since it was planned
    await send(manager, "", settings, version)
    with hall.server.database() as db:  # a server that was off for a week: both at once
        db.execute("UPDATE settings_plans SET due_at = 1 WHERE id = ?", (last["id"],))
    await comes_due(hall, manager, first)
    settings["rules"]["max_recalls"] = 4  # while it is in force, or just after
    await send(manager, "", settings, version + 1)
    await comes_due(hall, manager, last)
    assert (await manager.get("/api/settings")).json["planned"] == []
    assert (await now(manager))[1] == settings
    history = (await manager.get("/api/settings/history")).json["versions"]
    told = [change[-7:] for each in history for change in each["changes"]]
    assert [each for each in told if "45" in each] == ["45 → 30", "30 → 45"]


async def test_the_end_of_a_planned_change_leaves_what_somebody_changed_otherwise_meanwhile(
    hall: Hall, manager: Client
) -> None:
    first, last = await planned_for_a_week(manager)
    await comes_due(hall, manager, first)
    version, meanwhile = await now(manager)
    assert meanwhile["name"] == "Posko"
    meanwhile["name"] = "Balai"
    await send(manager, "", meanwhile, version)
    (told,) = (await manager.get("/api/settings")).json["planned"]
    assert (told["follows"], told["waits"]) == (first["id"], False)
    await comes_due(hall, manager, last)
    assert (await manager.get("/api/settings")).json["planned"][0]["trouble"]
    assert (await now(manager))[1] == meanwhile


async def test_a_planned_change_is_corrected_and_no_draft_is_taken_for_one(
    hall: Hall, manager: Client
) -> None:
    version, settings = await now(manager)
    settings["name"] = "Nama Barru"
    year = int((await manager.get("/api/queue")).json["day"][:4])
    made = await send(manager, "", settings, version, at=f"{year + 1}-01-04T07:30")
    path = f"/api/settings/planned/{made.json['planned']}"
    again = (await manager.get(path)).json
    assert (json.loads(again["settings"])["name"], again["base"]) == ("Nama Barru", version)
    assert (await manager.delete(path)).status == 204
    for gone in (await manager.get(path), await manager.delete(path)):
        assert gone.status == 404
    await send(manager, "/draft", settings, version)
    newest = "SELECT id FROM settings_plans WHERE kind = 'draft' ORDER BY made_at DESC LIMIT 1"
    [(draft,)] = hall.server.query(newest)
    async with hall.client("manager") as other:
        for refused in (
            await other.get(f"/api/settings/planned/{draft}"),
            await other.delete(f"/api/settings/planned/{draft}"),
        ):
            assert refused.status == 404
    assert (await manager.get("/api/settings")).json["draft"]


async def test_every_version_there_was_can_be_gone_back_to(manager: Client) -> None:
    version, settings = await now(manager)
    for number in range(60):
        settings["rules"]["grace_minutes"] = 5 + number % 2
        version = (await send(manager, "", settings, version)).json["version"]
    newest = (await manager.get("/api/settings/history")).json["versions"]
    assert [each["version"] for each in newest] == list(range(version, version - 50, -1))
    answer = await manager.get(f"/api/settings/history?below={newest[-1]['version']}")
    earlier = [each["version"] for each in answer.json["versions"]]
    assert earlier == list(range(version - 50, 0, -1))
    for wrong in ("x", "1000000", "-1"):
        assert (await manager.get(f"/api/settings/history?below={wrong}")).status == 422


async def test_a_planned_change_that_meets_a_newer_one_says_so_and_changes_nothing(
    hall: Hall, manager: Client
) -> None:
    version, settings = await now(manager)
    settings["name"] = "Nama Baru"
    year = int((await manager.get("/api/queue")).json["day"][:4])
    made = await send(manager, "", settings, version, at=f"{year + 1}-06-30T07:30")
    settings["name"] = "Nama Lain"
    await send(manager, "", settings, version)
    with hall.server.database() as db:
        db.execute("UPDATE settings_plans SET due_at = 1 WHERE id = ?", (made.json["planned"],))

    async def told() -> bool:
        planned = (await manager.get("/api/settings")).json["planned"]
        return bool(planned and planned[0]["trouble"])

    await soon(told, "the page says why it did not begin")
    assert (await now(manager))[1]["name"] == "Nama Lain"

    async def alarms() -> list[str]:
        return [each["rule"] for each in (await manager.get("/api/alarms")).json["alarms"]]

    async def alarmed() -> bool:
        return await alarms() == ["plan"]

    async def calm() -> bool:
        return await alarms() == []

    await soon(alarmed, "whoever has another page open is told")
    await manager.delete(f"/api/settings/planned/{made.json['planned']}")
    await soon(calm, "it was looked at and taken back")


async def test_a_draft_is_ones_own_and_a_file_comes_and_goes_whole(
    hall: Hall, manager: Client
) -> None:
    version, settings = await now(manager)
    settings["name"] = ""
    await send(manager, "/draft", settings, version)
    told = (await manager.get("/api/settings")).json
    assert (json.loads(told["draft"])["name"], told["draft_base"]) == ("", version)
    async with hall.client("admin") as other:
        assert (await other.get("/api/settings")).json["draft"] == ""
    await manager.delete("/api/settings/draft")
    assert (await manager.get("/api/settings")).json["draft"] == ""
    file = await manager.get("/api/settings/file")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{hall.code}.toml"'
    brought = (await manager.post("/api/settings/file", {"file": file.text})).json
    assert brought["base"] == version
    checked = (await send(manager, "/check", json.loads(brought["settings"]), version)).json
    assert checked["problems"] == checked["changes"] == []
    broken = await manager.post("/api/settings/file", {"file": 'name = "x'})
    assert broken.status == 422


async def test_two_windows_of_one_person_do_not_overwrite_each_others_draft(
    manager: Client,
) -> None:
    version, settings = await now(manager)

    async def draft() -> tuple[str, str]:
        told = (await manager.get("/api/settings")).json
        assert bool(told["draft_at"]) == bool(told["draft"])
        return told["draft"] and json.loads(told["draft"])["name"], told["draft_mark"]

    async def keep(name: str, **seen: str) -> Any:  # noqa: ANN401
        return await send(manager, "/draft", settings | {"name": name}, version, **seen)

    assert await draft() == ("", "")
    one = (await keep("Satu", seen="")).json["mark"]
    assert await draft() == ("Satu", one)
    refused = await keep("Dua", seen="")  # the other window was opened before there was one
    assert (refused.status, refused.problem) == (409, "draft-changed")
    assert "in another window" in refused.json["detail"]
    assert (await keep("Satu", seen="")).status == 200  # the answer to it had been lost
    two = (await keep("Dua", seen=one)).json["mark"]
    # leaving and saving in the window that knows the first one alone leave the second one there
    left = await manager.delete(f"/api/settings/draft?seen={one}")
    assert (left.status, left.problem) == (409, "draft-changed")
    assert (await send(manager, "", settings, version, seen=one)).status == 200
    assert await draft() == ("Dua", two)
    assert (await keep("Tiga")).status == 200  # who names none means any
    assert (await manager.delete("/api/settings/draft?seen=")).status == 409
    assert (await manager.delete("/api/settings/draft")).status == 204
    assert await draft() == ("", "")
    assert (await keep("Dua", seen=two)).status == 200  # it was left elsewhere: nothing to lose
    assert (await keep("Dua", seen="no mark")).status == 422


async def test_staff_and_screens_see_no_settings(staff: Client, kiosk: Client) -> None:
    for client in (staff, kiosk):
        assert (await client.get("/api/settings")).status == 403
        assert (await client.get("/api/settings/file")).status == 403


async def test_opening_for_today_leaves_the_rest_of_a_special_stretch_as_it_is(
    manager: Client, kiosk: Client
) -> None:
    version, settings = await now(manager)
    today = date.fromisoformat((await manager.get("/api/queue")).json["day"])
    days = [(today + timedelta(days=n)).isoformat() for n in (-3, 0, 1, 2, 9)]
    closed = {"names": {"en": "Moving house"}, "periods": []}
    settings["special_days"] = [
        {"first": days[0], "last": days[1], **closed},
        {"first": days[1], "last": days[4], **closed},
        {"first": days[1], "last": days[4], "services": ["A"], **closed},
        {"first": days[2], "services": ["B"], **closed},
    ]
    settings["special_days"][1]["services"] = ["B", "C"]
    assert (await send(manager, "", settings, version)).status == 200
    assert not any(each["open"] for each in (await kiosk.get("/api/services")).json["services"])
    assert (await manager.post("/api/devices/open-today", {"sure": True})).status == 204
    assert all(each["open"] for each in (await kiosk.get("/api/services")).json["services"])
    version, settings = await now(manager)
    assert [(each["first"], each["last"]) for each in settings["special_days"]] == [
        (days[0], days[1]), (days[3], days[4]), (days[2], days[4]), (days[2], ""), (days[1], ""),
    ]  # fmt: skip
    settings["name"] = "Kantor Baru"  # they still fit together, so they can be changed
    assert (await send(manager, "", settings, version)).status == 200


async def test_what_visitors_could_not_read_or_get_on_paper_is_not_saved(manager: Client) -> None:
    version, settings = await now(manager)
    settings["name"] = "Kantor\u202e"
    settings["paper"] |= {"logo": "logo.png", "foot": {"id": "satu\ndua", "en": "x" * 301}}
    settings["services"][0]["requirements"] = {"id": ["KTP\tasli"]}
    told = (await send(manager, "/check", settings, version)).json["problems"]
    assert {each["path"] for each in told} == {
        "name", "services[0].requirements.id[0]", "paper.foot.en",
    }  # fmt: skip
    assert told[0]["words"].startswith("'Name of the office' has a letter that nobody can see")
    assert (await send(manager, "", settings, version)).status == 422
    settings["name"], settings["services"][0]["requirements"] = "Kantor", {}
    settings["paper"]["foot"]["en"] = "one\ntwo"
    told = (await send(manager, "/check", settings, version)).json["problems"]
    assert [each["path"] for each in told] == ["paper.logo"]
    settings["paper"]["logo"] = ""
    assert (await send(manager, "", settings, version)).status == 200


async def test_proposed_holidays_are_kept_only_when_a_person_saves_them(manager: Client) -> None:
    version, settings = await now(manager)
    asked = await manager.get("/api/settings/holidays?country=ID&year=2099")
    assert (asked.json["country"], asked.json["leave"]) == ("ID", False)
    days = {each["first"]: each for each in asked.json["days"]}
    assert days["2099-08-17"]["names"]["id"] == "Hari Kemerdekaan Republik Indonesia"
    assert (await now(manager))[1] == settings
    taken = days["2099-08-17"]
    settings["special_days"] = [{key: taken[key] for key in ("first", "names", "periods")}]
    week = {"settings": json.dumps(settings), "first": "2099-08-17"}
    (line,) = (await manager.post("/api/settings/week", week)).json["lines"]
    assert [bool(each["periods"]) for each in line["days"]] == [False] + [True] * 6
    changes = (await send(manager, "/check", settings, version)).json["changes"]
    assert changes == ["New: Special days Independence Day (2099-08-17)"]
    assert (await send(manager, "", settings, version)).status == 200
    assert (await now(manager))[1]["special_days"][0]["first"] == "2099-08-17"
    for wrong in ("country=XX", "country=id", "year=1999", "year=x", "year=20991"):
        assert (await manager.get(f"/api/settings/holidays?{wrong}")).status == 422


async def test_a_brought_calendar_is_looked_at_first_and_its_mistakes_are_told(
    manager: Client,
) -> None:
    version, settings = await now(manager)
    body = {
        "settings": json.dumps(settings),
        "file": "tanggal,nama\n2099-12-25,Natal\n2020-01-01,x",
    }
    (only,) = (await manager.post("/api/settings/days", body)).json["days"]
    assert (only["first"], only["names"], only["periods"]) == ("2099-12-25", {"id": "Natal"}, [])
    wrong = await manager.post("/api/settings/days", body | {"file": "date\n2099-13-01"})
    assert (wrong.status, wrong.json["field"]) == (422, "file")
    assert "Baris 2 tidak dapat dibaca" in wrong.json["detail"]
    many = "date\n" + "\n".join(
        f"20{year}-01-{day:02d}" for year in range(60, 80) for day in range(1, 22)
    )
    assert (
        "lebih dari 400 hari"
        in (await manager.post("/api/settings/days", body | {"file": many})).json["detail"]
    )
    assert await now(manager) == (version, settings)


async def test_previews_show_ones_own_draft_to_managers_alone(
    hall: Hall, manager: Client, staff: Client, visitor: Client
) -> None:
    version, settings = await now(manager)
    settings["name"] = "Balai Baru"
    settings["services"].append({"code": "K", "names": {"id": "Kartu"}})
    settings["counters"].append({"number": 77, "services": ["K"]})
    assert (await send(manager, "/draft", settings, version)).status == 200
    for path in ("/kiosk/preview", "/display/preview"):
        shown = await manager.get(path)
        page = shown.body.decode()
        assert "Balai Baru" in page
        assert '"number":77' in page
        policy = shown.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "connect-src 'self'" not in policy  # no call of the server can be reached from it
        assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
        async with hall.client("admin") as another:
            assert "Balai Baru" not in (await another.get(path)).body.decode()
        for other in (staff, visitor):
            assert (await other.get(path)).status == 403
    settings["counters"][-1]["services"] = ["Q"]
    assert (await send(manager, "/draft", settings, version)).status == 200
    assert (await manager.get("/kiosk/preview")).status == 403  # it is not right yet
    whole = await manager.post("/api/printers/preview.png", {"settings": json.dumps(settings)})
    assert (whole.status, whole.problem) == (422, "invalid")
