"""Owns what every list of the API says of itself: its order, and how long it can get."""

from __future__ import annotations

LISTS = {
    "/api/alarms": "The oldest first; one for each rule and what it is about.",
    "/api/city/devices": "Halls by name; in each those that need somebody first.",
    "/api/city/halls": "By name, all of them.",
    "/api/city/report": "Halls by name; services by name, in each its halls by name.",
    "/api/city/tickets": "The hall first admitted first, at most 100.",
    "/api/comfort": "Places in the order of the settings; open faults: the oldest first; "
    "mended: the newest first, at most 200; months: the newest first, at most 12.",
    "/api/comfort/at/{door}": "In the order of the settings, at most 12.",
    "/api/comfort/at/{door}/checker": "The oldest first; one for each thing that is looked at.",
    "/api/comfort/phones": "In the order they were paired, those whose key holds.",
    "/api/counters": "In the order of the settings.",
    "/api/deeds": "The newest first, 100 a page; people by name.",
    "/api/desk": "In the order of the settings.",
    "/api/devices": "By kind and name, then the printers by name; those whose key holds.",
    "/api/devices/waiting": "Who came first, at most 100.",
    "/api/displays": "In the order they were paired, those whose key holds.",
    "/api/displays/mine": "In the order of the playlist, at most 100.",
    "/api/equipment": "Printers, then displays, each by name.",
    "/api/estimates": "Each in the order of its names; hours and days in their order.",
    "/api/feedback": "The newest first, at most 500; `more` says that there are older ones.",
    "/api/forecast": "In the order of the settings, those with somebody expected.",
    "/api/help": "Who waits longest first; today's, at most one for each device.",
    "/api/kpis": "A fixed list, in a fixed order.",
    "/api/log": "By day and order of issue, the whole span as a stream. With `limit` a page of at "
    "most 1,000, as `sort` says; with `after` at most 5,000 in the order of the log.",
    "/api/log/choices": "In the order of the settings, then what is no more.",
    "/api/log/columns": "A fixed list, in the order of the columns.",
    "/api/media": "In the order they were added, at most 500.",
    "/api/morning": "Words: the newest first; open ones: the most urgent first; at most 500 each.",
    "/api/people": "By name; who works here.",
    "/api/playlists": "By name, at most 50 of 100 items.",
    "/api/printers": "In the order they were added.",
    "/api/privacy": "A fixed list, in a fixed order.",
    "/api/pulse/report": "The newest month first, at most 12.",
    "/api/queue": "Services and counters in the order of the settings; calls the newest first; "
    "places where somebody is on something, the first begun first.",
    "/api/quiet-calls": "The oldest first; one for each counter.",
    "/api/reception": "In the order of the settings, then what is no more.",
    "/api/reports": "Services, agencies and counters of the span; hours and days in their order.",
    "/api/results/{office}": "The newest period first, at most 24; elements in the "
    "order of the method.",
    "/api/services": "In the order of the settings.",
    "/api/settings": "Fields in the order of the settings' types; planned changes: the next first, "
    "at most 20.",
    "/api/settings/history": "The newest first, at most 50.",
    "/api/settings/holidays": "Days by date; countries by name.",
    "/api/setup": "Kinds of office from the simplest to the largest; zones by name.",
    "/api/setup/printers": "Those on USB, then the queues of the print service.",
    "/api/survey": "Elements in the order of the method; plans: to be done first, at most 200.",
    "/api/survey/form": "In the order of the method.",
    "/api/survey/published": "The newest period first, at most 24.",
    "/api/tablets": "By counter, then in the order they were paired; those whose key holds.",
    "/api/thanks": "The newest first, at most 500 of the last 92 days.",
    "/api/tickets": "Today's in one state, first in line first, at most 500 (`more`).",
    "/api/track/{token}/survey": "In the order of the method.",
    "/api/voice/packs": "By id, at most 50 voices of 400 clips.",
    "/api/waits": "In the order of the settings.",
}
"""By the path of the route that returns a list of things."""
