"""Owns logging in by another program (OpenID Connect Core 1.0): the code flow with PKCE.

Tokens and keys are read by joserfc; what they must say is checked here. Nothing is kept between
the two steps but what the browser brings back in a cookie of its own.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from aiohttp import BasicAuth, ClientError, ClientSession, ClientTimeout

from server.storage.queries.providers import Provider

T = TypeVar("T")

SIGNED_BY = ["RS256", "PS256", "ES256"]
TIMEOUT_S = 10.0
MOST_BYTES = 256 * 1024
KEPT_S = 3600.0
"""Addresses and keys of a provider are asked for again after so long, or for an unknown key."""
LEEWAY_S = 60
RANK = ("host", "staff", "supervisor", "manager", "admin")


class ProviderTrouble(Exception):
    """The provider cannot be reached, or does not answer as it should; says how, for the log."""


class Metadata(msgspec.Struct, frozen=True):
    """What a provider tells of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Tokens(msgspec.Struct, frozen=True):
    """What it gives for a code; the access token is not used."""

    id_token: str


class Trip(msgspec.Struct, frozen=True):
    """What goes to the provider and comes back: the browser keeps it until then."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Trip:
        """Return a new one, each part of 256 random bits."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


def safe_address(url: str) -> bool:
    """Whether an address may be asked: by TLS, or on this very machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return parts.scheme == "https" or (parts.scheme == "http" and local)


class Providers:
    """Talks to providers; their addresses and keys are kept for a while."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Metadata]] = {}
        self._keys: dict[str, tuple[float, dict[str, Any]]] = {}

    async def address(self, provider: Provider, trip: Trip, back: str) -> str:
        """Return where the browser goes to log in; it comes ``back`` with a code.

        Raises:
            ProviderTrouble: the provider cannot be reached.
        """
        about = await self._about(provider)
        challenge = hashlib.sha256(trip.verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": provider.client_id, "redirect_uri": back,
            "scope": "openid profile", "state": trip.state, "nonce": trip.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }  # fmt: skip
        sign = "&" if "?" in about.authorization_endpoint else "?"
        return f"{about.authorization_endpoint}{sign}{urlencode(asked)}"

    async def claims(self, provider: Provider, trip: Trip, code: str, back: str) -> dict[str, Any]:
        """Return what the provider says of who comes back with a code, once it is checked.

        Raises:
            ProviderTrouble: it cannot be reached, or what it says does not hold.
        """
        about = await self._about(provider)
        body = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "client_id": provider.client_id, "code_verifier": trip.verifier,
        }  # fmt: skip
        login = None
        if provider.secret:
            if "client_secret_basic" in about.token_endpoint_auth_methods_supported:
                login = BasicAuth(quote(provider.client_id, ""), quote(provider.secret, ""))
            else:
                body["client_secret"] = provider.secret
        told = await _ask(about.token_endpoint, body, login)
        token = _decoded(told, Tokens).id_token
        for fresh in (False, True):
            keys = await self._keys_of(about, fresh=fresh)
            try:
                return await asyncio.to_thread(_checked, token, keys, provider, trip.nonce)
            except _UnknownKey:  # they are changed now and then
                continue
        raise ProviderTrouble("the token is signed by no key of the provider")

    async def _about(self, provider: Provider) -> Metadata:
        kept = self._known.get(provider.issuer)
        if kept is not None and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        about = _decoded(await _ask(url), Metadata)
        if about.issuer != provider.issuer:
            raise ProviderTrouble(f"it calls itself {about.issuer[:200]}")
        for each in (about.authorization_endpoint, about.token_endpoint, about.jwks_uri):
            if not safe_address(each):
                raise ProviderTrouble(f"it names an address without TLS: {each[:200]}")
        self._known[provider.issuer] = (time.monotonic(), about)
        return about

    async def _keys_of(self, about: Metadata, *, fresh: bool) -> dict[str, Any]:
        kept = self._keys.get(about.jwks_uri)
        if kept is not None and not fresh and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        keys = _decoded(await _ask(about.jwks_uri), dict[str, Any])
        self._keys[about.jwks_uri] = (time.monotonic(), keys)
        return keys


async def _ask(
    url: str, body: dict[str, str] | None = None, login: BasicAuth | None = None
) -> bytes:
    method = "GET" if body is None else "POST"
    if not safe_address(url):
        raise ProviderTrouble(f"an address without TLS: {url[:200]}")
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=TIMEOUT_S)) as session,
            session.request(method, url, data=body, auth=login, allow_redirects=False) as answer,
        ):
            told = await answer.content.read(MOST_BYTES + 1)
            while not answer.content.at_eof() and len(told) <= MOST_BYTES:
                told += await answer.content.read(MOST_BYTES)
            if answer.status != 200:  # noqa: PLR2004 - every answer of the standard has it
                raise ProviderTrouble(f"{method} {url[:200]} answered {answer.status}")
    except (ClientError, TimeoutError, ValueError) as error:
        raise ProviderTrouble(f"{method} {url[:200]}: {type(error).__name__}") from error
    if len(told) > MOST_BYTES:
        raise ProviderTrouble(f"{url[:200]} answered too much")
    return told


def _decoded(told: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(told, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProviderTrouble(f"it answered something else: {error}") from error


class _UnknownKey(Exception):
    """None of the keys that are known signed the token."""


def _checked(token: str, keys: dict[str, Any], provider: Provider, nonce: str) -> dict[str, Any]:
    """Return the claims of a token (OpenID Connect Core 1.0, section 3.1.3.7)."""
    from joserfc import jwt  # noqa: PLC0415 - only offices with a provider need all this
    from joserfc.errors import (  # noqa: PLC0415
        BadSignatureError,
        InvalidKeyIdError,
        JoseError,
    )
    from joserfc.jwk import KeySet  # noqa: PLC0415

    try:
        read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=SIGNED_BY)  # type: ignore[arg-type] # any JSON
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(read.claims)  # fmt: skip
    except (BadSignatureError, InvalidKeyIdError) as error:
        raise _UnknownKey from error
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderTrouble(f"the token does not hold: {error}") from error
    claims: dict[str, Any] = read.claims
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise ProviderTrouble("the token is for another program")
    if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:  # noqa: PLR2004
        raise ProviderTrouble("the token names nobody")
    return claims


def role_in(claims: Mapping[str, Any], provider: Provider) -> str | None:
    """Return the highest role that the provider's claim gives; ``None`` for none.

    The claim's name may lead into others: ``realm_access.roles``.
    """
    found: Any = claims
    for part in provider.role_claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    told = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    role_of = provider.role_of
    roles = [role_of[each] for each in told if isinstance(each, str) and each in role_of]
    return max(roles, key=RANK.index, default=None)
