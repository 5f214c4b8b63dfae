"""What teams have to move away from: uses of components that end, with nothing in their place."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from portal.access import Person
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.closing import ends_on
from portal.catalogue.rules.components import ENDING
from portal.catalogue.store.closing import following
from portal.catalogue.store.organisations import iso
from portal.catalogue.store.review_work import RECORDS, whose
from portal.catalogue.words import Reviewed


class ToMove(NamedTuple):
    """A use of a component that ends."""

    service_id: int
    service_slug: str
    service: str
    need_slug: str
    component: str
    ends: date


def waiting(session: Session, person: Person, day: date, most: int) -> list[ToMove]:
    """What the services that somebody owns, and those without an owner that they administer, use
    of components that end, where nothing is recorded that takes its place; what has ended also
    where something is. The earliest end first.
    """
    u, s, c, n = Usage, Service, Component, Capability
    records = RECORDS[Reviewed.SERVICE]
    own, all_of, administers = whose(person, records)
    if not (own or all_of or administers):
        return []
    # Each by itself: with an "or" between them every service would be read.
    theirs = union(
        select(s.id).where(s.id.in_(own)),
        select(s.id).where(records.owned_by(all_of)),
        select(s.id).where(records.owned_by(administers), ~records.has_owner(day)),
    )
    using = (UsageStatus.LIVE, UsageStatus.INTEGRATING)
    ending = _ending(session)
    ended = [id_ for id_, ends in ending.items() if ends <= day]
    if not ending:
        return []
    rows = session.execute(
        select(s.id, s.slug, s.name, n.slug, c.name, c.id)
        .select_from(u)
        .join(s, s.id == u.service_id)
        .join(c, c.id == u.component_id)
        .join(n, n.id == u.capability_id)
        .where(
            u.service_id.in_(theirs),
            or_(
                u.component_id.in_(ending) & u.status.in_(using) & following().is_(None),
                u.component_id.in_(ended) & (u.status.in_((*using, UsageStatus.STOPPING))),
            ),
        )
    )
    found = [ToMove(*row[:5], ending[row[5]]) for row in rows]
    return sorted(found, key=lambda each: (each.ends, each.service, each.component))[:most]


def _ending(session: Session) -> dict[int, date]:
    """The day of each component that ends, where there is one."""
    c = Component
    rows = session.execute(
        select(c.id, c.lifecycle, c.closes_on, c.lifecycle_since).where(c.lifecycle.in_(ENDING))
    )
    days = {id_: ends_on(phase, iso(closes), iso(since)) for id_, phase, closes, since in rows}
    return {id_: date.fromisoformat(day) for id_, day in days.items() if day}
