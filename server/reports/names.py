"""Owns the names of what the figures are about, also of what the settings no longer know."""

from __future__ import annotations

from server.domain.errors import Invalid
from server.domain.names import named
from server.domain.office import Office
from server.reports.figures import LogChoice, LogChoices
from server.storage.queries.offices import past_offices
from server.storage.transaction import SqliteTx


class Names:
    """Names of services, agencies and counters in one language, and who a service belongs to.

    All are those of today's settings, also for past days: a service that was renamed or moved to
    another agency stays one row. What was taken out of the settings keeps its last name.

    Args:
        tx: where the settings are.
        language: of the names.
        codes: services that must have a name; ``None``: all there ever were.
    """

    def __init__(self, tx: SqliteTx, language: str, codes: set[str] | None = None) -> None:
        self._language = language
        self._services: dict[str, str] = {}
        self._agencies: dict[str, str] = {}
        self._of: dict[str, str] = {}
        self._counters: dict[int, str] = {}
        self._take(tx.office)
        if codes is None or codes - self._of.keys():
            for kept in past_offices(tx.db, tx.branch):
                self._take(kept)
                if codes is not None and codes <= self._of.keys():
                    break

    def _take(self, office: Office) -> None:
        """Learn from settings, newest first: what is known already stays."""
        for service in office.services:
            self._services.setdefault(service.code, named(service.names, self._language, ""))
            self._of.setdefault(service.code, service.agency or "")
        for agency in office.agencies:
            self._agencies.setdefault(agency.code, named(agency.names, self._language, ""))
        for counter in office.counters:
            self._counters.setdefault(counter.number, named(counter.names, self._language, ""))

    def services(self) -> list[str]:
        """Return the codes of all services that have a name."""
        return list(self._services)

    def service(self, code: str) -> str:
        """Return a service's name, else its code."""
        return self._services.get(code) or code

    def agency(self, code: str) -> str:
        """Return an agency's name, else its code."""
        return self._agencies.get(code, code)

    def agency_of(self, service: str) -> str:
        """Return the code of a service's agency; empty without one."""
        return self._of.get(service, "")

    def services_of(self, agency: str) -> tuple[str, ...]:
        """Return the services of an agency, also those that are no more."""
        return tuple(code for code, its in self._of.items() if its == agency)

    def has_counter(self, number: int) -> bool:
        """Tell whether there is or was such a counter."""
        return number in self._counters

    def counter(self, number: int) -> str:
        """Return the name of a counter; empty when it has none but its number."""
        return self._counters.get(number, "")

    def choices(self, office: Office) -> LogChoices:
        """Return what the log can be filtered by; ``office`` tells what is still there."""
        services = {each.code for each in office.services}
        agencies = {each.code for each in office.agencies}
        counters = {each.number for each in office.counters}
        return LogChoices(
            services=[
                LogChoice(code, name or code, code not in services)
                for code, name in self._services.items()
            ],
            agencies=[
                LogChoice(code, name or code, code not in agencies)
                for code, name in self._agencies.items()
                if self.services_of(code)
            ],
            counters=[
                LogChoice(str(number), name, number not in counters)
                for number, name in sorted(self._counters.items())
            ],
        )


def services_wanted(
    tx: SqliteTx, service: str | None, agency: str | None, counter: int | None
) -> tuple[str, ...]:
    """Return the services that a question about these is about; empty for all.

    Raises:
        Invalid: there never was such a service, agency or counter, or the service is another
            agency's. A slip must not look like a day without visitors.
    """
    if not service and not agency and counter is None:
        return ()
    names = Names(tx, "", set())
    here = (not service or service in names.services()) and (
        counter is None or names.has_counter(counter)
    )
    if agency or not here:  # every part of a long answer asks; the past is long
        names = Names(tx, "")
    codes = names.services_of(agency) if agency else tuple(names.services())
    if not codes:
        raise Invalid("There is no such agency here.", field="agency")
    if counter is not None and not names.has_counter(counter):
        raise Invalid("There is no counter '{counter}' here.", field="counter", counter=counter)
    if not service:
        return codes if agency else ()
    if service not in codes:
        raise Invalid(
            "There is no service '{service}' here.", field="service", service=service[:40]
        )
    return (service,)
