"""A browser for page tests: Chromium from RAMAH_CHROMIUM or the usual places."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"
"""Chromium's pages without its windows, bars and sound: a third less for the processor to do."""
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
PROBE = "/is-it-held"
WITH_SOUND = "--autoplay-policy=no-user-gesture-required"


@asynccontextmanager
async def chromium(
    *flags: str, home: str | None = None, light: bool = False
) -> AsyncIterator[Browser]:
    """Start Chromium; ``home``: the folder of its user, ``light``: its shell does if it is here.

    ``make soak`` always takes the whole browser, as people have it.
    """
    path = shutil.which(SHELL) if light and not os.environ.get("RAMAH_SOAK") else None
    path = path or os.environ.get("RAMAH_CHROMIUM")
    path = path or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("no Chromium: set RAMAH_CHROMIUM or run tests/get-chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", *flags],
            env={**os.environ, "HOME": home} if home else None,
        )  # fmt: skip
        try:
            yield browser
        finally:
            await browser.close()


async def intercept(
    page: Page, pattern: str, handler: Callable[[Route], Awaitable[None]], times: int | None = None
) -> None:
    """Let ``handler`` answer what an open page asks for from now on.

    Chromium says that it holds requests a moment before it does; so we ask one and see.
    """

    async def held(route: Route) -> None:
        await route.fulfill(body="held")

    await page.route(f"**{PROBE}", held)
    ask = f"fetch('{PROBE}').then((answer) => answer.text())"
    while await page.evaluate(ask) != "held":  # noqa: ASYNC110 - nothing tells when
        await asyncio.sleep(0.02)
    await page.route(pattern, handler, times=times)


async def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so; fail when it never is."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.02)
