"""A small hall that answers like the API, so that pages are tested without the core."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiohttp import web as http

import display.routes
import kiosk.routes
import web.opening
import web.pages
from server.domain.voice import Voice
from server.lobby.voice.routes import LanguageAnswer, VoiceAnswer, VoiceChoice, shipped_clips
from server.lobby.voice.tables import load_tables
from tests.web.browser import until

BRANCH_ZONE = "Asia/Makassar"
BRANCH = {
    "code": "mpp",
    "name": "Mal Pelayanan Publik",
    "zone": BRANCH_ZONE,
    "zone_label": "WITA",
    "languages": ["id", "en"],
}


def service(code: str, name: str, waiting: int, **more: object) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": f"s{code}",
        "code": code,
        "prefix": code,
        "name": name,
        "names": {"id": name},
        "open": True,
        "waiting": waiting,
        "estimate": {"low_minutes": 5, "high_minutes": 9} if waiting else None,
        "agency": None,
        "requirements": {},
        "target_minutes": 15,
        "paused": False,
        "notice": None,
        "next_opening": None,
        "reason": None,
        "open_until": None,
        "later": 0,
        "notices": {},
        "picture": "",
        "starts": None,
        "booked": [],
        "left": None,
    }
    return {**answer, **more}


class StubHall:
    """Serves both device pages over a hall of three services and two counters."""

    def __init__(self) -> None:
        self.paired = True
        self.online = True
        self.laid = True
        self.part: dict[str, list[Any]] = {}
        self.delay = 0.0
        self.ahead = 4
        self.tracking_url = ""
        self.followable = False
        self.services = [
            service("A", "KTP-el", 4),
            service("B", "Kartu Keluarga & Pindah Datang", 0),
            service("C", "Akta", 0, open=False, next_opening="2030-01-07T00:00:00Z"),
        ]
        self.counters = [counter(number) for number in (1, 2, 3)]
        self.voice = Voice(languages=["id"], times=1)
        self.recorded: dict[str, str] = {}
        self.agencies: list[dict[str, Any]] = []
        self.words_at: list[str] = []
        self.calls_for_help: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.heard: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        self.tickets: dict[str, dict[str, Any]] = {}
        self.wishes: list[dict[str, Any]] = []
        self.unseen: list[str] = []
        self.joined = 0
        self._sockets: list[http.WebSocketResponse] = []
        app = http.Application()
        web.pages.setup(app, "test")
        kiosk.routes.setup(app)
        display.routes.setup(app)
        app[web.opening.HALL_NOW] = self._laid
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/api/services", self._services)
        app.router.add_get("/api/queue", self._queue)
        app.router.add_get("/api/events", self._events)
        app.router.add_get("/api/voice", self._voice)
        app.router.add_post("/api/tickets", self._take)
        app.router.add_post("/api/tickets/unseen", self._unseen)
        app.router.add_post("/api/help", self._help)
        app.router.add_post("/api/help/{help}/here", self._help)
        app.router.add_post("/api/tickets/{id}/reprint", self._reprint)
        app.router.add_post("/api/pair", self._pair)
        app.router.add_get("/api/tickets/{id}/qr.svg", self._qr)
        self._runner = http.AppRunner(app, access_log=None, shutdown_timeout=10)
        self._address = ""

    async def start(self) -> None:
        """Listen on a free port of the loopback address."""
        await self._runner.setup()
        await http.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self._address = f"http://{host}:{port}"

    def url(self, path: str) -> str:
        return self._address + path

    async def close(self) -> None:
        """End, once what screens asked for is answered."""
        await self.cut()
        await self._runner.cleanup()

    async def cut(self) -> None:
        """Take the hall away from its screens."""
        self.online = False
        for socket in self._sockets:
            await socket.close()
        self._sockets.clear()

    async def blink(self) -> None:
        """Lose every screen, and wait until the first is back."""
        await self.cut()
        before = self.joined
        self.online = True
        await until(lambda: self.joined > before)

    async def emit(self, kind: str, **fields: object) -> None:
        event = {"type": "event", "seq": len(self.events) + 1, "at": _now(), "kind": kind, **fields}
        self.events.append(event)
        for socket in self._sockets:
            await socket.send_json(event)

    async def call(
        self, label: str, number: int, *, recall: bool = False, language: str | None = None
    ) -> None:
        common = {"ticket": label, "leg": 1, "label": label, "service": label[0], "number": 1}
        if language is not None:
            common["language"] = language
        counter = {"id": f"c{number}", "number": number}
        if recall:
            await self.emit("recalled", **common, counter=counter, recalls=1)
        else:
            moved = {
                "was": "waiting",
                "state": "called",
                "priority": "regular",
                "rule": "fair",
                "recalls": 0,
            }
            for each in self.counters:
                if each["id"] == counter["id"]:
                    each["current"] = {
                        "ticket": label, "label": label, "service": label[0], "state": "called",
                        "called_at": _now(), "started_at": None, "recalls": 0,
                    }  # fmt: skip
            await self.emit("called", **common, **moved, counter=counter)

    def snapshot(self) -> dict[str, Any]:
        return {
            "type": "snapshot",
            "seq": len(self.events),
            "at": _now(),
            "day": "2026-03-02",
            "version": "test",
            "branch": BRANCH,
            "services": self.services,
            "counters": self.counters,
            "recent_calls": [_recent(one) for one in reversed(self.events) if "counter" in one],
            "agencies": self.agencies,
            "words_at": self.words_at,
        }

    async def _laid(self, _request: http.Request, _role: str) -> web.opening.Laid | None:
        if not (self.laid and self.paired):
            return None
        return web.opening.Laid(json.dumps(self.snapshot()).encode(), **self.part)

    async def _alive(self, _request: http.Request) -> http.Response:
        return http.json_response({"status": "ok"}, status=200 if self.online else 503)

    async def _services(self, _request: http.Request) -> http.Response:
        if not self.paired:
            return _problem(401, "not-logged-in")
        answer = {"services": self.services, "agencies": self.agencies, "branch": BRANCH}
        return http.json_response(answer)

    async def _queue(self, _request: http.Request) -> http.Response:
        return http.json_response(self.snapshot()) if self.paired else _problem(401, "no")

    async def _voice(self, _request: http.Request) -> http.Response:
        answer = VoiceAnswer(self.voice, 3, BRANCH_ZONE, {
            language: LanguageAnswer(table, [VoiceChoice("own", self.recorded), VoiceChoice("", {
                clip: f"/display/voices/{language}/{clip}.ogg"
                for clip in shipped_clips()[language]
            })])
            for language, table in load_tables().items()
        })  # fmt: skip
        return http.Response(body=msgspec.json.encode(answer), content_type="application/json")

    async def _help(self, request: http.Request) -> http.Response:
        self.calls_for_help.append(request.path)
        taken = request.path.endswith("take")
        seconds = 20.0 if taken else None
        answer = {"id": "h1", "place": "Kios", "at": _now(), "taken": taken, "seconds": seconds}
        return http.json_response(answer)

    async def _reprint(self, _request: http.Request) -> http.Response:
        return http.json_response(next(iter(self.tickets.values())))

    async def _pair(self, request: http.Request) -> http.Response:
        if (await request.json())["code"] != "K7Q2":
            return _problem(404, "unknown-code")
        self.paired = True
        return http.json_response({"role": "kiosk", "name": "Kios"})

    async def _take(self, request: http.Request) -> http.Response:
        wish = await request.json()
        self.wishes.append({**wish, "key": request.headers["Idempotency-Key"]})
        await asyncio.sleep(self.delay)
        key = request.headers["Idempotency-Key"]
        number = len(self.tickets) + 1
        self.tickets.setdefault(key, self._ticket(wish, number))
        return http.json_response(self.tickets[key], status=201)

    def _ticket(self, wish: dict[str, Any], number: int) -> dict[str, Any]:
        label = f"{wish['service']}{number:03}"
        return _ticket(wish, label, self.ahead, self.tracking_url, self.followable)

    async def _unseen(self, request: http.Request) -> http.Response:
        self.unseen.append((await request.json())["key"])
        return http.Response(status=204)

    async def _qr(self, _request: http.Request) -> http.Response:
        drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
        return http.Response(text=drawing, content_type="image/svg+xml")

    async def _events(self, request: http.Request) -> http.StreamResponse:
        if not (self.paired and self.online):
            return http.Response(status=503 if self.paired else 401)
        socket = http.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        self.joined += 1
        since = request.query.get("since")
        missed = [self.snapshot()] if since is None else self.events[int(since) :]
        for message in missed:
            await socket.send_json(message)
        await socket.send_json({"type": "heartbeat", "seq": len(self.events)})
        while not socket.closed:
            try:
                said = await socket.receive(timeout=1)
            except TimeoutError:
                await socket.send_json({"type": "heartbeat", "seq": len(self.events)})
                continue
            if said.type is http.WSMsgType.TEXT:
                told = json.loads(said.data)
                # how a screen is comes by its own clock, beside what it tells of calls
                (self.told if told["type"] == "how" else self.heard).append(told)
        with contextlib.suppress(ValueError):
            self._sockets.remove(socket)
        return socket


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _problem(status: int, slug: str) -> http.Response:
    body = {"type": f"urn:ramah:problem:{slug}", "title": slug, "status": status, "detail": slug}
    return http.json_response(body, status=status, content_type="application/problem+json")


def _recent(event: dict[str, Any]) -> dict[str, Any]:
    same = {name: event[name] for name in ("seq", "at", "ticket", "label", "service")}
    place = {"counter": event["counter"]["id"], "number": event["counter"]["number"]}
    return {**same, **place, "recall": event["kind"] == "recalled"}


def counter(number: int) -> dict[str, Any]:
    named = {"id": f"c{number}", "number": number, "name": f"Loket {number}", "names": {}}
    return {**named, "state": "open", "services": ["A", "B", "C"], "current": None}


def _ticket(
    wish: dict[str, Any], label: str, ahead: int, address: str, followable: bool
) -> dict[str, Any]:
    return {
        "tracking_url": address,
        "followable": followable,
        "id": label,
        "label": label,
        "service": wish["service"],
        "state": "waiting",
        "priority": wish["priority"],
        "ahead": ahead,
        "estimate": {"low_minutes": 15, "high_minutes": 25},
        "print": {"state": "queued", "printer": "p"},
    }
