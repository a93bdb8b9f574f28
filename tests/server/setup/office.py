"""What tests of the set-up share: the code that the server shows, and a draft of an office."""

from __future__ import annotations

import json
import re
from typing import Any

from server.setup.templates import templates
from tests.server.api.client import Answer, Client
from tests.server.process import Server
from tests.server.waiting import soon

OWN_PASSWORD = "kursi biru di teras"


async def code_of(server: Server) -> str:
    """Return the code that the server showed when it started."""

    def shown() -> list[str]:
        return re.findall(r"/setup#(\S+)", server.out.read_text("utf-8"))

    await soon(shown, "the server shows the code")
    return str(shown()[-1])


def settings_of(template: str) -> dict[str, Any]:
    """Return the settings of a template, as the page gets them."""
    found = next(each for each in templates() if each.name == template)
    made: dict[str, Any] = json.loads(json.dumps(found.settings))
    return made | {"name": "Kelurahan Damai", "zone": "Asia/Makassar", "languages": ["id", "en"]}


def draft_of(template: str = "kelurahan", **more: object) -> dict[str, Any]:
    """Return what a page sends when everything is filled in."""
    draft: dict[str, Any] = {
        "step": 5, "template": template, "office": settings_of(template), "printer": None,
        "login": "wati", "name": "Ibu Wati",
    }  # fmt: skip
    return draft | more


async def keep(browser: Client, draft: dict[str, Any], *, check: bool = True) -> Answer:
    """Send what was typed."""
    return await browser.post("/api/setup/draft", {"draft": json.dumps(draft)}, check=check)


async def enter(browser: Client, code: str) -> Answer:
    """Bring a code."""
    return await browser.post("/api/setup/enter", {"code": code})


async def finish(browser: Client, password: str = OWN_PASSWORD) -> Answer:
    """Make the office."""
    return await browser.post("/api/setup/finish", {"password": password})
