"""Owns what is done with a device from afar: by the office's own page, or as the city wishes."""

from __future__ import annotations

from server.auth import registry
from server.domain.errors import Conflict, NotFound
from server.domain.roles import AGENT, KIOSK
from server.storage.queries import fleet, keys
from server.storage.transaction import SqliteTx

WITH_A_PAGE = frozenset({"kiosk", "display", "tablet"})
DEVICES = frozenset({"kiosk", "display", "tablet", "care", "agent"})


def known(tx: SqliteTx, device: str) -> keys.Key:
    """Return a device of this hall; scripts' keys and the city's box are none.

    Raises:
        NotFound: there is none of this id whose key holds.
    """
    found = keys.device(tx.aside, tx.branch, device)
    if found is None or found.role not in DEVICES:
        raise NotFound("There is no such device.", slug="unknown-device", field="device")
    return found


def rename(tx: SqliteTx, device: str, name: str) -> None:
    """Give a device another name; a print agent keeps its own, which is in printers' addresses.

    Raises:
        NotFound: there is no such device. Conflict: it is a print agent.
    """
    key = known(tx, device)
    if key.role == AGENT:
        raise name_kept()
    registry.check_name(name)
    if key.role == KIOSK:
        fleet.rename_kiosk_of_printers(tx.aside, tx.branch, key.name, name)
    fleet.rename(tx.aside, key.id, name)
    tx.note("device_renamed", name=name, before=key.name)


def name_kept() -> Conflict:
    """Return why a print agent is not called otherwise."""
    return Conflict(
        "A print agent keeps its name: printers are found by it. Connect it again under "
        "another name instead.",
        slug="name-kept", field="name",
    )  # fmt: skip


def load_again(tx: SqliteTx, device: str) -> None:
    """Write down that a device loads its page again; whoever asks tells its page.

    Raises:
        NotFound: there is no such device. Conflict: it shows no page.
    """
    key = known(tx, device)
    if key.role not in WITH_A_PAGE:
        raise Conflict("It shows no page that could be loaded again.", slug="no-page")
    tx.note("device_reloaded", name=key.name)


def end(tx: SqliteTx, device: str) -> None:
    """End a device's key, at once: it was lost, sold or replaced, or shall be connected anew.

    Raises:
        NotFound: there is no such device.
    """
    key = known(tx, device)
    keys.revoke(tx.aside, key.id, tx.now)
    fleet.forget_look(tx.aside, key.id)
    tx.note("token_ended", name=key.name)
