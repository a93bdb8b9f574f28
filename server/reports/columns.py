"""Owns what each column of the log means: for the page, the workbook and the docs."""

from __future__ import annotations

from server.api.words import marked as _

EXPLAINED = {
    "label": _("The number on the paper."),
    "service": _("Code of the service this turn waited for."),
    "counter": _("Number of the counter that called last; empty when nobody called."),
    "priority": _("Class: regular or priority. The reason is never kept."),
    "issued": _("When the number was taken; for a turn after a transfer, when it was sent on."),
    "called": _("The first call. Later calls never change it."),
    "started": _("When service began."),
    "ended": _("When the turn ended, in whatever way."),
    "wait_s": _("Seconds from taking the number (or from the appointment) to the first call."),
    "service_s": _("Seconds of service, without the time on hold."),
    "outcome": _("How it ended: served, no_show, cancelled_by_visitor, cancelled_by_staff, transferred, expired."),
    "recalls": _("How often the call was repeated."),
    "walk_s": _("Seconds from the last call to the start of service."),
    "state": _("Where the turn stands now."),
    "day": _("Business day of the office."),
    "leg": _("1 for the first service of a visit, 2 after one transfer, and so on."),
    "service_name": _("Name of the service."),
    "agency": _("Code of the agency the service belongs to."),
    "language": _("Language the visitor chose."),
    "channel": _("How the number was taken: at a kiosk, by staff, by phone."),
    "people": _("How many people the number stands for; add it up over turns with leg 1 only."),
    "ended_by": _("By hand, or automatic when the day closed."),
    "ticket": _("Key of the visit; the same in all turns of one visitor."),
    "staff": _("Pseudonym of who served; it changes every month and cannot be turned back."),
    "transferred_from": _("Service that sent the visitor here."),
    "transferred_to": _("Service the visitor was sent on to."),
    "appointment": _("Time of the appointment, if there was one."),
}  # fmt: skip
"""Meaning of each column, English; screens translate them."""
