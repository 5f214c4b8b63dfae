"""All SQL that brings a provider's list and the catalogue's own uses beside each other."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, literal, null, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import RosterSort
from portal.catalogue.models.organisations import Organisation, OrganisationMatch
from portal.catalogue.models.rosters import Roster, RosterRow
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.reconciling import Ours, Row, Theirs, reconciled
from portal.catalogue.store.usage import USING
from portal.db import chunks


def compare(session: Session, roster: Roster) -> list[Row]:
    """A provider's list beside what the catalogue has of its component now."""
    counts = roster.sort is RosterSort.COUNTS
    rows: Any = session.connection().execute(_listed(counts), {"roster": roster.id})
    theirs = [Theirs(*row) for row in rows]
    ours = _bodies if counts else _services
    return reconciled(theirs, ours(session, roster.component_id, _ids(theirs)))


# Statements are made once: making one takes longer than running it on a short list.
@cache
def _listed(counts: bool) -> Any:
    """Of each row what it means today, its own words, what it says, and whose it is."""
    r, m = RosterRow, OrganisationMatch
    query: Any
    if counts:
        query = select(m.organisation_id, r.organisation, r.services)
    else:
        query = select(r.service_id, r.service, r.since, Organisation.name)
    query = query.select_from(r).outerjoin(m, m.published_name == r.organisation)
    if not counts:
        query = query.outerjoin(Organisation, Organisation.id == m.organisation_id)
    return query.where(r.roster_id == bindparam("roster", type_=r.id.type)).order_by(r.position)


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
    connection = session.connection()
    rows: list[Any] = list(connection.execute(_using(), {"component": component_id}))
    there = {row[0] for row in rows}
    for some in chunks(sorted(named - there)):
        rows += connection.execute(_named(), {"ids": some})
    return {
        id_: Ours(slug, name, since, bool(uses), body)
        for id_, slug, name, since, body, uses in rows
    }


@cache
def _using() -> Any:
    s, o = Service, Organisation
    using = (
        select(Usage.service_id, func.min(Usage.since).label("since"))
        .where(
            Usage.component_id == bindparam("component", type_=Usage.component_id.type),
            Usage.status.in_(USING),
        )
        .group_by(Usage.service_id)
        .subquery()
    )
    return (
        select(s.id, s.slug, s.name, using.c.since, o.name, literal(1))
        .select_from(using)
        .join(s, s.id == using.c.service_id)
        .outerjoin(o, o.id == s.organisation_id)
    )


@cache
def _named() -> Any:
    s, o = Service, Organisation
    return (
        select(s.id, s.slug, s.name, null(), o.name, literal(0))
        .outerjoin(o, o.id == s.organisation_id)
        .where(s.id.in_(bindparam("ids", expanding=True)))
    )
