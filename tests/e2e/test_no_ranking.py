"""Nowhere is anybody ranked: no page and no call sets people beside figures of their work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser

from server.contract import ROUTES
from tests.counter.staff import staff_page
from tests.server.api.client import Client
from tests.server.api.test_comfort import doors
from tests.server.api.test_feedback import served, token_of
from tests.server.comfort.places import TOML
from tests.server.process import Hall, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")

HALL_DEVICES = (None, "kiosk", "display", "tablet", "care", "host")
OPEN = [
    route.path
    for route in ROUTES
    if route.method == "GET" and "{" not in route.path and route.path not in {
        "/api/events", "/api/agent", "/api/openapi.json", "/api/docs", "/metrics",
    }
]  # fmt: skip
"""Every call that needs no more than an address; these four are no answers about people."""
NO_FIGURE = {"number", "counter", "seq", "hours"}
"""Which counter it is, which event, what a contract says: tells nothing of how somebody works."""
DRAWN = "() => document.body.innerText.trim().length > 20"


@pytest.fixture
async def worked(hall: Hall) -> list[str]:
    """Two officers serve visitors, one faster than the other; return what gives them away."""
    hall.server.add_branch(office_toml(hall.code) + TOML)
    hints = []
    for counter, login in enumerate((hall.person("zulaikha"), hall.person("bartolomeus")), 1):
        one = Client(hall.server.url)
        one.headers = {
            "Origin": hall.server.url,
            "Cookie": f"ramah_session={hall.server.session(login)}",
        }
        async with one, hall.client("kiosk") as kiosk:
            await one.post(f"/api/counters/{counter}/open")
            for _ in range(counter):
                await kiosk.take("A")
                for act in ("call-next", "start", "finish"):
                    assert (await one.post(f"/api/counters/{counter}/{act}")).status == 200
        ((user,),) = hall.server.query("SELECT id FROM users WHERE login = ?", login)
        hints += [login.split(".")[0], user]
    return hints


def people_in(value: object, hints: list[str]) -> set[str]:
    text = str(value).lower()
    return {each for each in hints if each in text}


def figures(value: object) -> Iterator[str]:
    """Yield the names of all numbers in an answer's part."""
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, int | float) and not isinstance(each, bool):
                if key not in NO_FIGURE:
                    yield key
            else:
                yield from figures(each)
    elif isinstance(value, list):
        for each in value:
            yield from figures(each)


def rankings(value: Any, hints: list[str], where: str = "") -> Iterator[str]:  # noqa: ANN401
    """Yield each list of an answer that sets several people beside figures."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from rankings(each, hints, f"{where}.{key}")
    elif isinstance(value, list):
        about = [each for each in value if people_in(each, hints)]
        if len(about) > 1:
            found = sorted({key for each in about for key in figures(each)})
            if found:
                yield f"{where}: {', '.join(found)}"
        for each in value:
            yield from rankings(each, hints, where)


async def test_what_hangs_and_stands_in_the_hall_names_nobody(
    hall: Hall, worked: list[str]
) -> None:
    visit = token_of(await served(hall))
    door = (await doors(hall))["toilet"]
    more = [
        f"/api/track/{visit}", f"/api/track/{visit}/feedback", f"/api/track/{visit}/survey",
        f"/api/comfort/at/{door}", f"/api/comfort/at/{door}/checker",
    ]  # fmt: skip
    seen = 0
    for role in HALL_DEVICES:
        async with hall.client(role) as one:
            for path in [*OPEN, *more]:
                answer = await one.get(path, check=False)
                seen += answer.status == 200
                assert not people_in(answer.text, worked), (role, path)
    assert seen > 20


async def test_no_answer_to_staff_or_managers_ranks_people(hall: Hall, worked: list[str]) -> None:
    ranked = [{"name": each, "served": 3} for each in worked]
    assert list(rankings({"people": ranked}, worked)) == [".people: served"]
    named = 0
    for role in ("staff", "manager", "admin"):
        async with hall.client(role) as one:
            for path in OPEN:
                answer = await one.get(path, check=False)
                if not answer.headers["Content-Type"].startswith("application/json"):
                    continue
                named += bool(people_in(answer.text, worked))
                assert list(rankings(answer.json, worked)) == [], (role, path)
            if role != "staff":
                file = await one.get("/api/log?format=csv")
                assert file.status == 200
                assert not people_in(file.text, worked), "files name staff by a pseudonym"
    assert named, "who sits where is told: the test would see them"


async def test_no_page_sets_people_beside_figures(
    hall: Hall, worked: list[str], browser: Browser
) -> None:
    names = [each for each in worked if each.isalpha()]
    visit = token_of(await served(hall))
    door = (await doors(hall))["toilet"]
    hall.person("dewi", "manager")
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    for path in ("/", "/kiosk", "/display", f"/t/{visit}", f"/c/{door}", "/counter", "/manager"):
        await page.goto(hall.server.url + path)
        await page.wait_for_function(DRAWN)
        assert not people_in(await page.locator("body").inner_text(), names), path
    await page.close()
    async with staff_page(browser, hall, "/manager", who="dewi") as manager:
        for view in ("morning", "satisfaction", "comfort", "reports", "log"):
            await manager.evaluate("(name) => { location.hash = name; }", view)
            await manager.locator("[data-part=other] > :nth-child(2)").wait_for()
            await manager.wait_for_load_state("networkidle")
            rows = await manager.locator("[data-part=other]").locator(
                "tr, li"
            ).all_inner_texts()  # fmt: skip
            assert not people_in(rows, names), view
