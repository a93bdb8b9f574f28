"""Owns what a test can see and do in a window of any browser, however it is spoken to."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

WAIT_S = 30.0


class Window:
    """One window: what stands in it can be waited for, read, measured and pressed."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    async def ask(self, script: str) -> Any:  # noqa: ANN401
        """Return what an expression is in the page."""
        raise NotImplementedError

    async def press(self, x: float, y: float) -> None:
        """Press and let go, there."""
        raise NotImplementedError

    async def until(self, script: str) -> Any:  # noqa: ANN401
        """Wait until an expression is true in the page, and return it."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not (found := await self.ask(script)):  # noqa: ASYNC110 - no event tells
                    await asyncio.sleep(0.05)
                return found
        except TimeoutError:
            shown = await self.ask("document.body.innerText")
            pytest.fail(f"never so: {script}\nerrors: {self.errors}\nthe page says: {shown}")

    async def says(self, words: str, at: str = "body") -> None:
        """Wait until the words can be read in a part of the page."""
        await self.until(
            f"Array.from(document.querySelectorAll({at!r}))"
            f".some((each) => each.innerText.includes({words!r}))"
        )

    async def touch(self, selector: str, words: str = "") -> None:
        """Press what can be seen there, where a finger would: what lies over it gets it."""
        place = await self.until(
            f"""(() => {{
              const found = Array.from(document.querySelectorAll({selector!r})).find((each) =>
                each.getClientRects().length && !each.disabled
                && each.innerText.includes({words!r}));
              if (!found) return null;
              const box = found.getBoundingClientRect();
              return {{ x: box.left + box.width / 2, y: box.top + box.height / 2 }};
            }})()"""
        )
        await self.press(**place)

    async def height(self, selector: str) -> float:
        """Return the size of the letters there, in pixels."""
        size = await self.ask(f"getComputedStyle(document.querySelector({selector!r})).fontSize")
        return float(size.removesuffix("px"))

    async def overlaps(self, *selectors: str) -> list[str]:
        """Return which of these visible parts lie over each other."""
        return list(await self.ask(
            f"""(() => {{
              const boxes = {json.dumps(selectors)}
                .map((name) => [name, document.querySelector(name)])
                .filter(([, each]) => each && each.getClientRects().length)
                .map(([name, each]) => [name, each.getBoundingClientRect()]);
              const over = [];
              boxes.forEach(([a, one], at) => boxes.slice(at + 1).forEach(([b, two]) => {{
                if (one.left + 1 < two.right && two.left + 1 < one.right && one.top + 1 < two.bottom
                    && two.top + 1 < one.bottom) over.push(a + ' and ' + b);
              }}));
              return over;
            }})()"""
        ))  # fmt: skip
