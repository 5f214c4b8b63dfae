"""What an organisation does or did for which services; and whom a published name means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.audit import Act
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.rules.importing import without_echoes
from portal.catalogue.store import services


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


def services_of(session: Session, organisation_ids: Collection[int]) -> set[int]:
    """The ids of the services that these bodies own or owned, in any role."""
    o = ServiceOwner
    return set(session.scalars(select(o.service_id).where(o.organisation_id.in_(organisation_ids))))


def move(
    session: Session, published_name: str, old: str | None, new: str | None,
    refs: dict[str, int], act: Act,
) -> list[int]:  # fmt: skip
    """Let the owners published under a name be another organisation; each with history.

    Args:
        old: the reference of the organisation that the name meant, None where it meant none yet.
        new: the one it means now, None where it means none.
        refs: organisation references to ids.

    Returns:
        The ids of the services that changed.
    """
    o = ServiceOwner
    before_id = None if old is None else refs[old]
    ids = session.scalars(
        select(o.service_id)
        .where(
            o.published_name == published_name, o.organisation_id.is_not_distinct_from(before_id)
        )
        .distinct()
        .order_by(o.service_id)
    ).all()
    for service in services.load(session, ids):
        before = services.document_of(service)
        owners = [
            {**row, "organisation": new}
            if (row["organisation"], row["published_name"]) == (old, published_name)
            else row
            for row in before["owners"]
        ]
        after = {**before, "owners": without_echoes(owners)}
        services.save(session, service, before, after, refs, act, "owner matched")
    return list(ids)
