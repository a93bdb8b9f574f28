"""Owns the errors a rule can answer with; the API turns each into one problem document."""

from __future__ import annotations


class DomainError(Exception):
    """A command that cannot be done, in words a person understands.

    Args:
        message: the English sentence, also the gettext msgid; may hold ``{name}`` places.
        field: the part of the request that is wrong, if one is.
        slug: stable name of the problem, the last part of the problem document's ``type``.
        params: values for the places in ``message``; sent along in the problem document.
    """

    slug = "error"

    def __init__(
        self, message: str, *, field: str | None = None, slug: str | None = None, **params: object
    ) -> None:
        super().__init__(message.format(**params) if params else message)
        self.message = message
        self.field = field
        self.slug = slug or type(self).slug
        self.params = params


class NotFound(DomainError):
    """The thing named does not exist in this branch."""

    slug = "not-found"


class Conflict(DomainError):
    """The thing exists, but its present state does not allow this."""

    slug = "conflict"


class Refused(DomainError):
    """A rule of the office says no: closed, paused, quota used up, not allowed for this person."""

    slug = "refused"


class Invalid(DomainError):
    """The request itself is wrong."""

    slug = "invalid"
