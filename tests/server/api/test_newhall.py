"""The city founds halls with others as their template; each is ruled by its own people then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "pagi-yang-cerah-di-kota"


def as_raw(text: str) -> dict[str, Any]:
    return dict(json.loads(text))


def asked(hall: Hall, **other: str) -> dict[str, Any]:
    code = f"x{hall.number}"
    about = {"code": code, "name": "Kelurahan Baru", "like": hall.code, "login": f"ani.{code}"}
    return about | {"person": "Ani"} | other


async def test_a_new_hall_begins_with_anothers_settings_and_its_own_people(hall: Hall) -> None:
    async with hall.client("city") as city, hall.client() as anybody, hall.client("admin") as old:
        made = await city.post("/api/city/halls", asked(hall))
        assert (made.status, made.json["office"]) == (201, "Kelurahan Baru")
        halls = {each["code"] for each in (await city.get("/api/city/halls")).json["halls"]}
        assert {hall.code, f"x{hall.number}"} <= halls
        taken = {"code": made.json["code"], "password": PASSWORD}
        assert (await anybody.post("/api/invitation/take", taken)).status == 204
        person = (await anybody.get("/api/session")).json
        assert (person["name"], person["role"]) == ("Ani", "admin")
        theirs = (await anybody.get("/api/settings")).json["settings"]
        ours = (await old.get("/api/settings")).json["settings"]
        assert (as_raw(ours)["code"], as_raw(theirs)["code"]) == (hall.code, f"x{hall.number}")
        for kind in ("services", "counters", "rules", "hours"):
            assert as_raw(ours).get(kind) == as_raw(theirs).get(kind)
        people = (await old.get("/api/people")).json["people"]
        assert "Ani" not in {each["name"] for each in people}


async def test_a_hall_that_cannot_be_is_refused_whole_and_in_words(hall: Hall) -> None:
    async with hall.client("city") as city:

        async def refused(**other: str) -> tuple[int, str]:
            answer = await city.post("/api/city/halls", asked(hall, **other))
            return answer.status, answer.json.get("field", "")

        assert await refused(code=hall.code) == (409, "code")
        assert await refused(like="nowhere") == (404, "like")
        assert await refused(code="not a code") == (422, "code")
        assert await refused(name="\u202ekebalik") == (422, "name")
        assert await refused(login="with space") == (422, "login")
        assert (await city.post("/api/city/halls", asked(hall))).status == 201
        assert await refused() == (409, "code")  # twice
        assert await refused(code=f"y{hall.number}") == (409, "login")
        halls = {each["code"] for each in (await city.get("/api/city/halls")).json["halls"]}
        assert f"y{hall.number}" not in halls
    async with hall.client("manager") as manager:
        assert (await manager.post("/api/city/halls", asked(hall))).status == 403
