"""Owns under which names and addresses a hall's server may be known by its own authority."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

import msgspec

from server.domain.errors import Invalid

Network = IPv4Network | IPv6Network

MOST = 20
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")
_LONGEST = 253
_SHARED = frozenset(
    {"ac", "biz", "co", "com", "desa", "edu", "go", "gob", "gov", "mil", "my", "net", "or", "org",
     "ponpes", "sch", "web"}
)  # fmt: skip
"""Second labels under which a country gives names out: ``go.id`` is everybody's."""
_TWO_LABELS, _COUNTRY = 2, 2
_WIDEST = {4: 12, 6: 48}
"""Shortest prefix of a network whose every address may be the server's; 12 as 172.16.0.0/12."""


class Names(msgspec.Struct, frozen=True):
    """What an authority may make certificates for, and nothing else.

    Attributes:
        hosts: names; whatever stands below one is allowed with it.
        networks: single addresses (/32, /128) and networks of the hall.
    """

    hosts: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()

    def __str__(self) -> str:
        return ", ".join([*self.hosts, *map(_told, self.networks)])

    def covers(self, address: str) -> bool:
        """Whether an IP address is one of the hall's."""
        at = ip_network(address)
        return any(at.version == each.version and at.subnet_of(each) for each in self.networks)  # type: ignore[arg-type]

    def single(self) -> list[str]:
        """Return the addresses that stand alone."""
        return [str(each[0]) for each in self.networks if each.prefixlen == each.max_prefixlen]


def wanted(words: Iterable[str]) -> Names:
    """Return the names, addresses and networks that a technician wrote.

    Raises:
        Invalid: one is none, or is so wide that a stolen key could pass for others.
    """
    hosts: dict[str, None] = {}
    networks: dict[Network, None] = {}
    for word in words:
        network = _network(word.strip())
        if network is None:
            hosts[_host(word.strip())] = None
        else:
            networks[network] = None
    if not hosts and not networks:
        raise Invalid("Say under which name or address the server is opened.", field="name")
    if len(hosts) + len(networks) > MOST:
        raise Invalid("At most {n} names and addresses.", field="name", n=MOST)
    return Names(tuple(hosts), tuple(networks))


def _network(word: str) -> Network | None:
    try:
        found = ip_network(word)
    except ValueError:
        if re.fullmatch(r"[0-9./]+", word) or ":" in word:
            raise Invalid("'{word}' is no address or network.", field="name", word=word) from None
        return None
    if found.is_loopback or found.is_unspecified or found.is_multicast:
        raise Invalid("'{word}' is no address that other devices open.", field="name", word=word)
    alone = found.prefixlen == found.max_prefixlen
    if not alone and (not found.is_private or found.prefixlen < _WIDEST[found.version]):
        raise Invalid(
            "'{word}' is wider than a hall: name its own private network, or single addresses.",
            field="name", word=word,
        )  # fmt: skip
    return found


def _host(word: str) -> str:
    host = word.lower().rstrip(".")
    if len(host) > _LONGEST or not _NAME.fullmatch(host):
        raise Invalid(
            "'{word}' is no full name of a server, such as antrean.kantor.go.id or antrean.local.",
            field="name", word=word,
        )  # fmt: skip
    labels = host.split(".")
    if len(labels) == _TWO_LABELS and len(labels[1]) == _COUNTRY and labels[0] in _SHARED:
        raise Invalid(
            "'{word}' is everybody's: an authority for it could pass for any office.",
            field="name", word=word,
        )  # fmt: skip
    return host


def _told(network: Network) -> str:
    alone = network.prefixlen == network.max_prefixlen
    return str(network[0]) if alone else str(network)
