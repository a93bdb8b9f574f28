"""What an office shows of itself: only what it published, and a pack without anything personal."""

from __future__ import annotations

import csv
import io
import json
from zipfile import ZipFile

from server.satisfaction.method import method
from tests.server.api.client import Client
from tests.server.api.test_feedback import served, token_of
from tests.server.process import Hall

MARKS = {each.key: 3 for each in method("skm-2017").elements}


async def answered(manager: Client, n: int = 1, **marks: int) -> str:
    """Let questionnaires on paper be keyed in; return the day."""
    day = str((await manager.get("/api/queue")).json["day"])
    body = {"day": day, "service": "A", "marks": MARKS | marks, "said": "nama-saya-rahasia"}
    for _ in range(n):
        assert (await manager.post("/api/survey/answers", body)).status == 204
    return day


async def test_anybody_reads_what_was_published_as_it_was_and_nothing_else(
    hall: Hall, manager: Client, visitor: Client
) -> None:
    page = f"/api/results/{hall.code}"
    assert (await visitor.get(page)).json["results"] == []
    day = await answered(manager)
    assert (await visitor.get(page)).json["results"] == [], "an index is nobody's before that"
    plan = {"element": "waktu", "plan": "Membuka loket kedua.", "due": day}
    made = (await manager.post("/api/survey/plans", plan)).json["plans"][0]["id"]
    span = {"first": day, "last": day}
    listed = (await manager.post("/api/survey/published", span)).json
    assert (listed["page"], len(listed["results"])) == (f"/results/{hall.code}", 1)
    await answered(manager, waktu=1)
    await manager.post(f"/api/survey/plans/{made}/end", {"result": "Sudah."})
    (told,) = (await visitor.get(page)).json["results"]
    assert (told["n"], told["index"]["converted"], told["few"]) == (1, "75.00", True)
    assert told["plans"][0]["plan"] == "Membuka loket kedua."
    assert told["plans"][0]["result"] is None, "published as it was"
    text = (await visitor.get(page)).text
    for secret in ("nama-saya-rahasia", "manager", '"by"', "said"):
        assert secret not in text, secret
    again = (await manager.post("/api/survey/published", span)).json["results"]
    assert len(again) == 1, "a period is published once, the newest"
    (told,) = (await visitor.get(page)).json["results"]
    assert (told["n"], told["plans"][0]["result"], told["plans"][0]["done"]) == (2, "Sudah.", day)
    gone = await manager.post(f"/api/survey/published/{again[0]['id']}/withdraw", {})
    assert gone.json["results"] == []
    assert (await visitor.get(page)).json["results"] == []
    twice = await manager.post(f"/api/survey/published/{again[0]['id']}/withdraw", {})
    assert (twice.status, twice.problem) == (404, "unknown-result")
    assert (await visitor.get("/api/results/nowhere")).problem == "unknown-office"
    words = [each["what"] for each in (await manager.get("/api/deeds")).json["deeds"]]
    assert {"results_published", "results_withdrawn"} <= set(words)


async def test_without_an_index_there_is_nothing_to_publish(manager: Client) -> None:
    day = str((await manager.get("/api/queue")).json["day"])
    refused = await manager.post("/api/survey/published", {"first": day, "last": day})
    assert (refused.status, refused.problem) == (409, "no-index")


