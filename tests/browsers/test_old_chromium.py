"""The hall works whole in old boxes: Chromium 79, and 70 for the lobby's televisions."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browsers.old_chromium import OldChromium, Page, old_chromium
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOBBY = (1920, 1080)
READABLE_PX = 60
OWN_GAPS = 84
"""From here on Chromium itself keeps room in rows."""
BOXES = [79, 81, 88] if os.environ.get("RAMAH_SOAK") else [79]
"""The oldest browser that every page works in; `make soak` looks at the years after it too."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=BOXES)
async def box(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OldChromium]:
    """An old box: Chromium 79, in `make soak` 81 and 88 as well."""
    version = request.param
    async with old_chromium(version, tmp_path_factory.mktemp(f"chromium-{version}")) as started:
        assert await started.version() == version
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def television(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OldChromium]:
    """The browser of a television of 2019."""
    async with old_chromium(70, tmp_path_factory.mktemp("chromium-70")) as started:
        assert await started.version() == 70
        yield started


async def test_a_visitor_gets_a_number_at_an_old_kiosk_and_follows_it_to_the_call(
    box: OldChromium, hall: Hall
) -> None:
    kiosk = await box.open(f"{hall.server.url}/kiosk", cookies={"ramah_kiosk": hall.token("kiosk")})
    await kiosk.touch('[data-code="A"] button', "Layanan A")
    await kiosk.says("A001", "kiosk-ticket h1")
    assert await kiosk.height("kiosk-ticket .label") > READABLE_PX

    ((_, issued),) = [each for each in hall.events() if each[1].get("label") == "A001"]
    phone = await box.open(f"{hall.server.url}/t/{issued['token']}", size=(375, 667))
    await phone.says("Anda di urutan pertama")
    await phone.says("A001", "#label")
    async with hall.client("staff") as staff:
        await staff.do(4, "open")
        await staff.do(4, "call-next")
    await phone.until("!!document.querySelector('#phone[data-state=called]')")
    await phone.says("4", "#big")
    assert kiosk.errors == phone.errors == []


async def test_an_old_lobby_screen_shows_a_call_large_and_nothing_over_it(
    box: OldChromium, hall: Hall
) -> None:
    cookies = {"ramah_display": hall.token("display")}
    screen = await box.open(f"{hall.server.url}/display", cookies=cookies, size=LOBBY)
    await screen.says("Selamat datang", ".welcome-line")
    await _call(hall, screen)


async def test_a_television_is_paired_with_a_code_and_shows_the_call(
    television: OldChromium, hall: Hall
) -> None:
    code = hall.server.ramah(
        "token", "create", "--role", "display", "--code", "--branch", hall.code
    )
    screen = await television.open(f"{hall.server.url}/display", size=LOBBY)
    await screen.says("Sambungkan perangkat ini", "#asking-title")
    await screen.until("/^\\w+ \\w+$/.test(document.querySelector('.asking-code').innerText)")
    await screen.touch(".asking > .button")
    for key in code.stdout.strip():
        await screen.touch(".pairing-keys button", key)
    await screen.touch("ramah-pairing button[type=submit]")
    await screen.says("Selamat datang", ".welcome-line")
    await _call(hall, screen)


async def test_an_old_box_keeps_room_between_what_stands_in_a_row(
    box: OldChromium, hall: Hall
) -> None:
    page = await box.open(f"{hall.server.url}/counter")
    if await box.version() < OWN_GAPS:
        loaded = "Array.from(document.scripts).some((each) => each.src.endsWith('gaps.js'))"
        await page.until(loaded)
    await page.ask(
        """document.body.insertAdjacentHTML('beforeend',
        '<p class="choice"><i hidden></i><i>one</i><i>two</i></p>')"""
    )
    await page.until(
        """(() => {
          const boxes = Array.from(document.querySelectorAll('.choice i:not([hidden])'));
          const [one, two] = boxes.map((each) => each.getBoundingClientRect());
          return two.left - one.right >= 8;
        })()"""
    )
    assert page.errors == []


async def test_a_dialog_stays_on_the_glass_when_its_letters_grow(
    box: OldChromium, hall: Hall
) -> None:
    """Chromium before 83 leaves a modal dialog where it stood when it was opened."""
    page = await box.open(f"{hall.server.url}/kiosk", cookies={"ramah_kiosk": hall.token("kiosk")})
    await page.says("Layanan A")
    await page.ask(
        """(() => {
          const made = document.createElement('dialog');
          made.innerHTML = '<p>' + 'Silakan pilih layanan. '.repeat(20) + '</p><button>Ya</button>';
          document.body.append(made);
          made.showModal();
          document.documentElement.style.fontSize = '32px';
        })()"""
    )
    await page.until(
        """(() => {
          const at = document.querySelector('dialog[open]').getBoundingClientRect();
          return at.height > 100 && at.top >= 0 && at.left >= 0
            && at.bottom <= innerHeight && at.right <= innerWidth;
        })()"""
    )
    assert page.errors == []


async def _call(hall: Hall, screen: Page) -> None:
    """Call a number, and see it on the screen, readable from the last row, beside all else."""
    async with hall.client("kiosk") as kiosk, hall.client("staff") as staff:
        await kiosk.take("B")
        await staff.do(2, "open")
        await staff.do(2, "call-next")
    await screen.says("B001", "display-call .label")
    assert await screen.height("display-call .label") > READABLE_PX
    assert not await screen.overlaps(
        ".hall-head", "display-call", "display-board", "display-calls", ".hall-foot"
    )
    assert screen.errors == []
