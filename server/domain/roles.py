"""Who may be asking: the roles of people, of devices and of scripts."""

from __future__ import annotations

ROLES = (
    "kiosk", "display", "agent", "tablet", "host", "care", "staff", "manager", "admin",
)  # fmt: skip
"""Each acts in its own name; a ticket's channel is the role that took it."""
PEOPLE = ("host", "staff", "manager", "admin")
"""Those who log in; the others are devices and scripts."""
