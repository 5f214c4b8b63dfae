"""All SQL that brings a provider's list and the catalogue's own uses beside each other."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import RosterSort
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.rosters import Roster
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.reconciling import Ours, Row, Theirs, reconciled
from portal.catalogue.store import rosters
from portal.catalogue.store.usage import USING
from portal.db import chunks


def compare(session: Session, roster: Roster) -> list[Row]:
    """A provider's list beside what the catalogue has of its component now."""
    lines = rosters.rows(session, roster.id)
    if roster.sort is RosterSort.COUNTS:
        theirs = [
            Theirs(line.organisation_id, line.published_organisation or "", line.services)
            for line in lines
        ]
        return reconciled(theirs, _bodies(session, roster.component_id, _ids(theirs)))
    theirs = [
        Theirs(line.service_id, line.published_service or "", line.since, line.organisation)
        for line in lines
    ]
    return reconciled(theirs, _services(session, roster.component_id, _ids(theirs)))


def _ids(theirs: Collection[Theirs]) -> set[int]:
    return {each.id for each in theirs if each.id is not None}


def _bodies(session: Session, component_id: int, named: set[int]) -> dict[int, Ours]:
    """How many services of each organisation use a component now: those that it is accountable for
    or delivers.
    """
    many: dict[int, int] = {}
    rows: Any = session.execute(
        select(
            Service.organisation_id, Service.delivers_id, func.count(Usage.service_id.distinct())
        )
        .select_from(Usage)
        .join(Service, Service.id == Usage.service_id)
        .where(Usage.component_id == component_id, Usage.status.in_(USING))
        .group_by(Service.organisation_id, Service.delivers_id)
    )
    for accountable, delivers, count in rows:
        for body in {accountable, delivers} - {None}:
            many[body] = many.get(body, 0) + count
    found: dict[int, Ours] = {}
    o = Organisation
    for some in chunks(sorted({*many, *named})):
        for id_, slug, name in session.execute(select(o.id, o.slug, o.name).where(o.id.in_(some))):
            found[id_] = Ours(slug, name, many.get(id_, 0), id_ in many)
    return found


def _services(session: Session, component_id: int, named: set[int]) -> dict[int, Ours]:
    """The services that use a component now, with the first day; and those that the list names."""
    s, o = Service, Organisation
    using = (
        select(Usage.service_id, func.min(Usage.since).label("since"))
        .where(Usage.component_id == component_id, Usage.status.in_(USING))
        .group_by(Usage.service_id)
        .subquery()
    )
    query = (
        select(s.id, s.slug, s.name, using.c.since, o.name, using.c.service_id)
        .outerjoin(using, using.c.service_id == s.id)
        .outerjoin(o, o.id == s.organisation_id)
    )
    rows = list(session.execute(query.where(using.c.service_id.is_not(None))))
    there = {row[0] for row in rows}
    for some in chunks(sorted(named - there)):
        rows += session.execute(query.where(s.id.in_(some)))
    return {
        id_: Ours(slug, name, since, uses is not None, body)
        for id_, slug, name, since, body, uses in rows
    }
