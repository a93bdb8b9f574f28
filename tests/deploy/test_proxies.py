"""The proxy examples of ``deploy/`` run as written, with real nginx and Caddy before a server."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from websockets.asyncio.client import connect
from websockets.typing import Origin

from tests.deploy.units import DEPLOY
from tests.server.process import PASSWORD, Server, free_port, office_toml
from tests.server.waiting import until

NAME = "antrean.example.go.id"


@dataclass
class Front:
    """A running proxy with the server behind it."""

    server: Server
    port: int

    @property
    def url(self) -> str:
        """Its address, by the name that its certificate has."""
        return f"https://{NAME}:{self.port}"


class Here(AbstractResolver):
    """Finds every name on this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, started as both examples say."""
    data = tmp_path_factory.mktemp("behind") / "data"
    words = ["--trusted-proxy", "127.0.0.1", "--public-url", f"https://{NAME}"]
    with Server(data, *words) as server:
        server.add_branch(office_toml("hall"))
        for login in ("sari", "budi"):
            server.person(login)
        server.start()
        yield server


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder,
                                   env={**os.environ, "HOME": str(folder)})  # fmt: skip

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(answers, "the proxy answers")
        yield
    finally:
        process.terminate()
        process.wait(30)


def no_check() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-keyout", "key.pem", "-out",
         "fullchain.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def nginx_site(folder: Path, upstream: int) -> tuple[list[str], int]:
    """Return how to start nginx with the example; only ports and folders are other ones."""
    return nginx_of(
        folder, (DEPLOY / "nginx.conf").read_text("utf-8").replace(":8080;", f":{upstream};")
    )


def nginx_of(folder: Path, site: str) -> tuple[list[str], int]:
    """Return how to start nginx with a site, and its port; only ports and folders are others."""
    certificate(folder)
    tls = free_port()
    site = site.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;")
    site = site.replace("/etc/ssl/ramah", str(folder))
    places = "".join(
        f"{each}_temp_path {folder}/{each};"
        for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ access_log off; {places}\n{site}\n}}\n"
    )
    (folder / "nginx.conf").write_text(whole, "utf-8")
    return [
        "nginx",
        "-c",
        str(folder / "nginx.conf"),
        "-p",
        str(folder),
    ], tls


def caddy_site(folder: Path, upstream: int) -> tuple[list[str], int]:
    """Return how to start Caddy with the example, over TLS with a certificate made here."""
    certificate(folder)
    tls = free_port()
    site = (
        (DEPLOY / "Caddyfile").read_text("utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    )
    site = site.replace(
        f"{NAME} {{", f"https://{NAME}:{tls} {{\n\tbind 127.0.0.1\n\ttls fullchain.pem key.pem"
    )
    head = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(head + site, "utf-8")
    return [
        "caddy",
        "run",
        "--config",
        "Caddyfile",
        "--adapter",
        "caddyfile",
    ], tls


@pytest.fixture(scope="module", params=[nginx_site, caddy_site], ids=["nginx", "caddy"])
def front(request: pytest.FixtureRequest, behind: Server) -> Iterator[Front]:
    program = request.param.__name__.partition("_")[0]
    path = os.environ["PATH"] + ":/usr/sbin"
    if shutil.which(program, path=path) is None:
        pytest.skip(f"{program} is not installed here")
    folder = Path(tempfile.mkdtemp(prefix="ramah-proxy-"))
    command, port = request.param(folder, behind.port)
    command[0] = shutil.which(program, path=path) or program
    with running(command, folder, port):
        yield Front(behind, port)
    shutil.rmtree(folder)


def browser(local: str = "127.0.0.1") -> aiohttp.ClientSession:
    """Return a client that comes from this address of the machine."""
    connector = aiohttp.TCPConnector(ssl=no_check(), resolver=Here(), local_addr=(local, 0))
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def test_a_person_logs_in_through_the_proxy_and_the_cookie_stays_on_tls(
    front: Front,
) -> None:
    body = {"login": "sari", "password": PASSWORD}
    async with browser() as session:
        for origin in (front.url, f"https://{NAME}"):
            async with session.post(
                f"{front.url}/api/session", json=body, headers={"Origin": origin}
            ) as answer:
                assert answer.status == 200, await answer.text()
                assert answer.cookies["ramah_session"]["secure"]
        evil = {"Origin": "https://evil.example"}
        async with session.post(f"{front.url}/api/session", json=body, headers=evil) as answer:
            assert answer.status == 403


async def test_a_kiosk_is_paired_takes_a_number_and_hears_of_it_through_the_proxy(
    front: Front,
) -> None:
    code = front.server.ramah("token", "create", "--role", "kiosk", "--code").stdout.strip()
    async with browser() as session:
        async with session.post(f"{front.url}/api/pair", json={"code": code}) as answer:
            assert answer.status == 200
            assert answer.cookies["ramah_kiosk"]["secure"]
            cookie = {"Cookie": f"ramah_kiosk={answer.cookies['ramah_kiosk'].value}"}
        async with connect(
            f"wss://{NAME}:{front.port}/api/events",
            host="127.0.0.1",
            ssl=no_check(),
            origin=Origin(front.url),
            additional_headers=cookie,
        ) as feed:
            await feed.recv()
            async with session.post(
                f"{front.url}/api/tickets", json={"service": "A"}, headers=cookie
            ) as answer:
                assert answer.status == 201
                ticket = await answer.json()
            while ticket["label"] not in str(await feed.recv()):
                pass
        assert ticket["tracking_url"].startswith(f"https://{NAME}/t/")
        async with session.get(f"{front.url}/t/{ticket['tracking_url'][-22:]}") as page:
            assert page.status == 200


async def test_pages_come_pressed(front: Front) -> None:
    async with (
        browser() as session,
        session.get(
            f"{front.url}/web/catalog/id.json", headers={"Accept-Encoding": "gzip"}
        ) as answer,
    ):
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.json()


async def test_figures_are_not_for_the_outside(front: Front) -> None:
    async with browser() as session:
        for sent in ({}, {"X-Forwarded-For": "127.0.0.1"}):
            async with session.get(f"{front.url}/metrics", headers=sent) as answer:
                assert answer.status in {401, 404}


async def test_what_a_visitor_writes_into_the_proxys_headers_does_not_count(front: Front) -> None:
    wrong = {"login": "budi", "password": "tebakan"}
    async with browser() as session:
        for n in range(20):
            forged = {"X-Forwarded-For": f"192.0.2.{n}", "X-Forwarded-Proto": "http"}
            async with session.post(
                f"{front.url}/api/session", json=wrong, headers=forged
            ) as answer:
                if answer.status == 429:
                    assert int(answer.headers["Retry-After"]) > 0
                    return
    raise AssertionError("passwords can be guessed under ever new addresses")