async def test_the_evidence_pack_is_named_by_indicator_and_holds_nothing_personal(
    hall: Hall, manager: Client, visitor: Client
) -> None:
    path = f"/api/track/{token_of(await served(hall))}"
    await visitor.post(f"{path}/feedback", {"face": 1, "said": "Ibu Rahasia lambat"})
    word = (await manager.get("/api/feedback")).json["words"][0]["id"]
    await manager.post(f"/api/feedback/{word}/act", {"action": "Kami menegur Ibu Rahasia."})
    await visitor.post(f"{path}/helped", {"helped": True})
    day = await answered(manager)
    await manager.post("/api/survey/published", {"first": day, "last": day})
    answer = await manager.get(f"/api/evidence?from={day}&to={day}&language=id")
    assert answer.headers["Content-Type"] == "application/zip"
    with ZipFile(io.BytesIO(answer.body)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    assert {name.partition("/")[0] for name in files} == {
        "index.html", "a-kebijakan-pelayanan", "b-profesionalisme-sdm", "e-konsultasi-pengaduan",
    }  # fmt: skip
    result = f"a-kebijakan-pelayanan/hasil-skm-{day}-{day}-report.pdf"
    assert files[result].startswith(b"%PDF")
    complaints = files["e-konsultasi-pengaduan/pengaduan-dan-waktu-jawab.csv"].decode("utf-8-sig")
    assert f"{day},Layanan A,{day},0,ya,ya" in complaints.replace(";", ",")
    index = files["index.html"].decode()
    assert "75,00" in index
    for name in files:
        if name != "index.html":
            assert f'href="{name}"' in index, name
    everything = b"".join(files.values())
    for secret in (b"Rahasia", b"rahasia", b"A001", b"manager"):
        assert secret not in everything, secret


async def test_the_pack_tells_the_hours_that_are_kept_and_the_days_that_are_unlike_others(
    manager: Client,
) -> None:
    now = (await manager.get("/api/settings")).json
    settings = json.loads(now["settings"])
    weekly = {"days": [1, 2], "opens": "08:00", "closes": "15:00", "last_ticket": "14:00"}
    settings["hours"] = {"periods": [weekly], "closed_dates": ["2026-12-25"]}
    settings["services"][1]["hours"] = {"periods": [weekly | {"opens": "09:00"}]}
    settings["special_days"] = [
        {"first": "2026-12-24", "names": {"id": "Cuti bersama"}, "services": ["B"]},
        {"first": "2026-02-18", "last": "2026-03-19", "names": {"id": "Ramadan"}, "periods": [
            {"days": [1], "opens": "08:00", "closes": "14:00"}]},
    ]  # fmt: skip
    body = {"settings": json.dumps(settings), "base": now["version"]}
    assert (await manager.post("/api/settings", body)).status == 200
    day = (await manager.get("/api/queue")).json["day"]
    answer = await manager.get(f"/api/evidence?from={day}&to={day}&language=id")
    with ZipFile(io.BytesIO(answer.body)) as pack:
        name = next(each for each in pack.namelist() if each.endswith("jam-pelayanan.csv"))
        opened = io.StringIO(pack.read(name).decode("utf-8-sig"))  # as a double click does
        rows = list(csv.reader(opened, delimiter=";"))
    told = [";".join(each).rstrip(";") for each in rows]
    assert "A Layanan A;Senin, Selasa;08:00;15:00;08:00;14:00" in told, "the office's hours"
    assert "B Layanan B;Senin, Selasa;09:00;15:00;09:00;14:00" in told
    assert not any("kapan saja" in each for each in told)
    assert "2026-12-25" in told
    special = told.index("Hari khusus")
    assert told[special + 1].startswith("2026-02-18;2026-03-19;Ramadan;")
    assert "Layanan A" in told[special + 1]
    assert told[special + 1].endswith(";Senin;08:00;14:00;08:00;14:00")
    assert told[special + 2] == "2026-12-24;2026-12-24;Cuti bersama;Layanan B;tutup sehari penuh"


async def test_the_empty_questionnaire_is_a_tagged_pdf(manager: Client) -> None:
    for language in ("id", "en"):
        form = await manager.get(f"/api/survey/paper?kind=form&language={language}")
        assert form.body.startswith(b"%PDF")
        assert b"/MarkInfo" in form.body or b"/StructTreeRoot" in form.body


async def test_a_poster_leads_to_the_results_only_when_there_are_some(hall: Hall) -> None:
    await hall.known_as("http://192.0.2.7")
    async with hall.client("manager") as manager:
        day = await answered(manager)
        poster = f"/api/survey/paper?kind=poster&from={day}&to={day}"
        before = await manager.get(poster)
        await manager.post("/api/survey/published", {"first": day, "last": day})
        after = await manager.get(poster)
    assert len(after.body) > len(before.body) + 1000, "a QR code stands on it"
