"""What was told of figures that are due, and to whom it is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.access import Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store import things
from portal.accounts.store.grants import holds_on
from portal.accounts.store.nearest import nearest
from portal.audit import london_day
from portal.db import chunks, insert_rows
from portal.performance.models.collecting import FigureReminder
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import reminders as rules
from portal.performance.rules.reminders import Due
from portal.performance.words import Reminder

Key = tuple[Kind, int]
#: One thing to tell: of which data set, of which period, and what.
Step = tuple[int, date, Reminder]
_TEAMS = {
    Kind.SERVICE: (Role.TEAM_MEMBER, Role.SERVICE_OWNER),
    Kind.COMPONENT: (Role.TEAM_MEMBER, Role.COMPONENT_PROVIDER),
}


class Waiting(NamedTuple):
    """A data set with figures that are due, or soon will be."""

    id: int
    group: str
    type: str
    title: str
    of: Key
    due: Due


def waiting(session: Session, day: date, ids: Collection[int] | None = None) -> Iterator[Waiting]:
    """Data sets of services and components with figures due until some days after a day; of those
    with these ids, where they are given.
    """
    d = DataSet
    query = select(
        d.id, d.group, d.type, d.title, d.service_id, d.component_id, d.period, d.last_start,
        d.added_on, d.due_on, d.published,
    ).where(
        d.due_on <= day + rules.AHEAD, or_(d.service_id.is_not(None), d.component_id.is_not(None))
    )  # fmt: skip
    ordered = query.order_by(d.due_on, d.id)
    each = [ordered] if ids is None else [ordered.where(d.id.in_(some)) for some in chunks(ids)]
    for row in chain.from_iterable(session.execute(one) for one in each):
        due = rules.of(
            row.period, row.last_start, row.added_on or row.due_on, row.due_on, row.published, day
        )
        of = Kind.COMPONENT if row.service_id is None else Kind.SERVICE
        key = (of, row.component_id if row.service_id is None else row.service_id)
        yield Waiting(row.id, row.group, row.type, row.title, key, due)


def told_on(session: Session) -> date | None:
    """The last day on which anything was told."""
    last = session.scalar(select(func.max(FigureReminder.at)))
    return london_day(last) if last else None


def told(session: Session, day: date) -> set[Step]:
    """What was told of the data sets that wait."""
    r = FigureReminder
    query = select(r.data_set_id, r.start, r.step).join(DataSet, DataSet.id == r.data_set_id)
    found: Any = session.execute(query.where(DataSet.due_on <= day + rules.AHEAD))
    return set(map(tuple, found))


def note(session: Session, steps: Collection[Step], at: datetime) -> None:
    """Keep what is told now."""
    rows = [
        {"data_set_id": id_, "start": start, "step": step, "at": at} for id_, start, step in steps
    ]
    insert_rows(session, FigureReminder, rows)


def tell(
    session: Session, teams: Collection[Key], escalated: Collection[Key], day: date
) -> dict[Key, set[int]]:
    """Whom to tell of each service and component: its own team, or else those nearest to it; of
    those that are escalated, its owners and the administrators of its organisation as well.
    """
    found: dict[Key, set[int]] = {}
    for some in chunks(sorted({*teams, *escalated})):
        known = things.by_ids(session, some)
        direct = _direct(session, some, day)
        alone = [thing for key, thing in known.items() if key not in direct]
        above = [thing for key, thing in known.items() if key in set(escalated)]
        found |= direct
        for people in (
            nearest(session, alone, day), nearest(session, above, day),
            nearest(session, above, day, owners=False),
        ):  # fmt: skip
            for key, some_of in people.items():
                found.setdefault(key, set()).update(some_of)
    return found


def _direct(session: Session, some: Collection[Key], day: date) -> dict[Key, set[int]]:
    """The people with a role on a service or component itself."""
    g = RoleGrant
    on = [
        and_(g.kind == kind, g.role.in_(roles), g.thing_id.in_([i for k, i in some if k is kind]))
        for kind, roles in _TEAMS.items()
    ]
    query = (
        select(g.kind, g.thing_id, g.person_id)
        .join(Person, Person.id == g.person_id)
        .where(holds_on(day), Person.deactivated_at.is_(None), or_(*on))
    )
    found: dict[Key, set[int]] = {}
    for kind, thing_id, who in session.execute(query):
        found.setdefault((kind, thing_id), set()).add(who)
    return found
