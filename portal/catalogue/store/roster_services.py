"""What rows of providers' lists may call services: read as plain rows."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.services import Service, ServiceName, ServiceSlug
from portal.catalogue.rules.rosters import Known, Services
from portal.catalogue.store.gather import lists_of


def known(session: Session) -> Services:
    """Every service by its names, addresses and slugs."""
    s, n = Service, ServiceName
    others = lists_of(session, n.service_id, n.id, None, n.name)
    rows = session.execute(
        select(s.id, s.slug, s.name, s.start_page, s.service_address, s.organisation_id,
               s.delivers_id)
    )  # fmt: skip
    services = [
        Known(
            slug,
            frozenset([name, *(other for (other,) in others.get(id_, []))]),
            frozenset(each for each in (page, address) if each),
            frozenset(each for each in (owner, deliverer) if each),
        )
        for id_, slug, name, page, address, owner, deliverer in rows
    ]
    former = session.execute(
        select(ServiceSlug.slug, s.slug).join(s, s.id == ServiceSlug.service_id)
    )
    return Services(services, {old: new for old, new in former})  # noqa: C416
