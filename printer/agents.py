"""Owns printers that hang on another machine: jobs go to the print agent there and come back done.

The agent opened the connection, so its machine needs no open port. One job at a time; a job
whose answer was lost counts as unsure, so the next paper is marked as a copy.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal
from urllib.parse import SplitResult

import msgspec

from printer.errors import PrintError, Trouble, WantsCommands, WantsPicture
from printer.pace import Pace
from printer.transport import SCHEMES, Delivery, Scheme, agent_name

ID_BYTES = 8
MAX_JOB = 1024 * 1024
PROTOCOL = "Ramah-Agent"
"""Header of the server's answer: it knows what agents say since that version (2, 3)."""


class FromAgent(msgspec.Struct, frozen=True, tag_field="type", tag="done"):
    """How a job, or a look at the printer (``result`` "well"), ended."""

    id: int
    result: Literal["confirmed", "unverified", "well"] | None = None
    error: Trouble | None = None
    detail: str = ""
    unsure: bool = False
    paper_low: bool = False
    unreached: bool = False
    silent: bool = False
    """A look to which the printer gave no answer."""
    wants: Literal["picture", "commands"] | None = None
    """Nothing was sent: the printer takes only this."""


class Working(msgspec.Struct, frozen=True, tag_field="type", tag="working"):
    """The agent's printer is at this job: a slow line is not a dead one."""

    id: int


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="how"):
    """What an agent says of itself when it comes, since version 3.

    Attributes:
        version: of its program. up: seconds since that began. clock: its own, ms since 1970.
    """

    version: str
    up: int
    clock: int


class ToAgent(msgspec.Struct, frozen=True, tag_field="type", tag="look"):
    """A question to the agent: how is your printer? Jobs go as bytes: number, then paper."""

    id: int


class Connection:
    """An agent that is connected now.

    Args:
        send: sends one message: text for a question, bytes for a job.
        told: told how each job, or look, ended, and what the agent says of itself.
    """

    def __init__(
        self,
        send: Callable[[bytes | str], Awaitable[None]],
        told: Callable[[FromAgent | Hello], None] = lambda _said: None,
    ) -> None:
        self._send = send
        self._told = told
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[asyncio.Future[FromAgent], Pace]] = {}

    async def job(self, data: bytes, pace: Pace) -> FromAgent:
        """Have ``data`` printed and return how it ended."""
        number = next(self._numbers)
        return await self._ask(number, number.to_bytes(ID_BYTES) + data, pace)

    async def look(self, pace: Pace) -> FromAgent:
        """Have the agent ask its printer."""
        number = next(self._numbers)
        return await self._ask(number, msgspec.json.encode(ToAgent(number)).decode(), pace)

    async def _ask(self, number: int, message: bytes | str, pace: Pace) -> FromAgent:
        future: asyncio.Future[FromAgent] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future, pace
        try:
            async with asyncio.timeout(pace.patience):
                await self._send(message)
            while not future.done():
                pace.check()
                await asyncio.wait({future}, timeout=max(0.01, pace.ends_at - time.monotonic()))
            return future.result()
        finally:
            self._waiting.pop(number, None)

    def heard(self, text: str) -> None:
        """Take what the agent said.

        Raises:
            msgspec.DecodeError, RecursionError: it is not one of our messages.
        """
        said = msgspec.json.decode(text, type=FromAgent | Working | Hello)
        if isinstance(said, Hello):
            self._told(said)
            return
        future, pace = self._waiting.get(said.id, (None, None))
        if future is None or pace is None:
            return
        pace.moved()
        if isinstance(said, FromAgent) and not future.done():
            self._told(said)
            future.set_result(said)

    def lost(self) -> None:
        """The agent is gone: what it was printing may exist or not."""
        for future, _ in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the print agent is gone"))


class Agents:
    """The agents that are connected, by key; a new connection replaces the old one."""

    def __init__(self) -> None:
        self.on_leave: Callable[[str], None] = lambda _: None
        """Told the key of an agent that is gone."""
        self._connections: dict[str, Connection] = {}

    def join(self, key: str, connection: Connection) -> Connection | None:
        """Know a connected agent; return the one it replaces, which has lost its jobs."""
        old = self._connections.get(key)
        self._connections[key] = connection
        if old is not None:
            old.lost()
        return old

    def leave(self, key: str, connection: Connection) -> None:
        """Forget an agent that is gone."""
        connection.lost()
        if self._connections.get(key) is connection:
            del self._connections[key]
            self.on_leave(key)

    def find(self, key: str) -> Connection | None:
        """Return the agent, if it is connected."""
        return self._connections.get(key)

    def schemes(self) -> dict[str, Scheme]:
        """Return the addresses of this process: all there are, with ``agent:`` as our agents."""
        return {**SCHEMES, "agent": partial(_transport, self)}


def _transport(agents: Agents, parts: SplitResult) -> AgentTransport:
    return AgentTransport(agents, agent_name(parts))


class AgentTransport:
    """The printer of one agent."""

    def __init__(self, agents: Agents, key: str) -> None:
        self.paper_low = False
        self.rate = 0.0
        self._agents = agents
        self._key = key

    async def send(self, data: bytes, *, timeout: float) -> Delivery:  # noqa: ASYNC109
        """Deliver one job; see ``Transport.send``."""
        pace = Pace(timeout, len(data), self.rate)
        said = await self._ask(lambda agent: agent.job(data, pace), unsure=True)
        return "confirmed" if said.result == "confirmed" else "unverified"

    async def look(self, *, timeout: float) -> bool:  # noqa: ASYNC109
        """Ask the agent how its printer is; see ``Looks.look``."""
        pace = Pace(timeout)
        return not (await self._ask(lambda agent: agent.look(pace), unsure=False)).silent

    async def _ask(
        self, question: Callable[[Connection], Awaitable[FromAgent]], *, unsure: bool
    ) -> FromAgent:
        agent = self._agents.find(self._key)
        if agent is None:
            raise PrintError("offline", "the print agent is not connected", unreached=True)
        try:
            said = await question(agent)
        except TimeoutError as error:
            raise PrintError("timeout", "the print agent is silent", unsure=unsure) from error
        except ConnectionError as error:
            raise PrintError("closed", str(error), unsure=unsure) from error
        self.paper_low = said.paper_low
        if said.wants is not None:
            raise (WantsPicture() if said.wants == "picture" else WantsCommands())
        if said.error is not None:
            raise PrintError(
                said.error, said.detail[:200], unsure=said.unsure, unreached=said.unreached
            )
        return said
