"""Lets neither end of a line wait for one that is gone: a machine without power, a cut cable.

Such a line says nothing and gives no error. This end then waits for an answer, and the other one
keeps the locks of a transaction that nobody will end.
"""

from __future__ import annotations

import os
import socket
from contextlib import closing

import asyncpg

GONE_S = 4
"""What confirms nothing for so long is gone."""
ASKED_S, AGAIN_S = 2, 1
THERE = {
    "tcp_keepalives_idle": ASKED_S,
    "tcp_keepalives_interval": AGAIN_S,
    "tcp_keepalives_count": (GONE_S - ASKED_S) // AGAIN_S,
    "tcp_user_timeout": GONE_S * 1000,
}
"""The database's settings for its own end of the line."""
IDLE = {"idle_in_transaction_session_timeout": GONE_S * 1000}
"""The same for a transaction that holds locks and asks nothing more."""
HERE = {
    "TCP_KEEPIDLE": ASKED_S,
    "TCP_KEEPINTVL": AGAIN_S,
    "TCP_KEEPCNT": (GONE_S - ASKED_S) // AGAIN_S,
    "TCP_USER_TIMEOUT": GONE_S * 1000,
}


def notice_silence(line: asyncpg.Connection) -> None:
    """Let the system cut a line whose other end confirms nothing any more."""
    known = line._transport.get_extra_info("socket")  # noqa: SLF001 - asyncpg has no name for it
    if known.family == socket.AF_UNIX:
        return
    with closing(socket.socket(fileno=os.dup(known.fileno()))) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in HERE.items():
            if hasattr(socket, name):  # as on Linux
                own.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
