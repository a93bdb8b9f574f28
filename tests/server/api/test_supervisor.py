"""A supervisor sees to the whole hall during the day, without its figures, settings and people."""

from __future__ import annotations

from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall


async def test_a_supervisor_frees_anybodys_number_and_speaks_to_all_but_reads_no_figures(
    hall: Hall, staff: Client, visitor: Client
) -> None:
    ticket = await staff.take()
    await staff.do(3, "open")
    await staff.do(3, "call-next")
    login = hall.person("rahma", "supervisor")
    await visitor.post("/api/session", {"login": login, "password": PASSWORD})
    freed = await visitor.post("/api/counters/3/release", {"way": "queue", "ticket": ticket["id"]})
    assert freed.json["state"] == "waiting"
    notice = {"notice": "Listrik padam sebentar, mohon maaf."}
    assert (await visitor.post("/api/notice", notice)).status == 204
    assert (await staff.get("/api/queue")).json["notice"] == notice["notice"]
    for path in ("/api/reports", "/api/settings", "/api/people", "/api/deeds", "/api/log/count"):
        assert (await visitor.get(path)).status == 403, path


async def test_a_manager_invites_a_supervisor_and_looks_after_the_log_in(
    hall: Hall, visitor: Client
) -> None:
    login = hall.person("dewi", "manager")
    await visitor.post("/api/session", {"login": login, "password": PASSWORD})
    asked = {"name": "Ibu Rahma", "login": f"rahma.{hall.code}", "role": "supervisor"}
    code = (await visitor.post("/api/people", asked)).json["code"]
    told = (await visitor.post("/api/invitation", {"code": code})).json
    assert (told["name"], told["role"]) == ("Ibu Rahma", "supervisor")
    people = (await visitor.get("/api/people")).json["people"]
    assert {each["role"]: each["helped"] for each in people} == {
        "manager": False, "supervisor": True,
    }  # fmt: skip
