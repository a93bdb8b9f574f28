"""Owns the way of a request: who asks, what is asked, the handler, the answer or the problem.

Every route is declared once with its roles and types; validation, the permission check and
OpenAPI come from that declaration.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import msgspec
import structlog
from aiohttp import web

from server.api.bodies import MAX_BODY, arriving, body_of, check_packing
from server.api.failing import Reader, http_problem, problem_of
from server.api.hall import HALL, Hall
from server.api.json_answer import JSON, SEQ, JsonAnswer
from server.api.once import Command, check_key, digest_of, encoded, once
from server.api.problems import (
    TITLES,
    Rejected,
    not_valid,
    problem,
)
from server.auth.access import NotAllowed, NotLoggedIn, NotReady, Who
from server.auth.doorway import DOORWAY
from server.domain.errors import DomainError, Invalid
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.reports.histogram import Unreadable
from server.storage.database import is_disk_trouble
from server.storage.store import Busy, Unavailable
from server.storage.transaction import SqliteTx
from web.i18n import negotiate

log = structlog.get_logger()
T = TypeVar("T")

LANGUAGE = {"language": ("^[A-Za-z-]{2,16}$", "of the words, default the reader's")}
"""The parameter of calls whose answer a browser keeps as a file."""
GONE = 499
"""Who asked has hung up; nobody reads the answer."""
PUBLIC: frozenset[str] = frozenset()
"""Roles of a route that anyone may call."""
NOBODY = Who(0, Actor("nobody", "nobody"), cookie=False)


@dataclass(frozen=True)
class Route:
    """One call of the contract.

    Attributes:
        roles: who may call it; empty for anyone.
        answer: type of the body of ``status``; ``None`` for no body, ``bytes`` for a file.
        empty: the call may also answer 204, for the reason given.
        also: other media the same answer can be had in.
        query: name -> (pattern, meaning) of the address's parameters.
        also: further media types it can answer with; problems: further statuses of problems.
        despite: whom it also serves: ``UNREADY``, who has to set the second step at log-in up
            first, ``LOCKED``, a computer that nobody touched for long.
        most: bytes that a body of JSON may have.
        first: what is looked at before the body is read, where anyone may call.
        upload: media type of a body that is a file; the handler reads it with ``receive``.
        place: which of several servers answers: "" the one that has the caller's branch, and for
            anyone the one that leads; "led" that one always, "own" never; "any" whoever is asked.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    handler: Callable[[Call], Awaitable[web.StreamResponse | msgspec.Struct | None]]
    roles: frozenset[str]
    summary: str
    answer: Any = None
    body: type[msgspec.Struct] | None = None
    status: int = 200
    idempotent: bool = False
    empty: str = ""
    query: dict[str, tuple[str, str]] = field(default_factory=dict)
    media: str = JSON
    also: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    most: int = MAX_BODY
    first: Callable[[Call], Awaitable[object]] | None = None
    upload: str = ""
    despite: frozenset[str] = frozenset()
    place: Literal["", "led", "own", "any"] = ""


class Call:
    """One request on its way through a handler."""

    __slots__ = ("_language", "body", "hall", "request", "route", "who")

    def __init__(self, route: Route, request: web.Request, hall: Hall) -> None:
        self.route = route
        self.request = request
        self.hall = hall
        self.who: Who = NOBODY
        self.body: Any = None
        self._language: str | None = None

    @property
    def language(self) -> str:
        """The language the caller reads (``Accept-Language``), else the default.

        A link that a browser follows carries the browser's language, not the page's: where a call
        has the parameter ``language``, that one counts.

        Raises:
            Invalid: nobody here speaks that.
        """
        if self._language is None:
            asked = self.request.query.get("language") if "language" in self.route.query else None
            header = self.request.headers.get("Accept-Language", "")
            known = asked in self.hall.languages
            # set also when it is refused: the refusal is said in it
            self._language = str(asked) if known else negotiate(header, self.hall.languages)
            if not known and asked is not None:
                raise Invalid(
                    "This office does not offer the language '{language}'.", field="language",
                    language=asked[:20],
                )  # fmt: skip
        return self._language

    @property
    def client(self) -> str:
        """Where the caller is, for limits: the address in front of our own proxies."""
        return self.request.app[DOORWAY].client(self.request)

    def path(self, name: str) -> str:
        """Return a part of the address.

        Raises:
            HTTPNotFound: it holds a sign that no text of a store may hold, so nothing is named so.
        """
        part = self.request.match_info[name]
        if "\0" in part:
            raise web.HTTPNotFound
        return part

    def flag(self, name: str) -> bool:
        """Tell whether a parameter is 1; refuse other values."""
        value = self.request.query.get(name)
        if value not in {None, "", "1"}:
            raise not_valid(name, say("expected 1, or nothing"))
        return value == "1"

    async def read(self, query: Callable[[SqliteTx], T]) -> T:
        """Run ``query`` on a consistent view of the caller's branch."""
        return await self.hall.snapshots.view(self.who.branch, self.who.actor, query)

    async def study(self, query: Callable[[SqliteTx], T]) -> T:
        """As ``read``, for questions that may take long."""
        return await self.hall.snapshots.study(self.who.branch, self.who.actor, query)

    async def note(self, what: str, **about: str | int) -> None:
        """Write down that the caller looked at something; whoever answers waits for it."""
        await self.hall.store.transact(
            self.who.branch, self.who.actor, lambda tx: tx.note(what, **about)
        )

    async def do(self, command: Command, *, light: bool = False) -> web.Response:
        """Run a command and answer with what it returns; 204 for ``None``.

        With the header ``Idempotency-Key``, a repeat by the same caller gets the first answer
        again and nothing is done twice; the answer is kept in the same transaction. The header
        ``Ramah-Seq`` is the number of the last event of what was just done. ``light``: see
        ``Store.transact``.
        """
        key = self.request.headers.get("Idempotency-Key")
        status = self.route.status
        if key is not None:
            check_key(key)
            digest = digest_of(self.request.method, self.request.path, self.body)

        def run(tx: SqliteTx) -> tuple[int, bytes, int]:
            done = encoded(command(tx), status) if key is None else once(
                tx, key, digest, command, status
            )  # fmt: skip
            return (*done, tx.published[-1].seq if tx.published else 0)

        answered, body, seq = await self.hall.store.transact(
            self.who.branch, self.who.actor, run, light=light
        )
        if answered == 204:  # noqa: PLR2004
            return web.Response(status=204, headers={SEQ: str(seq)} if seq else None)
        return JsonAnswer(answered, body, seq)


