from __future__ import annotations

import pytest
from aiohttp import ClientSession
from aiohttp import web as http

import web.pages
from tests.server.process import Hall, Server
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("path", ["/", "/kiosk", "/display"])
async def test_pages_come_with_safety_headers(stub_hall: StubHall, path: str) -> None:
    async with ClientSession() as client, client.get(stub_hall.url(path)) as response:
        text = await response.text()
        policy = response.headers["Content-Security-Policy"]
        assert response.status == 200
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert 'lang="id"' in text
        assert "style=" not in text
        assert "onclick" not in text


async def test_a_strange_host_does_not_reach_the_policy(stub_hall: StubHall) -> None:
    headers = {"Host": "evil; script-src *"}
    async with (
        ClientSession() as client,
        client.get(stub_hall.url("/kiosk"), headers=headers) as response,
    ):
        assert "script-src" not in response.headers.get("Content-Security-Policy", "")


@pytest.mark.parametrize("query", ["?lang=en", "?lang=xx"])
async def test_the_language_can_be_asked_for(stub_hall: StubHall, query: str) -> None:
    async with ClientSession() as client, client.get(stub_hall.url("/") + query) as response:
        asked = "en" if query.endswith("en") else "id"
        assert f'<html lang="{asked}"' in await response.text()


async def test_files_are_asked_for_again_but_not_sent_again(stub_hall: StubHall) -> None:
    async with ClientSession() as client:
        for path in ("/web/tokens.css", "/kiosk/page.js", "/web/catalog/id.json"):
            async with client.get(stub_hall.url(path)) as first:
                assert first.status == 200
                assert first.headers["Cache-Control"] == "no-cache"
                tag = first.headers["ETag"]
            headers = {"If-None-Match": tag}
            async with client.get(stub_hall.url(path), headers=headers) as second:
                assert second.status == 304


@pytest.mark.parametrize(
    "path",
    ["/web/../pages.py", "/web/%2e%2e/pages.py", "/web/..%2fpages.py", "/kiosk/%2e%2e/routes.py",
     "/web/nothing.css", "/web/catalog/xx.json", "/web/catalog/..%2f..%2fetc.json"],
)  # fmt: skip
async def test_only_static_files_are_served(stub_hall: StubHall, path: str) -> None:
    from yarl import URL  # noqa: PLC0415 - only here must the path stay as written

    url = URL(stub_hall.url("/").rstrip("/") + path, encoded=True)
    async with ClientSession() as client, client.get(url) as response:
        assert response.status == 404


async def test_the_hook_sees_each_page_with_its_role(stub_hall: StubHall) -> None:
    opened: list[str] = []

    async def note(_request: http.Request, response: http.Response, role: str) -> None:
        opened.append(role)
        response.set_cookie("paired", role)

    app = http.Application()
    web.pages.setup(app, "1")
    app[web.pages.PAGE_OPENED] = note
    runner = http.AppRunner(app)
    await runner.setup()
    site = http.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with ClientSession() as client, client.get(f"http://{host}:{port}/") as response:
        assert response.cookies["paired"].value == "visitor"
    await runner.cleanup()
    assert opened == ["visitor"]
    assert stub_hall.online


async def test_a_server_without_a_certificate_of_its_own_says_so_where_one_would_be_installed(
    shared: Server,
) -> None:
    async with ClientSession() as client:
        async with client.get(f"{shared.url}/trust") as answer:
            assert answer.status == 404
            assert "ramah tls make" in await answer.text()
        async with client.get(f"{shared.url}/trust/ramah.crt") as answer:
            assert answer.status == 404


async def test_an_address_that_is_no_page_is_told_kindly_with_a_way_on(hall: Hall) -> None:
    browser = {"Accept": "text/html,*/*;q=0.8"}
    url = hall.server.url
    async with ClientSession(headers=browser) as client:
        for path in ("/antrean", "/t/x", "/manager/nothing.at.all/here", "//elsewhere.example/"):
            async with client.get(url + path) as response:
                text = await response.text()
                assert response.status == 404
                assert "Halaman ini tidak ada" in text
                assert 'href="/"' in text
                assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        async with client.get(f"{url}/antrean?lang=en") as response:
            assert "This page is not here" in await response.text()
        slashed = f"{url}/counter/supervisor/?lang=en"
        async with client.get(slashed, allow_redirects=False) as response:
            assert response.status == 302
            assert response.headers["Location"] == "/counter/supervisor?lang=en"
        async with client.get(f"{url}/kiosk/gone.js", headers={"Accept": "*/*"}) as response:
            assert response.status == 404
            assert response.content_type == "text/plain"
