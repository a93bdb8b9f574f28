"""What goes wrong as an answer: each kind of error in words, in the reader's language."""

from __future__ import annotations

from typing import NamedTuple

import structlog
from aiohttp import web

from printer.logo import NoPicture
from server.api.hall import Hall
from server.api.problems import STATES, STATUS, TITLES, Rejected, members, problem
from server.auth.access import Asleep, NotAllowed, NotLoggedIn, NotReady
from server.domain.errors import DomainError, Named, Phrase, Refused
from server.domain.words import marked as _
from server.reports.histogram import Unreadable
from server.storage.store import Busy, Unavailable

log = structlog.get_logger()


class Reader(NamedTuple):
    """Who reads the answer: in which hall and language, and what was asked for."""

    hall: Hall
    language: str
    path: str

    def say(self, message: str, **params: object) -> str:
        """Return a sentence in the reader's language."""
        return self.hall.translate(self.language, message, **params)


def _in_words(reader: Reader, params: dict[str, object]) -> dict[str, object]:
    """Return the values of a sentence, with states and reasons said in the reader's language."""
    return {
        name: reader.say(str(value))
        if isinstance(value, NoPicture)
        else reader.say(value.message, **_in_words(reader, value.params))
        if isinstance(value, Phrase)
        else value.said(reader.language)
        if isinstance(value, Named)
        else reader.say(STATES[value])
        if name in {"state", "wanted"} and isinstance(value, str) and value in STATES
        else value
        for name, value in params.items()
    }


NOT_LOGGED_IN = {
    "not-logged-in": _("Please log in, or send a valid token."),
    "locked": _("This computer is locked. Please type your PIN."),
}
NOT_ALLOWED = {
    "not-allowed": _("This login may not do that."),
    "second-step-first": _("Please set the second step at log-in up first."),
}


def problem_of(  # noqa: PLR0911 - one return for each kind of error
    reader: Reader, error: Exception
) -> web.Response:
    """Return what went wrong as a problem document; what nobody expected is raised again."""
    match error:
        case DomainError():
            # By the nearest kind known: an error may be of a kind of its own below it.
            status = next((STATUS[each] for each in type(error).__mro__ if each in STATUS), 409)
            if isinstance(error, Refused) and error.slug == "not-allowed":
                status = 403
            detail = reader.say(error.message, **_in_words(reader, error.params))
            title = reader.say(TITLES[status])
            return problem(status, error.slug, detail, title, None, **members(error))
        case Rejected():
            params = {"field": error.field, **error.params}
            return problem(
                error.status,
                error.slug,
                reader.say(error.message, **_in_words(reader, params)),
                reader.say(TITLES[error.status]),
                error.retry_after,
                field=error.field,
            )
        case NotLoggedIn():
            slug = "locked" if isinstance(error, Asleep) else "not-logged-in"
            detail = reader.say(NOT_LOGGED_IN[slug])
            return problem(401, slug, detail, reader.say(TITLES[401]), field="Authorization")
        case NotAllowed():
            slug = "second-step-first" if isinstance(error, NotReady) else "not-allowed"
            detail = reader.say(NOT_ALLOWED[slug])
            return problem(403, slug, detail, reader.say(TITLES[403]), field="Authorization")
        case Busy():
            detail = reader.say(_("Very many requests at once. Please try again in a moment."))
            return problem(503, "busy", detail, reader.say(TITLES[503]), retry_after=1)
        case Unavailable():
            detail = reader.say(reader.hall.store.away)
            return problem(503, "unavailable", detail, reader.say(TITLES[503]), retry_after=5)
        case Unreadable():
            log.error("figures_damaged", path=reader.path, mend="ramah doctor --repair")
            detail = reader.say(_(
                "Figures of past days are damaged; the log itself is complete. "
                "Please call the technician: ramah doctor --repair counts them again."
            ))  # fmt: skip
            return problem(500, "figures-damaged", detail, reader.say(TITLES[500]))
        case web.HTTPException():
            return http_problem(reader.hall, reader.language, error)
    raise error


def http_problem(hall: Hall, language: str, error: web.HTTPException) -> web.Response:
    """Return aiohttp's own refusals (no such address, wrong method) as problem documents."""
    title = TITLES.get(error.status, error.reason or "Problem")
    slug = (error.reason or "problem").lower().replace(" ", "-")
    said = hall.translate(language, title)
    answer = problem(error.status, slug, said + ".", said)
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer
