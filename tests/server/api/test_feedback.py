"""A visitor says how it was; the manager reads it, acts on it, and the visitor hears of it."""

from __future__ import annotations

from typing import Any

from tests.server.api.client import Client
from tests.server.process import Hall


async def served(hall: Hall, staff: Client | None = None) -> dict[str, Any]:
    """Let somebody be served at counter 1; return the ticket."""
    async with hall.client("kiosk") as kiosk, hall.client("staff") as own:
        ticket: dict[str, Any] = await kiosk.take("A")
        at = staff or own
        await at.post("/api/counters/1/open", {"services": ["A"]})
        for step in ("call-next", "start", "finish"):
            await at.do(1, step)
    return ticket


def token_of(ticket: dict[str, Any]) -> str:
    return str(ticket["tracking_url"]).rsplit("/", 1)[1]


async def test_a_word_goes_from_the_phone_to_the_morning_and_what_was_done_comes_back(
    hall: Hall,
) -> None:
    path = f"/api/track/{token_of(await served(hall))}"
    async with hall.client() as phone, hall.client("manager") as manager:
        before = (await phone.get(f"{path}/feedback")).json
        assert before == {"open": True, "given": None, "survey": True}
        said = {"face": 1, "said": "Saya menunggu lama,  tidak ada kabar.", "thanks": False}
        given = await phone.post(f"{path}/feedback", said)
        assert given.json["said"] == "Saya menunggu lama, tidak ada kabar."
        assert (await phone.post(f"{path}/feedback", said)).json == given.json
        other = await phone.post(f"{path}/feedback", said | {"face": 4})
        assert (other.status, other.problem) == (409, "word-given")
        early = await phone.post(f"{path}/helped", {"helped": True})
        assert (early.status, early.problem) == (409, "not-now")

        (word,) = (await manager.get("/api/feedback")).json["words"]
        assert (word["face"], word["low"], word["late"], word["read"]) == (1, True, False, None)
        (waits,) = (await manager.get("/api/morning")).json["open"]
        assert waits["id"] == word["id"]
        read = await manager.post(f"/api/feedback/{word['id']}/read", {})
        assert read.json["read"] == "manager"
        act = f"/api/feedback/{word['id']}/act"
        assert (await manager.post(act, {"action": " "})).status == 422
        done = await manager.post(act, {"action": "Loket 2 dibuka pada jam sibuk."})
        assert done.json["acted"]
        assert (await manager.get("/api/morning")).json["open"] == []
        acted = (await manager.get("/api/morning")).json["acted"]
        assert (acted["low"], acted["acted"], acted["in_time"]) == (1, 1, 1)

        seen = (await phone.get(f"{path}/feedback")).json["given"]
        assert seen["action"] == "Loket 2 dibuka pada jam sibuk."
        again = (await phone.post(f"{path}/helped", {"helped": False})).json
        assert again["again"]
        assert again["action"] is None
        (reopened,) = (await manager.get("/api/morning")).json["open"]
        assert reopened["reopened"]
        assert (await phone.post(f"{path}/helped", {"helped": False})).json == again, "sent twice"
        await manager.post(act, {"action": "Kami menelepon dan meminta maaf."})
        seen = (await phone.get(f"{path}/feedback")).json["given"]
        assert (seen["helped"], seen["again"]) == (None, False), "asked about what was done now"
        assert (await phone.post(f"{path}/helped", {"helped": False})).json["helped"] is False
        assert (await manager.get("/api/morning")).json["open"] == [], "it opens again only once"
        changed = await phone.post(f"{path}/helped", {"helped": True})
        assert (changed.status, changed.problem) == (409, "not-now")


