"""By when a record must be confirmed again, and how that day stands to today."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from portal.access import Permission, Person, Role, Thing, may
from portal.catalogue.component_words import Lifecycle
from portal.catalogue.rules.documents import current_phase
from portal.catalogue.words import Audience, Phase, Reviewed, ReviewState

#: Whoever owns a record is asked from so long before the day on.
ASKED = timedelta(days=30)
#: So long after the day, nobody should rely on the record any more.
STALE = timedelta(days=60)
#: Months between two confirmations. Prices are part of a component, and confirmed with it.
LIVE_PUBLIC, OTHER_SERVICE, COMPONENT = 6, 12, 3
#: What the list of services is narrowed by: a state, or that nobody ever confirmed it.
NEVER = "never"
CHOICES = (*(state.value for state in ReviewState), NEVER)


def service_months(phase: str, audiences: Collection[str]) -> int | None:
    """How many months a confirmation of a service holds; None where nobody is asked any more."""
    if phase == Phase.RETIRED:
        return None
    return LIVE_PUBLIC if phase == Phase.LIVE and Audience.PUBLIC in audiences else OTHER_SERVICE


def months_of_service(document: Mapping[str, Any]) -> int | None:
    """The same from a clean document."""
    return service_months(current_phase(dict(document)), document["audiences"])


def component_months(lifecycle: str) -> int | None:
    """How many months a confirmation of a component holds; None for one that has closed."""
    return None if lifecycle == Lifecycle.CLOSED else COMPONENT


def months_of_component(document: Mapping[str, Any]) -> int | None:
    """The same from a clean document."""
    return component_months(document["lifecycle"])


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def review_by(
    since: date, confirmed: date | None, months: int | None, anew_from: date | None = None
) -> date | None:
    """The day by which a record must be confirmed.

    Args:
        since: the day on which it came into the catalogue.
        confirmed: the day on which somebody confirmed it last.
        months: how long that holds; None where nobody is asked.
        anew_from: the day on which the record became another one, if it did since then.
    """
    if months is None:
        return None
    by = add_months(confirmed or since, months)
    return by if anew_from is None else min(by, anew_from)


def state(by: date | None, day: date) -> ReviewState | None:
    """How a record stands on a day; None where nobody is asked about it."""
    if by is None:
        return None
    if day >= by + STALE:
        return ReviewState.STALE
    if day > by:
        return ReviewState.OVERDUE
    return ReviewState.DUE if day >= by - ASKED else ReviewState.FRESH


#: In which role somebody confirms a record, where they hold several: the nearest to it.
_ROLES = (
    Role.SERVICE_OWNER, Role.COMPONENT_PROVIDER, Role.TEAM_MEMBER,
    Role.ORGANISATION_ADMINISTRATOR, Role.PORTAL_ADMINISTRATOR,
)  # fmt: skip
#: Whoever may edit a record may confirm it.
CONFIRMS = {
    Reviewed.SERVICE: Permission.EDIT_SERVICE,
    Reviewed.COMPONENT: Permission.EDIT_COMPONENT,
}


def may_confirm(person: Person, thing: Thing) -> bool:
    """Whether somebody may confirm a service or component."""
    return may(person, CONFIRMS[Reviewed(thing.kind)], thing)


def role_on(person: Person, thing: Thing) -> Role | None:
    """In which role somebody confirms a record."""
    held = {grant.role for grant in person.grants if grant.covers(thing)}
    return next((role for role in _ROLES if role in held), None)


def days_of(which: ReviewState, day: date) -> tuple[date | None, date | None]:
    """The first and the last day by which the records of a state are to be confirmed; None where
    there is no first or last.
    """
    stale, overdue, due = day - STALE, day - timedelta(days=1), day + ASKED
    return {
        ReviewState.STALE: (None, stale),
        ReviewState.OVERDUE: (stale + timedelta(days=1), overdue),
        ReviewState.DUE: (day, due),
        ReviewState.FRESH: (due + timedelta(days=1), None),
    }[which]
