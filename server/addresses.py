"""Owns under which address phones reach this server: found again while it runs.

A box often starts before its network does, and a new lease brings another address. So nobody keeps
the address: whoever writes a code asks for the present one. Nothing is sent to find it.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import struct
import sys
from array import array
from collections.abc import Callable
from contextlib import closing, suppress
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

import structlog

Address = IPv4Address | IPv6Address

LOOK_SECONDS = 3.0
FOUND = "address"
"""File in the data folder: where the running server is, for ``ramah doctor``."""
ALL_HOSTS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound
_FAR = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): asking for the way there tells our own, and sends nothing."""
_BESIDE = ("docker", "br-", "virbr", "veth", "lxc", "lxd", "podman", "tun", "tap", "wg", "tailscale", "zt")  # fmt: skip  # noqa: E501
"""How the names of networks begin that the visitors' phones are not in."""
_SIOCGIFCONF, _SIOCGIFFLAGS = 0x8912, 0x8913
_OURSELVES = frozenset({"localhost", "ip6-localhost", "ip6-loopback"})
_UP = 1
_IFREQ = 40 if struct.calcsize("P") == 8 else 32  # noqa: PLR2004 - netdevice(7)
_MOST = 128
_GLOBAL_SCOPE = "00"
log = structlog.get_logger()


class OwnAddress:
    """The address of this server as phones write it, ``http://HOST:PORT``, as it is now.

    Args:
        host, port: what it listens on.
        told: the address that the technician told, which always wins; "" for none.
        found: finds the machine's addresses, the best first.
    """

    def __init__(
        self, host: str, port: int, told: str = "", found: Callable[[], list[str]] | None = None
    ) -> None:
        self._host, self._port, self._told = host, port, told
        self._found = found or network_addresses
        self._now = ""
        self.look()

    def __call__(self) -> str:
        """Return the present address; one that only this machine can open while none is known."""
        return self._now

    def everywhere(self) -> list[str]:
        """Return every address that this server can be opened under, the present one first."""
        if self._host not in ALL_HOSTS:
            return [self._now]
        found = [written(each, self._port) for each in self._usable()]
        return list(dict.fromkeys([self._now, *found, written(self._here(), self._port)]))

    def look(self) -> bool:
        """Find the address again; return whether it is another one."""
        before = self._now
        if self._told:
            self._now = self._told
        elif self._host in ALL_HOSTS:
            self._now = written(next(iter(self._usable()), self._here()), self._port)
        else:
            self._now = written(self._host, self._port)
        return self._now != before

    async def follow(self, changed: Callable[[], None]) -> None:
        """Look again, for ever; ``changed`` is called after the address became another one."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self.look():
                    log.info("address_changed", address=self._now, phones=phones_reach(self._now))
                    changed()
            except OSError as error:  # no descriptor left for a look: the next one comes
                log.warning("address_not_found", why=str(error))

    def _usable(self) -> list[str]:
        """Return the machine's addresses that this server listens on: ``::`` is IPv6 alone."""
        six = self._host == "::"
        return [each for each in self._found() if six == (":" in each) or not self._host]

    def _here(self) -> str:
        return "::1" if self._host == "::" else "127.0.0.1"


def note(data: Path, address: str) -> None:
    """Leave word of where this process serves, for other programs on the machine."""
    (data / FOUND).write_text(f"{address}\n{os.getpid()}\n", "utf-8")


def running_at(data: Path) -> str:
    """Return the address of the server that works on this data folder now, "" for none."""
    try:
        address, pid = (data / FOUND).read_text("utf-8").split()
        alive = Path(f"/proc/{int(pid)}").exists()  # a power cut leaves the file behind
    except (OSError, ValueError):
        return ""
    return address if alive else ""


def written(host: str, port: int) -> str:
    """Return the address of a page's server."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@lru_cache(maxsize=64)
def phones_reach(base: str) -> bool:
    """Whether a phone in the hall may reach this address; only this machine opens a loopback's."""
    try:
        host = urlsplit(base).hostname or ""
    except ValueError:
        return False
    host = host.rstrip(".").lower()
    if not host or host in _OURSELVES or host.endswith((".localhost", ".localdomain")):
        return False
    try:
        address = ip_address(host)
    except ValueError:
        try:
            address = IPv4Address(socket.inet_aton(host))  # 127.1 and 2130706433, as browsers do
        except OSError:
            return True  # a name
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return not (address.is_loopback or address.is_unspecified)


def network_addresses() -> list[str]:
    """Return this machine's addresses in networks, the one that phones most likely share first.

    First the way out, then other networks of cable and air, then those of containers and tunnels,
    last the ones that a machine gives itself without a network.
    """
    found: list[tuple[str, Address]] = [*_four(), *_six()]
    out = _way_out()
    if out is not None and all(address != out for _, address in found):
        found.append(("", out))

    def rank(each: tuple[str, Address]) -> tuple[bool, bool, bool, bool]:
        name, address = each
        return address.is_link_local, address != out, name.startswith(_BESIDE), address.version == 6  # noqa: PLR2004

    usable = [each for each in found if not (each[1].is_loopback or each[1].is_unspecified)]
    return list(dict.fromkeys(str(address) for _, address in sorted(usable, key=rank)))


def _way_out() -> IPv4Address | None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(_FAR)
            return IPv4Address(probe.getsockname()[0])
        except OSError:  # no way out: an office without a router has addresses all the same
            return None


def _four() -> list[tuple[str, IPv4Address]]:
    """Return (network device, address) of what is up, as netdevice(7) tells it."""
    if sys.platform != "linux":
        return []
    space = array("B", bytes(_IFREQ * _MOST))
    ask = bytearray(struct.pack("iP", len(space), space.buffer_info()[0]))
    found = []
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe, suppress(OSError):
        fcntl.ioctl(probe.fileno(), _SIOCGIFCONF, ask)
        told = space.tobytes()[: struct.unpack("iP", ask)[0]]
        for at in range(0, len(told), _IFREQ):
            name = told[at : at + 16]
            flags = fcntl.ioctl(probe.fileno(), _SIOCGIFFLAGS, name.ljust(_IFREQ, b"\0"))
            if struct.unpack_from("H", flags, 16)[0] & _UP:
                address = IPv4Address(told[at + 20 : at + 24])
                found.append((name.split(b"\0")[0].decode("ascii", "replace"), address))
    return found


def _six() -> list[tuple[str, IPv6Address]]:
    """Return (network device, address) of IPv6 addresses that are valid beyond their own wire."""
    found = []
    with suppress(OSError, ValueError):
        for line in Path("/proc/net/if_inet6").read_text("ascii").splitlines():
            digits, _index, _length, scope, _flags, name = line.split()
            if scope == _GLOBAL_SCOPE:
                found.append((name, IPv6Address(int(digits, 16))))
    return found
