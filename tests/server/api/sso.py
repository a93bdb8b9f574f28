"""Owns a small provider of log-ins for the tests: a real one, that can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import urlencode

from aiohttp import BasicAuth, web
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.server.process import free_port

CLIENT, SECRET = "ramah", "rahasia/klien + tanda"


@cache
def key(name: str) -> RSAKey:
    """Return a key of the provider, made once."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


class Sso:
    """A provider. Whoever is sent here is ``person`` and comes back at once.

    Attributes:
        person: claims of who logs in.
        change: changes what a token says, before it is signed.
        sign: makes a token of head and claims.
        published: names of the keys it shows.
        asked: questions that browsers brought; ``given``: tokens it gave.
    """

    def __init__(self, host: str) -> None:
        self.issuer = f"http://{host}:{free_port()}"
        self.person: dict[str, Any] = {}
        self.change: Callable[[dict[str, Any]], object] = lambda _claims: None
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.signs_with = "one"
        self.published = ["one"]
        self.asked: list[dict[str, str]] = []
        self.given = 0
        self._codes: dict[str, dict[str, str]] = {}

    def signed(self, claims: dict[str, Any]) -> str:
        """Return a token, as it should be."""
        return jwt.encode({"alg": "RS256", "kid": self.signs_with}, claims, key(self.signs_with))

    async def about(self, _request: web.Request) -> web.Response:
        return web.json_response({
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
        })  # fmt: skip

    async def authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "session_state": "abc"})
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    async def token(self, request: web.Request) -> web.Response:
        body = await request.post()
        asked = self._codes.pop(str(body["code"]), None)
        login = BasicAuth.decode(request.headers["Authorization"])
        verifier = hashlib.sha256(str(body["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        known = (login.login, login.password) == (CLIENT, "rahasia%2Fklien%20%2B%20tanda")
        if (
            asked is None or not known or body["redirect_uri"] != asked["redirect_uri"]
            or (asked["code_challenge"], asked["code_challenge_method"]) != (challenge, "S256")
        ):  # fmt: skip
            return web.json_response({"error": "invalid_grant"}, status=400)
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "42", "iat": int(time.time()),
            "exp": int(time.time()) + 300, "nonce": asked["nonce"],
        } | self.person  # fmt: skip
        self.change(claims)
        self.given += 1
        return web.json_response({
            "access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims),
        })  # fmt: skip

    async def keys(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"keys": [key(name).as_dict(private=False) for name in self.published]}
        )


@asynccontextmanager
async def sso(host: str = "127.0.0.1") -> AsyncIterator[Sso]:
    """Run a provider; for a browser ``localhost`` is another site than ``127.0.0.1``."""
    made = Sso(host)
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", made.about)
    app.router.add_get("/authorize", made.authorize)
    app.router.add_post("/token", made.token)
    app.router.add_get("/keys", made.keys)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", int(made.issuer.rpartition(":")[2])).start()
        yield made
    finally:
        await runner.cleanup()
