"""Owns what ``ramah serve`` says at its start: where the pages are, and what is still to do."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from server.addresses import ALL_HOSTS, OwnAddress, phones_reach
from server.cli.saying import Speaker
from server.cli.setup_code import set_up_at
from server.domain.words import marked as _
from server.mistakes import Say
from web.i18n import WORDS_CACHE
from web.trust import PATH

if TYPE_CHECKING:
    from server.tls.keeping import Kept

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Announcement:
    """What the technician reads: where the pages are, and what is still to do."""

    def __init__(
        self, args: argparse.Namespace, offices: list[str], code: str, *, demo: bool,
        tls: Kept | None = None,
    ) -> None:  # fmt: skip
        """``offices``: the public address that each office names, "" where it names none.

        ``code`` opens the set-up of an office of one's own, "" where there is one. ``tls`` is
        what TLS is spoken with.
        """
        self._say = Speaker(args.lang, kept=args.data / WORDS_CACHE).say
        self._tls = tls
        self._code = code
        self._args = args
        self._demo = demo
        self._configured = bool(offices)
        self._own = not offices or "" in offices
        self._begun = False

    def __call__(self, address: OwnAddress) -> None:
        """Print it; later only what is new, the address."""
        if self._begun:
            now = self._say(_("Ramah's address is now {address}"), address=f"{address()}/")
            lines = ["", now, *self._phones(address)]
        else:
            lines = self._whole(address)
            self._begun = True
        print("\n".join(lines), flush=True)

    def _whole(self, address: OwnAddress) -> list[str]:
        args, say, everywhere = self._args, self._say, address.everywhere()
        base = everywhere[0]
        lines = ["", say("Ramah is ready: {address}", address=f"{base}/"), ""]
        for page, who in (
            ("kiosk", say("visitors take a number")),
            ("display", say("the lobby sees and hears calls")),
            ("counter", say("staff call and serve")),
            ("manager", say("waiting and service times")),
        ):
            lines.append(f"  {base}/{page:<9} {who}")
        if len(everywhere) > 1:
            lines += ["", say("The same pages are under")]
            lines += [f"  {each}/" for each in everywhere[1:]]
        lines += self._phones(address)
        if self._tls is not None:
            lines += _told_tls(say, self._tls, f"{base}{PATH}")
        if not self._configured:
            none = _("THERE IS NO OFFICE in {folder} yet; every page says so.")
            file = _(
                "or describe it in a file (server/demo/office.toml is one to start from), then"
            )
            lines += [
                "", say(none, folder=args.data),
                *self._set_up(address),
                say(file),
                f"  ramah branch add office.toml --data {args.data}",
                say("beside this server, as its user: it goes on by itself."),
            ]  # fmt: skip
        elif self._code and self._demo:
            beside = say("This is the demo. Your own office beside it:")
            lines += ["", beside, *self._set_up(address)]
        if self._demo:
            lines += _about_demo(say, args.host)
        return [*lines, "", say("Stop with Ctrl+C.")]

    def _set_up(self, address: OwnAddress) -> list[str]:
        """Say where the office is set up; the code works once and for an hour."""
        here = _("Set it up in a browser, here:")
        anywhere = _("Set it up in a browser, here or on a phone in this network:")
        return [
            self._say(anywhere if phones_reach(address()) else here),
            f"  {set_up_at(address.everywhere()[0], self._code)}",
            self._say(_("The code works once, for an hour. A new one:")),
            f"  ramah setup-code --data {self._args.data}",
        ]

    def _phones(self, address: OwnAddress) -> list[str]:
        """Say when the visitors' phones cannot come: a code that leads nowhere helps nobody."""
        if not self._own or phones_reach(address()):
            return []
        if self._args.host in ALL_HOSTS:
            why = _(
                "This machine is in no network yet: tickets carry no QR code until it is in one."
            )
            return ["", self._say(why)]
        phones = _(
            "For phones in the same network start with --host 0.0.0.0 (make run HOST=0.0.0.0)."
        )
        return [
            "", self._say(_("Only this machine can open these pages: tickets carry no QR code.")),
            self._say(phones),
        ]  # fmt: skip


def _told_tls(say: Say, tls: Kept, page: str) -> list[str]:
    """Say where the server is opened by TLS, and where devices come to trust it."""
    lines = ["", say("By TLS, for staff: {address}", address=f"{tls.address()}/")]
    if tls.root is not None:
        lines += [
            say("Devices that staff work with install this office's certificate once:"),
            f"  {page}",
            say("Its fingerprint (SHA-256):"),
            *(f"  {each}" for each in (tls.root.fingerprint[:48], tls.root.fingerprint[48:])),
        ]
    return lines


def _about_demo(say: Say, host: str) -> list[str]:
    from server.auth.demo_people import PASSWORD, USERS  # noqa: PLC0415 - only for a demo

    lines = ["", say("Demo logins (password for all: {password}):", password=PASSWORD)]
    lines += [f"  {user.login:<6} {user.role:<10} {user.name}" for user in USERS]
    paired = _("Kiosk and display pages opened on this machine are paired by themselves.")
    lines += ["", say(paired)]
    if host not in LOOPBACK:
        lines += [
            "",
            say(
                "THIS IS A DEMO ON A NETWORK. Its people log in on this machine only; the password "
                "above is known to everybody."
            ),
            say("For a counter elsewhere add a person:"),
            "  ramah user add NAME --name NAME --role staff",
        ]  # fmt: skip
    return lines
