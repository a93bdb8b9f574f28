"""The demo and an office of one's own, both in the folder of `make run`, beside each other."""

from __future__ import annotations

from pathlib import Path

from server.auth.demo_people import PASSWORD
from tests.server.api.client import Client
from tests.server.process import Server
from tests.server.setup.office import OWN_PASSWORD, draft_of, finish, keep
from tests.server.waiting import soon


async def office_of_page(browser: Client, path: str) -> str:
    """Open a kiosk page as a browser does; return the hall it belongs to then."""
    await browser.get(path)
    answer = await browser.get("/api/queue", headers={"Ramah-As": "kiosk"})
    return str(answer.json["branch"]["code"]) if answer.status == 200 else ""


async def logged_in(server: Server, login: str, password: str) -> bool:
    async with server.client() as browser:
        body = {"login": login, "password": password}
        return (await browser.post("/api/session", body)).status == 200


async def test_both_halls_work_beside_each_other_until_the_demo_is_over(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--demo") as server:
        server.start()
        async with server.client() as browser:
            start = (await browser.get("/?lang=en")).text
            assert 'href="/kiosk?hall=demo"' in start
            assert 'href="/setup"' in start
            assert (await browser.get("/api/setup")).json["here"] is True  # no code is needed here
            far = {"X-Forwarded-For": "192.0.2.7"}
            strange = await browser.post("/api/setup/enter", {}, headers=far)
            assert strange.status == 422
            assert (await browser.post("/api/setup/enter", {})).status == 204
            told = await keep(browser, draft_of(login="admin"))
            assert [each["path"] for each in told.json["problems"]] == ["login"]  # the demo's
            await keep(browser, draft_of())
            assert (await finish(browser)).status == 204

            async def known() -> bool:
                return "Kelurahan Damai" in (await browser.get("/?lang=en")).text

            await soon(known, "the start page knows the new office")
            start = (await browser.get("/?lang=en")).text
            assert 'href="/kiosk?hall=own"' in start
            code = await browser.post("/api/devices/code", {"role": "kiosk", "name": "Pintu"})
            assert await office_of_page(browser, "/kiosk?hall=demo") == "mpp"
            await browser.post("/api/pair", {"code": code.json["code"]})
            assert await office_of_page(browser, "/kiosk") == "kelurahan"
            for path, hall in (("demo", "mpp"), ("own", "kelurahan"), ("demo", "mpp")):
                assert await office_of_page(browser, f"/kiosk?hall={path}") == hall
            server.stop()
            server.start()
            assert await office_of_page(browser, "/kiosk?hall=own") == "kelurahan"
            assert await office_of_page(browser, "/kiosk?hall=demo") == "mpp"
        assert "left out" not in server.stderr()
        assert await logged_in(server, "sari", PASSWORD)
        assert await logged_in(server, "wati", OWN_PASSWORD)
        server.stop()
        server.options = ()
        server.start()
        assert not await logged_in(server, "sari", PASSWORD)
        assert await logged_in(server, "wati", OWN_PASSWORD)
        async with server.client() as browser:
            assert 'href="/kiosk?hall=demo"' not in (await browser.get("/")).text
