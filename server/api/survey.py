"""Owns the calls of the satisfaction survey: asking, keying in paper, report and files."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from server.api.feedback import SPAN, Deed, Sentence, span
from server.api.requests import NoBody, Request
from server.api.results import poster_code
from server.api.routing import Call, Route
from server.api.spans import asked_day
from server.api.tickets import PHONE, tracked_ticket
from server.domain.errors import Invalid, NotFound
from server.domain.names import named
from server.domain.quoting import told_right
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY, Id, one_line
from server.reports.smallbook import written
from server.satisfaction import sheet, survey
from server.satisfaction.method import Method
from server.satisfaction.report import PlanFigures, SurveyReport, report
from server.storage.queries import survey as kept
from server.storage.queries.forms import DECIMALS, decimal_of
from server.storage.transaction import SqliteTx

Marks = Annotated[dict[str, int], msgspec.Meta(max_length=40)]
Day = Annotated[str, msgspec.Meta(max_length=10, pattern=DAY)]
About = Annotated[dict[str, str], msgspec.Meta(max_length=10)]
Form = Literal["csv", "csv-sheet", "xlsx"]


class QuestionAnswer(msgspec.Struct, frozen=True):
    """A question with its answers, from worst (1) to best."""

    key: str
    name: str
    question: str
    answers: list[str]


class ChoiceAnswer(msgspec.Struct, frozen=True):
    """An answer about the respondent."""

    key: str
    name: str


class AboutAnswer(msgspec.Struct, frozen=True):
    """A question about the respondent; nobody must answer it."""

    key: str
    name: str
    choices: list[ChoiceAnswer]


class SurveyForm(msgspec.Struct, frozen=True):
    """The questions of a survey, in the language asked for."""

    method: str
    name: str
    office: str
    questions: list[QuestionAnswer]
    about: list[AboutAnswer]


class AnswerSurvey(Request, frozen=True):
    """A visitor's answers: a number for each question; nothing that names a person."""

    marks: Marks
    about: About = msgspec.field(default_factory=dict)
    said: Sentence = ""


class KeyInSurvey(Request, frozen=True):
    """A questionnaire that was filled in on paper on ``day``, about a service (code)."""

    day: Day
    service: Id
    marks: Marks
    about: About = msgspec.field(default_factory=dict)
    said: Sentence = ""


class PlanElement(Request, frozen=True):
    """What is to be done about an element, until which day."""

    element: Id
    plan: Deed
    due: Day


class EndPlan(Request, frozen=True):
    """What came of a plan."""

    result: Deed


class PlanList(msgspec.Struct, frozen=True):
    """The follow-up plans, those to be done first."""

    plans: list[PlanFigures]


async def questions(call: Call) -> SurveyForm:
    """Return the questions to a visitor who was asked.

    Raises:
        NotFound: this visitor was not asked, or has answered.
    """
    branch, ticket = await tracked_ticket(call.hall, call.path("token"))

    def read(tx: SqliteTx) -> SurveyForm:
        found = survey.asked_here(tx)
        if found is None or not survey.decided(tx, ticket):
            raise NotFound("There are no questions for this number.", slug="no-survey")
        return _form(found, tx.office.name, call.language, paper=False)

    return await call.hall.snapshots.view(branch, PHONE, read)


async def form(call: Call) -> SurveyForm:
    """Return the questions, for the form on paper and for keying it in."""

    def read(tx: SqliteTx) -> SurveyForm:
        return _form(survey.method_here(tx), tx.office.name, call.language, paper=True)

    return await call.read(read)


def _form(found: Method, office: str, language: str, *, paper: bool) -> SurveyForm:
    def said(names: dict[str, str]) -> str:
        return named(names, language, "")

    return SurveyForm(
        found.key,
        said(found.names),
        office,
        [
            QuestionAnswer(
                each.key, said(each.names), said(each.questions),
                each.answers.get(language) or next(iter(each.answers.values())),
            )
            for each in found.elements
        ],
        [
            AboutAnswer(
                each.key, said(each.names),
                [ChoiceAnswer(choice.key, said(choice.names)) for choice in each.choices],
            )
            for each in found.about
            if paper or not each.by_clock
        ],
    )  # fmt: skip


