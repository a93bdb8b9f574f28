"""A server that speaks TLS with its own authority: who is asked to come by it, who goes on without.

``Via`` makes a request of this machine one from elsewhere, as a proxy's would be.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Error, expect
from websockets.asyncio.client import connect

from server.tls import FOLDER, keeping
from tests.server.process import PASSWORD, Server, free_port, office_toml
from tests.server.tls.test_authority import stolen
from tests.web.browser import chromium

NAME = "antrean.local"
FAR = {"Via": "1.1 elsewhere"}


class Secured(Server):
    """A server with the office's own authority."""

    tls_port = 0

    def by_tls(self, path: str) -> str:
        """Return an address by TLS."""
        return f"https://{NAME}:{self.tls_port}{path}"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """One for this module; its folder is made as ``ramah tls make`` does."""
    port = free_port()
    with Secured(tmp_path_factory.mktemp("tls") / "data", "--tls-port", str(port)) as server:
        server.tls_port = port
        server.add_branch(office_toml("hall"))
        server.person("sari")
        server.person("dewi", "manager")
        made = server.ramah("tls", "make", NAME)
        assert made.returncode == 0, made.stderr
        server.start()
        yield server
        assert server.stop() == 0
        assert "Traceback" not in server.stderr()


@asynccontextmanager
async def asking(server: Secured) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that trusts the authority alone and finds its name here."""
    trusts = ssl.create_default_context(cadata=keeping.root(server.data).pem.decode())
    connector = aiohttp.TCPConnector(ssl=trusts, resolver=Here())
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield session


class Here(aiohttp.abc.AbstractResolver):
    """Finds every name on this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family,
                 "proto": 0, "flags": 0}]  # fmt: skip

    async def close(self) -> None:
        pass


async def test_staff_log_in_by_tls_and_hear_the_feed(secured: Secured) -> None:
    async with asking(secured) as client:
        login = {"login": "sari", "password": PASSWORD}
        answer = await client.post(secured.by_tls("/api/session"), json=login)
        assert answer.status == 200
        cookie = answer.cookies["ramah_session"]
        assert cookie["secure"]
        trusts = ssl.create_default_context(cadata=keeping.root(secured.data).pem.decode())
        async with connect(
            f"wss://{NAME}:{secured.tls_port}/api/events", ssl=trusts, host="127.0.0.1",
            additional_headers={"Cookie": f"ramah_session={cookie.value}"},
        ) as feed:  # fmt: skip
            assert '"type":"snapshot"' in str(await feed.recv())
            kiosk = {"Authorization": f"Bearer {secured.token('kiosk')}"}
            taken = await client.post(
                secured.by_tls("/api/tickets"), json={"service": "A"}, headers=kiosk
            )
            assert taken.status == 201
            while '"issued"' not in str(await feed.recv()):
                pass


async def test_no_password_comes_in_clear_where_it_need_not(secured: Secured) -> None:
    async with aiohttp.ClientSession() as client:
        login = {"login": "sari", "password": PASSWORD}
        refused = await client.post(f"{secured.url}/api/session", json=login, headers=FAR)
        assert refused.status == 403
        told = await refused.json()
        assert told["type"].endswith("use-tls")
        assert f"https://{NAME}:{secured.tls_port}" in told["detail"]
        here = await client.post(f"{secured.url}/api/session", json=login)
        assert here.status == 200  # who sits at the server itself crosses no network
        assert not here.cookies["ramah_session"]["secure"]


async def test_pages_of_staff_lead_to_trust_and_devices_go_on(secured: Secured) -> None:
    async with aiohttp.ClientSession() as client:

        async def page(path: str, **headers: str) -> aiohttp.ClientResponse:
            return await client.get(secured.url + path, headers=headers, allow_redirects=False)

        led = await page("/counter?lang=en", **FAR)
        assert (led.status, led.headers["Location"]) == (302, "/trust?to=/counter?lang%3Den")
        assert (await page("/counter")).status == 200
        for path in ("/kiosk", "/display", "/", "/trust", "/healthz"):
            assert (await page(path, **FAR)).status == 200, path
        kiosk = {"Authorization": f"Bearer {secured.token('kiosk')}"}
        assert (await page("/api/services", **FAR, **kiosk)).status == 200
        got = await page("/trust/ramah.crt", **FAR)
        assert got.headers["Content-Type"] == "application/x-x509-ca-cert"
        assert await got.read() == keeping.root(secured.data).pem
        told = await (await page("/trust?to=/counter", **FAR)).text()
        assert keeping.root(secured.data).fingerprint in told.replace("<wbr>", "")
        assert f'href="https://{NAME}:{secured.tls_port}/counter"' in told
        for elsewhere in ("//evil.example/", "/\\evil.example", "https://evil.example", "/a b"):
            told = await (await client.get(f"{secured.url}/trust", params={"to": elsewhere})).text()
            assert "evil" not in told
            assert f'href="https://{NAME}:{secured.tls_port}/"' in told
        for each in (await page("/", **FAR), await page("/trust", **FAR)):
            assert "Strict-Transport-Security" not in each.headers


