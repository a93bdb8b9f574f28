"""Who may be asking: the roles of people, of devices and of scripts."""

from __future__ import annotations

ROLES = ("kiosk", "display", "agent", "staff", "manager", "admin")
"""Each acts in its own name; a ticket's channel is the role that took it."""
