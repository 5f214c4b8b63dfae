"""Book the assessments of a set, and move them on as far as it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.accounts.store import things
from portal.assessments import words
from portal.assessments.actions import booking_steps, demo_panels
from portal.assessments.booking_words import ContactRole, Move, PanelBy, State
from portal.assessments.models.bookings import (
    Booking,
    BookingArtefact,
    BookingContact,
    BookingSession,
)
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.weeks import week_of
from portal.assessments.rules.workflow import rule_of
from portal.assessments.store import bookings
from portal.audit import Act, Document
from portal.catalogue.rules.cleaners import sort_key
from portal.db import Database, one_at_a_time

DAY = timedelta(days=1)
#: Made up, as all of the demo's people are.
CONTACTS = {
    ContactRole.SENIOR_RESPONSIBLE_OWNER: "Demo senior responsible owner",
    ContactRole.SERVICE_OWNER: "Demo service owner",
    ContactRole.PRODUCT_MANAGER: "Demo product manager",
    ContactRole.DELIVERY_MANAGER: "Demo delivery manager",
}


def add_missing(database: Database, rows: Iterable[Document], act: Act, url: str) -> int:
    """Add the bookings of a set that are not there yet; how many came.

    Args:
        database: the portal's.
        rows: documents of bookings, with how many days ago the phase began and how many it still
            has, and the moves to make.
        act: who loads the set.
        url: where the portal is, for the links of mails.
    """
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        known = set(session.scalars(select(Booking.reference)))
        for row in rows:
            if row["reference"] not in known:
                made = _book(session, row, act)
                for move in map(Move, row["moves"]):
                    booking_steps.take(session, made, move, rule_of(move).by, act, url)
                demo_panels.sit(session, made, row.get("panel", {}), act, url)
                added += 1
    return added


def _book(session: Session, row: Document, act: Act) -> Booking:
    kind = Kind.SERVICE if "service" in row else Kind.COMPONENT
    of = things.by_slug(session, kind, row[kind.value])
    named = things.names(session, [(kind, of.id)])[kind, of.id].name
    began = act.day - row["phase_began"] * DAY
    booking = Booking(
        reference=row["reference"], state=State.DRAFT, name=named, sort_name=sort_key(named),
        service_id=of.id if kind is Kind.SERVICE else None,
        component_id=of.id if kind is Kind.COMPONENT else None,
        organisation_id=min(of.organisations, default=None), purpose=row["purpose"],
        stage=words.Stage(row["stage"]), kind=words.AssessmentKind(row["kind"]),
        confidential=row["confidential"], project_code=row["project_code"],
        project_code_known=row["project_code"] is not None, discovery_on=began - 365 * DAY,
        phase_start=began, phase_end_known=row["phase_ends_in"] is not None,
        phase_end=_ahead(act.day, row["phase_ends_in"]), weeks=_weeks(act.day),
        access_needs_answered=True, artefacts_answered=True,
        needed={"told": "unknown"}, panel_by=PanelBy.CROSS_GOVERNMENT,
    )  # fmt: skip
    booking.contacts = [BookingContact(role=role, name=name) for role, name in CONTACTS.items()]
    booking.artefacts = [BookingArtefact(**each) for each in row["artefacts"]]
    if row.get("session"):
        on = _held_on(booking.weeks[0])
        booking.sessions = [BookingSession(held_on=on, **row["session"])]
        booking.held_on = on
    return bookings.add(session, booking, act)


def _ahead(day: date, days: int | None) -> date | None:
    return None if days is None else day + days * DAY


def _held_on(week: str) -> date:
    """The first day of a week on which assessments are held."""
    found = week_of(date.fromisoformat(week), HeldHow())
    return next(iter(found.days), found.monday + DAY)


def _weeks(day: date) -> list[str]:
    """The Mondays of the sixth to the eighth week from a day."""
    monday = day - day.weekday() * DAY
    return [(monday + n * 7 * DAY).isoformat() for n in (6, 7, 8)]
