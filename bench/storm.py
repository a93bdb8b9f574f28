"""Measures what strangers cost the counters: call-next beside each attack, beside a quiet hall.

Twelve counters call on one server, one after the other and dozens of times a second, which is more
often than people can. Beside them nothing (quiet), then one attack after another, each from a
process of its own, with a quiet measurement before and after each; the arrival of the attack is
part of it. The figure is the ratio of the 99th percentiles. Its floor is the same attack on
another program that answers whatever comes, while the counters call here: what the attack takes
of a machine that both share. A slow disk is not made here: that needs a file system of one's own.
"""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

from PIL import Image

from bench.figures import Figure, quantile
from bench.flood import Flood
from bench.machine import memory
from bench.mix import COUNTERS, ROUND
from bench.office import Office, floor, prepare_hall, serving
from bench.scale import Pasts, Scale
from bench.strangers import Churn, Plan, Silent, Uploads, attack

OFFICE = Path(__file__).parents[1] / "server" / "demo" / "office.toml"
LIMIT = 2.0
MEMORY_MB = 200
PACE_S = 0.003
PHONES, CLIENTS, SILENT, GUESSERS = 2000, 500, 1150, 40
MONSTER, LARGE = (10_000, 6_000), (6_000, 4_000)
TOO_MANY = 429
FEW, ENOUGH = 300, 1000
"""Calls of one measurement: the 99th percentile is then the third, or the tenth, slowest."""


def run(scale: Scale, pasts: Pasts, only: str = "") -> list[Figure]:
    """Measure all attacks on one server, or those whose names have ``only`` in them."""
    data = pasts.folder / "storm"
    if not data.exists():  # no demo: that pairs every browser on this machine by itself
        prepare_hall(data, OFFICE.read_text("utf-8"))
    calls = FEW if scale.rounds < 3 and not only else ENOUGH  # noqa: PLR2004
    figures: list[Figure] = []
    with serving(data, demo=False) as office, floor("any", pasts.folder) as nothing:
        desks = _Desks(office)
        for counter in range(1, COUNTERS + 1):
            desks.act(counter, "open")
        tracks = [desks.take() for _ in range(PHONES)]
        desks.measure(calls)  # the first answers are always slow
        base = memory(office.pid)
        here = _attacks(office.port, office, tracks, pasts.folder)
        there = _attacks(nothing.port, office, tracks, pasts.folder)
        for name, plan in here.items():
            if only in name:
                figures.append(_one(desks, calls, name, plan, there[name]))
        most = (memory(office.pid, "VmHWM") - base) / 1e6
        figures.append(Figure("storm: memory at its most, over quiet", most, "MB", MEMORY_MB, "<"))
        figures.append(Figure("storm: counters refused", float(desks.refused), ""))
    return figures


def _one(desks: _Desks, calls: int, name: str, plan: Plan, elsewhere: Plan) -> Figure:
    """Measure one attack, and the same one on a program that is nothing of ours."""
    quiet = desks.measure(calls)
    with attack(elsewhere):
        least = desks.measure(calls)
    quiet += desks.measure(calls)
    with attack(plan) as told:
        beside = desks.measure(calls)
    quiet += desks.measure(calls)
    usual = quantile(quiet, 0.99)
    return Figure(
        f"storm: p99 beside {name}, over quiet", quantile(beside, 0.99) / usual, "x", LIMIT, "<",
        floor=quantile(least, 0.99) / usual,
        note=f"p99 {quantile(beside, 0.99):.1f} ms, elsewhere {quantile(least, 0.99):.1f}, "
        f"quiet {usual:.1f}; p50 {quantile(beside, 0.5):.1f} ms, quiet {quantile(quiet, 0.5):.1f}; "
        f"slowest of {len(beside)} {max(beside):.0f}, elsewhere {max(least):.0f}, "
        f"quiet {max(quiet):.0f}; " + told(),
    )  # fmt: skip


class _Desks:
    """The counters: each call is timed, then ended so that the next one can come."""

    def __init__(self, office: Office) -> None:
        self._head = {"Authorization": f"Bearer {office.token('staff')}"}
        self._link = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
        self._taken = 0
        self.refused = 0

    def _ask(self, path: str, body: object = None) -> tuple[int, bytes]:
        self._link.request("POST", path, json.dumps(body or {}), self._head)
        answer = self._link.getresponse()
        return answer.status, answer.read()

    def act(self, counter: int, act: str) -> int:
        """Do something at a counter; return the status."""
        return self._ask(f"/api/counters/{counter}/{act}")[0]

    def take(self) -> str:
        """Take a number; return its tracking token."""
        self._taken += 1
        _, body = self._ask("/api/tickets", {"service": ROUND[self._taken % len(ROUND)]})
        return str(json.loads(body)["tracking_url"]).rpartition("/")[2]

    def measure(self, calls: int) -> list[float]:
        """Call at one counter after the other; return each call's milliseconds."""
        found: list[float] = []
        for number in range(calls):
            counter = number % COUNTERS + 1
            began = time.perf_counter()
            status = self.act(counter, "call-next")
            found.append((time.perf_counter() - began) * 1000)
            self.refused += status >= TOO_MANY
            self.act(counter, "no-show")
            self.take()
            time.sleep(PACE_S)
        return found


def _attacks(port: int, office: Office, tracks: list[str], folder: Path) -> dict[str, Plan]:
    logins = [
        _post("/api/session", {"login": f"x{number}", "password": "salah-sekali"})
        for number in range(GUESSERS)
    ]
    codes = [_post("/api/pair", {"code": f"AAAA-{number:04}"}) for number in range(GUESSERS)]
    looks = [_get(f"/api/track/{token}") for token in tracks]
    everywhere = [_get(each) for each in ("/", "/kiosk", "/web/catalog/id.json", "/readyz")]
    astray = [_get(each) for each in ("/static/%00", "/api/nothing", "/t/" + "a" * 400)]
    manager = office.token("manager")
    return {
        "the contract, 20 clients": Flood(port, [[_get("/api/openapi.json")]] * 20),
        f"{GUESSERS} guessers": Flood(port, [[each] for each in logins]),
        f"{GUESSERS} guessers of pairing codes": Flood(port, [[each] for each in codes]),
        f"{SILENT} silent connections": Silent(port, SILENT, ""),
        f"{SILENT} half-sent heads": Silent(port, SILENT, "GET /api/services HTTP/1.1\r\nHost:"),
        f"{SILENT} half-sent bodies": Silent(port, SILENT, logins[0][:-5]),
        "a new connection for each look, 20 clients": Churn(port, looks[0], 20),
        "60-megapixel PNG, 4 at once": Uploads(
            port, "/api/media?name=x", manager, _picture(folder / "monster.png", MONSTER), 4
        ),
        "24-megapixel PNG, 4 at once": Uploads(
            port, "/api/media?name=x", manager, _picture(folder / "large.png", LARGE), 4
        ),
        f"{PHONES} phones, a look each 10 s": Flood(port, [[each] for each in looks], 10),
        "addresses that are none, 20 clients": Flood(port, [astray] * 20),
        f"{CLIENTS} clients flat out": Flood(
            port, [[looks[number], *everywhere] for number in range(CLIENTS)]
        ),
    }  # fmt: skip


def _picture(path: Path, size: tuple[int, int]) -> str:
    """Return the file of a picture of one colour: few bytes, many pixels."""
    if not path.exists():
        Image.new("RGB", size).save(path, "PNG")
    return str(path)


def _get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"


def _post(path: str, body: object) -> str:
    text = json.dumps(body)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(text)}\r\n\r\n{text}"
    )
