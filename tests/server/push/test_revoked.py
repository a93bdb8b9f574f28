"""Who may no longer listen is sent away at once, and nobody else."""

from __future__ import annotations

import asyncio
import json

from websockets.asyncio.client import ClientConnection

from server.push.frames import POLICY
from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall
from tests.server.push.listening import ended, first


async def goes_on(socket: ClientConnection) -> bool:
    """Whether the server still beats for this one."""
    while json.loads(await socket.recv())["type"] != "heartbeat":
        pass
    return True


async def log_in(client: Client, login: str) -> None:
    """Log in, and let the client's sockets show the cookie too."""
    answer = await client.post("/api/session", {"login": login, "password": PASSWORD})
    assert answer.status == 200
    client.headers = {"Cookie": f"ramah_session={answer.cookies['ramah_session'].value}"}


async def test_a_screen_that_the_manager_removed_hears_nothing_more(
    hall: Hall, manager: Client, display: Client
) -> None:
    async with hall.client("display") as lost, lost.socket() as stolen, display.socket() as good:
        await first(stolen)
        await first(good)
        screens = hall.query(
            "SELECT id FROM tokens WHERE branch = ? AND role = 'display' ORDER BY created_at, id"
        )
        assert len(screens) == 2
        assert (await manager.delete(f"/api/displays/{screens[1][0]}")).status == 204
        assert await ended(stolen) == POLICY
        assert await goes_on(good)


async def test_a_key_ended_on_the_command_line_ends_its_socket(hall: Hall, display: Client) -> None:
    name = f"papan-{hall.code}"
    old = Client(hall.server.url, hall.token("display", name))
    async with old.socket() as gone, display.socket() as good:
        await first(gone)
        await first(good)
        assert hall.server.ramah("token", "revoke", name).returncode == 0
        assert await ended(gone) == POLICY
        assert await goes_on(good)


async def test_who_logs_out_hears_no_more_here_but_in_the_other_browser(hall: Hall) -> None:
    login = hall.person("rina")
    async with hall.client() as here, hall.client() as there:
        await log_in(here, login)
        await log_in(there, login)
        async with here.socket() as ends, there.socket() as stays:
            await first(ends)
            await first(stays)
            assert (await here.delete("/api/session")).status == 204
            assert await ended(ends) == POLICY
            assert await goes_on(stays)


async def test_a_screen_that_hangs_up_while_it_is_let_in_is_no_fault(hall: Hall) -> None:
    before = len(hall.server.stderr())
    token = hall.token("display")
    for _ in range(40):
        _, screen = await asyncio.open_connection("127.0.0.1", hall.server.port)
        screen.write(
            "GET /api/events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        await screen.drain()
        screen.close()
        await screen.wait_closed()
    async with hall.client("display") as next_one, next_one.socket() as socket:
        assert (await first(socket))["type"] == "snapshot"
    told = hall.server.stderr()[before:]
    assert "Traceback" not in told
    assert "request_failed" not in told
