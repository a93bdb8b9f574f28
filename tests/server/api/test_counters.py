"""The calls at a counter, over HTTP: who sits there, and what each answer tells."""

from __future__ import annotations

import asyncio

import pytest

from tests.server.api.client import Client
from tests.server.api.test_sessions import log_in
from tests.server.process import Hall


async def test_a_visit_from_the_number_to_the_end(hall: Hall, kiosk: Client, staff: Client) -> None:
    ticket = await kiosk.take("A", people=2, language="en")
    assert (ticket["label"], ticket["state"], ticket["ahead"]) == ("A001", "waiting", 0)
    assert ticket["service_name"] == "Service A"
    await staff.do(3, "open")
    called = await staff.do(3, "call-next")
    assert (called["id"], called["state"]) == (ticket["id"], "called")
    assert (called["counter"]["number"], called["rule"]) == (3, "oldest")
    assert called["why"]
    assert called["wait_s"] >= 0
    assert (await staff.do(3, "recall"))["recalls"] == 1
    assert (await staff.do(3, "start"))["state"] == "serving"
    done = await staff.do(3, "finish", {"outcome_code": "KTP"})
    assert done["state"] == "done"
    assert done["service_s"] >= 0
    kinds = [event["kind"] for _, event in hall.events()]
    assert kinds[1:] == ["issued", "counter_changed", "called", "recalled", "started", "finished"]


async def test_a_counter_answers_to_its_number_and_to_its_id(staff: Client) -> None:
    first = (await staff.get("/api/counters")).json["counters"][0]
    assert first["number"] == 1
    opened = await staff.do(first["id"], "open")
    assert (opened["id"], opened["state"]) == (first["id"], "open")


async def test_a_closed_counter_answers_409_and_says_why(staff: Client) -> None:
    await staff.take()
    for act in ("call-next", "start", "finish", "recall"):
        answer = await staff.at(1, act)
        assert (answer.status, answer.problem) == (409, "counter-not-open")
        assert answer.json["field"] == "counter"


async def test_a_counter_that_still_has_a_ticket_answers_409(staff: Client) -> None:
    await staff.do(1, "open")
    await staff.take()
    await staff.take()
    await staff.do(1, "call-next")
    answer = await staff.at(1, "call-next")
    assert (answer.status, answer.problem) == (409, "counter-busy")
    assert "A001" in answer.json["detail"]


async def test_when_nobody_waits_the_answer_is_204_without_a_body(staff: Client) -> None:
    await staff.do(1, "open")
    answer = await staff.at(1, "call-next")
    assert (answer.status, answer.body) == (204, b"")


async def test_an_impossible_step_names_both_states(staff: Client) -> None:
    await staff.do(1, "open")
    await staff.take()
    await staff.do(1, "call-next")
    answer = await staff.at(1, "finish")
    assert (answer.status, answer.problem) == (409, "impossible-transition")
    assert (answer.json["state"], answer.json["wanted"]) == ("called", "done")


async def test_twelve_counters_that_call_at_once_call_twelve_tickets(staff: Client) -> None:
    for number in range(1, 13):
        await staff.do(number, "open")
    for _ in range(9):
        await staff.take()
    answers = await asyncio.gather(*(staff.at(number, "call-next") for number in range(1, 13)))
    labels = [each.json["label"] for each in answers if each.status == 200]
    assert sorted(labels) == [f"A{number:03d}" for number in range(1, 10)]
    assert [each.status for each in answers].count(204) == 3


async def test_one_counter_pressed_ten_times_at_once_calls_one_ticket(staff: Client) -> None:
    await staff.do(1, "open")
    for _ in range(3):
        await staff.take()
    answers = await asyncio.gather(*(staff.at(1, "call-next") for _ in range(10)))
    assert sorted(each.status for each in answers) == [200] + [409] * 9


