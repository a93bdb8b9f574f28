"""Owns how a print agent comes by its key: it shows a code in its terminal or log, and waits.

The key is kept in a file that only this user reads, so that a restart asks nobody.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from server import reaching, unanswered
from server.cli.saying import Speaker
from server.domain.words import marked as _
from server.reaching import ANSWERED

HELD_SECONDS = 40.0
AGAIN_SECONDS = 3.0
MOST = 64 * 1024


class _Asked(msgspec.Struct):
    code: str
    url: str
    secret: str


class _Waits(msgspec.Struct):
    state: str


def place() -> Path:
    """Return where the key is kept when nobody says: below systemd's folder, or one's own."""
    folder = os.environ.get("STATE_DIRECTORY")
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state")
    return (Path(folder) if folder else home / "ramah") / "print-agent.key"


def kept(file: Path) -> str:
    """Return the key that is kept; empty for none."""
    try:
        return file.read_text("ascii").strip()
    except FileNotFoundError:
        return ""


def keep(file: Path, key: str) -> None:
    """Keep a key for this user alone."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(key + "\n")
    part.replace(file)


def drop(file: Path) -> None:
    """Forget a key that opens nothing any more."""
    file.unlink(missing_ok=True)


async def let_in(server: str, speaker: Speaker) -> str:
    """Ask the server until somebody types our code there; return the key."""
    base = (server if "://" in server else f"http://{server}").rstrip("/")
    async with ClientSession(timeout=ClientTimeout(total=HELD_SECONDS)) as session:
        said = ""
        while True:
            try:
                return await _once(session, base, speaker)
            except (ClientError, TimeoutError, msgspec.MsgspecError, _Refused) as error:
                why = unanswered.why(error)
                if why != said:
                    trying = _("{address}: {why}. Trying again.")
                    _tell(speaker.say(trying, address=base, why=reaching.kept(why)))
                said = why
                await asyncio.sleep(AGAIN_SECONDS)


class _Refused(Exception):
    """The server answers something else."""


async def _once(session: ClientSession, base: str, speaker: Speaker) -> str:
    asked = msgspec.json.decode(
        await _post(session, f"{base}/api/devices/ask", b'{"kind":"agent"}', ""), type=_Asked
    )
    page = asked.url.partition("#")[0]
    code = f"{asked.code[:3]} {asked.code[3:]}"
    _tell(speaker.say("Type this code at {page} under Devices: {code}", page=page, code=code))
    while True:
        body = await _post(session, f"{base}/api/devices/wait", b"{}", asked.secret)
        state = msgspec.json.decode(body, type=_Waits).state
        if state == "in":
            return asked.secret
        if state != "waiting":
            raise _Refused(_("the code is over"))


async def _post(session: ClientSession, url: str, body: bytes, key: str) -> bytes:
    headers = {"Content-Type": "application/json", "User-Agent": "Ramah-Agent/0"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
        told = await answer.content.read(MOST)
        if answer.status != 200:  # noqa: PLR2004 - OK
            raise _Refused(ANSWERED.format(status=answer.status))
        return told


def _tell(words: str) -> None:
    print(f"ramah: {words}", file=sys.stderr, flush=True)