def _check_query(call: Call) -> None:
    """Refuse parameters the call does not have: a slip must not change what is answered."""
    query = call.request.query
    for name in query:
        if name not in call.route.query and name != "as":
            raise not_valid(name, say("there is no such parameter"))
        if len(query.getall(name)) > 1:
            raise not_valid(name, say("it is written twice"))


def check_raw(request: web.Request) -> str | None:
    """Return the name of a header that is no text: whatever reads it may rely on text."""
    for name, value in request.headers.items():
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return str(name) if name.isascii() else "?"
    return None


async def receive(call: Call, most: int) -> bytes:
    """Return the body of an upload, read as it comes and given up beyond ``most`` bytes.

    Raises:
        Rejected: it is larger.
    """
    body = bytearray()
    if (call.request.content_length or 0) <= most:
        async for chunk in arriving(call.request, 64 * 1024):
            body += chunk
            if len(body) > most:
                break
        else:
            return bytes(body)
    raise Rejected(
        413, "too-large", _("The file is larger than {n} MB."), field="body",
        n=round(most / 1_000_000, 1),
    )  # fmt: skip


def handler_of(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the aiohttp handler of a route."""
    decode = msgspec.json.Decoder(route.body).decode if route.body is not None else None
    touches = route.method != "GET" and not route.despite

    async def handle(request: web.Request) -> web.StreamResponse:
        hall = request.app[HALL]
        call = Call(route, request, hall)
        try:
            if route.roles:
                who = await hall.access.require(request, route.roles, route.despite)
                client = call.client
                call.who = hall.access.placed(who, client)
                hall.access.used(who, client, touched=touches)
                hall.met(request)
            if request.query_string:
                _check_query(call)
            check_packing(request)
            if decode is not None:
                call.body = await _read(call, decode)
            answer = _response(route, await route.handler(call))
            if call.who.proof[0] == "device":
                await hall.access.renew(request, answer, call.who)
        except (
            DomainError, Rejected, NotLoggedIn, NotAllowed, NotReady, Busy, Unavailable, Unreadable,
            web.HTTPException,
        ) as error:  # fmt: skip
            return problem_of(_reader(call), error)
        except Exception as error:
            if isinstance(error, ConnectionResetError) and _gone(request):
                return web.Response(status=GONE)  # raised, it would be logged as a fault of ours
            if is_disk_trouble(error):
                log.error("disk_failed", path=route.path, why=str(error))  # noqa: TRY400 - in words
                return problem_of(_reader(call), Unavailable(str(error)))
            log.exception("request_failed", method=request.method, path=route.path)
            reader = _reader(call)
            detail = reader.say(_("Something went wrong here. Please try again."))
            return problem(500, "internal", detail, reader.say(TITLES[500]))
        return answer

    return handle


async def _read(call: Call, decode: Callable[[bytes], Any]) -> Any:  # noqa: ANN401
    """Return the body as its type, once it is known that it is wanted."""
    if call.route.first is not None:
        await call.route.first(call)
    return await body_of(call.request, decode, call.route.most)


def _response(
    route: Route, answer: web.StreamResponse | msgspec.Struct | None
) -> web.StreamResponse:
    if answer is None:
        return web.Response(status=204)
    # the usual one first: asked whether it is a mapping, Python looks through all its classes
    if isinstance(answer, (JsonAnswer, web.StreamResponse)):
        return answer
    return JsonAnswer(route.status, msgspec.json.encode(answer))


def _reader(call: Call) -> Reader:
    with suppress(Invalid):  # an unknown one, beside what is refused already
        return Reader(call.hall, call.language, call.route.path)
    return Reader(call.hall, call.language, call.route.path)


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def nowhere(routes: list[Route]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of addresses under ``/api`` that no route has: 404, or 405."""
    known: dict[str, set[str]] = {}
    for route in routes:
        known.setdefault(re.sub(r"{\w+}", "[^/]+", route.path), set()).add(route.method)

    async def handle(request: web.Request) -> web.StreamResponse:
        hall = request.app[HALL]
        language = negotiate(request.headers.get("Accept-Language", ""), hall.languages)
        for pattern, methods in known.items():
            if re.fullmatch(pattern, request.path):
                error: web.HTTPException = web.HTTPMethodNotAllowed(request.method, methods)
                return http_problem(hall, language, error)
        return http_problem(hall, language, web.HTTPNotFound())

    return handle
