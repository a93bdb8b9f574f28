"""Owns the HTTP client of the tests: every answer it gets must fit the published contract."""

from __future__ import annotations

import json
import re
from contextlib import AsyncExitStack
from functools import cache
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any, Self

import aiohttp
import jsonschema
from jsonschema.exceptions import best_match
from websockets.asyncio.client import connect

PROBLEM = "application/problem+json"


@cache
def contract() -> dict[str, Any]:
    """Return the OpenAPI document of this program."""
    from server.api.openapi import document  # noqa: PLC0415 - tests of other rooms need no server
    from server.contract import ROUTES  # noqa: PLC0415

    made: dict[str, Any] = json.loads(json.dumps(document(ROUTES, "test")))
    return made


@cache
def _operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    return [
        (method.upper(), re.compile("^" + re.sub(r"{\w+}", "[^/]+", path) + "$"), operation)
        for path, item in contract()["paths"].items()
        for method, operation in item.items()
    ]


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """Return the documented operation of a call; exact addresses go before patterns."""
    path = path.partition("?")[0]
    exact = contract()["paths"].get(path, {}).get(method.lower())
    if exact is not None:
        found: dict[str, Any] = exact
        return found
    for verb, pattern, operation in _operations():
        if verb == method and pattern.match(path):
            return operation
    return None


def check_contract(method: str, path: str, status: int, kind: str, body: bytes) -> None:
    """Fail when an answer is not as the OpenAPI document says: status, media type, schema."""
    operation = operation_of(method, path)
    if operation is None:
        return
    responses = operation["responses"]
    assert str(status) in responses, f"{method} {path} answered {status}, which is not documented"
    content = responses[str(status)].get("content")
    if content is None:
        assert body == b"", f"{method} {path} answered {status} with an undocumented body"
        return
    assert kind in content, f"{method} {path} answered {status} as {kind}, not {list(content)}"
    if kind.endswith("json"):
        schema = content[kind]["schema"] | {"components": contract()["components"]}
        wrong = best_match(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(body)))
        assert wrong is None, f"{method} {path}: {wrong.json_path}: {wrong.message[:300]}"


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: Any, body: bytes, cookies: SimpleCookie) -> None:  # noqa: ANN401
        self.status = status
        self.headers = headers
        self.body = body
        self.cookies = cookies

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def problem(self) -> str:
        """The problem's stable name, after checking that it is a whole problem document."""
        assert self.headers["Content-Type"].startswith(PROBLEM), self.body[:300]
        told = self.json
        assert told["status"] == self.status
        assert told["title"]
        assert told["detail"]
        return str(told["type"]).removeprefix("urn:ramah:problem:")


class Client:
    """Talks to a server with one token, or with the cookies it is given."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0, force_close=False)
        jar = aiohttp.CookieJar(unsafe=True)
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, cookie_jar=jar)
        )
        return self

    async def __aexit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        key: str | None = None,
        check: bool = True,
    ) -> Answer:
        """Send a request and check the answer against the contract."""
        sent = self.headers | (headers or {})
        if key is not None:
            sent["Idempotency-Key"] = key
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        async with self._session.request(
            method, self.url + path, data=data, headers=sent, allow_redirects=False
        ) as response:
            content = await response.read()
            if check:
                kind = response.content_type if content else ""
                check_contract(method, path, response.status, kind, content)
            return Answer(response.status, response.headers, content, response.cookies)

    async def get(self, path: str, **more: Any) -> Answer:  # noqa: ANN401
        """Send a GET."""
        return await self.send("GET", path, **more)

    async def post(self, path: str, body: object = None, **more: Any) -> Answer:  # noqa: ANN401
        """Send a POST."""
        return await self.send("POST", path, body, **more)

    async def delete(self, path: str, **more: Any) -> Answer:  # noqa: ANN401
        """Send a DELETE."""
        return await self.send("DELETE", path, **more)

    async def take(self, service: str = "A", **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """Take a number and return the ticket."""
        answer = await self.post("/api/tickets", {"service": service, **more})
        assert answer.status == 201, answer.text
        ticket: dict[str, Any] = answer.json
        return ticket

    async def at(self, counter: int | str, act: str, body: object = None, **more: Any) -> Answer:  # noqa: ANN401
        """Do something at a counter."""
        return await self.post(f"/api/counters/{counter}/{act}", body, **more)

    async def do(self, counter: int | str, act: str, body: object = None) -> dict[str, Any]:
        """Do something at a counter that must work, and return the answer."""
        answer = await self.at(counter, act, body)
        assert answer.status == 200, answer.text
        told: dict[str, Any] = answer.json
        return told

    def socket(self, since: int | None = None, **more: Any) -> connect:  # noqa: ANN401
        """Return the event socket as a context manager; ``since`` is the last event known."""
        query = "" if since is None else f"?since={since}"
        return connect(
            self.url.replace("http", "ws", 1) + "/api/events" + query,
            additional_headers=self.headers,
            **({"max_size": None, "max_queue": None} | more),
        )
