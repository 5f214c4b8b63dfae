"""What the catalogue knows of a service that a point of the standard asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session, aliased

from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.standards import (
    PointRelation,
    Standard,
    StandardPoint,
    StandardVersion,
)
from portal.assessments.rules.evidence import Place, Topic, topic_of
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service, ServiceLink
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import exemptions, service_needs
from portal.catalogue.store.exemptions import Live
from portal.catalogue.store.service_needs import Needs
from portal.catalogue.words import LinkKind


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands in the catalogue today, beside a point.

    Attributes:
        slug: of the service; None where the booking is of none that the catalogue has.
        edited_at: when its record was edited last.
        component: the component that is assessed, in place of a service: slug, name, lifecycle
            and the day it closes.
        transactions: a year, in the period below; None where nobody has said.
        code: addresses of its source code, each with what it is called.
    """

    topic: Topic
    slug: str | None = None
    name: str | None = None
    edited_at: datetime | None = None
    component: tuple[str, str, str, date | None] | None = None
    transactions: int | None = None
    since: date | None = None
    until: date | None = None
    code: list[tuple[str, str | None]] = field(default_factory=list)
    needs: Needs | None = None
    exempt: list[Live] = field(default_factory=list)


def of_section(session: Session, booking: Booking, section: Section, day: date) -> Evidence | None:
    """The evidence for the point of a section on a day; None where the catalogue has none."""
    topic = _topic(session, section.point_id) if section.point_id is not None else None
    if topic is None:
        return None
    if booking.component_id is not None:
        c = Component
        query = select(c.slug, c.name, c.lifecycle, c.closes_on)
        row = session.execute(query.where(c.id == booking.component_id)).one()
        return Evidence(topic, component=(row[0], row[1], row[2].value, row[3]))
    if booking.service_id is None:
        return Evidence(topic)
    return _of_service(session, booking.service_id, topic, day)


def _of_service(session: Session, service_id: int, topic: Topic, day: date) -> Evidence:
    s = Service
    link = ServiceLink
    code = and_(link.service_id == s.id, link.kind == LinkKind.SOURCE_CODE)
    rows = session.execute(
        select(
            s.slug, s.name, s.edited_at, s.yearly_transactions, s.transactions_from,
            s.transactions_to, link.url, link.title,
        ).outerjoin(link, code).where(s.id == service_id).order_by(link.id)
    ).all()  # fmt: skip
    row = rows[0]
    found = Evidence(topic, row[0], row[1], row[2], None, row[3], row[4], row[5])
    if topic is Topic.SOURCE_CODE:
        found.code.extend((each[6], each[7]) for each in rows if each[6])
    if topic is Topic.PLATFORMS:
        needs = service_needs.of_service(session, service_id, day)
        live = exemptions.live(session, [service_id], day)
        return Evidence(topic, row[0], row[1], row[2], needs=needs, exempt=live)
    return found


def shown_components(session: Session, booking: Booking) -> set[int]:
    """The components of which the catalogue shows, beside a point of the draft, that the service
    uses them.
    """
    s, u = Section, Usage
    points = select(s.point_id).where(
        s.booking_id == booking.id, s.carried.is_(False), s.point_id.is_not(None)
    )
    if booking.service_id is None or not any(
        _topic(session, id_) is Topic.PLATFORMS for id_ in session.scalars(points) if id_
    ):
        return set()
    used = select(u.component_id).where(
        u.service_id == booking.service_id, u.component_id.is_not(None)
    )
    return {id_ for id_ in session.scalars(used) if id_ is not None}


def _topic(session: Session, point_id: int) -> Topic | None:
    own, others = _places(session, point_id)
    return topic_of(own, others)


def _places(session: Session, point_id: int) -> tuple[Place | None, list[Place]]:
    """Where a point stands, and where those stand that somebody said ask for the same."""
    p, v, r = StandardPoint, StandardVersion, aliased(PointRelation)
    other = case((r.older_id == point_id, r.newer_id), else_=r.older_id)
    related = select(other).where((r.older_id == point_id) | (r.newer_id == point_id))
    query = (
        select(p.id, Standard.slug, v.number, p.number)
        .join(v, v.id == p.version_id)
        .join(Standard, Standard.id == v.standard_id)
        .where((p.id == point_id) | p.id.in_(related))
    )
    rows = [(row[0], Place(row[1], row[2], row[3])) for row in session.execute(query)]
    own = next((place for id_, place in rows if id_ == point_id), None)
    return own, [place for id_, place in rows if id_ != point_id]
