"""Owns the calls of logging in by an office's own provider: there, and back with a code."""

from __future__ import annotations

import hmac
import re
import secrets
import sqlite3
import unicodedata

import msgspec
import structlog
from aiohttp import web

from server.api.came import came
from server.api.routing import PUBLIC, Call, Route
from server.auth.access import put_cookie
from server.auth.cookies import SESSION_COOKIE, SESSION_HOURS
from server.auth.doorway import DOORWAY
from server.auth.oidc import ProviderTrouble, Trip, role_in
from server.auth.secrets import digest
from server.auth.sessions import begin
from server.domain.errors import NotFound
from server.domain.texts import CODE, is_seen, one_line
from server.domain.tx import Actor
from server.storage.queries import people, providers
from server.storage.queries.providers import Known, Provider
from server.storage.queries.secrets import place
from server.storage.transaction import SqliteTx

TRIP_COOKIE = "ramah_trip"
TRIP_S = 600
PAGES = ("/counter", "/manager", "/host", "/counter/supervisor")
RETURNED = (
    "code", "state", "iss", "session_state", "scope", "error", "error_description", "error_uri",
    "authuser", "prompt", "hd", "client_info",
)  # fmt: skip
"""What providers are known to send back; the first two are read."""
_TRIP = re.compile(r"([\w-]{43})\.([\w-]{43})\.([\w-]{43})\.([\w-]{1,16})\.(\d)")
log = structlog.get_logger()


class OfferedProvider(msgspec.Struct, frozen=True):
    """A provider by which people of an office may log in."""

    branch: str
    name: str


class ProviderList(msgspec.Struct, frozen=True):
    """All there are."""

    providers: list[OfferedProvider]


async def offered(call: Call) -> ProviderList:
    """Tell by which providers people may log in here."""
    found = await call.hall.store.read(providers.offered, asked=False)
    return ProviderList([OfferedProvider(*each) for each in found])


async def leave(call: Call) -> web.Response:
    """Send the browser to the provider, with what it has to bring back."""
    code = call.request.query.get("branch", "")
    to = call.request.query.get("to", PAGES[0])
    provider = await _provider(call, code)
    page = PAGES.index(to) if to in PAGES else 0
    trip = Trip.new()
    try:
        address = await call.hall.providers.address(provider, trip, await _back(call, provider))
    except ProviderTrouble as trouble:
        log.warning("provider_failed", issuer=provider.issuer, why=str(trouble))
        return web.Response(status=302, headers={"Location": f"{PAGES[page]}?login=failed"})
    response = web.Response(status=302, headers={"Location": address})
    kept = f"{trip.state}.{trip.nonce}.{trip.verifier}.{code}.{page}"
    # it comes back from another site: a strict cookie would not come with it
    response.set_cookie(
        TRIP_COOKIE, kept, max_age=TRIP_S, path="/api/oidc", httponly=True, samesite="Lax",
        secure=call.request.app[DOORWAY].secure(call.request),
    )  # fmt: skip
    return response


async def come_back(call: Call) -> web.Response:
    """Take the code that the browser brings, and log the person in."""
    query = call.request.query
    kept = _TRIP.fullmatch(call.request.cookies.get(TRIP_COOKIE, ""))
    if kept is None or not hmac.compare_digest(kept[1], query.get("state", "")):
        return _onward(0, "failed")
    trip, page = Trip(kept[1], kept[2], kept[3]), int(kept[5]) % len(PAGES)
    provider = await _provider(call, kept[4])
    if "code" not in query:  # left, or refused there
        return _onward(page, "refused")
    try:
        claims = await call.hall.providers.claims(
            provider, trip, query["code"], await _back(call, provider)
        )
    except ProviderTrouble as trouble:
        log.warning("provider_failed", issuer=provider.issuer, why=str(trouble))
        return _onward(page, "failed")
    role = role_in(claims, provider)
    secret = secrets.token_urlsafe(32)
    if role is None or not await _come_in(call, provider, claims, role, secret):
        return _onward(page, "refused")
    call.hall.access.forget()
    response = _onward(page)
    put_cookie(call.request, response, SESSION_COOKIE, secret, SESSION_HOURS * 3600)
    return response


