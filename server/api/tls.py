"""Owns what is told of TLS: to managers, to devices that come to trust it, to who came without."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import msgspec
from aiohttp import web

from server.api.problems import Rejected
from server.api.qr import link_picture
from server.api.routing import Call, Route
from server.auth.doorway import DOORWAY
from server.domain.day import iso
from server.domain.roles import MANAGER_UP
from server.domain.words import marked as _
from server.storage.transaction import SqliteTx
from web.trust import PATH, Trust

if TYPE_CHECKING:
    from server.tls.keeping import Kept


class TlsNow(msgspec.Struct, frozen=True):
    """How this server speaks TLS.

    Attributes:
        state: ``none``; ``proxy``, one in front of it does; ``authority``, with a certificate of
            the office's own authority, which devices have to install; ``files``, with another one.
        address: of this server by TLS, "" for none.
        until: when the certificate ends; one of the own authority is renewed by itself.
        page: where devices install the authority, "" where they need not.
        picture: ``page`` as a QR code, a ``data:`` address; "" where no phone can open it.
        fingerprint: SHA-256 of the authority.
        authority_until: when the authority ends.
    """

    state: Literal["none", "proxy", "authority", "files"]
    address: str = ""
    until: str = ""
    page: str = ""
    picture: str = ""
    fingerprint: str = ""
    authority_until: str = ""


async def tls_now(call: Call) -> TlsNow:
    """Return how TLS stands."""
    return await call.read(partial(_now, call))


def _now(call: Call, tx: SqliteTx) -> TlsNow:
    kept, doorway = call.hall.tls, call.request.app[DOORWAY]
    if kept is None:
        return TlsNow("proxy" if doorway.secure(call.request) else "none")
    address, until = doorway.by_tls(call.request), _told(kept.certificate.ends.timestamp(), tx)
    if kept.root is None:
        return TlsNow("files", address, until)
    page = f"{call.hall.address()}{PATH}"
    return TlsNow(
        "authority", address, until, page, link_picture(page), kept.root.fingerprint,
        _told(kept.root.ends.timestamp(), tx),
    )  # fmt: skip


def _told(at: float, tx: SqliteTx) -> str:
    return iso(int(at * 1000), tx.office.zone)


def refuse_in_clear(call: Call) -> None:
    """Take no password that crossed the network in clear, where it could come by TLS.

    Raises:
        Rejected: it did.
    """
    address = call.request.app[DOORWAY].elsewhere(call.request)
    if address:
        raise Rejected(
            403, "use-tls",
            _("Please open {address}, so that nobody in the network reads your password."),
            address=address,
        )  # fmt: skip


def page_elsewhere(kept: Kept | None, request: web.Request) -> str:
    """Return where a page of staff has to be opened instead, "" for here.

    Where devices have to trust the office first, it is the page that tells how, which leads on.
    """
    address = request.app[DOORWAY].elsewhere(request)
    if not address or kept is None:
        return ""
    if kept.root is None:
        return f"{address}{request.path_qs}"
    return f"{PATH}?to={quote(request.path_qs, safe='/')}"


def trust(kept: Kept | None, request: web.Request) -> Trust | None:
    """Return what the page tells on which devices come to trust the office."""
    if kept is None:
        return None
    address = request.app[DOORWAY].by_tls(request)
    if kept.root is None:
        return Trust(b"", "", "", address)
    return Trust(kept.root.pem, kept.root.fingerprint, str(kept.root.names), address)


ROUTES = [
    Route(
        "GET", "/api/tls", tls_now, MANAGER_UP, "How this server speaks TLS, and how to trust it",
        answer=TlsNow,
    ),
]  # fmt: skip
