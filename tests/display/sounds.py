"""Owns short clips for tests that wait for spoken calls but not for what is said in them."""

from __future__ import annotations

import io
import wave

from playwright.async_api import Page, Route

RATE = 24_000
SECONDS = 0.1


def _clip() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"\x00\x10" * int(RATE * SECONDS))
    return made.getvalue()


CLIP = _clip()


async def speak_briefly(page: Page) -> None:
    """Give the page a tenth of a second for each word; the order, joins and waits stay real."""

    async def give(route: Route) -> None:
        await route.fulfill(body=CLIP, content_type="audio/wav")

    await page.route("**/display/voices/**/*.ogg", give)
