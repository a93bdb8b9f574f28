"""What visitors said is kept as long as the office says, and the survey by who is needed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from server.comfort.photos import Photos
from server.domain import calling, desks, issuing, serving
from server.domain.issuing import NewTicket
from server.housekeeping import Housekeeping
from server.reports.smallbook import Sheet
from server.satisfaction import paper, sheet, survey, words
from server.satisfaction.deadline import answer_by
from server.satisfaction.erasure import INVITED_DAYS, WHOSE_DAYS
from server.satisfaction.method import method
from server.satisfaction.morning import morning
from server.satisfaction.report import report
from server.storage.queries import feedback
from server.storage.queries import survey as survey_rows
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import CLOCK, KIOSK, TOKEN, Rehearsal, office, on, wall

ALL = dict.fromkeys([each.key for each in method("skm-2017").elements], 3)


def served(hall: Rehearsal) -> str:
    """Let somebody be served; return the ticket."""
    if not hall.do(lambda tx: tx.counters().get(tx.office.counter("1").id)):
        hall.do(on(desks.open_counter, "1"), TOKEN)
    ticket = hall.do(on(issuing.issue, NewTicket("A")), KIOSK).ticket.id
    for step in (calling.call_next, serving.start, serving.finish):
        hall.do(on(step, "1"), TOKEN)
    return str(ticket)


def test_housekeeping_forgets_words_in_steps_and_figures_stay() -> None:
    with Rehearsal(office(satisfaction={"kept_days": 200}), at="2026-03-02 08:00") as hall:
        ticket = served(hall)
        hall.do(lambda tx: words.give(tx, ticket, 1, "Lama.", thanks=False, channel="phone"), TOKEN)
        hall.do(lambda tx: survey.invite(tx, ticket, {}), TOKEN)
        hall.do(lambda tx: survey.answer(tx, ticket, ALL, {}, "Sejuk."), TOKEN)

        def kept() -> tuple[int, int, int, int]:
            ((whose, said, invited, wrote),) = hall.rows(
                "SELECT (SELECT COUNT(ticket) FROM feedback), (SELECT COUNT(*) FROM feedback), "
                "(SELECT COUNT(*) FROM survey_invitations), "
                "(SELECT COUNT(*) FROM survey_answers WHERE said <> '')"
            )
            return whose, said, invited, wrote

        keeper = Housekeeping(
            hall.store, None, Photos(hall.data), close_counters=True  # type: ignore[arg-type]
        )  # fmt: skip
        seen = []
        for days in (1, INVITED_DAYS + 1, WHOSE_DAYS + 1, 201):
            day = date(2026, 3, 2) + timedelta(days=days)
            hall.now = wall(f"{day} 08:00")
            hall.do(keeper._tidy, CLOCK)  # noqa: SLF001
            hall.do(keeper._tidy, CLOCK)  # noqa: SLF001
            seen.append(kept())
        assert seen == [(1, 1, 1, 1), (1, 1, 0, 1), (0, 1, 0, 1), (0, 0, 0, 0)]

        def index(tx: SqliteTx) -> str | None:
            found = report(tx, method("skm-2017"), "2026-03-01", "2026-03-31", "id").index
            return None if found is None else found.converted

        assert hall.do(index, CLOCK) == "75.00"


def test_an_office_without_a_past_asks_everybody_and_a_met_target_few() -> None:
    with Rehearsal(office(), at="2026-03-02 08:00") as hall:
        assert hall.do(survey.shares, CLOCK) == {"A": 1.0, "B": 1.0, "C": 1.0}
        for _ in range(4):
            served(hall)
        hall.now = wall("2026-03-03 08:00")
        day = "2026-03-03"
        before = hall.do(survey.shares, CLOCK)["A"]
        for _ in range(40):
            hall.do(lambda tx: survey.key_in(tx, day, "A", ALL, {}, said=""), TOKEN)
        assert hall.do(survey.shares, CLOCK)["A"] < before
        assert hall.do(survey.shares, CLOCK)["B"] == 1.0


def test_who_was_not_drawn_is_not_asked_again_by_reloading() -> None:
    with Rehearsal(office(), at="2026-03-02 08:00") as hall:
        ticket = served(hall)
        assert hall.do(lambda tx: survey.decided(tx, ticket), TOKEN) is None
        assert not hall.do(lambda tx: survey.invite(tx, ticket, {"A": 0.0}), TOKEN)
        assert not hall.do(lambda tx: survey.invite(tx, ticket, {"A": 1.0}), TOKEN)
        assert hall.do(lambda tx: survey.decided(tx, ticket), TOKEN) is False


def test_many_answers_in_ten_minutes_are_shown_and_paper_is_not_suspected() -> None:
    with Rehearsal(office(), at="2026-03-02 08:00") as hall:
        for _ in range(8):
            ticket = served(hall)
            hall.do(partial(survey.invite, ticket_id=ticket, shares_now={}), TOKEN)
            hall.do(partial(survey.answer, ticket_id=ticket, marks=ALL, about={}, said=""), TOKEN)
            hall.do(lambda tx: survey.key_in(tx, "2026-03-02", "B", ALL, {}, said=""), TOKEN)

        def found(tx: SqliteTx) -> list[int]:
            day = "2026-03-02"
            return [each.n for each in report(tx, method("skm-2017"), day, day, "id").bursts]

        assert hall.do(found, CLOCK) == [8]


def test_a_list_that_is_cut_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "LISTED", 2)
    with Rehearsal(office(), at="2026-03-02 08:00") as hall:
        for number in range(3):
            give = partial(words.give, face=1, said=f"{number}", thanks=False, channel="phone")
            hall.do(partial(give, ticket_id=served(hall)), TOKEN)
        found = hall.do(lambda tx: morning(tx, "2026-03-03", "id"), CLOCK)
        assert (found.open_number, [each.said for each in found.open]) == (3, ["0", "1"])
        assert [each.said for each in found.words] == ["2", "1"]
        rows = hall.do(lambda tx: feedback.of_days(tx.db, tx.branch, tx.day, tx.day), CLOCK)
        assert len(rows) == 3, "one more than is shown, so that it can be said"


def test_a_word_on_friday_is_not_late_before_anybody_is_back() -> None:
    hours = {
        "periods": [{"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "15:00"}],
        "closed_dates": ["2026-03-09"],
    }
    with Rehearsal(office(hours=hours), at="2026-03-06 14:00") as hall:

        def due(at: str) -> int:
            hall.now = wall(at)
            return hall.do(lambda tx: answer_by(tx.office, tx.now), CLOCK)

        assert due("2026-03-03 10:00") == wall("2026-03-05 10:00"), "48 hours of working days"
        assert due("2026-03-06 14:00") == wall("2026-03-11 14:00"), "no weekend, no holiday"
        assert due("2026-03-07 09:00") == wall("2026-03-12 00:00"), "begins with the next day"
        hall.now = wall("2026-03-06 14:00")
        ticket = served(hall)
        give = partial(words.give, face=1, said="Lama.", thanks=False, channel="phone")
        word = hall.do(partial(give, ticket_id=ticket), TOKEN)
        assert word.due == wall("2026-03-11 14:00")
        hall.now = wall("2026-03-10 08:00")
        assert not hall.do(lambda tx: morning(tx, "2026-03-10", "id"), CLOCK).open[0].late


def test_what_was_done_put_in_better_words_is_not_done_any_later() -> None:
    with Rehearsal(office(), at="2026-03-02 08:00") as hall:
        ticket = served(hall)
        give = partial(words.give, face=1, said="Lama.", thanks=False, channel="phone")
        key = hall.do(partial(give, ticket_id=ticket), TOKEN).id
        hall.now = wall("2026-03-02 10:00")
        hall.do(lambda tx: words.act(tx, key, "Loket 2 dibuk."), TOKEN)
        hall.now = wall("2026-03-20 10:00")
        better = hall.do(lambda tx: words.act(tx, key, "Loket 2 dibuka."), TOKEN)
        assert (better.action, better.acted_at) == ("Loket 2 dibuka.", wall("2026-03-02 10:00"))
        acted = hall.do(lambda tx: morning(tx, "2026-03-21", "id"), CLOCK).acted
        assert (acted.in_time, acted.mean_hours) == (1, 2.0)


def test_the_file_tells_the_hours_as_the_rule_asks_by_the_clock_or_as_the_paper_says() -> None:
    with Rehearsal(office(), at="2026-03-02 08:00") as hall:
        for at in ("11:59", "12:00", "16:00"):
            hall.now = wall(f"2026-03-02 {at}")
            ticket = served(hall)
            hall.do(partial(survey.invite, ticket_id=ticket, shares_now={}), TOKEN)
            hall.do(partial(survey.answer, ticket_id=ticket, marks=ALL, about={}, said=at), TOKEN)
        for about in ({"hours": "08.00-12.00"}, {}):
            hall.do(partial(
                survey.key_in, day="2026-03-02", service="A", marks=ALL, about=about,
                said=str(len(about)),
            ), TOKEN)  # fmt: skip

        def handed_in(tx: SqliteTx) -> Sheet:
            found = method("skm-2017")
            shown = report(tx, found, tx.day, tx.day, "id")
            return sheet.rows(tx, found, shown, "id", lambda text, **_: text)

        head, *rows = hall.do(handed_in, CLOCK)
        column = head.index("Jam survei")
        early, late = "08.00-12.00", "13.00-17.00"
        assert {row[-1]: row[column] for row in rows[:5]} == {
            "11:59": early, "12:00": late, "16:00": late, "1": early, "0": None,
        }  # fmt: skip


def test_papers_tell_the_quarters_and_no_plan_that_was_done_before() -> None:
    with Rehearsal(office(), at="2026-03-02 08:00") as hall:

        def done(tx: SqliteTx, name: str, day: str) -> None:
            at = wall(f"{day} 08:00")
            row = survey_rows.Plan(name, "waktu", name, day, at, "Ibu Dewi")
            survey_rows.add_plan(tx.aside, tx.branch, "skm-2017", row)
            survey_rows.end_plan(tx.aside, tx.branch, name, "Selesai.", at, "Ibu Dewi")

        hall.do(partial(done, name="old", day="2026-02-01"), TOKEN)
        hall.do(partial(done, name="new", day="2026-03-01"), TOKEN)
        for day in ("2025-12-30", "2026-02-27", "2026-03-02"):
            hall.do(partial(
                survey.key_in, day=day, service="A", marks=ALL, about={}, said=""
            ), TOKEN)  # fmt: skip

        def tables(first: str) -> dict[object, Any]:
            found = hall.do(
                lambda tx: report(tx, method("skm-2017"), first, "2026-03-31", "id"), CLOCK
            )
            told = paper._tables(found, lambda text, **_: text, "id")  # noqa: SLF001
            return {each["title"]: each["rows"] for each in told}

        assert tables("2025-12-01")["By quarter"] == [
            ["2025-Q4", "1", "75,00", "C"], ["2026-Q1", "2", "75,00", "C"],
        ]  # fmt: skip
        assert "By quarter" not in tables("2026-02-15")
        assert [row[0] for row in tables("2026-01-01")["What we do about it"]] == ["old", "new"]
        assert [row[0] for row in tables("2026-02-15")["What we do about it"]] == ["new"]
