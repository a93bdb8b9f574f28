"""Owns what people call each setting on the pages, and what helps them to choose.

Each setting of ``server.domain.office`` has its label here; a test sees to it.
"""

from __future__ import annotations

from server.domain.words import marked as _

_PERIODS = {
    "days": (_("Days"), ""),
    "opens": (_("Opens"), ""),
    "closes": (_("Closes"), ""),
    "tickets_from": (_("Numbers from"), _("Before the doors open. Empty: from opening on.")),
    "last_ticket": (_("Last number"), _("No new number after it. Empty: until closing.")),
}
LABELS: dict[str, tuple[str, str]] = {
    "code": (_("Short name"), _("In the log and figures; for life.")),
    "name": (_("Name of the office"), _("As visitors read it on paper and screens.")),
    "zone": (_("Time zone"), _("Such as Asia/Makassar.")),
    "zone_label": (_("What people call the time zone"), _("Such as WITA.")),
    "languages": (_("Languages"), _("Of pages, paper and calls; the first is the usual one.")),
    "public_url": (
        _("Address for phones"),
        _("Such as https://antrean.example.go.id. Empty: the server's own."),
    ),
    "closed_dates": (_("Days without service"), _("Such as 2026-12-25.")),
    "services": (_("Services"), ""),
    "services.code": (_("Code"), _("For life: another code is another service.")),
    "services.names": (_("Name"), _("As visitors read it.")),
    "services.prefix": (
        _("Letter before the number"),
        _("One to three capital letters or digits. Empty: the code."),
    ),
    "services.agency": (_("Agency"), ""),
    "services.requirements": (_("What to bring"), _("One thing a line.")),
    "services.typical_minutes": (_("Usual service time, minutes"), _("Estimates begin with it.")),
    "services.spread": (
        _("How much the service time varies"),
        _("0 always the same, 0.7 usual, 1 very different."),
    ),
    "services.target_minutes": (_("Promised wait, minutes"), ""),
    "services.target_share": (
        _("Called within the promised wait, % (for plans)"),
        _("A target of its own for the plan of a week; 0 for that of all services."),
    ),
    "services.max_wait_minutes": (
        _("Longest wait because of priority, minutes"),
        _("From then on nobody goes ahead of who waits."),
    ),
    "services.quota": (_("Numbers a day"), _("0 for no limit.")),
    "services.picture": (_("Drawing on the kiosk"), _("For visitors who do not read.")),
    "services.hours": (_("Own hours"), _("Without: the hours of the office.")),
    "services.outcomes": (_("Results that staff choose from"), _("The first is offered first.")),
    "services.outcomes.code": (_("Code"), _("As it stands in the log.")),
    "services.outcomes.names": (_("Name"), _("As staff read it.")),
    "counters": (_("Counters"), ""),
    "counters.number": (_("Number"), _("It is called and shown.")),
    "counters.services": (_("Services here"), ""),
    "counters.names": (_("Own name"), _("Instead of the number, such as Cashier.")),
    "counters.weights": (_("Turns in a round"), _("For each service, with the order by weights.")),
    "agency": (
        _("Agency whose hall it is"),
        _("Such as Disdukcapil: its people in the city see this hall. Empty: several share it."),
    ),
    "agencies": (_("Agencies"), ""),
    "agencies.code": (_("Code"), ""),
    "agencies.names": (_("Name"), _("As visitors read it.")),
    "hours": (_("Opening hours"), _("For services without hours of their own. None: always.")),
    "rules": (_("Queue rules"), ""),
    "rules.policy": (_("Who is called next"), ""),
    "rules.priority_cap": (
        _("Priority: at most one call in"),
        _("While others wait; only with the fair order."),
    ),
    "rules.slot_cap": (_("Appointments: at most one call in"), _("While others wait.")),
    "rules.number_width": (_("Digits of a number"), _("3 for A001.")),
    "rules.number_wrap": (_("Numbers of a letter before it begins again"), _("0: never.")),
    "rules.day_start": (_("Numbers begin again at"), ""),
    "rules.grace_minutes": (_("Who was missed may come back within, minutes"), ""),
    "rules.max_recalls": (_("Repeats of a call at most"), ""),
    "rules.recall_gap_seconds": (_("Between two repeats at least, seconds"), ""),
    "rules.transfer_position": (_("Who is sent on"), ""),
    "rules.numbers": (
        _("Numbers come from"),
        _("From a paper roll: no kiosk gives any, each call takes the roll's next number."),
    ),
    "paper": (_("Ticket paper"), ""),
    "paper.width_mm": (_("Width of the paper, mm"), ""),
    "paper.cutter": (_("The printer cuts the paper itself"), ""),
    "paper.foot": (_("Last words on the ticket"), ""),
    "paper.lines": (_("Parts of the ticket, from the top"), _("The number is always there.")),
    "paper.logo": (_("Logo"), _("Black and white; a picture is made small by itself.")),
    "voice": (_("How calls are heard"), ""),
    "voice.languages": (_("Spoken languages, one after the other"), _("None: the usual one.")),
    "voice.style": (_("The number is read"), ""),
    "voice.times": (_("Times a call is said"), _("Only once while others wait.")),
    "voice.pack": (_("Own voice"), _("Empty: the voice that ships.")),
    "voice.agency": (_("Name the agency"), ""),
    "voice.chime": (_("A bell before the words"), ""),
    "voice.volume": (_("Loudness of calls, percent"), ""),
    "voice.ducked": (_("Loudness of films during a call, percent"), ""),
    "voice.quiet": (_("Quiet times"), _("Such as prayer; calls are shown all the same.")),
    "voice.quiet.starts": (_("From"), ""),
    "voice.quiet.ends": (_("Until"), ""),
    "voice.quiet.days": (_("Days"), ""),
    "alarms": (_("Alarms"), ""),
    "alarms.wait_minutes": (
        _("Somebody waits longer than, minutes"),
        _("0: twice the promised wait."),
    ),
    "alarms.nobody_minutes": (_("Nobody serves a service for, minutes"), _("0: never.")),
    "alarms.printers": (_("A printer has trouble"), ""),
    "alarms.display_minutes": (_("A lobby screen is dark for, minutes"), _("0: never.")),
    "desk": (_("Counter page"), ""),
    "desk.break_reasons": (_("Reasons of a break"), _("None: the page's own list.")),
    "desk.hold_reasons": (_("Reasons to let somebody wait aside"), _("None: the page's own list.")),
    "desk.call_reasons": (_("Reasons to call out of turn"), _("None: the page's own list.")),
    "desk.greeting": (_("Greeting"), _("{name} is the person at the counter.")),
    "desk.apology": (_("To who waited too long"), ""),
    "desk.closing": (_("Before the end"), ""),
    "desk.farewell": (_("Goodbye"), ""),
    "desk.auto_call_seconds": (
        _("Pause before the next call, seconds"),
        _("For staff who switched calling by itself on."),
    ),
    "satisfaction": (_("Asking visitors"), ""),
    "satisfaction.words": (_("A face and a sentence on the phone page"), ""),
    "satisfaction.survey": (_("Survey"), ""),
    "satisfaction.answer_hours": (
        _("A low word is answered within, hours"), _("Days without service do not count."),
    ),
    "satisfaction.kept_days": (_("Sentences are kept for, days"), ""),
    "satisfaction.kiosk_reader": (_("The kiosks read the code of a number, and ask as well"), ""),
    "comfort": (_("Comfort of the hall"), ""),
    "comfort.photo_days": (_("Photos of mended faults are kept for, days"), ""),
    "comfort.places": (_("Places with a code on the wall"), _("In the order of a round.")),
    "comfort.places.code": (_("Code"), _("For life.")),
    "comfort.places.names": (_("Name"), _("As visitors read it.")),
    "comfort.places.items": (_("What is looked at"), ""),
    "comfort.places.items.code": (_("Code"), _("For life.")),
    "comfort.places.items.names": (_("Name"), _("What may be wrong, as people read it.")),
    "comfort.places.times": (_("Checked at"), _("One time a line, such as 08:00.")),
    "comfort.places.every_minutes": (
        _("Or once in so many minutes"),
        _("While the office is open; 0: never."),
    ),
    "comfort.places.who": (_("Who checks it"), _("As the sheet on the wall says.")),
    "officers": (_("Care for staff"), ""),
    "officers.long_cases": (_("A break is suggested after long cases in a row"), _("0: never.")),
    "officers.long_minutes": (_("A case is long from, minutes"), ""),
    "officers.break_after_minutes": (_("Or after minutes without a break"), _("0: never.")),
    "officers.quiet_call": (_("A key held for a second calls for help, unnoticed"), ""),
    "officers.pulse": (_("Once a month three questions without a name"), ""),
    "logins": (_("Log-in"), ""),
    "logins.second_step": (
        _("Besides the password, a passkey or a code of an app is asked of"),
        _("Everybody may set it up by a press on the own name."),
    ),
    "logins.password_length": (
        _("A new password has at least, characters"),
        _("15 where there is no second step, says NIST."),
    ),
    "logins.idle_minutes": (
        _("A page that nobody touches is locked after, minutes"),
        _("0: never. The own PIN opens it again."),
    ),
    "reception": (_("At the door"), ""),
    "reception.kinds": (_("Visitors who need no number"), _("Staff count them with one key.")),
    "reception.kinds.code": (_("Code"), _("As it stands in the log.")),
    "reception.kinds.names": (_("Name"), _("As staff read it.")),
    "waits": (_("Waits that are told"), ""),
    "waits.advice": (
        _("Managers are told when one more counter would spare people long waits"),
        _("They decide; nobody is ranked."),
    ),
    "waits.tell_hits": (
        _("Say how many of the last 100 who waited were told right"),
        _("On ticket, lobby screen and poster, once there are a hundred."),
    ),
    "special_days": (_("Special days"), _("Holidays, Ramadan, a day with other hours.")),
    "special_days.first": (_("First day"), ""),
    "special_days.last": (_("Last day"), _("Empty: the first day alone.")),
    "special_days.names": (_("Name"), _("As visitors read it.")),
    "special_days.periods": (_("Hours of these days"), _("None: closed.")),
    "special_days.services": (_("Only these services"), _("None chosen: all.")),
    "seasons": (
        _("Busy and quiet seasons"),
        _("School starts, a tax is due: forecast and plan count on them. Hours stay."),
    ),
    "seasons.first": (_("First day"), ""),
    "seasons.last": (_("Last day"), ""),
    "seasons.names": (
        _("Name"), _("The same name as a year ago: the forecast learns from that time."),
    ),
    "seasons.percent": (
        _("Visitors, in percent of the usual"), _("Such as 130. Empty: as the log teaches."),
    ),
    "seasons.services": (_("Only these services"), _("None chosen: all.")),
} | {
    f"{block}.{name}": words
    for block in ("hours.periods", "services.hours.periods", "special_days.periods")
    for name, words in _PERIODS.items()
} | {
    f"{block}.{name}": words
    for block in ("hours", "services.hours")
    for name, words in {
        "periods": (_("Times"), ""),
        "closed_dates": (_("Days without these hours"), _("Such as 2026-12-25.")),
    }.items()
}  # fmt: skip
CHOICES: dict[str, dict[str, str]] = {
    "rules.policy": {
        "fair": _("Fair: priority goes ahead, within limits"),
        "priority": _("Priority always first"),
        "weighted": _("By the counters' weights"),
        "target": _("By the promised wait"),
    },
    "logins.second_step": {
        "nobody": _("nobody"),
        "managers": _("managers and administrators"),
    },
    "rules.transfer_position": {
        "arrival": _("keeps the place by arrival"),
        "end": _("goes to the end"),
    },
    "rules.numbers": {
        "machine": _("kiosk, staff or phone"),
        "roll": _("a paper roll that people tear them from"),
    },
    "voice.style": {
        "digits": _("digit by digit: zero, zero, one"),
        "natural": _("as a number: one"),
    },
    "satisfaction.survey": {"": _("none"), "skm-2017": _("SKM (PermenPANRB 14/2017)")},
    "services.picture": {
        "": _("none"), "id-card": _("ID card"), "family": _("family"), "birth": _("birth"),
        "business": _("business"), "health": _("health"), "police": _("police"), "tax": _("tax"),
        "payment": _("payment"), "document": _("document"), "house": _("house"),
        "vehicle": _("vehicle"), "work": _("work"), "school": _("school"),
        "passport": _("passport"), "complaint": _("complaint"), "help": _("help"),
    },
    "paper.lines": {
        "logo": _("logo"), "office": _("office"), "agency": _("agency"), "rule": _("a line"),
        "service": _("service"), "number": _("the number"), "priority": _("priority"),
        "people": _("number of people"), "time": _("time"), "ahead": _("people ahead"),
        "wait": _("expected wait"), "qr": _("code for the phone"), "foot": _("last words"),
    },
}  # fmt: skip
"""What people call the values of a setting that is one, or some, of a few."""
