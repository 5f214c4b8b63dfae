"""All SQL about components that need attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import Document
from portal.catalogue.component_words import Burning
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.burning import Facts, place, reasons
from portal.catalogue.rules.closing import DEPENDING, ends_on
from portal.catalogue.rules.component_care import open_on
from portal.catalogue.store import blast
from portal.catalogue.store.organisations import iso


@dataclass(frozen=True, slots=True)
class Hot:
    """A component that needs attention.

    Attributes:
        why: the worst reason first.
        place: where it stands in the list.
        ends: the day it ends or ended.
        incidents: those that are open, as in its document; and so `unsupported`.
    """

    id: int
    slug: str
    name: str
    provider: str
    provider_slug: str
    lifecycle: str
    ends: date | None
    why: list[Burning]
    place: str
    team: str | None
    security_tested_on: date | None
    incidents: list[Document]
    unsupported: list[Document]
    looked_at_on: date | None


@dataclass(frozen=True, slots=True)
class BurningQuery:
    """What the list is narrowed to: slugs of who provides it, and of who depends on it."""

    provider: str | None = None
    organisation: str | None = None


def listing(session: Session, query: BurningQuery, day: date) -> list[Hot]:
    """The components that need attention on a day, the worst first, in two statements."""
    c, o = Component, Organisation
    statement = select(
        c.id, c.slug, c.name, c.sort_name, o.name, o.slug, c.lifecycle, c.closes_on,
        c.lifecycle_since, c.successor_id, c.team, c.security_tested_on, c.incidents,
        c.unsupported, c.looked_at_on,
    ).join(o, o.id == c.provider_id)  # fmt: skip
    if query.provider is not None:
        statement = statement.where(o.slug == query.provider)
    if query.organisation is not None:
        statement = statement.where(c.id.in_(_used_by(query.organisation)))
    rows: Any = session.execute(statement).all()
    depending = blast.services_each(session) if rows else {}
    found = (_hot(row, depending.get(row.id, 0), day) for row in rows)
    return sorted((each for each in found if each.why), key=lambda each: (each.place, each.id))


def _used_by(organisation: str) -> Any:
    mine = select(Organisation.id).where(Organisation.slug == organisation).scalar_subquery()
    return (
        select(Usage.component_id)
        .join(Service, Service.id == Usage.service_id)
        .where(
            Service.organisation_id == mine, Usage.status.in_(DEPENDING),
            Usage.component_id.is_not(None),
        )
    )  # fmt: skip


def _hot(row: Any, dependents: int, day: date) -> Hot:
    (id_, slug, name, sort_name, provider, provider_slug, lifecycle, closes_on, since, successor,
     team, tested, incidents, unsupported, looked_at) = row  # fmt: skip
    ends = ends_on(lifecycle, iso(closes_on), iso(since))
    day_of_end = date.fromisoformat(ends) if ends else None
    burning, parts = open_on(incidents, day), open_on(unsupported, day)
    why = reasons(
        Facts(lifecycle, day_of_end, successor is not None, dependents, team, tested, len(burning),
              len(parts)), day,
    )  # fmt: skip
    return Hot(
        id_, slug, name, provider, provider_slug, lifecycle.value, day_of_end, why,
        place(why, dependents, sort_name) if why else "", team, tested, burning, parts, looked_at,
    )  # fmt: skip


def organisations(session: Session, slugs: set[str]) -> dict[str, str]:
    """The names of organisations by slug, of those that there are."""
    o = Organisation
    rows = session.execute(select(o.slug, o.name).where(o.slug.in_(slugs)))
    return {row.slug: row.name for row in rows}
