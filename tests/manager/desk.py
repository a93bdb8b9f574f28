"""What tests of the manager's page share."""

from __future__ import annotations

import time

from tests.server.process import Hall


def dark_display(hall: Hall, name: str, days: float) -> None:
    """A display was paired, and has not been heard from for some days."""
    since = round((time.time() - days * 86_400) * 1000)
    with hall.server.database() as db:
        db.execute(
            "INSERT INTO tokens (id, branch, role, name, hash, created_at) "
            "VALUES (?1 || ?2, ?2, 'display', ?1, ?1 || ?2, ?3)",
            (name, hall.number, since),
        )
        db.execute(
            "INSERT INTO equipment (branch, what, device, name, state, since) "
            "VALUES (?2, 'display', ?1 || ?2, ?1, 'offline', ?3)",
            (name, hall.number, since),
        )
