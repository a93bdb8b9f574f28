"""The survey: asked once per number, counted by the rule, handed in as a file."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from server.satisfaction.method import method
from tests.server.api.test_feedback import served, token_of
from tests.server.process import Hall

KEYS = [each.key for each in method("skm-2017").elements]
ALL = dict.fromkeys(KEYS, 3)


async def test_a_visitor_answers_once_and_the_index_follows(hall: Hall) -> None:
    path = f"/api/track/{token_of(await served(hall))}"
    async with hall.client() as phone, hall.client("manager") as manager:
        assert (await phone.get(f"{path}/feedback")).json["survey"]
        asked = (await phone.get(f"{path}/survey", headers={"Accept-Language": "id"})).json
        assert [each["key"] for each in asked["questions"]] == KEYS
        assert asked["questions"][6]["answers"][3] == "Sangat sopan dan ramah"
        assert [each["key"] for each in asked["about"]] == ["sex", "education", "job"]
        for wrong in (
            {}, ALL | {"waktu": 5}, ALL | {"waktu": 0}, ALL | {"lain": 3},
            {key: 3 for key in KEYS if key != "biaya"},
        ):  # fmt: skip
            refused = await phone.post(f"{path}/survey", {"marks": wrong})
            assert (refused.status, refused.problem) == (422, "invalid"), wrong
        odd = await phone.post(f"{path}/survey", {"marks": ALL, "about": {"sex": "X"}})
        assert odd.status == 422
        about = {"sex": "P", "education": "SMA"}
        good = {"marks": ALL | {"sarpras": 4, "waktu": 2}, "about": about, "said": "Sejuk."}
        assert (await phone.post(f"{path}/survey", good)).status == 204
        twice = await phone.post(f"{path}/survey", good)
        assert (twice.status, twice.problem) == (409, "survey-over")
        assert not (await phone.get(f"{path}/feedback")).json["survey"]
        assert (await phone.get(f"{path}/survey")).status == 404

        shown = (await manager.get("/api/survey")).json
        assert (shown["n"], shown["served"], shown["target"], shown["few"]) == (1, 1, 1, True)
        assert shown["index"] == {
            "index": "3.0000", "converted": "75.00", "letter": "C", "words": "Kurang baik",
        }  # fmt: skip
        assert [each["weight"] for each in shown["others"]] == ["0.111", "0.11", "0.1"]
        assert [each["said"] for each in shown["said"]] == ["Sejuk."]
        assert (await manager.get("/api/survey?service=B")).json["said"] == []
        lowest = [each["key"] for each in shown["elements"] if each["lowest"]]
        assert lowest == ["persyaratan", "prosedur", "waktu"], "of equal ones the first asked"


async def test_nothing_tells_whose_answers_they_are(hall: Hall) -> None:
    ticket = await served(hall)
    path = f"/api/track/{token_of(ticket)}"
    async with hall.client() as phone:
        await phone.get(f"{path}/feedback")
        assert (await phone.post(f"{path}/survey", {"marks": ALL})).status == 204
    ((row,),) = [[row] for row in hall.query("SELECT * FROM survey_answers WHERE branch = ?")]
    kept = " ".join(map(str, row))
    for secret in (ticket["id"], ticket["label"], token_of(ticket)):
        assert secret not in kept
    assert "persyaratan" not in str(hall.events())


async def test_paper_is_keyed_in_with_the_name_of_who_did_and_gaps_are_gaps(hall: Hall) -> None:
    async with hall.client("manager") as manager, hall.client("staff") as staff:
        day = (await manager.get("/api/queue")).json["day"]
        form = (await manager.get("/api/survey/form")).json
        assert [each["key"] for each in form["about"]] == [
            "hours", "sex", "education", "job"
        ]  # fmt: skip
        paper = {"day": day, "service": "A", "marks": ALL}
        assert (await staff.post("/api/survey/answers", paper)).status == 403
        assert (await manager.post("/api/survey/answers", paper)).status == 204
        gap = {"day": day, "service": "A", "marks": {"waktu": 1}}
        assert (await manager.post("/api/survey/answers", gap)).status == 204
        assert (await manager.post("/api/survey/answers", gap | {"marks": {}})).status == 422
        later = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        assert (await manager.post("/api/survey/answers", gap | {"day": later})).status == 422
        assert (await manager.post("/api/survey/answers", gap | {"service": "Q"})).status == 404
        shown = (await manager.get("/api/survey?service=A")).json
        n = {each["key"]: (each["n"], each["mean"]) for each in shown["elements"]}
        assert n["waktu"] == (2, "2.0000")
        assert n["biaya"] == (1, "3.0000")
        assert (await manager.get("/api/survey?service=B")).json["index"] is None
    ((by, channel),) = hall.query(
        "SELECT DISTINCT entered_by, channel FROM survey_answers WHERE branch = ?"
    )
    assert by.startswith("token:")
    assert channel == "paper"


async def test_the_file_that_is_handed_in_has_every_respondent_and_the_sums(hall: Hall) -> None:
    async with hall.client("manager") as manager:
        day = (await manager.get("/api/queue")).json["day"]
        for mark in (2, 3, 4):
            body = {"day": day, "service": "A", "marks": dict.fromkeys(KEYS, mark)}
            await manager.post("/api/survey/answers", body | {"said": '=1+1; "kutip"'})
        plan = {"element": "prosedur", "plan": "Papan alur di pintu.", "due": day}
        await manager.post("/api/survey/plans", plan)
        plain = await manager.get("/api/survey/file?form=csv")
        rows = list(csv.reader(io.StringIO(plain.body.decode())))
        assert len(rows[0]) == 4 + 9 + 4 + 1
        assert {row[-1] for row in rows[1:4]} == {'\'=1+1; "kutip"'}
        named = {row[1]: row[4:] for row in rows[5:] if len(row) > 4}
        assert named["Jumlah nilai"] == ["9"] * 9
        assert named["NRR per unsur"] == ["3.0000"] * 9
        assert named["IKM (konversi)"] == ["75.00", "C (Kurang baik)"]
        lowest = [row[4:] for row in rows if len(row) > 4 and row[4].startswith("U")][-3:]
        assert lowest == [
            ["U1 Persyaratan", "3.0000", "Belum ada rencana."],
            ["U2 Sistem, mekanisme, dan prosedur", "3.0000", plan["plan"], day, "", ""],
            ["U3 Waktu penyelesaian", "3.0000", "Belum ada rencana."],
        ]
        sheet = await manager.get("/api/survey/file?form=csv-sheet&decimal=comma")
        assert sheet.body.startswith(b"\xef\xbb\xbfNo.;")
        assert "75,00" in sheet.body.decode()
        packed = await manager.get("/api/survey/file")
        assert packed.body.startswith(b"PK")
        assert (await manager.get("/api/survey/file?form=doc")).status == 422


async def test_a_suggestion_that_names_a_person_is_blacked_out_with_a_trace(hall: Hall) -> None:
    other = Hall(hall.server, f"{hall.code}-b")
    async with hall.client("manager") as manager, other.client("manager") as stranger:
        day = (await manager.get("/api/queue")).json["day"]
        body = {"day": day, "service": "A", "marks": ALL, "said": "Pak Budi lama sekali."}
        await manager.post("/api/survey/answers", body)
        before = (await manager.get("/api/survey")).json
        path = f"/api/survey/said/{before['said'][0]['id']}/black-out"
        refused = await stranger.post(path, {})
        assert (refused.status, refused.problem) == (404, "unknown-sentence")
        assert (await manager.post("/api/survey/said/budi/black-out", {})).status == 404
        assert (await manager.post(path, {})).status == 204
        assert (await manager.post(path, {})).status == 204
        after = (await manager.get("/api/survey")).json
        assert after == before | {"said": []}, "the marks stay"
        assert "Budi" not in (await manager.get("/api/survey/file?form=csv")).body.decode()
        deeds = [each["text"] for each in (await manager.get("/api/deeds")).json["deeds"]]
        assert len([each for each in deeds if each.startswith("Menghitamkan saran survei")]) == 1


async def test_the_report_and_the_poster_are_tagged_papers(hall: Hall) -> None:
    async with hall.client("manager") as manager:
        day = (await manager.get("/api/queue")).json["day"]
        empty = await manager.get("/api/survey/paper")
        assert empty.body.startswith(b"%PDF-1.7")
        await manager.post("/api/survey/answers", {"day": day, "service": "A", "marks": ALL})
        for query, width in (("kind=report", 595), ("kind=poster&size=a3&language=en", 841)):
            paper = await manager.get(f"/api/survey/paper?{query}")
            assert paper.headers["Content-Type"] == "application/pdf"
            assert b"/MarkInfo" in paper.body or b"/StructTreeRoot" in paper.body
            assert str(width).encode() in paper.body
        assert (await manager.get("/api/survey/paper?size=a5")).status == 422


async def test_a_plan_for_an_element_has_a_day_and_an_end(hall: Hall) -> None:
    async with hall.client("manager") as manager:
        day = (await manager.get("/api/queue")).json["day"]
        body = {"element": "waktu", "plan": "Membuka satu loket lagi.", "due": day}
        (made,) = (await manager.post("/api/survey/plans", body)).json["plans"]
        assert (made["name"], made["late"], made["result"]) == ("Waktu penyelesaian", False, None)
        for wrong in ({"element": "lain"}, {"due": "2001-01-01"}, {"due": "besok"}, {"plan": " "}):
            assert (await manager.post("/api/survey/plans", body | wrong)).status in {400, 422}
        end = f"/api/survey/plans/{made['id']}/end"
        (ended,) = (await manager.post(end, {"result": "Loket 4 dibuka."})).json["plans"]
        assert ended["result"] == "Loket 4 dibuka."
        assert (await manager.post(end, {"result": "lagi"})).status == 404