async def test_only_who_was_served_may_say_how_it_was_and_only_managers_read_it(
    hall: Hall,
) -> None:
    async with hall.client("kiosk") as kiosk, hall.client() as phone:
        waiting = token_of(await kiosk.take("A"))
        assert (await phone.get(f"/api/track/{waiting}/feedback")).json == {
            "open": False, "given": None, "survey": False,
        }  # fmt: skip
        refused = await phone.post(f"/api/track/{waiting}/feedback", {"face": 4})
        assert (refused.status, refused.problem) == (409, "not-now")
        assert (await phone.get("/api/track/aaaaaaaaaaaaaaaaaaaaaa/feedback")).status == 404
        for face in (0, 5, "4", None):
            wrong = await phone.post(f"/api/track/{waiting}/feedback", {"face": face})
            assert wrong.status == 422
        long = await phone.post(f"/api/track/{waiting}/feedback", {"face": 1, "said": "a" * 501})
        assert long.status == 422
        for path in ("/api/feedback", "/api/morning", "/api/survey"):
            assert (await phone.get(path)).status == 401
            assert (await kiosk.get(path)).status == 403
    async with hall.client("staff") as staff:
        assert (await staff.get("/api/feedback")).status == 403
        assert (await staff.get("/api/thanks")).json == {"thanks": []}


async def test_thanks_reach_the_officer_and_nobody_else(hall: Hall) -> None:
    sari, budi = hall.person("sari"), hall.person("budi")
    origin = {"Origin": hall.server.url}
    async with hall.client() as phone:
        clients = []
        for login in (sari, budi):
            one = Client(hall.server.url)
            one.headers = origin | {"Cookie": f"ramah_session={hall.server.session(login)}"}
            clients.append(one)
        async with clients[0] as at_work, clients[1] as colleague:
            path = f"/api/track/{token_of(await served(hall, at_work))}"
            said = {"face": 4, "said": "Ibu Sari sabar sekali.", "thanks": True}
            await phone.post(f"{path}/feedback", said)
            (thanks,) = (await at_work.get("/api/thanks")).json["thanks"]
            assert (thanks["said"], thanks["service"]) == ("Ibu Sari sabar sekali.", "Layanan A")
            assert (await colleague.get("/api/thanks")).json == {"thanks": []}


async def test_a_word_that_names_a_person_is_blacked_out_with_a_trace(hall: Hall) -> None:
    path = f"/api/track/{token_of(await served(hall))}"
    async with hall.client() as phone, hall.client("manager") as manager:
        await phone.post(f"{path}/feedback", {"face": 2, "said": "Pak Anu kasar."})
        (word,) = (await manager.get("/api/feedback")).json["words"]
        gone = (await manager.post(f"/api/feedback/{word['id']}/black-out", {})).json
        assert (gone["said"], gone["blacked"], gone["face"]) == ("", True, 2)
        assert hall.query("SELECT said, blacked_by FROM feedback WHERE branch = ?") == [
            ("", "manager")
        ]
        unknown = await manager.post("/api/feedback/none/read", {})
        assert (unknown.status, unknown.problem) == (404, "unknown-word")
        nobody = await manager.post(f"/api/feedback/{word['id']}/assign", {"person": "none"})
        assert (nobody.status, nobody.problem) == (404, "unknown-person")
        login = hall.person("dewi", "manager")
        ((user,),) = hall.server.query("SELECT id FROM users WHERE login = ?", login)
        mine = await manager.post(f"/api/feedback/{word['id']}/assign", {"person": user})
        assert mine.json["owner"].startswith("Dewi")


async def test_another_offices_manager_sees_and_touches_nothing(hall: Hall) -> None:
    path = f"/api/track/{token_of(await served(hall))}"
    other = Hall(hall.server, f"{hall.code}-b")
    async with hall.client() as phone, other.client("manager") as stranger:
        await phone.post(f"{path}/feedback", {"face": 1, "said": "rahasia"})
        ((key,),) = hall.query("SELECT id FROM feedback WHERE branch = ?")
        assert (await stranger.get("/api/feedback")).json["words"] == []
        assert (await stranger.get("/api/morning")).json["open"] == []
        for step, body in (("read", {}), ("act", {"action": "apa saja"}), ("black-out", {})):
            refused = await stranger.post(f"/api/feedback/{key}/{step}", body)
            assert refused.status == 404


async def test_the_log_of_events_holds_nothing_of_what_was_said(hall: Hall) -> None:
    path = f"/api/track/{token_of(await served(hall))}"
    async with hall.client() as phone:
        await phone.post(f"{path}/feedback", {"face": 1, "said": "kata-kata-saya"})
    assert "kata-kata-saya" not in str(hall.events())
