"""Several servers of one store, each with its part of the branches.

A server renews a lease of its own (five seconds, each 1.5), and each branch's row names the server
that has it, compared and set. A branch whose server's lease ran out is free: whoever has less than
a fair share takes it. Who has more gives some away, but finishes before what is under way. A server
that was taken for dead (it hung) has nothing any more, and begins again as one that has just come.

Nothing right depends on it: heads are compared in every write, so that two servers that both take a
branch for theirs are slow, never wrong; but a paper might be printed twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count

import asyncpg
import structlog

from server.storage.owners import Branches, Own, Owners
from server.storage.postgres.connection import LINE_ERRORS, LOCK, SENDER, connected, end
from server.storage.postgres.notices import CHANNEL, MOVED
from server.tasks import Supervisor

LASTS_S = 5.0
RENEWED_S = 1.5
LEADS, SERVER, WAITS = "server", "at ", "waits "
"""Names of leases: of the one that leads; of each server, and of one that waits until older ones
have ended (with its name behind)."""
TAKE = """
INSERT INTO leases AS held (name, owner, until, address)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), $4)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until,
    address = excluded.address
WHERE held.owner = excluded.owner OR held.until < clock_timestamp()
RETURNING owner
"""
RENEW = """
UPDATE leases SET until = clock_timestamp() + make_interval(secs => $3)
WHERE name = $1 AND owner = $2 RETURNING owner
"""
FORGET = "DELETE FROM leases WHERE starts_with(name, $1) AND until < clock_timestamp()"
"""A server whose lease ran out is no more: should it live, it finds its row gone."""
SERVERS = """
SELECT owner, address, starts_with(name, $1) AS works FROM leases
WHERE starts_with(name, $1) OR (starts_with(name, $2) AND until > clock_timestamp())
"""
LEADER = "SELECT owner FROM leases WHERE name = $1 AND until > clock_timestamp()"
OWNERS = "SELECT id, owner FROM branches ORDER BY id"
MOVE = """
UPDATE branches SET owner = $3 FROM unnest($1::bigint[], $2::text[]) AS seen (id, owner)
WHERE branches.id = seen.id AND branches.owner = seen.owner RETURNING branches.id
"""
OWN = "SELECT id FROM branches WHERE owner = $1"
LET_GO = "DELETE FROM leases WHERE owner = $1"
LOOK = f"NOTIFY {CHANNEL}, '{SENDER} {MOVED}'"
TROUBLE = (*LINE_ERRORS, asyncpg.PostgresError)
AGAIN_S = 0.2
Tell = Callable[[Branches], Awaitable[None]]
log = structlog.get_logger()


def told(own: Own) -> str:
    """Return a server's addresses as they stand in its lease: where it is, what it comes from."""
    return " ".join((own.url, *own.sources))


def shares(servers: Iterable[str], branches: int) -> dict[str, int]:
    """Return how many branches each server is to have; all of them reckon the same."""
    names = sorted(servers)
    return {
        name: branches // len(names) + (at < branches % len(names))
        for at, name in enumerate(names)
    }  # fmt: skip


def to_take(me: str, servers: Iterable[str], owners: Mapping[int, str]) -> list[int]:
    """Return the free branches that a server takes: as many as it lacks, else none."""
    known = set(servers)
    quota = shares(known, len(owners))[me]
    mine = sum(owner == me for owner in owners.values())
    free = [branch for branch, owner in owners.items() if owner not in known]
    return free[: max(0, quota - mine)]


def to_give(
    me: str, servers: Iterable[str], owners: Mapping[int, str]
) -> dict[str, list[int]]:  # fmt: skip
    """Return what a server that has too many gives to whom; free ones are taken first."""
    quotas = shares(servers, len(owners))
    if any(owner not in quotas for owner in owners.values()):
        return {}
    has = {name: [each for each, owner in owners.items() if owner == name] for name in quotas}
    over = has[me][quotas[me] :]
    given: dict[str, list[int]] = {}
    for name, quota in quotas.items():
        lacks = quota - len(has[name])
        if lacks > 0 and over:
            given[name], over = over[:lacks], over[lacks:]
    return given


