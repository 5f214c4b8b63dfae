"""Keep what assessors say of themselves, what the assurance team says of them, and who would take
an open seat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Permission, Person, may
from portal.accounts.work import Item
from portal.assessments.booking_words import Training
from portal.assessments.rules.assessors import wrong_away, wrong_month
from portal.assessments.store import assessors, open_seats
from portal.assessments.store.open_seats import OpenQuery
from portal.audit import Act
from portal.catalogue.rules.suppliers import key_of
from portal.catalogue.store import organisations
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Stale

DECLARE, NEXT, FILL, JUDGE = "declare_conflict", "next_panels", "fill_seats", "judge_conflicts"
LABELS = {
    DECLARE: N_("Say whether you have a conflict of interest"),
    NEXT: N_("Your next panels"),
    FILL: N_("Fill the seats of these panels"),
    JUDGE: N_("Judge conflicts of interest on these panels"),
}
MOST = 50


@dataclass(frozen=True, slots=True)
class Said:
    """What an assessor says of themselves.

    Attributes:
        organisation: its reference, where they work in government.
        supplier: who employs them, where they do not.
    """

    organisation: str | None
    supplier: str | None
    cross_government: bool
    most_a_month: int | None
    about: str | None


@dataclass(frozen=True, slots=True)
class Set:
    """What the assurance team says of an assessor."""

    can_lead: bool
    training: Training
    listed: bool


def say(database: Database, person_id: int, said: Said, act: Act) -> None:
    """Keep what an assessor says of themselves.

    Raises:
        Invalid: both or neither of an organisation and an employer are named, there is no such
            organisation, or the most a month is out of its bounds.
    """
    for problem in wrong_month(said.most_a_month):
        raise problem
    if bool(said.organisation) == bool(said.supplier):
        text = N_("Enter either your organisation or your employer")
        raise Invalid("organisation", text)
    with database.writing() as session:
        one_at_a_time(session)
        row = assessors.begun(session, person_id, act)
        before = assessors.document_of(row)
        row.organisation_id = _body(session, said.organisation)
        row.supplier = said.supplier
        row.supplier_key = key_of(said.supplier) if said.supplier else None
        row.cross_government = said.cross_government
        row.most_a_month, row.about = said.most_a_month, said.about
        assessors.save(session, row, before, act, "assessor.said")


def _body(session: Session, reference: str | None) -> int | None:
    if reference is None:
        return None
    found = organisations.ids_by_reference(session).get(reference)
    if found is None:
        raise Invalid("organisation", N_("There is no such organisation"))
    return found


def away(database: Database, person_id: int, since: date, until: date, act: Act) -> None:
    """Note days on which an assessor takes no seat. Raises Invalid."""
    for problem in wrong_away(since, until, act.day):
        raise problem
    with database.writing() as session:
        one_at_a_time(session)
        assessors.begun(session, person_id, act)
        assessors.add_away(session, person_id, since, until, act)


def back(database: Database, person_id: int, away_id: int, act: Act) -> None:
    """Forget such days. Raises Missing."""
    with database.writing() as session:
        assessors.remove_away(session, person_id, away_id, act)


def set_(database: Database, person_id: int, version: int, wanted: Set, act: Act) -> None:
    """Keep what the assurance team says of an assessor; version 0 where nothing was recorded yet.

    Raises:
        Missing: there is no such assessor.
        Stale: somebody has changed the record since.
    """
    with database.writing() as session:
        one_at_a_time(session)
        known = assessors.own(session, person_id, act.day).record
        if (known.version if known else 0) != version:
            raise Stale(N_("The record changed since you opened it"))
        row = known or assessors.begun(session, person_id, act)
        before = assessors.document_of(row)
        row.can_lead, row.training, row.listed = wanted.can_lead, wanted.training, wanted.listed
        assessors.save(session, row, before, act, "assessor.set")


def volunteer(database: Database, person_id: int, seat_id: int, act: Act) -> bool:
    """Offer to take an open seat; False where that is known.

    Raises:
        Missing: there is no such seat, or not for them.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = open_seats.listing(session, person_id, OpenQuery(only=seat_id))
        if not found:
            raise Missing("There is no such seat")
        assessors.begun(session, person_id, act)
        return not found[0].volunteered and open_seats.offer(session, seat_id, person_id, act)


def withdraw(database: Database, person_id: int, seat_id: int, act: Act) -> bool:
    """Take the offer back; False where there was none."""
    with database.writing() as session:
        return open_seats.take_back(session, seat_id, person_id, act)


def waiting(session: Session, person: Person, day: date) -> Iterator[Item]:
    """What waits about panels, each by the reference of its booking alone: lists are mailed."""
    id_ = person.id
    for each in open_seats.to_declare(session, id_, MOST):
        yield Item(DECLARE, each.reference, _at(each.reference, "/declare"), due=each.held_on)
    for each in open_seats.next_panels(session, id_, day, MOST):
        yield Item(NEXT, each.reference, _at(each.reference), due=each.held_on)
    if not may(person, Permission.RUN_ASSESSMENTS):
        return
    for task, rows in (
        (FILL, open_seats.to_fill(session, person, MOST)),
        (JUDGE, open_seats.to_judge(session, person, day, MOST)),
    ):
        for each in rows:
            detail = f"{each.many:,}"
            yield Item(task, each.reference, _at(each.reference, "/panel"), each.held_on, detail)


def _at(reference: str, page: str = "") -> str:
    return f"/assessments/{reference}{page}"
