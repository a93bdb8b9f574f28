"""Owns ``ramah print-agent``: prints on this machine what a server elsewhere sends."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

from server.cli.words import LANG_HELP, Commands
from server.logs import set_up_logging

EPILOG = """\
examples:
  ramah token create --role agent --name front          on the server, once
  ramah printer add front agent:front                   on the server, once
  ramah print-agent --server http://192.0.2.1:8080 --token TOKEN --printer usb:
The token may also stand in RAMAH_TOKEN, where other users of the machine do not see it.
"""


def add(commands: Commands) -> None:
    """Add the command. It needs no data folder."""
    text = "print beside a kiosk what the server sends; needs no open port"
    made = commands.add_parser(
        "print-agent", help=text, description=text[0].upper() + text[1:] + ".", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    made.add_argument("--server", required=True, help="the server's address")
    made.add_argument(
        "--token",
        default=os.environ.get("RAMAH_TOKEN"),
        help="token of the role agent (default: $RAMAH_TOKEN)",
    )
    made.add_argument(
        "--printer", required=True, help="usb:, usb:VID:PID, serial:/dev/ttyUSB0?baud=9600, ..."
    )
    made.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="how the log is written"
    )
    made.add_argument("--lang", metavar="LANGUAGE", help=LANG_HELP)
    made.set_defaults(run=_run, data=".")


def _run(args: argparse.Namespace) -> int:
    set_up_logging(as_json=args.log_format == "json")
    from printer.agent import Refused, socket_url, work  # noqa: PLC0415 - only this command
    from printer.transport import parse_url  # noqa: PLC0415

    if not args.token:
        print("ramah: name the token with --token or RAMAH_TOKEN.", file=sys.stderr)
        return 2
    try:
        socket_url(args.server)
    except ValueError as error:
        print(f"ramah: {error}", file=sys.stderr)
        return 2
    transport = parse_url(args.printer)

    async def until_told() -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - we run in one
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await work(args.server, args.token, transport)

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        return 0
    except Refused as error:
        print(
            f"ramah: this token is not valid for a print agent ({error}). Make one with: "
            "ramah token create --role agent --name NAME",
            file=sys.stderr,
        )
    return 1