async def answer(call: Call) -> None:
    """Keep a visitor's answers; nothing tells later whose they were."""
    body: AnswerSurvey = call.body
    branch, ticket = await tracked_ticket(call.hall, call.path("token"))
    await call.hall.store.transact(
        branch, PHONE,
        lambda tx: survey.answer(
            tx, ticket, body.marks, body.about, one_line(body.said)
        ),
    )  # fmt: skip


async def key_in(call: Call) -> web.Response:
    """Keep a questionnaire from paper; who keyed it in is kept with it."""
    body: KeyInSurvey = call.body
    day = asked_day(body.day, "day")

    def keep(tx: SqliteTx) -> None:
        survey.key_in(tx, day, body.service, body.marks, body.about, said=one_line(body.said))

    return await call.do(keep)


async def black_out(call: Call) -> web.Response:
    """Erase a suggestion that names a person; who did it stays."""
    try:
        key = bytes.fromhex(call.path("sentence"))
    except ValueError:
        raise NotFound("There is no such sentence here.", slug="unknown-sentence") from None
    return await call.do(partial(survey.black_out, key=key))


async def figures(call: Call) -> SurveyReport:
    """Return the index and all that belongs to it."""
    return await call.study(partial(_report, call=call))


def _report(tx: SqliteTx, call: Call) -> SurveyReport:
    first, last = span(call, tx.day)
    service = call.request.query.get("service") or None
    if service is not None:
        tx.office.service(service)
    return report(tx, survey.method_here(tx), first, last, call.language, service)


async def file(call: Call) -> web.Response:
    """Return the answers as offices hand them in: a row a respondent, the sums below."""
    query = call.request.query
    kind = query.get("form") or "xlsx"
    decimal = query.get("decimal")
    if kind not in {"csv", "csv-sheet", "xlsx"} or decimal not in {None, *DECIMALS}:
        raise Invalid("Choose csv, csv-sheet or xlsx.", field="form")
    language = call.language
    say = partial(call.hall.translate, language)

    first, last = await call.read(lambda tx: span(call, tx.day))
    await call.note("survey_taken", first=first, last=last, format=kind)

    def read(tx: SqliteTx) -> tuple[bytes, str]:
        found = survey.method_here(tx)
        shown = report(tx, found, first, last, language)
        rows = sheet.rows(tx, found, shown, language, say)
        sign = decimal or decimal_of(tx.office.languages[0])
        return written("SKM", rows, kind, sign), f"skm-{first}-{last}"

    body, name = await call.study(read)
    media, ending = sheet.MEDIA[kind]
    return web.Response(
        body=body, content_type=media,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )  # fmt: skip


async def paper(call: Call) -> web.Response:
    """Return the report as a PDF for the file, or as a poster for the wall."""
    from server.satisfaction import paper as papers  # noqa: PLC0415 - the typesetter is 60 MB

    query = call.request.query
    language = call.language
    say = partial(call.hall.translate, language)
    kind, size = query.get("kind") or "report", query.get("size") or "a4"
    if kind not in {"report", "poster", "form"} or size not in {"a4", "a3"}:
        raise Invalid("Choose report, poster or form, a4 or a3.", field="kind")
    if kind == "form":
        return await _form_paper(call)
    found = await call.study(partial(_report, call=call))
    right, today = await call.read(lambda tx: (told_right(tx), tx.day))
    also = [] if right is None else [papers.right_words(right, today, say, language)]
    await call.note("paper_taken", first=found.first, last=found.last)
    body = await papers.pdf(
        found, say, language,
        "poster" if kind == "poster" else "report", "a3" if size == "a3" else "a4",
        await poster_code(call) if kind == "poster" else None,
        also if kind == "poster" else [],
    )  # fmt: skip
    name = f"skm-{found.first}-{found.last}-{kind}.pdf"
    return web.Response(
        body=body, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )  # fmt: skip


async def _form_paper(call: Call) -> web.Response:
    """Return the empty questionnaire, for visitors who answer on paper."""
    from server.satisfaction import form as blank_form  # noqa: PLC0415 - as the papers

    language = call.language
    say = partial(call.hall.translate, language)
    found, office = await call.read(lambda tx: (survey.method_here(tx), tx.office.name))
    body = await asyncio.to_thread(blank_form.blank, found, office, say, language)
    return web.Response(
        body=body, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{found.key}.pdf"'},
    )  # fmt: skip


