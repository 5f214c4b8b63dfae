"""Let a set have assessors, and some of them on panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models.people import Person
from portal.accounts.store import people
from portal.accounts.words import Profession
from portal.assessments.actions.panels import seat_somebody
from portal.assessments.booking_words import Declaration, SeatRole, SeatState, Training
from portal.assessments.models.bookings import Booking
from portal.assessments.store import assessors, open_seats, panels
from portal.audit import Act, Document
from portal.catalogue.store import organisations
from portal.db import Database, one_at_a_time


def add_assessors(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Say of people of a set how they assess, where nothing is said yet; of how many."""
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        refs = organisations.ids_by_reference(session)
        for row in rows:
            person = people.by_email(session, row["email"])
            if person is None or assessors.recorded(session, person.id) is not None:
                continue
            people.profess(session, person, [Profession(each) for each in row["professions"]], act)
            made = assessors.begun(session, person.id, act)
            before = assessors.document_of(made)
            made.organisation_id = refs[f"slug:{row['organisation']}"]
            made.cross_government, made.can_lead = True, row["can_lead"]
            made.training = Training(row["training"])
            assessors.save(session, made, before, act, "assessor.set")
            added += 1
    return added


def sit(
    session: Session, booking: Booking, rows: Mapping[str, Document], act: Act, url: str
) -> None:
    """Let people take the open seats of a panel, by profession, and say what they say."""
    ids = dict(session.execute(select(Person.email, Person.id)).all())
    for row in panels.seats(session, booking.id):
        said = rows.get(row.profession or SeatRole.OBSERVER)
        if said is None or row.state is not SeatState.OPEN:
            continue
        seat = panels.seat_at(session, booking.id, row.id)
        if "volunteer" in said:
            open_seats.offer(session, seat.id, ids[said["volunteer"]], act)
            continue
        seat_somebody(session, booking, seat, ids[said["person"]], act, url)
        before = panels.document_of(seat)
        seat.declaration = Declaration(said["declares"])
        seat.conflict = said.get("conflict")
        seat.declared_at = None if seat.declaration is Declaration.WAITING else act.at
        panels.save(session, seat, before, act, "seat.declared")
