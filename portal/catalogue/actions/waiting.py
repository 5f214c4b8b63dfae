"""What of the catalogue waits for a person; see portal/accounts/work.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy.orm import Session

from portal.access import REGISTRATION, Kind, Permission, Person, Role, may
from portal.accounts import work
from portal.accounts.store import erasing
from portal.catalogue.models.registrations import Registration
from portal.catalogue.store import matches, registrations
from portal.catalogue.words import MatchState
from portal.errors import N_

_MOST = 100
LABELS = {
    "decide_registration": N_("Decide about services that people registered"),
    "finish_registration": N_("Finish what you began to register"),
    "decide_name": N_("Say which organisations these names mean"),
}


def decides_for(person: Person) -> frozenset[int] | None:
    """The organisations whose registrations somebody decides about; None for all of them."""
    if any(grant.role is Role.PORTAL_ADMINISTRATOR for grant in person.grants):
        return None
    return frozenset(
        grant.id
        for grant in person.grants
        if grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.kind is Kind.ORGANISATION
    )


def registrations_of(session: Session, person: Person, _day: date) -> Iterator[work.Item]:
    """Registrations to decide about, and drafts to finish."""
    bodies = decides_for(person)
    if bodies is None or bodies:
        waiting = registrations.waiting_for(session, bodies, _MOST)
        yield from _items(waiting, "decide_registration", "/decide")
    yield from _items(registrations.drafts_of(session, person.id, _MOST), "finish_registration", "")


def names_of_organisations(session: Session, person: Person, _day: date) -> Iterator[work.Item]:
    """One line for those who decide about published names, where some wait."""
    if not may(person, Permission.DECIDE_NAME):
        return
    many = matches.counts(session)[MatchState.WAITING.value]
    if many:
        href = "/organisation-names?state=waiting"
        yield work.Item("decide_name", "Names of organisations", href, detail=f"{many:,}")


def _items(rows: Iterable[Registration], task: str, then: str) -> Iterator[work.Item]:
    for row in rows:
        href = f"/registrations/{row.id}{then}"
        yield work.Item(task, row.name, href, kind=REGISTRATION, thing_id=row.id)


def install() -> None:
    """Tell the work list, and what goes with an erased person."""
    erasing.register("registrations", registrations.forget)
    work.register("registrations", registrations_of, LABELS)
    work.register("names", names_of_organisations)
