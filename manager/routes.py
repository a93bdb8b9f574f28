"""Owns the addresses of the manager's page, the city's, the set-up's and of what is published."""

from __future__ import annotations

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add the pages to ``app``; ``web.pages.setup`` serves the files beside them."""
    app.router.add_get("/manager", manager_page)
    app.router.add_get("/manager/plan", plan_page)
    app.router.add_get("/city", city_page)
    app.router.add_get("/results/{office:[A-Za-z0-9_-]{1,32}}", results_page)
    app.router.add_get("/setup", set_up_page)
    app.router.add_get("/invite", invite_page)


async def set_up_page(request: http.Request) -> http.Response:
    """Answer with the page that sets an office up; there before any office is."""
    return await page(request, "manager/setup.html", "staff", always=True)


async def invite_page(request: http.Request) -> http.Response:
    """Answer with the page on which an invited person chooses a password."""
    answer = await page(request, "manager/invite.html", "staff")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


async def manager_page(request: http.Request) -> http.Response:
    """Answer with the page; who may read the figures is decided when it talks to the API."""
    return await page(request, "manager/page.html", "staff")


async def plan_page(_request: http.Request) -> http.Response:
    """Lead to the plan on the manager's page."""
    raise http.HTTPFound("/manager#plan")


async def city_page(request: http.Request) -> http.Response:
    """Answer with the page of all halls; the API decides who may read them."""
    return await page(request, "manager/city.html", "staff")


async def results_page(request: http.Request) -> http.Response:
    """Answer with the page that a poster's QR leads to; the API gives it published figures only."""
    return await page(request, "manager/results.html", "visitor")
