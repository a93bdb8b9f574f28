"""Lets a build bring an older build's past forward before it is measured.

A newer program counts the days of an older one anew, beside its other work and once after an
upgrade; measured beside that, it would seem slower than it is from the next day on.
"""

from __future__ import annotations

import http.client
import time

import msgspec

from bench.log import full_days
from bench.office import Office

PATIENCE_S = 600.0


class _Counted(msgspec.Struct):
    unrolled: int = 0


def until_counted(office: Office) -> None:
    """Return when the server has counted every day of its past.

    Raises:
        TimeoutError: it did not within ten minutes.
    """
    first, last = full_days(office.data)
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=PATIENCE_S)
        login = {"Authorization": f"Bearer {office.token('manager')}"}
        connection.request("GET", f"/api/reports?from={first}&to={last}", headers=login)
        answer = connection.getresponse().read()
        connection.close()
        if not msgspec.json.decode(answer, type=_Counted).unrolled:
            return
        time.sleep(0.5)
    raise TimeoutError("the days of the past were not counted")
