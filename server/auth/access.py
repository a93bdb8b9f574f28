"""Owns who is asking: bearer tokens, staff sessions and device cookies, looked up and cached."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Collection, Iterable

import msgspec
from aiohttp import web

from server.auth.cookies import DEVICE_COOKIES, DEVICE_DAYS, SESSION_COOKIE
from server.auth.doorway import DOORWAY
from server.auth.secrets import digest
from server.domain.day import Millis
from server.domain.events import Audience
from server.domain.roles import ADMIN, CITY_UP, HOST, HOST_UP, KIOSK, MANAGER, STAFF, SUPERVISOR
from server.domain.tx import Actor
from server.storage.queries import keys, offices, people
from server.storage.store import Store
from server.storage.transaction import SqliteTx

UNREADY, LOCKED = frozenset({"unready"}), frozenset({"locked"})
NOTHING: frozenset[str] = frozenset()
RENEW_SECONDS = 86_400
USED_SECONDS = 60.0
"""The list of log-ins tells to this when each was last used."""
CACHED = 4096

_codes = msgspec.json.Decoder(list[str]).decode


class Who(msgspec.Struct, frozen=True):
    """The one who asks, and in which branch. ``cookie`` asks for an origin check on changes.

    ``proof`` is the kind of secret that was shown and its digest. ``unready``: nothing may be done
    before the second step at log-in is set up. ``locked``: nor before PIN or password are typed;
    so it is ``idle_ms`` after ``touched_at``, when somebody last used the page, 0 for never.
    ``agency``: whose halls somebody of the role ``agency`` may read; "" for all others.
    """

    branch: int
    actor: Actor
    cookie: bool
    expires_at: Millis | None = None
    login: str | None = None
    proof: tuple[str, str] = ("", "")
    unready: bool = False
    locked: bool = False
    idle_ms: Millis = 0
    touched_at: Millis = 0
    agency: str = ""


_AUDIENCES = {
    KIOSK: Audience.KIOSK,
    HOST: Audience.STAFF,
    STAFF: Audience.STAFF,
    SUPERVISOR: Audience.SUPERVISOR,
    MANAGER: Audience.MANAGER,
    ADMIN: Audience.MANAGER,
}


def audience_of(who: Who) -> Audience:
    """Return what somebody may be told of what happens in the hall."""
    return _AUDIENCES.get(who.actor.role, Audience.PUBLIC)


class NotLoggedIn(Exception):
    """Nobody known is asking (401)."""


class NotAllowed(Exception):
    """Somebody known asks for what the role may not do (403)."""


class Asleep(NotLoggedIn):
    """This computer is locked until PIN or password are typed (401)."""


class NotReady(NotAllowed):
    """Who asks has to set the second step at log-in up first (403)."""


class Access:
    """Looks up who a request comes from. Keeps what it found until it is told of a change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str], Who] = {}
        self._before: dict[tuple[str, str], Who] = {}
        self._placed: dict[tuple[tuple[str, str], str], tuple[Who, Who]] = {}
        self._renewed: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._touched: dict[str, Millis] = {}
        self.changed = asyncio.Event()
        """Set when a token, user or session changed; who waits for it clears it."""

    def forget(self) -> None:
        """Look everything up anew: a token, user or session changed.

        Who was known keeps the turn that is theirs until they are looked up: one log-out must not
        put every counter behind the strangers who happen to wait.
        """
        self._before = (self._before if len(self._before) < CACHED else {}) | self._known
        self._known = {}
        self._placed.clear()
        self.changed.set()

    async def no_longer(self, people: Collection[Who]) -> set[Who]:
        """Return those whose token, session or login has ended or became another since."""
        now = self._store.clock()

        def query(db: sqlite3.Connection) -> set[Who]:
            return {who for who in people if not self._still(who, _look_up(db, *who.proof), now)}

        return await self._store.read(query, asked=False)

    async def require(
        self, request: web.Request, roles: frozenset[str], despite: frozenset[str] = NOTHING
    ) -> Who:
        """Return who asks, if one of ``roles``.

        A bearer token counts alone. Otherwise the cookies of this browser do: the header
        ``Ramah-As`` (or ``as`` in a socket's address) says which page asks, for browsers that
        are kiosk, display and desk at once. ``despite``: what does not hinder
        here, of ``UNREADY`` and ``LOCKED``.

        Raises:
            NotLoggedIn: no valid token or cookie. NotAllowed: none of the roles. NotReady: the
                second step at log-in comes first. Asleep: PIN or password do.
        """
        header = request.headers.get("Authorization")
        if header is not None:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer":
                raise NotLoggedIn
            who = await self._find("token", token.strip())
            if who is None:
                raise NotLoggedIn
            if who.actor.role not in roles:
                raise NotAllowed
            return who
        found = False
        for kind, secret in self._offered(request):
            who = await self._find(kind, secret)
            if who is not None:
                found = True
                if who.actor.role in roles:
                    self._check_awake(who, despite)
                    if request.method not in {"GET", "HEAD"} or "Upgrade" in request.headers:
                        check_origin(request)
                    return who
        raise NotAllowed if found else NotLoggedIn

    async def whose(self, request: web.Request, roles: frozenset[str]) -> Who | None:
        """Return who seems to ask, as ``require`` finds it; nobody is refused yet."""
        header = request.headers.get("Authorization")
        if header is not None:
            return await self._find("token", header.partition(" ")[2].strip())
        for kind, secret in self._offered(request):
            who = await self._find(kind, secret)
            if who is not None and who.actor.role in roles:
                return who
        return None

    def placed(self, who: Who, place: str) -> Who:
        """Return who asks with where they are, for the list of deeds; devices have names for it."""
        if who.actor.role not in HOST_UP:
            return who
        key = (who.proof, place)
        known = self._placed.get(key)
        if known is None or known[0] is not who:  # what was looked up anew counts
            actor = msgspec.structs.replace(who.actor, place=place)
            if len(self._placed) >= CACHED:
                self._placed.clear()
            known = self._placed[key] = (who, msgspec.structs.replace(who, actor=actor))
        return known[1]

    def _check_awake(self, who: Who, despite: frozenset[str]) -> None:
        if not despite >= LOCKED and self.asleep(who):
            raise Asleep
        if who.unready and not despite >= UNREADY:
            raise NotReady

    def asleep(self, who: Who) -> bool:
        """Whether nobody touched the page of a session for too long, or it was locked."""
        if who.locked or not who.idle_ms:
            return who.locked
        touched = max(who.touched_at, self._touched.get(who.proof[1], 0))
        return self._store.clock() - touched > who.idle_ms

    def touch(self, who: Who) -> None:
        """Note that somebody touched the page of a session."""
        if who.idle_ms:
            if len(self._touched) >= CACHED:
                self._touched.clear()
            self._touched[who.proof[1]] = self._store.clock()

    def used(self, who: Who, place: str, *, touched: bool) -> None:
        """Note that a session was used, once a minute; nobody waits for it.

        ``touched``: by somebody at the page, as far as can be known.
        """
        kind, hashed = who.proof
        if touched:
            self.touch(who)
        now = time.monotonic()
        if kind != "session" or now - self._used.get(hashed, -USED_SECONDS) < USED_SECONDS:
            return
        if len(self._used) >= CACHED:
            self._used.clear()
        self._used[hashed] = now

        def command(tx: SqliteTx) -> None:
            people.note_use(tx.aside, hashed, tx.now, place, self._touched.get(hashed, 0))

        self._store.note(who.branch, who.actor, command, lambda: None)

    def known_role(self, request: web.Request) -> str | None:
        """Return the role of who asks if that is known without a look at the database.

        It decides who goes first, never what anybody may do.
        """
        header = request.headers.get("Authorization")
        if header is not None:
            offered: Iterable[tuple[str, str]] = [("token", header.partition(" ")[2].strip())]
        elif "Cookie" in request.headers:
            offered = self._offered(request)
        else:
            return None
        for key in offered:
            who = self._known.get(key) or self._before.get(key)
            if who is not None and (who.expires_at is None or self._store.clock() < who.expires_at):
                return who.actor.role
        return None

    async def device(self, secret: str) -> Who | None:
        """Return the device that holds this key."""
        return await self._find("device", secret)

    async def renew(
        self, request: web.Request, response: web.StreamResponse, who: Who, *, always: bool = False
    ) -> None:
        """Give a device's browser its key again, once a day and (``always``) with each page.

        The day on which the browser would forget it is kept with the token, for people to see;
        the server itself never ends a key by its clock.
        """
        kind, hashed = who.proof
        name = DEVICE_COOKIES.get(who.actor.role)
        if kind != "device" or name is None:
            return
        now = time.monotonic()
        due = now - self._renewed.get(hashed, -RENEW_SECONDS) >= RENEW_SECONDS
        if not (due or always) or response.prepared:
            return
        secret = request.cookies.get(name, "")
        if digest(secret) != hashed:
            return
        set_device_cookie(request, response, who.actor.role, secret)
        if not due:
            return
        if len(self._renewed) >= CACHED:
            self._renewed.clear()
        self._renewed[hashed] = now

        def command(tx: SqliteTx) -> None:
            keys.note_end(tx.aside, hashed, tx.now + DEVICE_DAYS * 86_400_000)

        def failed() -> None:  # the browser has its key; the note is made next time
            self._renewed.pop(hashed, None)

        self._store.note(who.branch, who.actor, command, failed)

    def _still(self, who: Who, found: Who | None, now: Millis) -> bool:
        return (
            found is not None
            and (found.branch, found.actor.id, found.actor.role)
            == (who.branch, who.actor.id, who.actor.role)
            and not found.unready
            and not self.asleep(found)
            and (found.expires_at is None or now < found.expires_at)
        )

    def _offered(self, request: web.Request) -> Iterable[tuple[str, str]]:
        cookies = request.cookies
        asked = request.headers.get("Ramah-As") or request.query.get("as")
        if asked not in DEVICE_COOKIES and SESSION_COOKIE in cookies:
            yield "session", cookies[SESSION_COOKIE]
        for role, name in DEVICE_COOKIES.items():
            if name in cookies and asked in {None, role}:
                yield "device", cookies[name]

    async def _find(self, kind: str, secret: str) -> Who | None:
        if not secret or len(secret) > 200 or not secret.isascii():  # noqa: PLR2004 - far longer than any of ours
            return None
        key = (kind, secret)
        if key in self._known:
            who: Who | None = self._known[key]
        else:
            hashed = digest(secret)
            who = await self._store.read(lambda db: _look_up(db, kind, hashed), asked=False)
            self._before.pop(key, None)
            if who is not None:  # guesses must not push out those who are known
                if len(self._known) >= CACHED:
                    self._known.clear()
                self._known[key] = who
        if who is not None and who.expires_at is not None:
            return who if self._store.clock() < who.expires_at else None
        return who