async def plan(call: Call) -> web.Response:
    """Plan what to do about an element, with a day."""
    body: PlanElement = call.body
    due = asked_day(body.due, "due")
    language = call.language

    def keep(tx: SqliteTx) -> PlanList:
        found = survey.method_here(tx)
        if body.element not in {each.key for each in found.elements}:
            raise Invalid("There is no such element.", field="element")
        if date.fromisoformat(due) < date.fromisoformat(tx.day):
            raise Invalid("Choose a day that is still to come.", field="due")
        made = kept.Plan(
            tx.new_id(), body.element, body.plan, due, tx.now, tx.actor.name or tx.actor.id
        )
        kept.add_plan(tx.aside, tx.branch, found.key, made)
        tx.note("plan_made", method=found.key, element=body.element, due=due)
        return PlanList(report(tx, found, tx.day, tx.day, language).plans)

    return await call.do(keep)


async def end_plan(call: Call) -> web.Response:
    """Say what came of a plan."""
    body: EndPlan = call.body
    key = call.path("plan")
    language = call.language

    def keep(tx: SqliteTx) -> PlanList:
        found = survey.method_here(tx)
        by = tx.actor.name or tx.actor.id
        element = kept.end_plan(tx.aside, tx.branch, key, body.result, tx.now, by)
        if element is None:
            raise NotFound("There is no such open plan.", slug="unknown-plan")
        tx.note("plan_ended", method=found.key, element=element)
        return PlanList(report(tx, found, tx.day, tx.day, language).plans)

    return await call.do(keep)


ROUTES = [
    Route(
        "GET", "/api/track/{token}/survey", questions, frozenset(),
        "The questions for a visitor who was asked", answer=SurveyForm,
    ),
    Route(
        "POST", "/api/track/{token}/survey", answer, frozenset(),
        "Answer the survey, from the visitor's phone", body=AnswerSurvey, status=204,
    ),
    Route(
        "GET", "/api/survey", figures, MANAGER_UP, "The satisfaction index of a period",
        answer=SurveyReport, query=SPAN | {"service": ("^.{1,16}$", "only this service (code)")},
    ),
    Route(
        "GET", "/api/survey/file", file, MANAGER_UP,
        "The answers of a period in the form that is handed in", answer=bytes,
        media=sheet.MEDIA["xlsx"][0], also=("text/csv",),
        query=SPAN | {
            "form": ("^(csv|csv-sheet|xlsx)$", "default xlsx"),
            "decimal": ("^(comma|point)$", "of csv-sheet, default the country's"),
            "language": ("^[A-Za-z-]{2,16}$", "of the words, default the reader's"),
        },
    ),
    Route(
        "GET", "/api/survey/paper", paper, MANAGER_UP,
        "The satisfaction of a period as a PDF or poster; the empty questionnaire", answer=bytes,
        media="application/pdf",
        query=SPAN | {
            "service": ("^.{1,16}$", "only this service (code)"),
            "kind": ("^(report|poster|form)$", "default report; form: the empty questionnaire"),
            "size": ("^(a4|a3)$", "default a4"),
            "language": ("^[A-Za-z-]{2,16}$", "of the words, default the reader's"),
        },
    ),
    Route(
        "GET", "/api/survey/form", form, MANAGER_UP, "The questions, for paper", answer=SurveyForm,
    ),
    Route(
        "POST", "/api/survey/answers", key_in, MANAGER_UP, "Key in a questionnaire from paper",
        body=KeyInSurvey, status=204, idempotent=True,
    ),
    Route(
        "POST", "/api/survey/said/{sentence}/black-out", black_out, MANAGER_UP,
        "Erase a suggestion that names a person", body=NoBody, status=204, idempotent=True,
    ),
    Route(
        "POST", "/api/survey/plans", plan, MANAGER_UP, "Plan what to do about an element",
        answer=PlanList, body=PlanElement, idempotent=True,
    ),
    Route(
        "POST", "/api/survey/plans/{plan}/end", end_plan, MANAGER_UP, "Say what came of a plan",
        answer=PlanList, body=EndPlan, idempotent=True,
    ),
]  # fmt: skip
