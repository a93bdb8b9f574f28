"""Owns where a request comes from: the client's address behind trusted proxies, TLS, the origin.

A proxy's word (``X-Forwarded-*``) counts only when the connection comes from one that the
technician named; anybody else could write such headers too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import HttpVersion11, web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": 80, "https": 443}
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded",
                 "X-Real-IP", "Via")  # fmt: skip
MAX_HOPS = 20


class Doorway:
    """Knows the proxies in front of this server and the addresses people know it by.

    Args:
        proxies: whose word counts.
        public_url: the address that the technician told, "" for none.
        by_tls: the address of this server by TLS for who opened a host; ``None`` where it speaks
            none itself.
    """

    def __init__(
        self, proxies: Iterable[Network] = (), public_url: str = "",
        by_tls: Callable[[str], str] | None = None,
    ) -> None:  # fmt: skip
        self._named = self._proxies = tuple(proxies)
        self._by_tls = by_tls
        self._public_url = public_url
        self._origins = {origin_of(public_url)}

    def known_as(self, addresses: Iterable[str]) -> None:
        """Take note of the public addresses that the offices' settings name."""
        self._origins = {origin_of(each) for each in (self._public_url, *addresses)}

    def beside(self, addresses: Iterable[str]) -> None:
        """Take note of the servers of the same store that pass on to this one: trusted proxies."""
        self._proxies = (*self._named, *networks(addresses))

    def client(self, request: web.Request) -> str:
        """Return the address of who asks, behind the trusted proxies; it keys the limits.

        An IPv6 client owns at least a /64 network, which is what is returned for it.
        """
        if not self._proxies:
            return _network(request.remote or "")
        address = self._client(request)
        return _network(str(address) if address is not None else (request.remote or ""))

    def trusts(self, peer: str) -> bool:
        """Whether a connection from this address is a proxy's of ours."""
        return bool(self._proxies) and self._trusted(_address(peer))

    def secure(self, request: web.Request) -> bool:
        """Whether the browser talks TLS, to us or to a trusted proxy."""
        if self._through_proxy(request):
            told = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip()
            if told:
                return told.lower() in {"https", "wss"}
        return request.secure

    def elsewhere(self, request: web.Request) -> str:
        """Return the address by TLS that a person has to use instead of this one, "" for none.

        Passwords and log-ins of people do not cross a network in clear where they need not. Kiosks,
        screens and visitors' phones go on as they are, and so does who sits at the server itself.
        """
        if self._by_tls is None or self._through_proxy(request) or request.secure:
            return ""
        return "" if self.from_this_machine(request) else self.by_tls(request)

    def by_tls(self, request: web.Request) -> str:
        """Return this server's own address by TLS for who asks, "" where it speaks none."""
        if self._by_tls is None:
            return ""
        shown = origin_of(f"http://{request.headers.get('Host', '')}")
        return self._by_tls(shown[1] if shown else "")

    def from_this_machine(self, request: web.Request) -> bool:
        """Whether a program on this very machine asks, not somebody through a proxy on it.

        Where a proxy works here, what came through it without a word is not known to be local:
        then nothing counts as local.
        """
        peer = _address(request.remote or "")
        if peer is None or not peer.is_loopback:
            return False
        if self._through_proxy(request):
            client = self._client(request)
            return bool(request.headers.get("X-Forwarded-For")) and (
                client is not None and client.is_loopback
            )
        if any(name in request.headers for name in PROXY_HEADERS):
            return False
        # a plain nginx speaks HTTP/1.0 to us and tells nothing else of itself; who has a TLS
        # address has a proxy, unless this server speaks TLS itself
        proxied = self._by_tls is None and self._public_url.startswith("https:")
        return request.version >= HttpVersion11 and not proxied

    def same_origin(self, request: web.Request) -> bool:
        """Whether a change comes from our own pages, or from no browser at all.

        The browser's own word (``Sec-Fetch-Site``) goes first: no page can forge it, and it is
        right behind proxies that do not pass ``Host`` on.
        """
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            # "none": typed by the person; another site is another site whatever Origin says
            return site in {"same-origin", "none"}
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        shown = origin_of(origin)
        if shown is None:
            return False
        if shown in self._origins:
            return True
        hosts = [request.headers.get("Host", "")]
        if self._through_proxy(request):
            hosts.append(request.headers.get("X-Forwarded-Host", "").partition(",")[0].strip())
        return any(shown == origin_of(f"{shown[0]}://{host}") for host in hosts if host)

    def reached_at(self, request: web.Request) -> tuple[str, str, int] | None:
        """Return scheme, host and port the browser has us under, as our own proxy tells it."""
        host = request.headers.get("Host", "")
        if self._through_proxy(request):
            told = request.headers.get("X-Forwarded-Host", "").rpartition(",")[2].strip()
            host = told or host
        return origin_of(f"{'https' if self.secure(request) else 'http'}://{host}")

    def _through_proxy(self, request: web.Request) -> bool:
        return bool(self._proxies) and self._trusted(_address(request.remote or ""))

    def _client(self, request: web.Request) -> Address | None:
        peer = _address(request.remote or "")
        if not self._through_proxy(request):
            return peer
        named = ",".join(request.headers.getall("X-Forwarded-For", []))
        address = peer
        for word in reversed(named.split(",")[-MAX_HOPS:]):
            found = _address(word)
            if found is None:
                break
            address = found
            if not self._trusted(found):
                break
        return address

    def _trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in each for each in self._proxies)


DOORWAY = web.AppKey("DOORWAY", Doorway)


def networks(words: Iterable[str]) -> list[Network]:
    """Return the networks that these addresses name (``127.0.0.1``, ``10.0.0.0/8``).

    Raises:
        ValueError: one is none, in words for the technician.
    """
    found: list[Network] = []
    for word in words:
        for each in filter(None, (part.strip() for part in word.split(","))):
            try:
                found.append(ipaddress.ip_network(each, strict=False))
            except ValueError:
                raise ValueError(f"'{each}' is no address or network of a proxy") from None
    return found


def origin_of(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address, the usual port filled in; ``None`` for none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]


@lru_cache(maxsize=4096)
def _network(peer: str) -> str:
    """Return the address that limits are kept by."""
    address = _address(peer)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address) if address is not None else peer


@lru_cache(maxsize=4096)
def _address(word: str) -> Address | None:
    word = word.strip()
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:  # some proxies add the port
        word = word.partition(":")[0]
    try:
        found = ipaddress.ip_address(word.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