def _look_up(db: sqlite3.Connection, kind: str, hashed: str) -> Who | None:
    if kind == "session":
        found = people.session(db, hashed)
        if found is None:
            return None
        able = None if found.skills is None else frozenset(_codes(found.skills))
        actor = Actor(f"user:{found.user}", found.role, found.name, person=True, skills=able)
        office = offices.office(db, found.branch)
        idle = 0 if office is None or found.role in CITY_UP else office.logins.idle_minutes
        return Who(
            found.branch, actor, cookie=True, expires_at=found.expires_at, login=found.login,
            proof=(kind, hashed), unready=bool(found.unready), locked=bool(found.locked),
            idle_ms=idle * 60_000, touched_at=found.touched_at,
            agency=found.agency,
        )  # fmt: skip
    key = keys.key(db, hashed)
    if key is None:
        return None
    # a device's is a note for people: a wrong clock must not darken a hall
    ends = None if key.role in DEVICE_COOKIES else key.expires_at
    actor = Actor(f"token:{key.id}", key.role, key.name, counter=key.counter)
    return Who(
        key.branch, actor, cookie=kind == "device", expires_at=ends, proof=(kind, hashed),
        agency=key.agency,
    )  # fmt: skip


def check_origin(request: web.Request) -> None:
    """Refuse a change that another site's page sends with our cookies.

    Raises:
        NotAllowed: the browser says the request comes from elsewhere.
    """
    if not request.app[DOORWAY].same_origin(request):
        raise NotAllowed


def set_device_cookie(
    request: web.Request, response: web.StreamResponse, role: str, token: str
) -> None:
    """Give the browser its device key."""
    put_cookie(request, response, DEVICE_COOKIES[role], token)


def put_cookie(
    request: web.Request,
    response: web.StreamResponse,
    name: str,
    value: str,
    age: int = DEVICE_DAYS * 86_400,
) -> None:
    """Keep a secret in the browser, out of reach of scripts and of other sites; age in seconds."""
    response.set_cookie(
        name, value, max_age=age, path="/", httponly=True, samesite="Strict",
        secure=request.app[DOORWAY].secure(request),
    )  # fmt: skip
