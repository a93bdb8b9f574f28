"""Several machines in one address: whichever of them takes writes, and answers first.

asyncpg asks them one after the other within one limit, so that a machine without power, which does
not even refuse, would keep it from the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg

HEAD_START_S = 0.2
"""The one before is asked so much earlier."""
WANTED = "target_session_attrs"


def apart(address: str) -> list[str]:
    """Return the address of each machine; of several, one that takes writes is wanted."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    user, at, told = parts.netloc.rpartition("@")
    hosts, ports = told.split(","), asked.get("port", "").split(",")
    if "host" in asked:
        hosts = asked["host"].split(",")
    if len(hosts) == 1:
        return [address]
    asked.setdefault(WANTED, "primary")
    found = []
    for number, host in enumerate(hosts):
        own = dict(asked)
        if "host" in asked:
            own["host"] = host
            if asked.get("port"):
                own["port"] = ports[min(number, len(ports) - 1)]
        netloc = parts.netloc if "host" in asked else user + at + host
        found.append(parts._replace(netloc=netloc, query=urlencode(own)).geturl())
    return found


async def first(ways: Sequence[Callable[[], Awaitable[asyncpg.Connection]]]) -> asyncpg.Connection:
    """Return the first line that can be made; the other ones are given up.

    Raises:
        Exception: why the last one could not be made, when none could.
    """
    if len(ways) == 1:
        return await ways[0]()
    chosen, trouble = None, None
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_later(number, way)) for number, way in enumerate(ways)]
        for each in asyncio.as_completed(tasks):
            found = await each
            if isinstance(found, asyncpg.Connection):
                chosen = found
                break
            trouble = found
        for task in tasks:
            task.cancel()
    if chosen is None:
        raise trouble or ConnectionError("no machine is named")
    for task in tasks:
        other = None if task.cancelled() else task.result()
        if isinstance(other, asyncpg.Connection) and other is not chosen:
            other.terminate()
    return chosen


async def _later(
    number: int, way: Callable[[], Awaitable[asyncpg.Connection]]
) -> asyncpg.Connection | Exception:
    await asyncio.sleep(number * HEAD_START_S)
    try:
        return await way()
    except Exception as error:  # noqa: BLE001 - the caller's own, should no other one be reached
        return error
