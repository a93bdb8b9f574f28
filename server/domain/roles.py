"""Who may be asking: the roles of people, of devices and of scripts."""

from __future__ import annotations

ROLES = (
    "kiosk", "display", "agent", "tablet", "host", "care", "staff", "supervisor", "manager",
    "admin", "box", "agency", "city",
)  # fmt: skip
"""Each acts in its own name; a ticket's channel is the role that took it.

A ``box`` is an office's own server, which sends its log to the city; ``city`` are people who read
all halls, found new ones, and act in none; ``agency`` those who read the halls of one agency.
"""
PEOPLE = ("host", "staff", "supervisor", "manager", "admin", "agency", "city")
"""Those who log in; the others are devices and scripts."""
DIRECTORS = frozenset({"supervisor", "manager", "admin"})
"""Who sees to the whole hall: frees numbers, directs counters of others, tells everybody.

A ``supervisor`` does so during the day, without its figures, settings, keys and people.
"""
