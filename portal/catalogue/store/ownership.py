"""What an organisation did for which services, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.catalogue.models.organisations import Organisation
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
    now_slug: str | None = None
    now_name: str | None = None


def owned_on(
    session: Session, organisation_id: int, on: date
) -> tuple[list[OwnedRow], list[OwnedRow]]:
    """What a body had on a day in any role, and what it had had before, each by name."""
    o = ServiceOwner
    rows = session.execute(
        select(
            Service.slug, Service.name, Service.phase, o.role, o.since, o.until,
            Organisation.slug, Organisation.name,
        )
        .join(o, o.service_id == Service.id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(o.organisation_id == organisation_id, or_(o.since.is_(None), o.since <= on))
        .order_by(Service.sort_name, Service.id, o.role, o.until)
    )  # fmt: skip
    had = [OwnedRow(r[0], r[1], r[2].value, r[3].value, *r[4:]) for r in rows]
    return (
        [row for row in had if row.until is None or row.until > on],
        [row for row in had if row.until is not None and row.until <= on],
    )
