"""Owns where passwords are hashed and checked: apart, one at a time, in the order of ``Turns``.

One check takes 64 MB and every core for 50 ms, by design. In the server it would stand beside the
counters; in a child process of little claim (``server.apart``) a crowd that guesses gets what is
left.
"""

from __future__ import annotations

import asyncio

import msgspec

from server.apart import Apart, NoChild, answering
from server.auth.limits import Turns
from server.auth.secrets import check_password, hash_password, nobody


class Question(msgspec.Struct):
    """Hash ``password``; or tell whether it fits ``hashed``, where "" is the hash of nobody."""

    password: str
    hashed: str | None = None


class Answer(msgspec.Struct):
    """The hash, or whether the password fits."""

    hashed: str = ""
    fits: bool = False


def answer(question: bytes) -> bytes:
    """Answer one question; what the child does."""
    asked = msgspec.msgpack.decode(question, type=Question)
    if asked.hashed is None:
        told = Answer(hashed=hash_password(asked.password))
    else:
        told = Answer(fits=check_password(asked.hashed or nobody(), asked.password))
    return msgspec.msgpack.encode(told)


class Hashing:
    """Hashes and checks passwords for the event loop."""

    def __init__(self) -> None:
        self._turns = Turns(places=1)
        self._apart = Apart(__name__)

    async def hash(self, password: str) -> str:
        """Return the hash of a new password.

        Raises:
            limits.Full: too many wait.
        """
        return (await self._ask(Question(password), -1)).hashed

    async def fits(self, hashed: str | None, password: str, weight: int) -> bool:
        """Whether a password fits; without a hash it takes as long, and does not.

        Who has more ``weight`` waits behind who has less.

        Raises:
            limits.Full: too many wait.
        """
        told = await self._ask(Question(password, hashed or ""), weight)
        return told.fits and bool(hashed)

    def close(self) -> None:
        """Let the child go."""
        self._apart.close()

    async def _ask(self, question: Question, weight: int) -> Answer:
        async with self._turns.turn(weight):
            told = await asyncio.to_thread(self._answered, msgspec.msgpack.encode(question))
        return msgspec.msgpack.decode(told, type=Answer)

    def _answered(self, question: bytes) -> bytes:
        try:
            return self._apart.ask(question)
        except NoChild:  # no room for a process: better here than not at all
            return answer(question)


if __name__ == "__main__":
    nobody()  # now: the first guess at a login that is none must not take longer than the next
    answering(answer)
