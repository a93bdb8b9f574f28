"""Owns the office's own results of a service, which staff choose from when they finish."""

from __future__ import annotations

from server.domain.errors import Invalid, Named
from server.domain.office import Service


def check_outcome(service: Service, code: str | None) -> None:
    """Refuse a result that the service does not have; one without a list takes any.

    Raises:
        Invalid: names the field.
    """
    if code is None or not service.outcomes:
        return
    if all(outcome.code != code for outcome in service.outcomes):
        raise Invalid(
            "The service '{service}' has no outcome '{code}'.",
            field="outcome_code",
            service=Named(service.names),
            code=code,
        )
