"""Owns what is kept of where somebody logs in, for the list of log-ins."""

from __future__ import annotations

import re

from server.api.routing import Call
from server.fleet.browsers import browser_of
from server.storage.queries.people import Came


def came(call: Call) -> Came:
    """Return network address, browser and kind of device of who asks."""
    told = call.request.headers.get("User-Agent", "")[:400]
    return Came(call.client, browser_of(told), kind_of(told))


def kind_of(user_agent: str) -> str:
    """Return whether a browser is on a ``phone``, a ``tablet`` or a ``computer``; "" for none."""
    if re.search(r"iPad|Tablet|Android(?!.*Mobile)", user_agent):
        return "tablet"
    if re.search(r"iPhone|Mobile", user_agent):
        return "phone"
    return "computer" if user_agent.startswith("Mozilla/") else ""
