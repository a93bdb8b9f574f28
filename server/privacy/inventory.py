"""Owns the inventory of data: what each column of the database holds, of whom, why, and how long.

A column that is in none of these kinds fails a test: nobody adds one without saying what it is.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.office import Office
from server.domain.words import marked as _
from server.satisfaction.erasure import INVITED_DAYS, WHOSE_DAYS
from server.storage.queries.deeds import KEPT_DAYS

About = Literal["visitors", "staff", "nobody"]
NOTES_DAYS = 92
"""So long notes that colleagues wrote about a number stay in the log."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of data.

    Attributes:
        about: of whom it tells. what, why, kept: sentences; places are filled by ``values``.
        columns: by table, names with blanks between.
    """

    key: str
    about: About
    what: str
    why: str
    kept: str
    columns: dict[str, str]


GOOD = _("For good; it names nobody.")
SET_UP = _("As long as it is set up.")
MONTHS = _("Two months, then deleted at night.")

KINDS = [
    Kind(
        "visit", "visitors",
        _("A visit: number, service, kind of line, language, how many people came, times of each "
          "step, and the random address of the number's page. No name, no phone number."),
        _("To call people in turn, and to count how long they waited."),
        _("For good, as figures of the office; the page of the number ends with its day."),
        {
            "tickets": "id day prefix number label service priority language people channel token "
                       "issued_at eligible_at leg",
            "turns": "ticket leg day label service priority state arrival eligible_at for_counter "
                     "counter counter_number first_called_at called_at calls recalls started_at "
                     "serving_since service_ms walk_ms ended_at ended_by outcome outcome_code "
                     "hold_reason hold_until missed_at rule why due rule_value opened",
            "calls": "seq at day ticket leg label service priority counter number rule",
            "told_waits": "at ticket channel ahead model low high",
            "survey_invitations": "day ticket service invited answered",
            "print_jobs": "id ticket printer copy state attempts next_at error",
        },
    ),
    Kind(
        "notes", "visitors",
        _("What a colleague wrote about a number for the next counter. It may name somebody, "
          "although the page asks not to."),
        _("So that nobody has to explain twice."),
        _("{notes} days, then erased at night, in the log as well."),
        {"tickets": "note_for_counter", "turns": "note"},
    ),
    Kind(
        "log", "visitors",
        _("Every event of the hall in its order: all that is told here of visits, counters and "
          "what is on now."),
        _("It is the record from which everything else can be made again."),
        _("For good; notes in it are erased after {notes} days."),
        {"events": "seq at actor data", "events_ahead": "seq at actor data"},
    ),
    Kind(
        "words", "visitors",
        _("How it was, in a visitor's own words, with face, service and counter, and what was done "
          "about it."),
        _("To put right what went wrong, and to tell the visitor so."),
        _("{words} days, then deleted at night; whose it was is forgotten after {whose} days."),
        {
            "feedback": "id ticket day at label service counter wait_ms face said thanks channel "
                        "language due read_at action acted_at helped reopened_at blacked_at device "
                        "device_name after_ms",
        },
    ),
    Kind(
        "survey", "visitors",
        _("Answers to the survey: marks, about oneself what the questionnaire asks (such as age "
          "group), a sentence. Not tied to a number; the time to the minute."),
        _("The yearly index of satisfaction that the rules ask for."),
        _("Marks for good, as the rule asks; sentences are erased after {words} days."),
        {"survey_answers": "id day minute method service channel language about marks said"},
    ),
    Kind(
        "faults", "visitors",
        _("What somebody told of a place that is not well, with a photo if they gave one."),
        _("To mend it."),
        _("Words {words} days, photos {photos} days after it is mended."),
        {
            "comfort_faults": "id day at place item channel state names seen_at begun_at mended_at",
            "comfort_notes": "id fault at channel said photo",
        },
    ),
    Kind(
        "login", "staff",
        _("Who works here: login, name, role, services, the hashes of password and PIN, and names "
          "and public keys of passkeys; who is logged in until when, from which browser and "
          "network address; how many log-ins failed."),
        _("So that only those who may can do something, and figures can be told by person."),
        _("As long as the log names them; whoever left cannot log in."),
        {
            "users": "id login name role agency password active created_at skills given_until pin "
                     "subject failed",
            "sessions": "hash user expires_at id began_at used_at place browser kind unready "
                        "touched_at locked tries",
            "invitations": "user hash expires_at",
            "second_factors": "user secret since last_step recovery",
            "passkeys": "id user credential public_key rp transports sign_count name made_at "
                        "used_at",
            "passkey_questions": "asked user challenge origin rp ends_at",
            "branch_secrets": "name value",
        },
    ),
    Kind(
        "work", "staff",
        _("Who served which number, sat at which counter, and was on a break for which reason."),
        _("To know who is where, and for one person's figures, which that person and the manager "
          "see."),
        _("For good, by a number instead of the name; files of it use a name that changes every "
          "month."),
        {
            "turns": "staff", "calls": "staff", "comfort_checks": "staff", "feedback": "staff",
            "counters": "holder holder_name reason",
            "counter_sessions": "seq counter number state reason staff services from_at to_at",
        },
    ),
    Kind(
        "hands", "staff",
        _("Who saw to a word, a fault, a missed check or somebody who asked for help, who entered "
          "answers, and what they wrote."),
        _("So that everything has somebody who sees to it."),
        _("As long as what it is about."),
        {
            "feedback": "read_by owner owner_name acted_by blacked_by",
            "comfort_hands": "fault seen_by owner owner_name on_it mended_by action blacked_by",
            "comfort_days": "read_by owner owner_name action acted_at acted_by",
            "help_requests": "taken_by taken_name",
            "survey_answers": "entered_by", "survey_plans": "by done_by",
            "results_published": "by withdrawn_by", "media": "added_by",
            "playlists": "actor", "display_settings": "actor",
            "settings_plans": "actor role name", "prepared": "people name",
            "device_wishes": "by", "releases": "name",
        },
    ),
    Kind(
        "deeds", "staff",
        _("Who changed something, took it as a file, looked at one person's figures or failed to "
          "log in, when, and from which network address."),
        _("To find out what went wrong, and to see misuse."),
        _("{deeds} days, then deleted at night."),
        {
            "deeds": "id at actor role name what about place seq salt seal hash",
            "deed_chains": "seq hash begun_at found forgot forgot_hash",
        },
    ),
    Kind(
        "quiet", "staff",
        _("Who called for help without a sound, where, and why it ended."),
        _("The safety of those who serve."),
        _("For good, in the log; managers alone see it."),
        {"quiet_calls": "id day at counter number staff step confirmed_by ended_at reason"},
    ),
    Kind(
        "advice", "staff",
        _("Which counter was advised to open, who answered that, and what came of it for all "
          "visitors together; the line of that moment, without names."),
        _("To know later whether such advice is worth following; nobody is ranked."),
        _("For good, in the log; the line of that moment for 92 days."),
        {
            "advices": "id day at counter number service until target people late late_with over "
                       "over_with wait wait_with model answer answered_at staff",
            "advice_studies": "advice inputs seen",
        },
    ),
    Kind(
        "pulse", "staff",
        _("Who answered this month's three questions already, apart from what they answered."),
        _("So that nobody answers twice, and nobody finds out who said what."),
        _("Until the month is over; the sums for good."),
        {"pulse_given": "month person", "pulse_sums": "month question mark n"},
    ),
    Kind(
        "rota", "staff",
        _("Who may work when: name, services, hours by contract, days away and wishes, without "
          "reasons; the plans of weeks, and shifts that were offered to colleagues."),
        _("So that enough counters are open, and everybody knows when they work."),
        _("Until it is changed; the last twenty versions of each week's plan."),
        {
            "rota_rules": "version rules", "rotas": "week version at name rota",
            "rota_swaps": "id week day officer taker state at",
        },
    ),
    Kind(
        "repeats", "visitors",
        _("The answers that devices were given to what they sent, to be given again when it "
          "comes twice."),
        _("So that a bad line makes no second number."),
        _("48 hours."),
        {"requests": "actor key digest status body at"},
    ),
    Kind(
        "figures", "nobody",
        _("Sums of days and months, counts without a name, places that were checked."),
        _("Reports."), GOOD,
        {
            "rollups": "grain day hour service counter priority turns tickets people "
                       "appointments called served no_show cancelled_visitor cancelled_staff "
                       "transferred expired never_called recalled recalls closed_by_clock within "
                       "wait_ms walk_n walk_ms service_n service_ms busy_ms wait_max_ms "
                       "service_max_ms waits services unfinished",
            "rollup_counters": "day counter open_ms break_ms",
            "rollup_days": "day version made_at upto",
            "rollup_months": "month version days made",
            "log_kinds": "month prefix service counter priority outcome channel days",
            "survey_sums": "method day service element mark n",
            "survey_spans": "day span service n",
            "door_samples": "seq day at people seconds", "unnumbered": "day what n",
            "comfort_checks": "id day at place wrong", "comfort_days": "day place due done",
            "days": "day closed_at changed_seq", "numbers_elsewhere": "day prefix number",
        },
    ),
    Kind(
        "now", "nobody",
        _("What is on at the moment: counters, pauses, notices, alarms, devices, calls for staff."),
        _("To show it to those who need it."), SET_UP,
        {
            "counters": "id state services since until",
            "paused_services": "service notice since words", "notices": "notice until since",
            "alarms": "rule subject value limit since",
            "equipment": "what device name state since",
            "help_requests": "id day device device_name at taken_at arrived_at",
            "device_looks": "device at look",
            "branches": "id code seq settings_version history rows_seq owner",
            "notes_erased": "day",
        },
    ),
    Kind(
        "screens", "nobody",
        _("Which calls a screen showed and spoke."),
        _("To find a screen that is silent."), MONTHS,
        {"display_acks": "seq device kind at"},
    ),
    Kind(
        "setup", "nobody",
        _("What somebody set up: settings, printers, keys of devices (hashes), screens, webhooks, "
          "plans, published results, the link to the city."),
        _("To run the hall as it was set up."), SET_UP,
        {
            "settings": "version at office",
            "settings_plans": "id kind base settings due_at made_at trouble follows",
            "prepared": "version base settings at had put_aside",
            "setup": "id code code_ends holder holder_ends draft beside_demo",
            "printers": "id name url kiosk created_at profile",
            "tokens": "id role agency name hash created_at expires_at revoked_at counter",
            "pairing_codes": "hash role name expires_at counter",
            "webhooks": "id url secret kinds seq attempts error created_at",
            "display_settings": "device version at settings", "playlists": "name version at items",
            "media": "id name kind type file bytes width height seconds text added_at removed_at",
            "comfort_doors": "token place since",
            "survey_plans": "id method element plan due at result done_at",
            "results_published": "id first last at reports withdrawn_at",
            "device_wishes": "id device was act name at state ended_at",
            "releases": "version at took_at failed",
            "boxes": "history newest version heard_at refused clock_ms",
            "box_devices": "at devices",
            "backup_plan": "id folder at keep public since asked bucket secret owner",
            "secrets_check": "id sealed",
            "backups_made": "id at file bytes took_ms error",
            "city_links": "url token seq error told_at clock_ms",
            "providers": "issuer client_id secret name role_claim roles",
        },
    ),
]  # fmt: skip
"""All kinds; each column but ``branch`` (which office) is in one of them."""


def values(office: Office) -> dict[str, int]:
    """Return what fills the places of ``kept``, as this office has it set."""
    return {
        "notes": NOTES_DAYS, "words": office.satisfaction.kept_days, "whose": WHOSE_DAYS,
        "photos": office.comfort.photo_days, "deeds": KEPT_DAYS, "invited": INVITED_DAYS,
    }  # fmt: skip
