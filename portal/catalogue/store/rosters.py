"""All SQL about providers' lists of who uses a component: documents in and out, and their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, select
from sqlalchemy.orm import Session

from portal.audit import Act, Document, HistoryEvent, record
from portal.catalogue.component_words import RosterSort
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation, OrganisationMatch
from portal.catalogue.models.rosters import Roster, RosterRow
from portal.catalogue.models.services import Service
from portal.catalogue.store import evidence, services
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.store.organisations import day, iso
from portal.catalogue.words import RecordKind
from portal.db import chunks
from portal.errors import N_, Missing

THING = "roster"


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider's list, and how many of its rows are matched: to an organisation where they are
    counts, to a service where they are services.
    """

    id: int
    taken_on: date
    sort: RosterSort
    source: str | None
    batch_id: int | None
    rows: int
    matched: int
    services: int

    @property
    def unmatched(self) -> int:
        """Rows that are not matched."""
        return self.rows - self.matched


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: as published, and what it means today. `match_id` and `match_state` are
    those of its organisation's name in the reviewed queue.
    """

    id: int
    position: int
    published_organisation: str | None
    match_id: int | None
    match_state: str | None
    organisation_id: int | None
    organisation_slug: str | None
    organisation: str | None
    published_service: str | None
    service_id: int | None
    service_slug: str | None
    service: str | None
    since: date | None
    services: int | None


def _matched() -> ColumnElement[bool]:
    counted = and_(RosterRow.services.is_not(None), OrganisationMatch.organisation_id.is_not(None))
    return RosterRow.service_id.is_not(None) | counted


def listing(
    session: Session, component_id: int, before: tuple[date, int] | None = None,
    limit: int | None = None,
) -> list[Listed]:  # fmt: skip
    """The lists of a component, newest first; from below a day and an id on."""
    r = Roster
    query = select(r).where(r.component_id == component_id)
    if before is not None:
        on, id_ = before
        query = query.where((r.taken_on < on) | and_(r.taken_on == on, r.id < id_))
    some = session.scalars(query.order_by(r.taken_on.desc(), r.id.desc()).limit(limit))
    return _counted(session, list(some))


def by_id(session: Session, component_id: int, roster_id: int) -> Roster:
    """A list of a component. Raises Missing."""
    found = session.get(Roster, roster_id)
    if found is None or found.component_id != component_id:
        raise Missing("There is no such list of this component")
    return found


def listed(session: Session, component_id: int, roster_id: int) -> Listed:
    """One list of a component, with its counts. Raises Missing."""
    return _counted(session, [by_id(session, component_id, roster_id)])[0]


def place_of(session: Session, component_id: int, roster_id: int) -> tuple[date, int] | None:
    """Where a list stands among those of its component; None where it is none of them."""
    found = session.get(Roster, roster_id)
    if found is None or found.component_id != component_id:
        return None
    return found.taken_on, found.id


def _counted(session: Session, some: list[Roster]) -> list[Listed]:
    row, m = RosterRow, OrganisationMatch
    counts: Any = session.execute(
        select(
            row.roster_id,
            func.count(),
            func.sum(case((_matched(), 1), else_=0)),
            func.coalesce(func.sum(row.services), func.count()),
        )
        .outerjoin(m, m.published_name == row.organisation)
        .where(row.roster_id.in_([each.id for each in some]))
        .group_by(row.roster_id)
    )
    known = {id_: tuple(map(int, rest)) for id_, *rest in counts}
    return [
        Listed(each.id, each.taken_on, each.sort, each.source, each.batch_id,
               *known.get(each.id, (0, 0, 0)))
        for each in some
    ]  # fmt: skip


def latest(session: Session, component_id: int, sort: RosterSort | None = None) -> Roster | None:
    """The newest list of a component, of one sort or of any."""
    query = select(Roster).where(Roster.component_id == component_id)
    if sort is not None:
        query = query.where(Roster.sort == sort)
    return session.scalars(query.order_by(Roster.taken_on.desc(), Roster.id.desc())).first()


def rows(
    session: Session, roster_id: int, matched: bool | None = None, after: int = -1,
    limit: int | None = None,
) -> list[Line]:  # fmt: skip
    """The rows of a list in its order.

    Args:
        matched: only those that are matched, or only those that are not.
        after: the position of the last row before these.
        limit: how many at most.
    """
    r, m, o, s = RosterRow, OrganisationMatch, Organisation, Service
    query = (
        select(
            r.id, r.position, r.organisation, m.id, m.state, o.id, o.slug, o.name,
            r.service, s.id, s.slug, s.name, r.since, r.services,
        )
        .outerjoin(m, m.published_name == r.organisation)
        .outerjoin(o, o.id == m.organisation_id)
        .outerjoin(s, s.id == r.service_id)
        .where(r.roster_id == roster_id, r.position > after)
        .order_by(r.position)
        .limit(limit)
    )  # fmt: skip
    if matched is not None:
        query = query.where(_matched() if matched else ~_matched())
    found: Any = session.execute(query)
    return [Line(*(*row[:4], row[4] and row[4].value, *row[5:])) for row in found]


def documents(
    session: Session, component_id: int, days: Collection[str]
) -> dict[tuple[str, str], tuple[int, Document]]:
    """The lists of a component on these days, as documents with their ids, by day and sort."""
    r, asked = Roster, [date.fromisoformat(each) for each in days]
    query = select(r.id).where(r.component_id == component_id)
    ids = [
        id_ for some in chunks(asked) for id_ in session.scalars(query.where(r.taken_on.in_(some)))
    ]
    found = by_ids(session, ids)
    return {(each["taken_on"], each["sort"]): (id_, each) for id_, each in found.items()}


def by_ids(session: Session, ids: Collection[int]) -> dict[int, Document]:
    """Lists as documents, with all their rows, by id."""
    found: dict[int, Document] = {}
    for some in chunks(ids):
        query = select(Roster, Component.slug).join(Component).where(Roster.id.in_(some))
        for roster, slug in session.execute(query):
            found[roster.id] = {
                "component": slug,
                "taken_on": iso(roster.taken_on),
                "sort": roster.sort.value,
                "source": roster.source,
                "rows": list(_documents_of_rows(session, roster)),
            }
    return found


def _documents_of_rows(session: Session, roster: Roster) -> Iterator[Document]:
    r = RosterRow
    query = (
        select(r.organisation, r.service, r.since, r.services, Service.slug)
        .outerjoin(Service, Service.id == r.service_id)
        .where(r.roster_id == roster.id)
        .order_by(r.position)
    )
    for organisation, service, since, count, slug in session.execute(query):
        if roster.sort is RosterSort.COUNTS:
            yield {"organisation": organisation, "services": count}
        else:
            yield {
                "organisation": organisation, "service": service, "since": iso(since),
                "means": slug,
            }  # fmt: skip


def save(
    session: Session, id_: int | None, component_id: int, before: Document | None,
    after: Document, known: dict[str, int], act: Act, tag: str,
) -> int:  # fmt: skip
    """Make a list say `after`, with its event. A row that stays keeps its id.

    Args:
        id_: None for a new list.
        known: ids of services by slug.

    Returns:
        The list's id.
    """
    roster = session.get(Roster, id_) if id_ else None
    if roster is None:
        roster = Roster(component_id=component_id, taken_on=day(after["taken_on"]),
                        sort=RosterSort(after["sort"]))  # fmt: skip
    roster.source, roster.batch_id = after["source"], act.batch_id
    session.add(roster)
    session.flush()
    query = select(RosterRow).where(RosterRow.roster_id == roster.id)
    there = {(row.organisation, row.service): row for row in session.scalars(query)}
    for position, row in enumerate(after["rows"]):
        key = (row["organisation"], row.get("service"))
        kept = there.pop(key, None)
        if kept is None:
            kept = RosterRow(roster_id=roster.id, organisation=key[0], service=key[1])
            session.add(kept)
        kept.position = position
        kept.services = row.get("services")
        kept.since = day(row.get("since"))
        kept.service_id = known.get(row.get("means") or "")
    for gone in there.values():
        session.delete(gone)
    session.flush()
    record(session, act, tag, THING, roster.id, before, after)
    _follow(session, component_id, [before, after], known)
    return roster.id


def _follow(
    session: Session, component_id: int, some: Iterable[Document | None], known: dict[str, int]
) -> None:  # fmt: skip
    """Let the standing of what the services on these lists use follow."""
    named = {row.get("means") for each in some if each for row in each["rows"]}
    ids = {known[slug] for slug in named if slug in known}
    evidence.follow_services(session, component_id, sorted(ids))


def restore(
    session: Session, changed: dict[int, Document], known: dict[str, int], act: Act, tag: str
) -> None:
    """Give lists the fields back that they had, and the import that they were of."""
    for id_, before in by_ids(session, list(changed)).items():
        component_id = session.get_one(Roster, id_).component_id
        after = {**before, **changed[id_]}
        save(session, id_, component_id, before, after, known, act, tag)
        e = HistoryEvent
        query = select(e.batch_id).where(e.thing == THING, e.thing_id == id_)
        others = query.where(e.batch_id != act.batch_id).order_by(e.id.desc()).limit(1)
        session.get_one(Roster, id_).batch_id = session.scalar(others)
    session.flush()


def remove(session: Session, ids: Collection[int], act: Act, tag: str) -> None:
    """Delete lists; the history keeps what they said."""
    for id_, document in by_ids(session, ids).items():
        component_id = session.get_one(Roster, id_).component_id
        session.execute(delete(RosterRow).where(RosterRow.roster_id == id_))
        session.execute(delete(Roster).where(Roster.id == id_))
        record(session, act, tag, THING, id_, document, None)
        _follow(session, component_id, [document], services.ids_by_slug(session))


def named_on(session: Session, match_ids: Collection[int]) -> set[int]:
    """Those of these published names that any list has."""
    m, found = OrganisationMatch, set[int]()
    for some in chunks(match_ids):
        query = select(m.id).where(
            m.id.in_(some),
            select(RosterRow.id).where(RosterRow.organisation == m.published_name).exists(),
        )
        found |= set(session.scalars(query))
    return found


def _count(session: Session, merge: Merge) -> int:
    mine = RosterRow.service_id == merge.goes
    return session.scalar(select(func.count()).select_from(RosterRow).where(mine)) or 0


def _move(session: Session, merge: Merge) -> None:
    ids = session.scalars(
        select(RosterRow.roster_id).where(RosterRow.service_id == merge.goes).distinct()
    ).all()
    known = services.ids_by_slug(session)
    for id_, before in by_ids(session, ids).items():
        rows = [
            {**row, "means": merge.stays_ref} if row.get("means") == merge.goes_ref else row
            for row in before["rows"]
        ]
        after, component_id = {**before, "rows": rows}, session.get_one(Roster, id_).component_id
        save(session, id_, component_id, before, after, known, merge.act, TAGS[merge.kind])


def install() -> None:
    """Say what happens to the rows that name a service which becomes part of another one."""
    mover = Mover(N_("Rows on the lists of providers"), frozenset({"roster_row"}), _count, _move)
    register(RecordKind.SERVICE, "rosters", mover)
