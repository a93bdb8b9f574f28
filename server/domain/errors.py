"""Owns the errors a rule can answer with; the API turns each into one problem document."""

from __future__ import annotations


class Phrase:
    """A value of a sentence that is a sentence itself, so that it is translated with it.

    Args:
        message: in English, also the gettext msgid; may hold ``{name}`` places.
        params: values for the places, which may be phrases too.
    """

    __slots__ = ("message", "params")

    def __init__(self, message: str, **params: object) -> None:
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**self.params) if self.params else self.message


class Named:
    """A value of a sentence that has a name in each language, as a service has."""

    __slots__ = ("names",)

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def said(self, language: str) -> str:
        """Return the name in a language, else the first there is."""
        return self.names.get(language) or next(iter(self.names.values()), "")

    def __str__(self) -> str:
        return self.said("")


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
