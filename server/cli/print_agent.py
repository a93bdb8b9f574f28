"""Owns ``ramah print-agent``: prints on this machine what a server elsewhere sends."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from server.cli.saying import Speaker
from server.cli.words import LANG_HELP, Commands
from server.domain.words import marked as _
from server.logs import set_up_logging

EPILOG = """\
examples:
  ramah print-agent --server http://192.0.2.1:8080 --printer usb:
It shows a code: type it on the manager's page under Devices, once; its printer is made, too.
Or, without a browser:
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
        help="token of the role agent (default: $RAMAH_TOKEN, else the one it was given)",
    )
    made.add_argument(
        "--keep", metavar="FILE", type=Path,
        help="where the key that it is given is kept (default: $STATE_DIRECTORY, or ~/.local)",
    )  # fmt: skip
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
    from server.cli import agent_key  # noqa: PLC0415 - the library it asks with loads for long

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
        file: Path = args.keep or agent_key.place()
        while True:
            key = args.token or agent_key.kept(file)
            if not key:
                key = await agent_key.let_in(args.server, Speaker(args.lang))
                agent_key.keep(file, key)
            try:
                await work(args.server, key, transport, version_of("ramah"))
            except Refused as error:
                if args.token or not error.unknown:
                    raise
                agent_key.drop(file)  # it was ended there: somebody lets it in again

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        return 0
    except Refused as error:
        told = _(
            "this token is not valid for a print agent ({why}). Make one with: "
            "ramah token create --role agent --name NAME"
        )
        print(f"ramah: {Speaker(args.lang).say(told, why=error)}", file=sys.stderr)
    return 1
