"""What the visitors of the made-up past said: quick words and answers to the survey."""

from __future__ import annotations

import sqlite3
from random import Random

from server.domain.office import Office
from server.satisfaction.deadline import HOUR_MS, answer_by
from server.satisfaction.method import Method, method
from server.satisfaction.words import LOW
from server.storage.database import transaction
from server.storage.queries import feedback, offices, survey
from server.storage.queries.feedback import Visit, Word
from server.storage.queries.survey import Answer

DAYS = 120
SAY, ANSWER, TELL, SUGGEST = 0.08, 0.25, 0.8, 0.02
"""Shares of the served: who give a word, answer the survey, tell of themselves, suggest."""
LONG_MS = 30 * 60_000
KINDEST = 0.82
"""How likely an answer is the best but one or better, before a long wait."""
SAID = {
    1: ["Menunggu lama sekali, tidak ada kabar.", "Berkas saya ditolak tanpa penjelasan."],
    2: ["Loketnya banyak yang tutup saat makan siang.", "Kursi kurang, saya berdiri.", ""],
    3: ["Cukup cepat, terima kasih.", "Petugas membantu mengisi formulir.", "", ""],
    4: ["Petugasnya ramah dan sabar.", "Anak saya ikut disapa, senang sekali.", "", ""],
}
SUGGESTED = [
    "Tambah kipas angin di ruang tunggu.",
    "Papan petunjuk menuju loket dibuat lebih besar.",
    "Jam istirahat sebaiknya bergantian.",
    "Sediakan air minum.",
]
DONE = [
    "Jam istirahat loket kini bergantian.",
    "Kami menambah dua belas kursi di ruang tunggu.",
    "Petugas kami sudah menghubungi Bapak/Ibu lewat nomor antrean di loket informasi.",
]
LOWEST = ("pengaduan", "waktu")
"""Elements with the fewest good answers in the story, as in many published reports."""


def say(db: sqlite3.Connection, branch: int, seed: int) -> None:
    """Let visitors of the last ``DAYS`` days of a past say how it was; the same seed, the same."""
    random = Random(f"{seed}/opinions")  # noqa: S311 - a repeatable story
    days = feedback.last_days(db, branch, DAYS)
    office = offices.office(db, branch)
    if not days or office is None:
        return
    found = method("skm-2017")
    with transaction(db):
        for visit in feedback.served_since(db, branch, days[-1]):
            if random.random() < SAY:
                _word(db, branch, office, visit, random, open_day=visit.day == days[0])
            if random.random() < ANSWER:
                survey.add(db, branch, _answer(found, visit, random))


def _word(
    db: sqlite3.Connection, branch: int, office: Office, visit: Visit, random: Random, *,
    open_day: bool,
) -> None:  # fmt: skip
    face = _mark(random, visit, 0.0)
    at = visit.ended_at + random.randrange(60_000, HOUR_MS)
    low = face <= LOW
    word = Word(
        f"{random.getrandbits(128):032x}", visit.ticket, visit.day, at, visit.label, visit.service,
        visit.counter, visit.staff, visit.wait_ms, face, random.choice(SAID[face]),
        thanks=face == 4 and random.random() < 0.4, channel="phone",  # noqa: PLR2004
        language=visit.language, due=answer_by(office, at) if low else None,
    )  # fmt: skip
    feedback.add(db, branch, word)
    if open_day:
        return
    read = at + random.randrange(8, 20) * HOUR_MS
    feedback.read(db, branch, word.id, read, "Ibu Dewi")
    if low:
        acted = at + random.randrange(10, 60) * HOUR_MS
        feedback.act(db, branch, word.id, random.choice(DONE), acted, "Ibu Dewi")
        if random.random() < 0.5:  # noqa: PLR2004
            feedback.tell_helped(db, branch, word.id, helped=True)


def _answer(found: Method, visit: Visit, random: Random) -> Answer:
    marks = {
        each.key: _mark(random, visit, 0.18 if each.key in LOWEST else -0.05)
        for each in found.elements
    }
    if random.random() < 0.9:  # noqa: PLR2004
        marks["biaya"] = found.scale
    phone = random.random() < 0.9  # noqa: PLR2004
    about = {
        each.key: random.choice(each.choices).key
        for each in found.about
        if random.random() < TELL and not (phone and each.by_clock)
    }
    return Answer(
        random.randbytes(16), visit.day, visit.ended_at // 60_000, found.key, visit.service,
        "phone" if phone else "paper", "", visit.language, about, marks,
        random.choice(SUGGESTED) if random.random() < SUGGEST else "",
    )  # fmt: skip


def _mark(random: Random, visit: Visit, worse: float) -> int:
    """Return 1 to 4; who waited long is less content."""
    kind = KINDEST - worse - (0.25 if visit.wait_ms > LONG_MS else 0.0)
    drawn = random.random()
    if drawn < kind:
        return 4 if random.random() < 0.45 else 3  # noqa: PLR2004
    return 2 if drawn < kind + 0.75 * (1 - kind) else 1