async def _provider(call: Call, code: str) -> Provider:
    found = await call.hall.store.read(lambda db: providers.provider(db, code), asked=False)
    if found is None:
        raise NotFound("This office has no provider of log-ins.", field="branch")
    secret = call.hall.vault.open(found.secret, place("providers", found.branch))
    return found._replace(secret=secret)


async def _back(call: Call, provider: Provider) -> str:
    """Return the address that the provider sends browsers back to; it is registered there."""
    nobody = Actor("nobody", "nobody")
    own = await call.hall.snapshots.view(provider.branch, nobody, lambda tx: tx.office.public_url)
    return f"{own or call.hall.public_url}/api/oidc/callback"


def _onward(page: int, trouble: str = "") -> web.Response:
    """Lead to a page of ours. A redirect would be the other site's, without our strict cookie."""
    to = PAGES[page] + (f"?login={trouble}" if trouble else "")
    response = web.Response(
        text=f'<!doctype html><meta http-equiv="refresh" content="0;url={to}"><title>Ramah</title>',
        content_type="text/html", charset="utf-8",
        headers={"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer"},
    )  # fmt: skip
    response.del_cookie(TRIP_COOKIE, path="/api/oidc")
    return response


async def _come_in(
    call: Call, provider: Provider, claims: dict[str, object], role: str, secret: str
) -> bool:
    """Begin a session of who the claims are about; ``False`` when they were locked out here."""
    subject = f"{provider.issuer} {claims['sub']}"
    wanted = _login_of(str(claims.get("preferred_username") or claims.get("email") or ""))
    name = one_line(str(claims.get("name") or ""))[:64]
    where = came(call)

    def command(tx: SqliteTx) -> bool:
        found = providers.known(tx.aside, provider.branch, subject)
        if found is not None and not found.active:
            return False
        called = name if name and is_seen(name) else wanted or "?"
        if found is None:
            found = _added(tx, wanted, called, role, subject)
        else:
            people.change(tx.aside, found.id, called, role)
        tx.actor = Actor(f"user:{found.id}", role, called, person=True, place=where.place)
        begin(tx, found.id, role, secret, where, vouched=True)
        tx.note("login_by_provider", provider=provider.name)
        return True

    nobody = Actor("nobody", "nobody", place=where.place)
    return await call.hall.store.transact(provider.branch, nobody, command)


def _added(tx: SqliteTx, wanted: str, name: str, role: str, subject: str) -> Known:
    mark = digest(subject)[:8]
    for login in filter(None, (wanted, f"{wanted[:50]}-{mark}".lstrip("-"))):
        who = Known(tx.new_id(), login, 1)
        try:
            providers.add(tx.aside, tx.branch, who, name, role, subject, tx.now)
        except sqlite3.IntegrityError:
            continue
        return who
    raise NotFound("There is no login left for this person.", field="login")


def _login_of(told: str) -> str:
    plain = unicodedata.normalize("NFKD", told.partition("@")[0]).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9._-]", "", plain.lower()).lstrip("._-")[:64]


ROUTES = [
    Route("GET", "/api/oidc", offered, PUBLIC, "By which providers people may log in",
          answer=ProviderList),
    Route("GET", "/api/oidc/begin", leave, PUBLIC, "Go to an office's provider to log in",
          status=302, problems=(404,),
          query={"branch": (CODE, "code of the office"),
                 "to": (r"^/[a-z/]{1,30}$", "the page to come to afterwards")}),
    Route("GET", "/api/oidc/callback", come_back, PUBLIC, "Come back from it with a code",
          answer=bytes, media="text/html", problems=(404,),
          query=dict.fromkeys(RETURNED, ("^[ -~]{0,4000}$", "as the provider sends it"))),
]  # fmt: skip
