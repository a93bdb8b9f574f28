"""Owns QR codes as pictures for the screen."""

from __future__ import annotations

import base64

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from server.addresses import phones_reach
from server.domain.errors import Conflict

QUIET = 4
"""Modules of white around the code, as ISO/IEC 18004 asks."""


def refuse_unreached(*, reached: bool) -> None:
    """Make no code of an address that only this machine opens.

    Raises:
        Conflict: phones do not reach it.
    """
    if not reached:
        raise Conflict(
            "No phone can open this server's address, so there is no code.", slug="no-address"
        )


def picture(text: str) -> str:
    """Return ``text`` as a QR code in a ``data:`` address, for a page to show."""
    return f"data:image/svg+xml;base64,{base64.b64encode(qr_svg(text)).decode()}"


def link_picture(url: str) -> str:
    """Return the QR code of a link as ``picture`` does; "" where no phone can open it."""
    return picture(url) if phones_reach(url) else ""


def qr_svg(text: str) -> bytes:
    """Return ``text`` as a QR code, error correction M, in one black path on white."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path d="{path}"/></svg>'
    )
    return svg.encode()
