"""A visitor asks for a person; a colleague comes; how long it took is known."""

from __future__ import annotations

from tests.server.process import Hall, Server


async def test_one_call_until_somebody_takes_it(server: Server) -> None:
    async with server.client("kiosk") as kiosk, server.client("staff") as staff:
        first = (await kiosk.post("/api/help", {})).json
        again = (await kiosk.post("/api/help", {})).json
        assert first["id"] == again["id"]
        assert (first["place"], first["taken"]) == ("kiosk", False)
        listed = (await staff.get("/api/help")).json["requests"]
        assert [each["id"] for each in listed] == [first["id"]]

        taken = (await staff.post(f"/api/help/{first['id']}/take", {})).json
        assert taken["taken"]
        assert taken["seconds"] >= 0
        assert (await staff.post(f"/api/help/{first['id']}/take", {})).json == taken
        assert (await staff.get("/api/help")).json["requests"] == []
        assert (await kiosk.post("/api/help", {})).json["id"] != first["id"]
    kinds = [each["kind"] for _, each in Hall(server, "hall").events()]
    assert [each for each in kinds if each.startswith("help_")] == [
        "help_requested",
        "help_taken",
        "help_requested",
    ]


async def test_a_kiosk_ends_its_own_call_and_no_other(server: Server) -> None:
    async with server.client("kiosk") as kiosk, server.client("kiosk") as other:
        call = (await kiosk.post("/api/help", {})).json
        refused = await other.post(f"/api/help/{call['id']}/take", {})
        assert (refused.status, refused.problem) == (403, "not-allowed")
        assert (await kiosk.post(f"/api/help/{call['id']}/take", {})).json["taken"]
        assert (await kiosk.post("/api/help/none/take", {})).status == 404


async def test_screens_hear_of_it_without_names(server: Server) -> None:
    async with server.client("kiosk") as kiosk, server.client("display") as display:
        async with display.socket() as socket:
            await socket.recv()
            await kiosk.post("/api/help", {})
            text = ""
            while "help_requested" not in text:
                text = str(await socket.recv())
            assert '"place":"kiosk"' in text
            assert "token:" not in text
        assert (await display.post("/api/help", {})).status == 403
        assert (await display.get("/api/help")).status == 403


async def test_managers_see_the_ticket_before_it_is_printed(server: Server) -> None:
    async with server.client("manager") as manager, server.client("staff") as staff:
        plain = await manager.get("/api/printers/preview.png")
        assert plain.headers["Content-Type"] == "image/png"
        assert plain.body.startswith(b"\x89PNG")
        wanted = {"paper": {"lines": ["number"], "width_mm": 58}}
        short = await manager.post("/api/printers/preview.png", wanted)
        assert short.status == 200
        assert len(short.body) < len(plain.body)
        wrong = await manager.post("/api/printers/preview.png", {"paper": {"lines": ["nmber"]}})
        assert wrong.status == 422
        assert (await staff.get("/api/printers/preview.png")).status == 403
        assert (await staff.get("/api/printers")).json == {"printers": []}


async def test_a_manager_puts_another_look_of_the_ticket_in_force(server: Server) -> None:
    async with server.client("manager") as manager, server.client("staff") as staff:
        before = (await manager.get("/api/printers/paper")).json
        wanted = {"lines": ["number", "foot"], "width_mm": 58, "foot": {"id": "Terima kasih."}}
        saved = await manager.post("/api/printers/paper", {"paper": wanted})
        assert saved.status == 200
        assert saved.json["paper"].items() >= wanted.items()
        assert (await manager.get("/api/printers/paper")).json == saved.json != before
        assert (await staff.post("/api/printers/paper", {"paper": wanted})).status == 403

        for field, value in [
            ("foot", {"xx": "words of no language here"}),
            ("foot", {"id": "x" * 301}),
            ("foot", {"id": "turned \u202e round"}),
            ("lines", ["number", "qr", "qr"]),
            ("lines", ["nmber"]),
            ("logo", "data:image/png;base64,bm8gcGljdHVyZQ=="),
            ("logo", "http://elsewhere.example/logo.png"),
            ("width_mm", 70),
        ]:
            wrong = await manager.post("/api/printers/paper", {"paper": wanted | {field: value}})
            assert wrong.status in {400, 422}, (field, value)
            assert wrong.json["field"].startswith(f"paper.{field}"), wrong.json
        assert (await manager.get("/api/printers/paper")).json == saved.json
        count = "SELECT count(*) FROM settings"
        assert server.query(count)[0][0] == 2  # the first settings, and one change
        await manager.post("/api/printers/paper", {"paper": wanted})  # the same: nothing new
        assert server.query(count)[0][0] == 2
