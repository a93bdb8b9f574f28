"""Runs a program as a unit of systemd would: another user, its system calls and limits, by seccomp.

Started as a process of its own: ``python confined.py RULES.json PROGRAM ...``. It becomes a user
without rights, loads the filter, and turns into the program. Only what systemd itself does by
seccomp is done here; folders and devices stay as they are.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

ALLOW = 0x7FFF0000
KILL = 0x80000000
NOT_EQUAL, EQUAL, MASKED = 1, 4, 7
PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24
PROT_WRITE, PROT_EXEC = 2, 4
NOBODY = 65534


class _Compare(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class Filter:
    """One filter of libseccomp: what happens to calls that no rule names, and rules."""

    def __init__(self, library: Any, otherwise: int) -> None:  # noqa: ANN401 - ctypes
        self._library = library
        self._filter = library.seccomp_init(otherwise)

    def add(self, action: int, call: str, *conditions: tuple[int, int, int, int]) -> None:
        """Let ``action`` happen to ``call``; a call this machine does not have is left out."""
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            return
        kept = (_Compare * max(1, len(conditions)))(*(_Compare(*each) for each in conditions))
        done = self._library.seccomp_rule_add_array(
            self._filter, action, number, len(conditions), kept
        )
        # -EACCES: the rule says what the filter does anyway
        if done not in {0, -errno.EACCES}:
            raise OSError(-done, call)

    def load(self) -> None:
        """Put the filter in force, for good."""
        done = self._library.seccomp_load(self._filter)
        if done:
            raise OSError(-done, "seccomp_load")


def _library() -> Any:  # noqa: ANN401 - ctypes
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = (ctypes.c_uint32,)
    library.seccomp_load.argtypes = (ctypes.c_void_p,)
    library.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p,
    )  # fmt: skip
    return library


def confine(rules: dict[str, Any]) -> None:
    """Give this process the limits of ``rules`` (see ``units.rules_of``)."""
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    library = _library()
    refused = KILL if rules["error"] is None else 0x00050000 | getattr(errno, rules["error"])
    filters = []
    if rules["families"] is not None:
        sockets = Filter(library, ALLOW)
        for family in set(socket.AddressFamily) - {getattr(socket, f) for f in rules["families"]}:
            sockets.add(0x00050000 | errno.EAFNOSUPPORT, "socket", (0, EQUAL, int(family), 0))
        filters.append(sockets)
    if rules["no_new_code"]:
        both = PROT_WRITE | PROT_EXEC
        memory = Filter(library, ALLOW)
        memory.add(0x00050000 | errno.EPERM, "mmap", (2, MASKED, both, both))
        memory.add(0x00050000 | errno.EPERM, "mprotect", (2, MASKED, PROT_EXEC, PROT_EXEC))
        memory.add(0x00050000 | errno.EPERM, "pkey_mprotect", (2, MASKED, PROT_EXEC, PROT_EXEC))
        filters.append(memory)
    if rules["calls"] is not None:
        allowed = Filter(library, refused)
        for call in rules["calls"]:
            allowed.add(ALLOW, call)
        filters.append(allowed)
    for each in filters:  # the list of calls last: it forbids loading another filter
        each.load()


def user() -> int:
    """Return who the program becomes: nobody; root without rights where only root has the Python.

    Not being root already, it stays who it is.
    """
    if os.getuid() != 0:
        return os.getuid()
    os.seteuid(NOBODY)
    try:
        return NOBODY if os.access(sys.executable, os.X_OK, effective_ids=True) else 0
    finally:
        os.seteuid(0)


def _without_rights() -> None:
    becomes = user()
    if os.getuid() == 0:
        for right in range(64):
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, right, 0, 0, 0)
        if becomes:
            os.setgroups([])
            os.setgid(becomes)
            os.setuid(becomes)


if __name__ == "__main__":
    wanted = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    _without_rights()
    confine(wanted)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the program of the unit
