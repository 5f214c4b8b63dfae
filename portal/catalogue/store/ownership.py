"""What an organisation did for which services, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.catalogue.models.services import Service, ServiceOwner


@dataclass(frozen=True, slots=True)
class OwnedRow:
    """A service as an organisation's page shows it: what the body does for it, and when."""

    slug: str
    name: str
    phase: str
    role: str
    since: date | None
    until: date | None


def owned_on(session: Session, organisation_id: int, on: date) -> list[OwnedRow]:
    """What a body owned on a day, in any role, by name."""
    o = ServiceOwner
    rows = session.execute(
        select(Service.slug, Service.name, Service.phase, o.role, o.since, o.until)
        .join(o, o.service_id == Service.id)
        .where(
            o.organisation_id == organisation_id,
            or_(o.since.is_(None), o.since <= on),
            or_(o.until.is_(None), o.until > on),
        )
        .order_by(Service.sort_name, Service.id, o.role)
    )
    return [OwnedRow(r[0], r[1], r[2].value, r[3].value, r[4], r[5]) for r in rows]
