"""A word at the counter's tablet or at a kiosk: whose it is, where it was given, how often."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.api.client import Client
from tests.server.api.test_feedback import served, token_of
from tests.server.process import Hall

SAID = {"face": 3, "said": "", "thanks": False}


def words(hall: Hall) -> list[tuple[Any, ...]]:
    return hall.query("SELECT channel, device_name, face, said FROM feedback WHERE branch = ?")


async def test_the_tablet_takes_one_word_of_who_was_served_at_its_counter(hall: Hall) -> None:
    ticket = await served(hall)
    async with hall.client("tablet") as tablet, hall.client("kiosk") as kiosk:
        body = SAID | {"ticket": ticket["id"], "said": "Cepat  sekali.", "thanks": True}
        answer = await tablet.post("/api/counters/1/word", body)
        assert (answer.status, answer.body) == (204, b"")
        assert words(hall) == [("tablet", "tablet", 3, "Cepat sekali.")]
        again = await tablet.post("/api/counters/1/word", body | {"face": 1})
        assert (again.status, again.problem) == (409, "word-given")
        assert "Cepat" not in again.text
        for role in (tablet, kiosk):
            assert (await role.get("/api/feedback")).status == 403
    async with hall.client() as phone:
        seen = (await phone.get(f"/api/track/{token_of(ticket)}/feedback")).json
        assert seen["given"]["face"] == 3


async def test_the_tablet_speaks_for_no_other_counter_and_for_nobody_who_left_long_ago(
    hall: Hall,
) -> None:
    first, second = await served(hall), await served(hall)
    async with hall.client("tablet") as tablet, hall.client("kiosk") as kiosk:
        body = SAID | {"ticket": second["id"]}
        elsewhere = await tablet.post("/api/counters/2/word", body)
        assert (elsewhere.status, elsewhere.problem) == (409, "not-this-counter")
        waiting = await kiosk.take("A")
        early = await tablet.post("/api/counters/1/word", SAID | {"ticket": waiting["id"]})
        assert (early.status, early.problem) == (409, "not-now")
    async with hall.client("staff") as staff:
        await staff.post("/api/counters/2/open", {"services": ["A"]})
        for step in ("call-next", "start", "finish"):
            await staff.do(2, step)
    async with hall.client("tablet") as tablet:
        there = await tablet.post("/api/counters/1/word", SAID | {"ticket": waiting["id"]})
        assert (there.status, there.problem) == (409, "not-now")
        unknown = await tablet.post("/api/counters/1/word", SAID | {"ticket": "none"})
        assert (unknown.status, unknown.problem) == (404, "unknown-ticket")
        taken = await tablet.post("/api/counters/1/word", SAID | {"ticket": first["id"]})
        assert taken.status == 204


async def test_a_tablet_is_paired_with_its_counter_and_can_be_sent_away(hall: Hall) -> None:
    async with hall.client("manager") as manager, hall.client() as device:
        made = await manager.post("/api/tablets/code", {"counter": 3, "name": "Loket tiga"})
        assert made.json["page"] == "/counter/3/word"
        nowhere = await manager.post("/api/tablets/code", {"counter": 99, "name": "x"})
        assert (nowhere.status, nowhere.problem) == (404, "unknown-counter")
        origin = {"Origin": hall.server.url}
        code = {"code": made.json["code"]}
        paired = await device.post("/api/pair", code, headers=origin)
        assert paired.json == {"role": "tablet", "name": "Loket tiga", "counter": 3}
        cookie = paired.headers["Set-Cookie"].split(";")[0]
        assert cookie.startswith("ramah_tablet=")
        own = Client(hall.server.url)
        own.headers = origin | {"Cookie": cookie}
        async with own:
            assert (await own.get("/api/session")).json["counter"] == 3
            (tablet,) = (await manager.get("/api/tablets")).json["tablets"]
            assert (tablet["name"], tablet["counter"], tablet["words"]) == ("Loket tiga", 3, 0)
            gone = await manager.delete(f"/api/tablets/{tablet['id']}")
            assert gone.status == 204
            assert (await own.get("/api/session")).status == 401
        assert (await manager.delete("/api/tablets/none")).problem == "unknown-tablet"


async def test_a_kiosk_takes_a_word_by_the_paper_and_by_nothing_else(
    hall: Hall, other: Hall
) -> None:
    ticket = await served(hall)
    token = token_of(ticket)
    async with hall.client("kiosk") as kiosk, other.client("kiosk") as stranger:
        read = (await kiosk.post("/api/words/read", {"token": token})).json
        assert read == {"label": "A001", "open": True, "given": False, "language": "id"}
        for wrong in (ticket["id"], "A001A001", "x" * 22):
            refused = await kiosk.post("/api/words", SAID | {"token": wrong})
            assert (refused.status, refused.problem) == (404, "unknown-token"), wrong
        away = await stranger.post("/api/words", SAID | {"token": token})
        assert (away.status, away.problem) == (404, "unknown-token")
        assert (await kiosk.post("/api/words", SAID | {"token": token})).status == 204
        assert words(hall) == [("kiosk", "kiosk", 3, "")]
        read = (await kiosk.post("/api/words/read", {"token": token})).json
        assert (read["open"], read["given"]) == (False, True)
        waiting = token_of(await kiosk.take("A"))
        read = (await kiosk.post("/api/words/read", {"token": waiting})).json
        assert (read["open"], read["given"]) == (False, False)


@pytest.mark.one_file
async def test_many_equal_words_at_one_counter_are_shown_to_the_manager(hall: Hall) -> None:
    tickets = [await served(hall) for _ in range(5)]
    async with hall.client("tablet") as tablet, hall.client("manager") as manager:
        for ticket in tickets:
            await tablet.post("/api/counters/1/word", SAID | {"ticket": ticket["id"], "face": 4})
        with hall.server.database() as db:
            db.execute(
                "UPDATE feedback SET day = date(day, '-1 day') WHERE branch = ?", (hall.number,)
            )
            db.execute(
                "UPDATE turns SET day = date(day, '-1 day') WHERE branch = ?", (hall.number,)
            )
            db.execute(
                "INSERT INTO days (branch, day) SELECT DISTINCT branch, day FROM feedback "
                "WHERE branch = ?", (hall.number,),
            )  # fmt: skip
        (alike,) = (await manager.get("/api/morning")).json["alike"]
        assert (alike["n"], alike["face"], alike["counter"]) == (5, 4, 1)
        assert (alike["channel"], alike["device"]) == ("tablet", "tablet")
