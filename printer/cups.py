"""Owns printers that the system's print service (CUPS) looks after: jobs go through ``lp``."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal

from printer.errors import PrintError


class CupsTransport:
    """A queue of CUPS, by name. CUPS takes the job; it cannot say whether paper came out.

    Args:
        name: as ``lpstat -e`` lists it.
        program: the command that takes a job on its standard input.
    """

    def __init__(self, name: str, program: str = "lp") -> None:
        self.name = name
        self._program = program

    async def send(
        self,
        data: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # the time is part of the promise, see Transport
    ) -> Literal["unverified"]:
        """Deliver one job; see ``Transport.send``."""
        words = ("-d", self.name, "-t", "ramah", "-o", "raw")
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                self._program, *words, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
            )
        except OSError as error:
            raise PrintError("offline", f"{self._program}: {error.strerror}") from error
        try:
            async with asyncio.timeout(timeout):
                _, said = await process.communicate(data)
        except TimeoutError as error:
            raise PrintError("timeout", "CUPS did not take the job in time", unsure=True) from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            raise PrintError("offline", said.decode("utf-8", "replace").strip()[:200])
        return "unverified"
