"""The report on paper: a large hall, a day without visitors, numbers as the reader writes them."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf

from server.domain import calling, desks, issuing, serving
from server.domain.issuing import NewTicket
from server.domain.office import Office
from server.domain.tx import Actor
from server.reports.paper import ON_ONE_PAGE, render
from server.reports.report import Asked, report
from tests.server.rehearsal import KIOSK, Rehearsal, office, on

DAY = "2026-03-02"
READER = Actor("reader", "system")
SERVICES, AGENCIES = 40, 5


def large() -> Office:
    """Return a service mall: more services than fit below the pictures."""
    codes = [f"{letter}{number}" for letter in "ABCDE" for number in range(1, 9)]
    return office(
        agencies=[{"code": f"dinas{at}", "names": {"id": f"Dinas {at}"}} for at in range(AGENCIES)],
        services=[
            {"code": code, "names": {"id": f"Layanan {code}"}, "agency": f"dinas{at % AGENCIES}"}
            for at, code in enumerate(codes)
        ],
        counters=[{"number": 4, "services": codes}],
    )


def words(text: str, **places: object) -> str:
    """Return a sentence as the catalog would, in English."""
    return text.format(**places)


def test_the_report_is_for_those_who_hear_it_too() -> None:
    """PDF/UA-1: it says so, has a title and a language, every part is tagged."""
    with Rehearsal(large(), at=f"{DAY} 08:00") as hall:
        hall.do(on(issuing.issue, NewTicket("A1")), KIOSK)
        for language in ("id", "en"):
            found = hall.do(on(report, Asked(DAY, DAY, language=language)), READER)
            made = render(found, words, language)
            paper = pypdf.PdfReader(io.BytesIO(made))
            root: Any = paper.trailer["/Root"]
            assert paper.metadata is not None
            assert "2 Mar 2026" in str(paper.metadata.title)
            assert root["/Lang"] == language
            assert root["/MarkInfo"]["/Marked"].value is True
            assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
            meta = root["/Metadata"].get_object().get_data()
            assert re.search(rb"pdfuaid:part(>|=\")1", meta)


def pages(hall: Rehearsal, language: str = "id") -> list[str]:
    """Return the text of each page."""
    found = hall.do(lambda tx: report(tx, Asked(DAY, DAY, language=language)), READER)
    paper = pypdf.PdfReader(io.BytesIO(render(found, words, language)))
    return [page.extract_text() for page in paper.pages]


def test_a_large_hall_has_its_agencies_on_the_first_page_and_every_service_after() -> None:
    rules = large()
    assert len(rules.services) == SERVICES > ON_ONE_PAGE
    with Rehearsal(rules, at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        for service in rules.services:
            hall.do(on(issuing.issue, NewTicket(service.code)), KIOSK)
        hall.minutes(7.5)
        hall.do(lambda tx: calling.call_next(tx, "4"))
        hall.do(lambda tx: serving.start(tx, "4"))
        hall.minutes(3)
        hall.do(lambda tx: serving.finish(tx, "4"))
        told = pages(hall)
        assert len(told) <= 3
        for at in range(AGENCIES):
            assert f"Dinas {at}" in told[0]
        whole = "\n".join(told)
        for service in rules.services:
            assert f"Layanan {service.code}" in whole
        assert "7 min 30 s" in told[0]
        assert not re.search(r"\d\.\d+ ?(min|%)", told[0]), "a point where Indonesian has a comma"
        assert "7 min 30 s" in (english := pages(hall, "en")[0])
        assert "within 1.6%" in english


def test_a_period_without_visitors_says_so_on_one_page() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        (only,) = pages(hall)
        assert "No numbers were taken in this period." in only
