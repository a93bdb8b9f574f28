"""Owns the evidence pack: what an office shows of its service, in one file, named by indicator.

Nothing personal is in it: complaints stand with their days and hours, without words or numbers of
visitors; results are those that were published, as they were.
"""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

from server.domain.hours import Period
from server.domain.names import named, service_name
from server.domain.office import Office, Service
from server.reports.smallbook import Sheet, written
from server.satisfaction.evidencepage import index_page
from server.satisfaction.pack import Gathered, Paper, Say, indicators
from server.satisfaction.paper import Code, Kind, render
from server.satisfaction.report import SurveyReport, day_of
from server.satisfaction.results import frozen
from server.storage.queries import feedback, results
from server.storage.queries.forms import decimal_of
from server.storage.transaction import SqliteTx

HOUR_MS = 3_600_000


def gather(tx: SqliteTx, first: str, last: str, language: str, say: Say) -> Gathered:
    """Read what belongs into the pack of some days."""
    published = [
        frozen(each, language)
        for each in results.listed(tx.db, tx.branch)
        if each.first <= last and each.last >= first
    ]
    return Gathered(
        tx.office.name, first, last, tx.day, decimal_of(tx.office.languages[0]),
        {
            "standar-pelayanan": _standards(tx.office, language, say),
            "tindak-lanjut-skm": _plans(published, say),
            "jam-pelayanan": _hours(tx.office, language, say),
            "pengaduan-dan-waktu-jawab": _complaints(tx, first, last, language, say),
        },
        published,
    )  # fmt: skip


def packed(pack: Gathered, language: str, say: Say, code: Code = None) -> bytes:
    """Return the pack as a ZIP; typesetting its papers takes a second or two."""
    folders = {each.key: each.aspect for each in indicators().proofs}
    papers = _papers(pack, language, say, code)
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        file.writestr("index.html", index_page(pack, papers, language, say))
        for each in papers:
            file.writestr(f"{folders[each.proof]}/{each.name}", each.body)
    return made.getvalue()


def _papers(pack: Gathered, language: str, say: Say, code: Code) -> list[Paper]:
    papers = []
    forms: tuple[tuple[Kind, str], ...] = (
        ("report", say("Report")), ("poster", say("Poster for the wall")),
    )  # fmt: skip
    for report in pack.reports:
        span = f"{report.first}-{report.last}"
        for form, words in forms:
            pdf = render(report, say, language, form, "a4", code=code)
            papers.append(Paper("hasil-skm", f"hasil-skm-{span}-{form}.pdf", words, pdf))
    for key, sheet in pack.sheets.items():
        for end, kind in (("xlsx", "xlsx"), ("csv", "csv-sheet")):
            body = written(key[:31], sheet, kind, pack.decimal)
            papers.append(Paper(key, f"{key}.{end}", end.upper(), body))
    return papers


def _standards(office: Office, language: str, say: Say) -> Sheet:
    agencies = {each.code: named(each.names, language, each.code) for each in office.agencies}
    sheet: Sheet = [[
        say("Service"), say("Name"), say("Agency"), say("What to bring"),
        say("Promised wait, minutes"), say("Numbers a day"),
    ]]  # fmt: skip
    for each in office.services:
        bring = each.requirements.get(language) or next(iter(each.requirements.values()), [])
        sheet.append([
            each.prefix, named(each.names, language, each.code),
            agencies.get(each.agency or "", ""), "; ".join(bring), each.target_minutes,
            each.quota or None,
        ])  # fmt: skip
    return sheet


def _plans(reports: list[SurveyReport], say: Say) -> Sheet:
    sheet: Sheet = [[
        say("Element"), say("What will be done?"), say("Planned on"), say("Until"),
        say("What came of it?"), say("Done on"),
    ]]  # fmt: skip
    seen = {}
    for report in reports:
        seen.update({each.id: each for each in report.plans if each.id not in seen})
    for plan in sorted(seen.values(), key=lambda each: (each.made, each.id)):
        sheet.append([plan.name, plan.plan, plan.made, plan.due, plan.result, plan.done])
    return sheet


def _hours(office: Office, language: str, say: Say) -> Sheet:
    sheet: Sheet = [[
        say("Service"), say("Weekdays"), say("Opens"), say("Closes"), say("Numbers from"),
        say("Last number"),
    ]]  # fmt: skip
    for service in office.services:
        sheet += _of_service(office, service, language, say)
    times = [office.hours_of(each) for each in office.services]
    closed = sorted({day for each in times if each for day in each.closed_dates})
    days: Sheet = [[day] for day in closed]
    sheet += [[None], [say("Days without service")], *days]
    if office.special_days:
        sheet += [[None], [say("Special days")]]
    for each in sorted(office.special_days, key=lambda one: one.first):
        codes = each.services or [service.code for service in office.services]
        head = [
            each.first, each.last or each.first, named(each.names, language, ""),
            ", ".join(service_name(office, code, language) for code in codes),
        ]  # fmt: skip
        rows = [_period(period, say) for period in each.periods]
        sheet += [[*head, *row] for row in rows or [[say("closed all day")]]]
    return sheet


def _of_service(office: Office, service: Service, language: str, say: Say) -> Sheet:
    name = f"{service.prefix} {named(service.names, language, service.code)}"
    hours = service.hours or office.hours
    if hours is None:
        return [[name, say("every day, at any hour")]]
    return [[name, *_period(each, say)] for each in hours.periods]


def _period(period: Period, say: Say) -> list[str]:
    weekdays = [
        say("Monday"), say("Tuesday"), say("Wednesday"), say("Thursday"), say("Friday"),
        say("Saturday"), say("Sunday"),
    ]  # fmt: skip
    return [
        ", ".join(weekdays[day - 1] for day in period.days), period.opens, period.closes,
        period.tickets_from or period.opens, period.last_ticket or period.closes,
    ]  # fmt: skip


def _complaints(tx: SqliteTx, first: str, last: str, language: str, say: Say) -> Sheet:
    sheet: Sheet = [[
        say("Date"), say("Service"), say("Answered on"), say("Hours to the answer"),
        say("In time"), say("Did it help?"),
    ]]  # fmt: skip
    yes, no = say("yes"), say("no")
    for each in feedback.low_of_days(tx.db, tx.branch, first, last):
        answered = each.acted_at is not None
        sheet.append([
            each.day, service_name(tx.office, each.service, language),
            None if each.acted_at is None else day_of(tx, each.acted_at),
            None if each.acted_at is None else round((each.acted_at - each.at) / HOUR_MS),
            (yes if (each.acted_at or 0) <= (each.due or 0) else no) if answered else None,
            None if each.helped is None else yes if each.helped else no,
        ])  # fmt: skip
    return sheet
