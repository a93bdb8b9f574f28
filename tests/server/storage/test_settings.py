"""New settings of a running branch: in force for the very next command, or not at all."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from server.branches import configure
from server.domain.errors import Refused
from server.domain.events import Configured
from server.domain.tx import Actor
from server.domain.voice import Voice
from server.storage.database import connect
from server.storage.store import Store
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import office

ADMIN = Actor("user:admin", "admin", "Admin", person=True)


def natural(tx: SqliteTx) -> None:
    wished = msgspec.structs.replace(tx.office, voice=Voice(style="natural"))
    version = tx.db.execute("SELECT settings_version FROM branches").fetchone()[0]
    tx.append(Configured(version + 1, wished))


def refused(tx: SqliteTx) -> None:
    natural(tx)
    raise Refused("No.")


async def test_settings_changed_by_a_command_rule_the_next_one(tmp_path: Path) -> None:
    with closing(connect(tmp_path)) as db:
        branch, _ = configure(db, office())
    store = await Store.open(tmp_path)
    try:
        with pytest.raises(Refused):
            await store.transact(branch, ADMIN, refused)
        assert await store.transact(branch, ADMIN, lambda tx: tx.office.voice.style) == "digits"
        await store.transact(branch, ADMIN, natural)
        assert await store.transact(branch, ADMIN, lambda tx: tx.office.voice.style) == "natural"
    finally:
        await store.close()
