"""Owns the addresses of the manager's page and of the city's."""

from __future__ import annotations

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add the pages to ``app``; ``web.pages.setup`` serves the files beside them."""
    app.router.add_get("/manager", manager_page)
    app.router.add_get("/city", city_page)


async def manager_page(request: http.Request) -> http.Response:
    """Answer with the page; who may read the figures is decided when it talks to the API."""
    return await page(request, "manager/page.html", "staff")


async def city_page(request: http.Request) -> http.Response:
    """Answer with the page of all halls; the API decides who may read them."""
    return await page(request, "manager/city.html", "staff")
