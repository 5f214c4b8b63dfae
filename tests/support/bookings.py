"""Bookings for tests: in any state, with people on the panel."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.store import people
from portal.accounts.words import Profession
from portal.assessments import words
from portal.assessments.booking_words import (
    ContactRole,
    Declaration,
    PanelBy,
    SeatRole,
    SeatState,
    State,
    Training,
)
from portal.assessments.models.bookings import Booking
from portal.assessments.models.panels import Assessor, Seat
from portal.assessments.rules import weeks
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.booking_tasks import Task
from portal.assessments.store import bookings
from portal.audit import Act
from tests.support.accounts import act
from tests.support.data import ACT
from tests.support.people import Somebody, everywhere

REFERENCE = "TST-2345"
ASSURANCE = everywhere(Role.ASSURANCE_TEAM)


def book(session: Session, service_id: int | None, **changes: Any) -> Booking:
    """A booking of a service that says all that it must; a draft unless it says else."""
    plain = {
        "reference": REFERENCE, "state": State.DRAFT, "service_id": service_id,
        "name": "Hire a boat", "sort_name": "hire a boat", "purpose": "Boats for a day.",
        "stage": words.Stage.BETA, "kind": words.AssessmentKind.ASSESSMENT,
        "confidential": False, "project_code_known": False, "phase_start": date(2026, 1, 5),
        "phase_end_known": False, "weeks": ["2026-09-07"], "access_needs_answered": True,
        "artefacts_answered": True, "needed": {}, "panel_by": PanelBy.CROSS_GOVERNMENT,
        "scheme": words.RatingScheme.RAG,
    }  # fmt: skip
    row = {**plain, **changes}
    if row["state"] is State.POSTPONED:
        row.setdefault("resumes", State.ACCEPTED)
    if row["state"] in (State.PUBLISHED, State.UNPUBLISHED):
        row.setdefault("result", words.Rating.MET)
        row.setdefault("result_verbatim", "Met")
    return bookings.add(session, Booking(**row), ACT)


def person(session: Session, name: str, *professions: Profession) -> Person:
    """Somebody with an account, and an assessor where they have a profession."""
    slug = name.lower().replace(" ", ".")
    made = Person(email=f"{slug}@a.example", name=name, sort_name=name.lower(), created_at=ACT.at)
    session.add(made)
    session.flush()
    if professions:
        people.profess(session, made, professions, ACT)
        session.add(_assessor(made.id, ACT))
        session.flush()
    return made


def _assessor(person_id: int, act: Act) -> Assessor:
    return Assessor(
        person_id=person_id, cross_government=True, can_lead=True, training=Training.TRAINED,
        edited_at=act.at,
    )  # fmt: skip


def seat(
    session: Session, booking: Booking, person_id: int | None,
    role: SeatRole = SeatRole.ASSESSOR, profession: Profession | None = Profession.DESIGN,
    declaration: Declaration = Declaration.NONE,
) -> Seat:  # fmt: skip
    """A seat of its panel, filled where a person is given."""
    made = Seat(
        booking_id=booking.id, role=role, person_id=person_id, declaration=declaration,
        profession=None if role is SeatRole.OBSERVER else profession,
        state=SeatState.OPEN if person_id is None else SeatState.FILLED,
        filled_at=None if person_id is None else ACT.at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def team_of(service_id: int, id_: int = 901) -> Somebody:
    """Somebody who answers for a service."""
    return Somebody((Grant(Role.SERVICE_OWNER, Kind.SERVICE, service_id),), id=id_)


def with_account(person_id: int) -> Somebody:
    """Somebody with an account and no role: what they are, their seats say."""
    return Somebody((Grant(Role.ASSESSOR, Kind.PORTAL, 0),), id=person_id)


def answers() -> dict[Task, dict[str, Any]]:
    """What a team answers to each task of a booking of a beta assessment."""
    first = next(week for week in weeks.bookable(act().day, HeldHow()) if week.days)
    return {
        Task.ASSESSED: {"stage": "beta", "kind": "assessment", "again": ""},
        Task.ABOUT: {"name": "Llogi cwch", "purpose": "Hire a boat. Llogi cwch ŵ."},
        Task.USERS: {"told": "no"},
        Task.PROJECT_CODE: {"known": True, "project_code": "ab-1"},
        Task.CONFIDENTIAL: {"confidential": False},
        Task.DATES: {"discovery_on": date(2025, 1, 2), "phase_start": date(2026, 1, 5),
                     "phase_end_known": False, "phase_end": None},
        Task.WEEKS: {"weeks": [first.value]},
        Task.PEOPLE: {role: (f"{role} one", "one@a.example") for role in ContactRole},
        Task.ARTEFACTS: {},
        Task.ACCESS_NEEDS: {"access_needs": "A hearing loop"},
    }  # fmt: skip
