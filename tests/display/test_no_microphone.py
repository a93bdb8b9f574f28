"""Over plain http no browser gives a microphone: that is told before anybody types a name."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.display.test_booth import logged_in
from tests.server.process import Server
from tests.web.browser import chromium

pytestmark = pytest.mark.asyncio(loop_scope="session")
WARNS = "Peramban tidak memberi mikrofon di alamat ini."


async def test_the_first_page_of_voices_says_that_there_is_no_microphone_and_why(
    server: Server,
) -> None:
    server.person("dewi", "manager")
    plain = "--host-resolver-rules=MAP hall.test 127.0.0.1"
    async with chromium(plain) as browser:
        page = await browser.new_page()
        for host, warned in (("hall.test", True), ("127.0.0.1", False)):
            await page.context.clear_cookies()
            await logged_in(page, server, "/display/voices", host)
            begin = page.get_by_role("button", name="Mulai", exact=True)
            await expect(begin).to_be_enabled(enabled=not warned)
            warning = page.locator("form .banner.warn")
            await expect(warning).to_be_visible(visible=warned)
            if warned:
                await expect(warning).to_contain_text(WARNS)