class CityOwners(Owners):
    """This server's part, and who has the others.

    Args:
        address: of the database.
        own: where the others reach this server.
    """

    def __init__(self, address: str, own: Own) -> None:
        super().__init__()
        self._address = address
        self._own = own
        self._line: asyncpg.Connection | None = None
        self._wake = asyncio.Event()
        self._renewed_at = 0.0
        self._begun = False
        self._mine: dict[int, int] = {}
        self._terms = count(1)
        self._leaving: set[int] = set()
        self._given = False
        self._owners: dict[int, str] = {}
        self._urls: dict[str, str] = {}
        self._sources: set[str] = set()
        self._leader = ""
        self._news: asyncio.Queue[tuple[Tell, Branches]] = asyncio.Queue()
        self._tasks = Supervisor()

    @property
    def name(self) -> str:
        """The name that only the servers of the store know this one by."""
        return SENDER

    def knows(self, name: str) -> bool:
        """Whether another server has this name."""
        return name in self._urls

    @property
    def leads(self) -> bool:
        """Whether this server does what is to be done once for all."""
        return self._leader == SENDER

    def term(self, branch: int) -> int:
        """Return which time it is that this server has a branch; 0 while another one has it."""
        return self._mine.get(branch, 0)

    def at(self, branch: int | None) -> str:
        """Return where the server is that has a branch, or the one that leads."""
        owner = self._leader if branch is None else self._owners.get(branch, "")
        return "" if owner == SENDER else self._urls.get(owner, "")

    def look(self) -> None:
        """Look now who has what."""
        self._wake.set()

    # ---------------------------------------------------------------- for ever

    async def run(self) -> None:
        """Renew the lease, and take and give branches, for ever."""
        self._tasks.start("tell", self._tell)
        try:
            while True:
                began = time.monotonic()
                self._wake.clear()
                try:
                    async with asyncio.timeout(RENEWED_S):
                        await self._renew()
                    async with asyncio.timeout(RENEWED_S):
                        await self._share()
                except TROUBLE as error:
                    # nobody can take anything either while the database is away
                    log.warning("lease_unsure", why=repr(error))
                    await self._drop()
                    await asyncio.sleep(AGAIN_S)
                with suppress(TimeoutError):
                    async with asyncio.timeout(RENEWED_S - (time.monotonic() - began)):
                        await self._wake.wait()
        finally:
            await self._tasks.stop()

    async def _tell(self) -> None:
        """Tell what changed hands, one after the other; what fails is tried again."""
        while True:
            tell, branches = await self._news.get()
            while True:
                try:
                    await tell(branches)
                except Exception:
                    log.exception("branches_not_told")
                    await asyncio.sleep(RENEWED_S)
                else:
                    break

    async def _renew(self) -> None:
        """Renew the lease, and that of the one that leads if it is to be had.

        After a time without a database nobody is forgotten at once: the others were cut off too.
        """
        line = await self._connected()
        name, began = SERVER + SENDER, time.monotonic()
        if self._begun and await line.fetchval(RENEW, name, SENDER, LASTS_S) is None:
            log.error("lease_lost", branches=len(self._mine))
            self._begun = False
        if not self._begun:
            await line.fetchval(TAKE, name, SENDER, LASTS_S, told(self._own))
            self._begun = True
        if began - self._renewed_at < LASTS_S:
            await line.execute(FORGET, SERVER)
        self._renewed_at = began
        await line.fetchval(TAKE, LEADS, SENDER, LASTS_S, self._own.url)

    async def _share(self) -> None:
        """See who has what; take what is free and give away what is too much."""
        line = await self._connected()
        if self._given:
            self._leaving, self._given = set(), False
        found = await line.fetch(SERVERS, SERVER, WAITS)
        servers = {each["owner"]: each["address"] for each in found if each["works"]}
        if SENDER not in servers:
            return  # the next round begins again
        leader = await line.fetchval(LEADER, LEADS)
        owners = {each["id"]: each["owner"] for each in await line.fetch(OWNERS)}
        wanted = to_take(SENDER, servers, owners)
        if wanted:
            moved = await self._move(line, {each: owners[each] for each in wanted}, SENDER)
            owners |= dict.fromkeys(moved, SENDER)
        self._know(servers, leader or "", owners)
        self._hear_of({source for each in found if each["owner"] != SENDER
                       for source in each["address"].split(" ")[each["works"]:]})  # fmt: skip
        given = to_give(SENDER, servers, owners) if not self._leaving else {}
        if given:
            self._leaving = {each for some in given.values() for each in some}
            self._keep(self._mine.keys() - self._leaving)
            self._tasks.start("give", lambda: self._give(given))

    def _hear_of(self, sources: set[str]) -> None:
        """Take note of where the others come from; one that waits has no address of its own."""
        if sources != self._sources:
            self._sources = sources
            self.on_beside(sorted(sources))

    def _know(self, servers: Mapping[str, str], leader: str, owners: Mapping[int, str]) -> None:
        """Take over what was seen, and have told what changed."""
        urls = {name: address.partition(" ")[0] for name, address in servers.items()}
        gone = [url for name, url in self._urls.items() if url and urls.get(name) != url]
        mine = {branch for branch, owner in owners.items() if owner == SENDER}
        left = {
            branch for branch, owner in owners.items()
            if owner in servers and owner not in {SENDER, self._owners.get(branch)}
        }  # fmt: skip
        taken = mine - self._mine.keys() - self._leaving
        self._keep(mine)
        self._mine |= dict.fromkeys(taken, next(self._terms))
        self._urls, self._leader, self._owners = urls, leader, dict(owners)
        for url in gone:
            self.on_gone(url)
        for what, tell, branches in (
            ("branches_left", self.on_left, left), ("branches_taken", self.on_taken, taken)
        ):  # fmt: skip
            if branches:
                log.info(what, branches=len(branches))
                self._news.put_nowait((tell, branches))

    def _keep(self, branches: Branches) -> None:
        self._mine = {each: term for each, term in self._mine.items() if each in branches}

    async def _give(self, given: Mapping[str, Sequence[int]]) -> None:
        """Finish what is under way for some branches, and let others have them."""
        try:
            await self.on_leaving(frozenset(self._leaving))
            line = await connected(self._address)
            try:
                for name, branches in given.items():
                    await self._move(line, dict.fromkeys(branches, SENDER), name)
                await line.execute(LOOK)
            finally:
                await end(line)
        except TROUBLE as error:
            log.warning("branches_not_given", why=repr(error))
        except Exception:  # begun again later, it would give what it should not any more
            log.exception("branches_not_given")
        finally:
            self._given = True  # what could not be given is this server's as before
            self.look()

    async def _move(
        self, line: asyncpg.Connection, seen: Mapping[int, str], to: str
    ) -> list[int]:  # fmt: skip
        """Let ``to`` have branches that still are whose they were; return which.

        Their rows are locked as writers lock them, in the order of their numbers.
        """
        async with line.transaction():
            await line.execute(LOCK.removeprefix("; ").format(", ".join(map(str, sorted(seen)))))
            rows = await line.fetch(MOVE, list(seen), list(seen.values()), to)
        return [each["id"] for each in rows]

    # ---------------------------------------------------------------- the end

    async def let_go(self) -> None:
        """Give everything back, so that nobody waits for the lease to run out."""
        if self._begun:
            with suppress(*TROUBLE):
                async with asyncio.timeout(RENEWED_S):
                    line = await self._connected()
                    await line.execute(LET_GO, SENDER)
                    mine = [each["id"] for each in await line.fetch(OWN, SENDER)]
                    if mine:
                        await self._move(line, dict.fromkeys(mine, SENDER), "")
                    await line.execute(LOOK)
        await self._drop()

    async def _connected(self) -> asyncpg.Connection:
        if self._line is None or self._line.is_closed():
            self._line = await connected(self._address)
        return self._line

    async def _drop(self) -> None:
        line, self._line = self._line, None
        await end(line)
