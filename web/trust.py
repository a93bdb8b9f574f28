"""Owns the page on which a device comes to trust the hall's own authority of TLS.

It is the one page that has to be opened without TLS, by whoever stands in the hall, so it knows
nothing secret: a certificate is shown to everybody who connects.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web as http

from web.pages import page

FILE = "ramah.crt"
PATH = "/trust"
KIND = "application/x-x509-ca-cert"
"""What phones and Windows open with their own installer."""
_ONWARD = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")
"""A path of this server: no other host, no backslash that a browser would turn."""


@dataclass(frozen=True)
class Trust:
    """What is told of TLS.

    Attributes:
        file: the authority's certificate in PEM; empty where none has to be installed.
        fingerprint: its SHA-256.
        names: what it is allowed to vouch for.
        secure: the address by TLS for whoever asks, without a slash at the end.
    """

    file: bytes
    fingerprint: str
    names: str
    secure: str


Told = Callable[[http.Request], Trust | None]
TRUST: http.AppKey[Told] = http.AppKey("TRUST")
"""Optional; ``None`` where this server speaks no TLS itself."""


def setup(app: http.Application) -> None:
    """Add the page and the certificate to ``app``."""
    app.router.add_get(PATH, trust_page)
    app.router.add_get(f"{PATH}/{FILE}", certificate)


def _told(request: http.Request) -> Trust | None:
    ask = request.app.get(TRUST)
    return None if ask is None else ask(request)


async def trust_page(request: http.Request) -> http.Response:
    """Answer with the steps; a browser that trusts already goes on to where it wanted (``to``)."""
    told = _told(request)
    if told is None:
        answer = await page(request, "web/untrusted.html", "visitor", always=True)
        answer.set_status(404)
        return answer
    to = request.query.get("to", "/")
    onward = told.secure + (to if _ONWARD.fullmatch(to) else "/")
    if not told.file:
        raise http.HTTPFound(onward)
    context = {
        "secure": told.secure, "onward": onward, "fingerprint": told.fingerprint,
        "names": told.names, "file": f"{PATH}/{FILE}",
        "here": f"{request.scheme}://{request.host}{PATH}/{FILE}",
    }  # fmt: skip
    answer = await page(request, "web/trust.html", "visitor", context, always=True)
    # the page asks by TLS whether this browser trusts it yet
    answer.headers["Content-Security-Policy"] += f" {told.secure}"
    return answer


async def certificate(request: http.Request) -> http.Response:
    """Answer with the authority's certificate, as systems install it."""
    told = _told(request)
    if told is None or not told.file:
        raise http.HTTPNotFound
    return http.Response(
        body=told.file, content_type=KIND,
        headers={
            "Content-Disposition": f'attachment; filename="{FILE}"', "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )  # fmt: skip
