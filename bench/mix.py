"""Owns the mix of visitors: which services people ask for, and how many have priority."""

from __future__ import annotations

from bench.load import request

SERVICES = "AABCDEFABCDA"
ROUND = "AAAAABBBCCDDDEEFFF"
"""Tickets for one round of all twelve counters: each has somebody to call, whatever was chosen."""
PRIORITY_EVERY = 8
COUNTERS = 12


def tickets(
    token: str, client: int = 0, *, services: str = SERVICES, key: bool = False
) -> list[str]:
    """Return the requests one kiosk sends over and over; ``client`` shifts where it begins."""
    asked = []
    for position in range(len(services)):
        service = services[(position + client) % len(services)]
        first = (position + client) % PRIORITY_EVERY == 0
        priority = ',"priority":"priority"' if first else ""
        body = f'{{"service":"{service}"{priority}}}'
        asked.append(request("POST", "/api/tickets", token, body, key=key))
    return asked


def at_counter(token: str, counter: int, *actions: str) -> list[str]:
    """Return the requests of one counter in this order."""
    return [request("POST", f"/api/counters/{counter}/{each}", token) for each in actions]
