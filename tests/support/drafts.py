"""Draft reports for tests: a booking at some state, its panel, and its sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.rules.people import Known
from portal.accounts.store import people
from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, SeatRole, SeatState, State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.panels import Seat
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.words import AssessmentKind, RatingScheme, Stage, VersionState
from portal.audit import Act
from tests.support.accounts import add_person
from tests.support.booking_rows import booking
from tests.support.data import ACT, add_organisation, add_service

REFERENCE = "HKT-4827"
AT = datetime(2026, 7, 1, 9, tzinfo=UTC)
#: Who sits on the panel, by the names that tests call them.
PANEL: Mapping[str, tuple[SeatRole, Profession]] = {
    "lead": (SeatRole.LEAD, Profession.PRODUCT),
    "research": (SeatRole.ASSESSOR, Profession.USER_RESEARCH),
    "design": (SeatRole.ASSESSOR, Profession.DESIGN),
    "tech": (SeatRole.ASSESSOR, Profession.TECHNOLOGY),
}

POINTS = (
    ("Understand users", Profession.USER_RESEARCH),
    ("Make it simple", Profession.DESIGN),
    ("Open the code", Profession.TECHNOLOGY),
    ("Measure it", Profession.PERFORMANCE),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking with its people, by the names that tests call them."""

    booking: Booking
    people: Mapping[str, Known]

    def act(self, name: str, reason: str | None = None) -> Act:
        """What one of them does."""
        actor = people.actor(self.people[name].id)
        return Act(actor, AT, "test", reason=reason)


def sit(
    session: Session, booking_id: int, person_id: int, role: SeatRole,
    profession: Profession | None, declared: Declaration = Declaration.NONE,
) -> Seat:  # fmt: skip
    """Somebody on a seat of a panel."""
    made = Seat(
        booking_id=booking_id, role=role, profession=profession, state=SeatState.FILLED,
        person_id=person_id, filled_at=ACT.at, declaration=declared, declared_at=ACT.at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def as_known(person: Person, *grants: Grant) -> Known:
    """Somebody as the policy sees them."""
    return Known(person.id, grants)


def four_points(session: Session, number: int = 1) -> StandardVersion:
    """A published version with four points, three of them of a profession on the panel."""
    standard = session.query(Standard).filter_by(slug="a-standard").one_or_none()
    if standard is None:
        standard = Standard(slug="a-standard", name="Ours", owner="Body", edited_at=ACT.at)
        session.add(standard)
        session.flush()
    version = StandardVersion(
        standard_id=standard.id, number=number, title="4 points", scheme=RatingScheme.RAG,
        state=VersionState.DRAFT, edited_at=ACT.at,
    )  # fmt: skip
    version.points = [
        StandardPoint(number=at, title=title, profession=profession)
        for at, (title, profession) in enumerate(POINTS, start=1)
    ]
    session.add(version)
    session.flush()
    version.state, version.published_at = VersionState.PUBLISHED, ACT.at
    session.flush()
    return version


def add_draft(
    session: Session, state: State = State.DRAFTING, version: StandardVersion | None = None,
    scheme: RatingScheme | None = RatingScheme.RAG, service: str = "hire-a-boat", **more: Any,
) -> Draft:  # fmt: skip
    """A booking of a service with a panel of four, an observer, a team and an assurance team."""
    add_organisation(session, "body")
    of = add_service(session, service, owner="body", name="Hire a boat")
    values = {"stage": Stage.ALPHA, "kind": AssessmentKind.ASSESSMENT, **more}
    made = booking(
        reference=REFERENCE, state=state, name="Hire a boat", sort_name="hire a boat",
        service_id=of.id, organisation_id=of.organisation_id, scheme=scheme,
        standard_version_id=version.id if version else None, held_on=date(2026, 6, 30), **values,
    )  # fmt: skip
    session.add(made)
    session.flush()
    team = Grant(Role.SERVICE_OWNER, Kind.SERVICE, of.id)
    assurance = Grant(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)
    found = {
        "team": as_known(add_person(session, "team@a.example", team), team),
        "assurance": as_known(add_person(session, "assurance@a.example", assurance), assurance),
        "nobody": as_known(add_person(session, "nobody@a.example")),
    }
    for name, (role, profession) in PANEL.items():
        person = add_person(session, f"{name}@a.example", name=f"Assessor {name}")
        sit(session, made.id, person.id, role, profession)
        found[name] = as_known(person)
    watching = add_person(session, "observer@a.example", name="Observer One")
    sit(session, made.id, watching.id, SeatRole.OBSERVER, None)
    found["observer"] = as_known(watching)
    return Draft(made, found)


def add_sections(session: Session, draft: Draft, version: StandardVersion) -> list[Section]:
    """A section of each point of a version, and one of the whole."""
    plain = {"booking_id": draft.booking.id, "done_well": "", "to_explore": "",
             "edited_at": ACT.at, "edited_by": ACT.actor}  # fmt: skip
    points: list[StandardPoint] = list(version.points)
    rows = [Section(number=0, **plain)]
    rows += [
        Section(number=each.number, point_id=each.id, profession=each.profession, **plain)
        for each in points
    ]
    session.add_all(rows)
    session.flush()
    return rows


def drafted(session: Session, state: State = State.DRAFTING, **more: Any) -> Draft:
    """A draft with empty sections of four points."""
    version = four_points(session)
    made = add_draft(session, state, version, **more)
    add_sections(session, made, version)
    return made
