"""All SQL about journeys."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from portal.audit import Act, Document, record
from portal.catalogue.models.journeys import Journey, JourneyStep
from portal.catalogue.models.services import Service
from portal.errors import Invalid, Missing

THING = "journey"
_LOADS = (
    selectinload(Journey.steps).joinedload(JourneyStep.service).joinedload(Service.organisation),
)


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey as a list shows it."""

    slug: str
    name: str
    goal: str
    steps: int
    organisations: int


def document_of(journey: Journey) -> Document:
    """The canonical document of a loaded journey (see rules/documents.py)."""
    return {
        "slug": journey.slug,
        "name": journey.name,
        "goal": journey.goal,
        "steps": [
            {
                "service": step.service.slug,
                "what_happens": step.what_happens,
                "hand_off": step.hand_off,
            }
            for step in journey.steps
        ],
        "sources": list(journey.sources),
    }


def load(session: Session) -> list[Journey]:
    """Every journey with its steps, their services and who is accountable, by name."""
    return list(
        session.scalars(select(Journey).options(*_LOADS).order_by(Journey.name, Journey.id))
    )


def by_slug(session: Session, slug: str) -> Journey:
    """The journey at an address. Raises Missing."""
    found = session.scalars(select(Journey).options(*_LOADS).where(Journey.slug == slug)).first()
    if found is None:
        raise Missing("There is no journey at this address")
    return found


def listing(session: Session) -> list[JourneyRow]:
    """Every journey with how many steps and accountable organisations it has, by name."""
    return [
        JourneyRow(slug, name, goal, steps, organisations)
        for slug, name, goal, steps, organisations in session.execute(
            select(
                Journey.slug,
                Journey.name,
                Journey.goal,
                func.count(JourneyStep.id),
                func.count(Service.organisation_id.distinct()),
            )
            .join(JourneyStep, JourneyStep.journey_id == Journey.id)
            .join(Service, Service.id == JourneyStep.service_id)
            .group_by(Journey.id, Journey.slug, Journey.name, Journey.goal)
            .order_by(Journey.name, Journey.id)
        )
    ]


def total(session: Session) -> int:
    """How many journeys there are."""
    return session.scalar(select(func.count()).select_from(Journey)) or 0


def through(session: Session, service_id: int) -> list[tuple[str, str, int, int]]:
    """The journeys a service is part of: (slug, name, its position, how many steps)."""
    steps = (
        select(func.count())
        .select_from(JourneyStep)
        .where(JourneyStep.journey_id == Journey.id)
        .correlate(Journey)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Journey.slug, Journey.name, JourneyStep.position, steps)
        .join(JourneyStep, JourneyStep.journey_id == Journey.id)
        .where(JourneyStep.service_id == service_id)
        .order_by(Journey.name, JourneyStep.position)
    )
    return [(slug, name, position, count) for slug, name, position, count in rows]


def save(
    session: Session, journey: Journey, before: Document | None, after: Document,
    ids: dict[str, int], act: Act, tag: str,
) -> bool:  # fmt: skip
    """Make a loaded (or new) journey say `after`, with its history event; False if it did.

    Raises:
        Invalid: a step's service is not in the database.
    """
    if before == after:
        return False
    journey.slug, journey.name, journey.goal = after["slug"], after["name"], after["goal"]
    journey.sources = after["sources"]
    journey.version = (journey.version or 0) + 1
    journey.edited_at = act.at
    if before:
        journey.steps.clear()
        session.flush()
    for position, row in enumerate(after["steps"], start=1):
        if row["service"] not in ids:
            raise Invalid("steps", f"There is no service {row['service']}")
        journey.steps.append(
            JourneyStep(
                position=position,
                service_id=ids[row["service"]],
                what_happens=row["what_happens"],
                hand_off=row["hand_off"],
            )
        )
    session.add(journey)
    session.flush()
    record(session, act, tag, THING, journey.id, before, after)
    return True


def remove(session: Session, journey: Journey, act: Act, tag: str) -> None:
    """Delete a journey; the history keeps what it said."""
    before = document_of(journey)
    session.delete(journey)
    session.flush()
    record(session, act, tag, THING, journey.id, before, None)
