"""The hall works whole in engines that are not Chromium: Firefox ESR, and WebKit as on iPhones."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browsers.firefox import Firefox, firefox
from tests.browsers.webkit import WebKit, webkit
from tests.server.process import Hall

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.soak]
KIOSK = (1080, 1900)
LOBBY = (1900, 1000)
PHONE = (447, 800)
"""As narrow as WebKit's window becomes here."""
READABLE_PX = 60


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["firefox", "webkit"])
async def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Firefox | WebKit]:
    """One of the other engines; skipped where the machine has none."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "firefox":
        async with firefox(folder) as started:
            yield started
    else:
        async with webkit(folder) as opened:
            yield opened


async def test_a_visitor_takes_a_number_and_follows_it_to_the_counter(
    engine: Firefox | WebKit, hall: Hall
) -> None:
    cookies = {"ramah_kiosk": hall.token("kiosk")}
    kiosk = await engine.open(f"{hall.server.url}/kiosk", cookies=cookies, size=KIOSK)
    await kiosk.touch("kiosk-options button")
    await kiosk.touch("dialog[open] .option[aria-pressed=false]")
    await kiosk.until("document.documentElement.dataset.text === 'large'")
    await kiosk.touch("dialog[open] .ask-end > .button.large")
    await kiosk.touch('[data-code="A"] button', "Layanan A")
    await kiosk.says("A001", "kiosk-ticket h1")
    assert await kiosk.height("kiosk-ticket .label") > READABLE_PX

    ((_, issued),) = [each for each in hall.events() if each[1].get("label") == "A001"]
    phone = await engine.open(f"{hall.server.url}/t/{issued['token']}", size=PHONE)
    await phone.says("Anda di urutan pertama")
    await phone.says("A001", "#label")
    async with hall.client("staff") as staff:
        await staff.do(4, "open")
        await staff.do(4, "call-next")
    await phone.until("!!document.querySelector('#phone[data-state=called]')")
    await phone.says("4", "#big")
    assert await phone.ask("document.documentElement.scrollWidth <= innerWidth")
    assert kiosk.errors == phone.errors == []


async def test_a_lobby_screen_shows_a_call_large_and_nothing_over_it(
    engine: Firefox | WebKit, hall: Hall
) -> None:
    cookies = {"ramah_display": hall.token("display")}
    screen = await engine.open(f"{hall.server.url}/display", cookies=cookies, size=LOBBY)
    await screen.says("Selamat datang", ".welcome-line")
    async with hall.client("kiosk") as kiosk, hall.client("staff") as staff:
        await kiosk.take("B")
        await staff.do(2, "open")
        await staff.do(2, "call-next")
    await screen.says("B001", "display-call .label")
    assert await screen.height("display-call .label") > READABLE_PX
    parts = (".hall-head", "display-call", "display-board", "display-calls", ".hall-foot")
    assert not await screen.overlaps(*parts)
    assert screen.errors == []
