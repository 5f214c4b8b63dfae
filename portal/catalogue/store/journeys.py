"""All SQL about journeys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from portal import search
from portal.audit import Act, Document, record
from portal.catalogue.models.journeys import Journey, JourneyStep
from portal.catalogue.models.services import Service
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.rules.filters import PAGE_SIZE, JourneyQuery, Key
from portal.catalogue.store.paging import by_column, by_rank
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
    key: Key


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of journeys with what surrounds it."""

    rows: list[JourneyRow]
    total: int
    corrected: str | None
    previous: Key | None = None
    next: Key | None = None


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
    query = select(Journey).options(*_LOADS).order_by(Journey.sort_name, Journey.id)
    # A journey just written has its steps without their services.
    return list(session.scalars(query.execution_options(populate_existing=True)))


def by_slug(session: Session, slug: str) -> Journey:
    """The journey at an address. Raises Missing."""
    found = session.scalars(select(Journey).options(*_LOADS).where(Journey.slug == slug)).first()
    if found is None:
        raise Missing("There is no journey at this address")
    return found


def slugs(session: Session) -> set[str]:
    """Every address in use."""
    return set(session.scalars(select(Journey.slug)))


def listing(session: Session, query: JourneyQuery, size: int = PAGE_SIZE) -> Listing:
    """A page of journeys, by relevance where words are searched for, else by name."""
    found = search.find(session, THING, query.text) if query.text else None
    if found is None:
        rows, before, after = by_column(
            session, _rows(), Journey.sort_name, Journey.id, query.cursor, size
        )
        page = [_row(r, (r.sort_value, r.id)) for r in rows]
    else:
        positions = {id_: at for at, id_ in enumerate(found.ids)}
        chosen, before, after = by_rank(found.ids, positions, query.cursor, size)
        ranked = {r.id: r for r in session.execute(_rows().where(Journey.id.in_(chosen)))}
        page = [_row(ranked[i], (positions[i], i)) for i in chosen]
    return Listing(
        rows=page,
        total=total(session) if found is None else len(found.ids),
        corrected=found.corrected if found else None,
        previous=page[0].key if page and before else None,
        next=page[-1].key if page and after else None,
    )


def _rows() -> Select[Any]:
    steps = (
        select(
            JourneyStep.journey_id.label("journey_id"),
            func.count().label("steps"),
            func.count(Service.organisation_id.distinct()).label("organisations"),
        )
        .join(Service, Service.id == JourneyStep.service_id)
        .group_by(JourneyStep.journey_id)
        .subquery()
    )
    return select(
        Journey.id, Journey.slug, Journey.name, Journey.goal, steps.c.steps, steps.c.organisations
    ).join(steps, steps.c.journey_id == Journey.id)


def _row(r: Any, key: Key) -> JourneyRow:
    return JourneyRow(r.slug, r.name, r.goal, r.steps, r.organisations, key)


def listed(session: Session, query: JourneyQuery) -> Iterator[Document]:
    """The documents of everything a query lists, in its order."""
    every = {j.id: j for j in load(session)}
    ids = search.find(session, THING, query.text).ids if query.text else every
    return (document_of(every[id_]) for id_ in ids)


def search_documents(session: Session) -> list[search.Document]:
    """What the search knows of journeys: name, the organisations on the way, goal and steps."""
    return [_search_document(j) for j in load(session)]


def _search_document(journey: Journey) -> search.Document:
    services = [step.service for step in journey.steps]
    bodies = dict.fromkeys(s.organisation for s in services if s.organisation)
    return search.Document(
        thing=THING,
        thing_id=journey.id,
        names=journey.name,
        organisations="\n".join(f"{o.name} {o.abbreviation or ''}" for o in bodies),
        body="\n".join(
            [journey.goal, *(s.name for s in services), *(p.what_happens for p in journey.steps)]
        ),
    )


def total(session: Session) -> int:
    """How many journeys there are."""
    return session.scalar(select(func.count()).select_from(Journey)) or 0


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
    journey.sort_name = sort_key(after["name"])
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
