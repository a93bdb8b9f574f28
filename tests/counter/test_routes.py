"""The address of the counter page."""

from __future__ import annotations

from tests.server.process import Server


async def test_the_page_loads_only_our_own_files(shared: Server) -> None:
    async with shared.client() as anyone:
        answer = await anyone.get("/counter")
    assert answer.status == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<style" not in answer.text
    assert "onclick" not in answer.text
    assert '/counter/page.js"></script>' in answer.text
