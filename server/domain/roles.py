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

KIOSK, DISPLAY, AGENT, TABLET, HOST, CARE, STAFF, SUPERVISOR, MANAGER, ADMIN, BOX, AGENCY, CITY = (
    ROLES
)
"""A print agent takes papers to its printer, a tablet words from its counter, a phone of those who
keep the hall comfortable (``care``) checks places and mends faults; nothing else."""
STAFF_UP = frozenset({STAFF, SUPERVISOR, MANAGER, ADMIN})
HOST_UP = STAFF_UP | {HOST}
"""Who receives visitors: gives numbers and corrects them, but calls nobody to a counter."""
SUPERVISOR_UP = DIRECTORS
"""Who sees to the whole hall; managers also read its figures and change it."""
MANAGER_UP = frozenset({MANAGER, ADMIN})
CITY_UP = frozenset({AGENCY, CITY})
"""Who reads many halls and belongs to none: those of one agency, or all."""
PERSONS = HOST_UP | CITY_UP
"""Whoever logs in."""
ANY_ROLE = frozenset(ROLES) - {AGENT, CARE, BOX} - CITY_UP
