"""Which server has a branch: it works for it by the clock, and knows its screens and printers.

Of a hall in a file one server has all. Over a store that several servers share each has its part
(``server.storage.postgres.owners``). Who has a branch decides nothing about what is right: any
server may write to any branch, and the log keeps them apart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple

Branches = Collection[int]


class Own(NamedTuple):
    """Where a server stands among the others of its store.

    Attributes:
        url: where they reach it, ``http://HOST:PORT``.
        sources: the addresses it comes from when it asks them.
    """

    url: str
    sources: tuple[str, ...]


async def _nothing(_branches: Branches) -> None:
    """Do nothing."""


class Owners:
    """One server that has all branches.

    Attributes:
        leads: whether this server does what is to be done once for all branches.
        on_taken: told of branches that this server has from now on.
        on_leaving: told of branches that another one is about to have: what is under way for them
            is to be finished.
        on_left: told of branches that another server has now.
        on_beside: told the addresses that the other servers come from.
        on_gone: told the address of a server that is no more.
    """

    def __init__(self) -> None:
        self.on_taken: Callable[[Branches], Awaitable[None]] = _nothing
        self.on_leaving: Callable[[Branches], Awaitable[None]] = _nothing
        self.on_left: Callable[[Branches], Awaitable[None]] = _nothing
        self.on_beside: Callable[[list[str]], object] = lambda _addresses: None
        self.on_gone: Callable[[str], object] = lambda _url: None

    @property
    def name(self) -> str:
        """The name that only the servers of the store know this one by."""
        return ""

    def knows(self, name: str) -> bool:
        """Whether another server has this name."""
        del name
        return False

    @property
    def leads(self) -> bool:
        """Whether this server does what is to be done once for all."""
        return True

    def has(self, branch: int) -> bool:
        """Whether this server has a branch."""
        return self.term(branch) > 0

    def term(self, branch: int) -> int:
        """Return which time it is that this server has a branch; 0 while another one has it."""
        del branch
        return 1

    def at(self, branch: int | None) -> str:
        """Return where the server is that has a branch, or with ``None`` the one that leads.

        "" for this one, and while nobody is known to.
        """
        del branch
        return ""

    async def run(self) -> None:
        """Take a part of the branches and keep it, for ever; one that has all is done at once."""

    def look(self) -> None:
        """Look now who has what: another server may have given branches back."""

    async def let_go(self) -> None:
        """Give everything back: this server ends."""
