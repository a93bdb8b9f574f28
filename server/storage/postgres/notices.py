"""What servers of one store tell each other in notices, and what nobody need be told."""

from __future__ import annotations

import re
from functools import lru_cache

CHANNEL = "ramah"
MOVED = "owners"
"""What is told on it when branches have other owners."""
MOST_TOLD = 300
"""A notice holds 8,000 bytes; who moved more is found by looking."""
_QUIET = frozenset({
    "deed_chains", "deeds", "device_looks", "display_acks", "requests", "told_waits",
})  # fmt: skip
"""Tables of which no server keeps anything in memory: others need not hear of them."""
_TABLE = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)")
_USED = "UPDATE sessions SET used_at"
"""That a session was used is told to nobody either."""


@lru_cache(maxsize=4096)
def quiet(sql: str) -> bool:
    """Whether a statement changes nothing that another server keeps in memory."""
    found = _TABLE.match(sql)
    return found is not None and (found[1] in _QUIET or sql.startswith(_USED))