async def test_one_ticket_called_by_two_counters_goes_to_one_of_them(staff: Client) -> None:
    ticket = await staff.take()
    body = {"ticket": ticket["id"], "reason": "keduanya"}
    for number in (1, 2):
        await staff.do(number, "open")
    answers = await asyncio.gather(*(staff.at(number, "call", body) for number in (1, 2)))
    assert sorted(each.status for each in answers) == [200, 409]


async def test_a_colleagues_counter_is_taken_until_asked_for(hall: Hall) -> None:
    async with hall.client() as sari, hall.client() as budi:
        await log_in(sari, hall.person("sari"))
        await log_in(budi, hall.person("budi"))
        mine = await sari.do(1, "open")
        assert (mine["mine"], mine["holder"][:4]) == (True, "Sari")
        refused = await budi.at(1, "open")
        assert (refused.status, refused.problem) == (409, "counter-taken")
        assert mine["holder"] in refused.json["detail"]
        seen = (await budi.get("/api/counters")).json["counters"][0]
        assert (seen["mine"], seen["holder"]) == (False, mine["holder"])
        taken = await budi.do(1, "open", {"take_over": True})
        assert (taken["mine"], taken["holder"][:4]) == (True, "Budi")
        assert (await sari.at(1, "call-next")).problem == "counter-taken"


async def test_a_person_has_one_seat_and_a_script_needs_none(hall: Hall, staff: Client) -> None:
    async with hall.client() as sari:
        await log_in(sari, hall.person("sari"))
        await sari.do(1, "open")
        refused = await sari.at(2, "open")
        assert (refused.status, refused.problem) == (409, "another-seat")
        assert (await staff.do(1, "call-next") if await staff.take() else {})["label"] == "A001"
        assert (await staff.do(2, "open"))["holder"] is None


async def test_a_seat_given_up_is_free(hall: Hall) -> None:
    async with hall.client() as sari, hall.client() as budi:
        await log_in(sari, hall.person("sari"))
        await log_in(budi, hall.person("budi"))
        await sari.do(1, "open")
        assert (await sari.do(1, "close"))["holder"] is None
        assert (await budi.do(1, "open"))["mine"]


async def test_a_break_tells_its_reason_to_colleagues(staff: Client) -> None:
    await staff.do(1, "open")
    told = await staff.do(1, "break", {"reason": "Salat"})
    assert (told["state"], told["reason"]) == ("break", "Salat")
    assert (await staff.at(1, "call-next")).problem == "counter-not-open"
    assert (await staff.do(1, "open"))["state"] == "open"


async def test_a_note_goes_along_with_a_transfer(staff: Client) -> None:
    for number in (1, 2):
        await staff.do(number, "open")
    await staff.take()
    await staff.do(1, "call-next")
    sent = await staff.do(1, "transfer", {"service": "B", "note": "Berkas sudah lengkap"})
    assert (sent["state"], sent["service"], sent["label"]) == ("waiting", "B", "A001")
    called = await staff.do(2, "call-next")
    assert (called["note"], called["service"]) == ("Berkas sudah lengkap", "B")


async def test_the_hall_shows_who_is_at_which_counter(staff: Client, display: Client) -> None:
    await staff.do(2, "open")
    await staff.take()
    await staff.do(2, "call-next")
    hall = (await display.get("/api/queue")).json
    (second,) = [each for each in hall["counters"] if each["number"] == 2]
    assert (second["state"], second["current"]["label"]) == ("open", "A001")
    assert hall["recent_calls"][0]["label"] == "A001"
    assert hall["recent_calls"][0]["number"] == 2


@pytest.mark.parametrize("blank", ["", " ", "\u3000 \u00a0"])
async def test_a_reason_has_to_say_something(staff: Client, blank: str) -> None:
    await staff.do(1, "open")
    ticket = await staff.take("A")
    called = await staff.at(1, "call", {"ticket": ticket["id"], "reason": blank})
    assert (called.status, called.json["field"]) == (422, "reason")
    paused = await staff.at(1, "break", {"reason": blank})
    assert (paused.status, paused.json["field"]) == (422, "reason")
    assert (await staff.at(1, "call-next")).json["label"] == ticket["label"]
