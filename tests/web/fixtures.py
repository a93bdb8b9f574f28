"""Owns what all page tests share: one Chromium with sound and one without, and the small hall."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.web.browser import WITH_SOUND, chromium
from tests.web.stub_hall import StubHall

__all__ = ["browser", "silent_chromium", "sounding", "sounding_chromium", "stub_hall"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def silent_chromium() -> AsyncIterator[Browser]:
    """Chromium as it comes, started once."""
    async with chromium(light=True) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sounding_chromium() -> AsyncIterator[Browser]:
    """Chromium that plays sounds unasked, as a kiosk or lobby is set up; started once."""
    async with chromium(WITH_SOUND) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def browser(silent_chromium: Browser) -> AsyncIterator[Browser]:
    """A browser without windows."""
    yield silent_chromium
    await _close_windows(silent_chromium)


@pytest_asyncio.fixture(loop_scope="session")
async def sounding(sounding_chromium: Browser) -> AsyncIterator[Browser]:
    """A browser without windows that plays sounds unasked."""
    yield sounding_chromium
    await _close_windows(sounding_chromium)


async def _close_windows(browser: Browser) -> None:
    for window in browser.contexts:
        await window.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stub_hall() -> AsyncIterator[StubHall]:
    """A hall without the core, on the loop that the browser's tests share."""
    hall = StubHall()
    await hall.start()
    yield hall
    await hall.close()