async def test_what_is_no_tls_harms_nobody(secured: Secured) -> None:
    socks = [socket.create_connection(("127.0.0.1", secured.tls_port)) for _ in range(5)]
    said = (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\xff\xff", b"\x00" * 5000, b"", b"")
    for each, words in zip(socks, said, strict=True):
        each.sendall(words)
    socks[4].close()
    async with asking(secured) as client:
        assert (await client.get(secured.by_tls("/healthz"))).status == 200
    for each in socks:
        each.close()


async def test_the_manager_is_told_and_nobody_else(secured: Secured) -> None:
    async with secured.client("manager") as manager, secured.client("staff") as staff:
        told = (await manager.get("/api/tls")).json
        root = keeping.root(secured.data)
        assert (told["state"], told["fingerprint"]) == ("authority", root.fingerprint)
        assert told["address"] == f"https://{NAME}:{secured.tls_port}"
        assert datetime.fromisoformat(told["until"]) > datetime.now(UTC)
        assert (await staff.get("/api/tls")).status == 403
    assert "well   TLS" in secured.ramah("doctor").stdout
    authority = secured.data / FOLDER / keeping.ROOT
    authority.chmod(0o644)
    assert f"others can read {authority}" in secured.ramah("doctor").stdout
    authority.chmod(0o600)
    backup = secured.data.with_suffix(".tar")
    assert secured.ramah("backup", str(backup)).returncode == 0
    with tarfile.open(backup) as archive:
        assert not [each for each in archive.getnames() if FOLDER in each]
    shown = secured.ramah("tls", "show")
    assert root.fingerprint in shown.stdout
    assert f"{secured.url}/trust" in secured.out.read_text()


@asynccontextmanager
async def trusting(server: Secured, home: Path) -> AsyncIterator[Browser]:
    """Chromium of a user who installed the authority as ``/trust`` says."""
    store = home / ".pki/nssdb"
    store.mkdir(parents=True)
    root = home / "ramah.crt"
    root.write_bytes(keeping.root(server.data).pem)
    certutil = ["certutil", "-d", f"sql:{store}"]
    await asyncio.to_thread(
        subprocess.run, [*certutil, "-N", "--empty-password"], check=True
    )  # what a browser makes at its first start
    await asyncio.to_thread(
        subprocess.run, [*certutil, "-A", "-t", "C,,", "-n", "ramah", "-i", str(root)], check=True
    )
    async with chromium("--host-resolver-rules=MAP * 127.0.0.1", home=str(home)) as browser:
        yield browser


@pytest.mark.e2e
@pytest.mark.skipif(shutil.which("certutil") is None, reason="needs libnss3-tools")
async def test_a_browser_that_trusts_goes_on_by_itself_and_believes_no_thief(
    secured: Secured, tmp_path: Path
) -> None:
    async with trusting(secured, tmp_path / "home") as browser:
        page = await browser.new_page(extra_http_headers=FAR, locale="id-ID")
        await page.goto(f"http://{NAME}:{secured.port}/counter#kept")
        await page.wait_for_url(secured.by_tls("/counter#kept"))
        await page.fill("[name=login]", "sari")
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Loket 3")).to_be_visible()
        can = "[isSecureContext, 'wakeLock' in navigator, 'mediaDevices' in navigator]"
        assert await page.evaluate(can) == [True, True, True]
        # the address that was typed leads back to who is logged in
        await page.goto(f"http://{NAME}:{secured.port}/counter")
        await page.wait_for_url(secured.by_tls("/counter"))
        await expect(page.get_by_role("button", name="Loket 3")).to_be_visible()
        assert await refused(browser, secured.data, f"dua.{NAME}") == ""
        assert "ERR_CERT" in await refused(browser, secured.data, "bank.example")


async def refused(browser: Browser, data: Path, host: str) -> str:
    """Return why a browser does not open a thief's server that says it is ``host``."""
    async with await asyncio.start_server(
        _hello, "127.0.0.1", 0, ssl=stolen(data, host)
    ) as thief:  # fmt: skip
        port = thief.sockets[0].getsockname()[1]
        page = await browser.new_page()
        try:
            await page.goto(f"https://{host}:{port}/")
        except Error as error:
            return str(error)
        finally:
            await page.close()
    return ""


async def _hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
    writer.close()
