"""Owns what a page of the hall is opened with: the hall as it stands, laid into the page.

So the first picture asks for nothing more: the server writes what can be touched or read at once
into the page itself, and its script goes on from the same state.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web as http
from markupsafe import Markup

Hall = dict[str, Any]
"""The snapshot as screens get it on their socket."""


@dataclass(frozen=True)
class Laid:
    """What the server knows for the page of one device.

    Attributes:
        message: the snapshot as it is sent.
        services: codes of those that a screen shows; empty for all.
        counters: numbers of those that a screen shows; empty for all.
    """

    message: bytes
    services: Sequence[str] = ()
    counters: Sequence[int] = ()


HallNow = Callable[[http.Request, str], Awaitable[Laid | None]]
DraftNow = Callable[[http.Request], Awaitable[Laid | None]]
DRAFT_NOW: http.AppKey[DraftNow] = http.AppKey("DRAFT_NOW")
"""Optional; the hall with settings that are not saved yet, None for who has no say in them."""
HALL_NOW: http.AppKey[HallNow] = http.AppKey("HALL_NOW")
"""Optional; the hall for the device that asks, by its role; None for one without a key."""


@dataclass(frozen=True)
class Opening:
    """The hall at the moment its page was asked for.

    Attributes:
        hall: the snapshot.
        text: the same as it stands in the page, as data that no browser runs.
        shows: the part of it that belongs on this screen (``services`` and ``counters``).
    """

    hall: Hall
    text: Markup
    shows: Mapping[str, Sequence[Any]]

    def hour(self) -> int:
        """Return the hour on the office's clock, 0 to 23."""
        at = datetime.fromisoformat(self.hall["at"])
        return at.astimezone(ZoneInfo(self.hall["branch"]["zone"])).hour


async def opening(request: http.Request, role: str) -> Opening | None:
    """Return what a device's page is opened with; None when it has to ask for the hall itself."""
    hall_now = request.app.get(HALL_NOW)
    laid = await hall_now(request, role) if hall_now is not None else None
    return None if laid is None else _opened(laid)


async def drafted(request: http.Request) -> Opening:
    """Return what a preview of a device's page is opened with.

    Raises:
        HTTPForbidden: for who may not change the settings, or has typed what is not right yet.
    """
    draft_now = request.app.get(DRAFT_NOW)
    laid = await draft_now(request) if draft_now is not None else None
    if laid is None:
        raise http.HTTPForbidden
    return _opened(laid)


def _opened(laid: Laid) -> Opening:
    # the one sign that could end the element it stands in; in JSON it is only ever part of a text
    text = Markup(laid.message.decode().replace("<", "\\u003c"))  # noqa: S704
    shows = {"services": laid.services, "counters": laid.counters}
    return Opening(json.loads(laid.message), text, shows)


def pick(names: Mapping[str, str], lang: str, fallback: str = "") -> str:
    """Choose the text of a ``names`` map as ``pick`` of web/static/i18n.js does."""
    return names.get(lang) or names.get("id") or next(iter(names.values()), "") or fallback
