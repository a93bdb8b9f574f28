"""A demo ends: in a folder that became an office, nothing of the demo opens a door."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.auth.demo_people import PASSWORD, USERS
from tests.server.api.client import Client
from tests.server.process import Server, office_toml
from tests.server.waiting import soon


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    """A running demo."""
    with Server(tmp_path / "data", "--demo") as server:
        server.start()
        yield server


async def may_log_in(server: Server, login: str, password: str = PASSWORD) -> bool:
    async with server.client() as client:
        body = {"login": login, "password": password}
        return (await client.post("/api/session", body)).status == 200


async def paired(server: Server) -> dict[str, str]:
    """Open the kiosk page on this machine; return the header of a browser that kept its key."""
    async with server.client() as browser:
        answer = await browser.get("/kiosk")
        return {"Cookie": f"ramah_kiosk={answer.cookies['ramah_kiosk'].value}"}


def own_office(server: Server) -> None:
    """Do what the README says for an own office, in the demo's folder."""
    file = server.data.with_name("own.toml")
    file.write_text(office_toml("kantor"), "utf-8")
    assert server.ramah("branch", "add", str(file)).returncode == 0


async def test_the_demos_people_and_keys_end_when_an_own_office_moves_in(demo: Server) -> None:
    header = await paired(demo)
    token = demo.token("manager", "mpp", "script")
    assert demo.ramah("printer", "add", "demo", "file:/dev/null").returncode == 0
    assert demo.stop() == 0
    with demo.database() as db:  # an office that an older program added
        db.execute("INSERT INTO branches (code) VALUES ('kantor')")
    found = demo.ramah("doctor")
    assert found.returncode == 1
    for user in USERS:
        assert f"{user.login} can log in with the demo's password" in found.stdout
    assert "demo-kiosk" in found.stdout
    demo.options = ()
    demo.start()
    for user in USERS:
        assert not await may_log_in(demo, user.login)
    async with demo.client() as browser:
        assert (await browser.get("/api/session", headers=header)).status == 401
    async with Client(demo.url, token) as script:
        assert (await script.get("/api/session")).status == 401
    assert demo.query("SELECT COUNT(*) FROM printers") == [(0,)]
    assert "demo" not in demo.ramah("doctor").stdout.replace("nothing of the demo is left", "")


@pytest.mark.soak
async def test_adding_the_office_ends_the_demo_beside_a_running_server(demo: Server) -> None:
    assert await may_log_in(demo, "admin")
    own_office(demo)
    assert not await may_log_in(demo, "admin")
    assert demo.ramah("doctor").returncode == 0
    async with demo.client() as browser:
        assert not (await browser.get("/kiosk")).cookies


@pytest.mark.soak
async def test_a_colleague_may_have_the_login_of_somebody_of_the_demo(demo: Server) -> None:
    own_office(demo)
    added = demo.ramah("user", "add", "sari", "--name", "Ibu Sari", "--role", "staff",
                       stdin="tiga-kucing-oranye\n")  # fmt: skip
    assert (added.returncode, added.stderr) == (0, "")
    assert demo.query(
        "SELECT code FROM users JOIN branches ON branches.id = branch WHERE login = 'sari'"
    ) == [("kantor",)]
    assert await may_log_in(demo, "sari", "tiga-kucing-oranye")


async def test_plain_serve_ends_the_demo_and_the_next_demo_has_its_people_again(
    demo: Server,
) -> None:
    demo.stop()
    demo.options = ()
    demo.start()
    assert not await may_log_in(demo, "dewi")
    demo.stop()
    demo.options = ("--demo",)
    demo.start()
    assert await may_log_in(demo, "dewi")


async def test_demo_is_left_out_where_an_office_is_beside_it(demo: Server) -> None:
    own_office(demo)
    demo.stop()
    demo.start()
    assert "--demo is left out" in demo.stderr()
    async with demo.client() as browser:
        assert not (await browser.get("/kiosk")).cookies


@pytest.mark.soak
async def test_who_got_an_own_password_stays(demo: Server) -> None:
    assert demo.ramah("user", "password", "budi", stdin="empat-kucing-abu\n").returncode == 0
    own_office(demo)
    assert await may_log_in(demo, "budi", "empat-kucing-abu")


async def test_a_demo_that_no_phone_reaches_says_how_to_start_it_for_phones(
    demo: Server, tmp_path: Path
) -> None:
    def said(server: Server) -> str:
        return server.out.read_text("utf-8")

    await soon(lambda: "Stop with" in said(demo), "the demo has said all")
    assert "HOST=0.0.0.0" in said(demo)
    public = ("--demo", "--public-url", "http://antrean.example:8080")
    with Server(tmp_path / "public", *public) as server:
        server.start()
        await soon(lambda: "Stop with" in said(server), "the demo has said all")
        assert "HOST=0.0.0.0" not in said(server)


def own_address() -> str:
    """Return an address of this machine that is not the loopback's; sends nothing."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


async def test_on_a_network_the_demos_people_log_in_on_the_machine_itself_only(
    tmp_path: Path,
) -> None:
    with Server(tmp_path / "data", "--demo", "--host", "0.0.0.0") as server:  # noqa: S104
        server.start()
        await soon(
            lambda: "DEMO ON A NETWORK" in server.out.read_text("utf-8"), "the demo says so loudly"
        )
        assert await may_log_in(server, "admin")
        body = {"login": "admin", "password": PASSWORD}
        async with server.client() as through_proxy:
            answer = await through_proxy.post(
                "/api/session", body, headers={"X-Forwarded-For": "192.0.2.7"}
            )
            assert (answer.status, answer.problem) == (403, "demo-only-here")
        address = own_address()
        if address and not address.startswith("127."):
            async with Client(f"http://{address}:{server.port}") as neighbour:
                answer = await neighbour.post("/api/session", body)
                assert (answer.status, answer.problem) == (403, "demo-only-here")
