"""An office is set up in a browser: by whoever has the code, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.contract import ROUTES
from tests.printer.fake_printer import FakePrinter
from tests.server.api.client import Client
from tests.server.api.test_settings_calls import mall
from tests.server.process import Server, office_toml
from tests.server.setup.office import OWN_PASSWORD, code_of, draft_of, enter, finish, keep


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Server]:
    """A running server on an empty folder."""
    with Server(tmp_path / "data") as server:
        server.start()
        yield server
        assert "Traceback" not in server.stderr()


@pytest.fixture
async def technician(bare: Server) -> AsyncIterator[Client]:
    """A browser that brought the code."""
    async with bare.client() as browser:
        assert (await enter(browser, await code_of(bare))).status == 204
        yield browser


async def test_an_office_is_there_with_its_admin_its_printer_and_its_hours(
    bare: Server, technician: Client
) -> None:
    draft = draft_of(printer={"url": "tcp://192.0.2.20", "name": "Depan"})
    assert (await keep(technician, draft)).json == {"problems": []}
    assert (await finish(technician)).status == 204
    me = (await technician.get("/api/session")).json
    assert (me["role"], me["login"], me["name"]) == ("admin", "wati", "Ibu Wati")
    assert (me["branch"]["name"], me["branch"]["zone_label"]) == ("Kelurahan Damai", "WITA")
    printers = (await technician.get("/api/printers")).json["printers"]
    assert [each["name"] for each in printers] == ["Depan"]
    deeds = (await technician.get("/api/deeds")).json["deeds"]
    assert {"configured", "user_added", "printer_added"} <= {each["what"] for each in deeds}
    assert (await technician.get("/readyz")).status == 200
    async with bare.client() as elsewhere:
        body = {"login": "wati", "password": OWN_PASSWORD}
        assert (await elsewhere.post("/api/session", body)).status == 200
    assert bare.query("SELECT code, holder, draft FROM setup") == [(None, None, "")]
    assert OWN_PASSWORD not in bare.stderr() + bare.out.read_text("utf-8")


async def test_the_code_works_once_and_for_an_hour(bare: Server) -> None:
    code = await code_of(bare)
    # no phone reaches the loopback address that it listens on
    assert "Set it up in a browser, here:" in bare.out.read_text("utf-8")
    async with bare.client() as first, bare.client() as second:
        assert (await enter(first, code.lower().replace("-", " "))).status == 204
        assert (await enter(second, code)).problem == "wrong-code"
        assert (await keep(second, draft_of())).status == 403
        again = bare.ramah("setup-code")
        fresh = again.stdout.split()[0]
        assert f"{bare.url}/setup#{fresh}" in again.stdout
        with bare.database() as db:
            db.execute("UPDATE setup SET code_ends = code_ends - 3600001")
        assert (await enter(second, fresh)).problem == "wrong-code"
        fresh = bare.ramah("setup-code").stdout.split()[0]
        await keep(first, draft_of())
        assert (await enter(second, fresh)).status == 204
        # the newer browser goes on with what was typed in the older, which is out now
        assert json.loads((await second.get("/api/setup")).json["draft"])["login"] == "wati"
        assert (await keep(first, draft_of())).status == 403
        assert (await first.get("/api/setup")).json["draft"] == ""
    assert fresh not in bare.stderr()


async def test_guesses_of_the_code_have_to_wait(bare: Server) -> None:
    code = await code_of(bare)
    async with bare.client() as stranger:
        told = [(await enter(stranger, f"AAAA-AAA{digit}")).status for digit in range(2, 8)]
        assert told == [403, 403, 403, 403, 403, 429]
        answer = await enter(stranger, code)
        assert answer.status == 429  # also with the right one
        assert int(answer.headers["Retry-After"]) > 0


async def test_before_the_office_is_there_nothing_else_is_open(bare: Server) -> None:
    async with bare.client() as stranger:
        for route in ROUTES:
            path = route.path.replace("{", "").replace("}", "")
            if route.roles:
                answer = await stranger.send(route.method, path, {})
                assert answer.status == 401, f"{route.method} {path}"
            elif path.startswith("/api/setup/") and path != "/api/setup/enter":
                answer = await stranger.send(route.method, path, None)
                assert answer.status in {403, 422}, f"{route.method} {path}"
        calls = {"draft": "{}", "url": "tcp://127.0.0.1", "password": OWN_PASSWORD}
        paths = ("draft", "printers/test", "finish")
        for path, (name, value) in zip(paths, calls.items(), strict=True):
            answer = await stranger.post(f"/api/setup/{path}", {name: value})
            assert answer.status == 403, path
        other_site = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        code = await code_of(bare)
        answer = await stranger.post("/api/setup/enter", {"code": code}, headers=other_site)
        assert answer.status == 403
        assert (await stranger.get("/api/setup")).json["mine"] is False


async def test_a_power_cut_in_the_middle_loses_nothing_and_leaves_no_half_office(
    bare: Server, technician: Client
) -> None:
    await keep(technician, draft_of(step=3))
    bare.kill()
    bare.start()
    told = (await technician.get("/api/setup")).json
    assert (told["open"], told["mine"]) == (True, True)
    assert json.loads(told["draft"]) == draft_of(step=3)
    assert bare.query("SELECT COUNT(*) FROM branches") == [(0,)]
    assert (await finish(technician)).status == 204
    bare.kill()
    bare.start()
    assert (await technician.get("/api/session")).json["login"] == "wati"


async def test_what_fails_at_the_end_leaves_nothing_behind(
    bare: Server, technician: Client
) -> None:
    with bare.database() as db:
        db.execute("INSERT INTO branches (id, code) VALUES (7, 'kelurahan')")
        db.execute(
            "INSERT INTO users (id, branch, login, name, role, password, created_at) "
            "VALUES ('x', 7, 'wati', 'Wati', 'staff', '', 0)"
        )
    told = (await keep(technician, draft_of())).json["problems"]
    assert [each["path"] for each in told] == ["login"]
    assert (await finish(technician)).status == 409
    assert bare.query("SELECT code FROM branches") == [("kelurahan",)]
    assert bare.query("SELECT COUNT(*) FROM settings") == [(0,)]
    await keep(technician, draft_of(login="wati2"))
    assert (await finish(technician)).status == 204
    assert (await technician.get("/api/session")).json["branch"]["code"] == "kelurahan-2"


async def test_an_office_from_a_file_beside_it_ends_the_set_up(
    bare: Server, technician: Client
) -> None:
    await keep(technician, draft_of())
    bare.add_branch(office_toml("hall"))
    for answer in (await keep(technician, draft_of()), await finish(technician)):
        assert (answer.status, answer.problem) == (409, "already-set-up")
    assert (await technician.get("/api/setup")).json["open"] is False
    refused = bare.ramah("setup-code")
    assert refused.returncode == 1
    assert "There is an office here already" in refused.stderr


async def test_what_is_wrong_is_told_in_words_by_the_field_while_it_is_typed(
    technician: Client,
) -> None:
    draft = draft_of(login="Ibu Wati", name=" ", printer={"url": "file:/etc/passwd"})
    draft["office"]["zone"] = "Asia/Makasar"
    draft["office"]["services"][1]["code"] = "A"
    draft["office"]["hours"]["periods"][0]["closes"] = "07:00"
    answer = await technician.post(
        "/api/setup/draft", {"draft": json.dumps(draft)}, headers={"Accept-Language": "en"}
    )
    told = {each["path"]: each["words"] for each in answer.json["problems"]}
    assert "Did you mean 'Asia/Makassar'?" in told["zone"]
    assert "'A' is used more than once." in told["services.code"]
    assert told["hours.closes"] == "The hours of the office do not follow one another."
    assert {"login", "admin", "url"} <= set(told)
    assert (await finish(technician)).status == 422
    for text in ("", "{", '{"office": 3}', '{"more": 1}'):
        answer = await technician.post("/api/setup/draft", {"draft": text})
        assert answer.status == (200 if not text else 422), text


async def test_a_service_that_no_counter_serves_is_told(technician: Client) -> None:
    draft = draft_of()
    for counter in draft["office"]["counters"]:
        counter["services"] = [each for each in counter["services"] if each != "B"]
    told = (await keep(technician, draft)).json["problems"]
    words = "Belum ada loket yang melayani B. Silakan pilih loketnya."
    assert told == [{"path": "counters.services", "words": words}]


async def test_a_hall_of_240_services_is_kept_and_no_strangers_large_body_is_read(
    bare: Server, technician: Client
) -> None:
    draft = draft_of()
    mall(draft["office"], 240)
    kept = await keep(technician, draft)
    assert (kept.status, kept.json) == (200, {"problems": []})
    large = {"draft": "x" * 900_000}
    assert (await technician.post("/api/setup/draft", large, check=False)).status == 422
    async with bare.client() as stranger:
        assert (await stranger.post("/api/setup/draft", large, check=False)).status == 403
    assert (await finish(technician)).status == 204
    assert len((await technician.get("/api/services")).json["services"]) == 240


async def test_an_easy_password_is_refused_in_words(technician: Client) -> None:
    await keep(technician, draft_of())
    for password in ("kursi", "12345678", "password123", "wati1234", "kelurahandamai"):
        answer = await finish(technician, password)
        assert (answer.status, answer.json["field"]) == (422, "password"), password
    assert (await technician.get("/api/setup")).json["open"] is True


async def test_a_test_page_comes_out_of_a_printer_in_the_network(technician: Client) -> None:
    async with FakePrinter().listening() as printer:
        answer = await technician.post("/api/setup/printers/test", {"url": printer.url})
        assert answer.status == 200
        assert len(printer.papers) == 1
        assert len(printer.papers[0]) > 1000
    gone = await technician.post("/api/setup/printers/test", {"url": printer.url})
    assert (gone.status, gone.problem) == (409, "printer-refused")
    for url in ("file:/tmp/x", "usb:/etc/passwd", "serial:/dev/ttyS0", "agent:x", "ipp://x/"):
        answer = await technician.post("/api/setup/printers/test", {"url": url})
        assert (answer.status, answer.json["field"]) == (422, "url"), url
    assert (await technician.get("/api/setup/printers")).json["printers"] == []
