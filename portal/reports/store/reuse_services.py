"""The services behind a figure of the reuse report, with the usages and evidence of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Subquery, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Arrangement
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.mandates import SPAN
from portal.db import chunks
from portal.reports.rules.reuse import BEST, EVERY_NEED, MET, NO_COMPONENT, NOT_RANKED, WAYS
from portal.reports.rules.reuse_query import Question
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import reuse, reuse_rows
from portal.reports.words import By, Counted

_ARRANGEMENTS = {way: how for how, way in WAYS.items()}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the list is asked for.

    Attributes:
        counted: what the figure counts; empty for needs that services have not answered.
        standings: only what stands so; empty for any.
        after: the name, service and need of the last row before.
    """

    question: Question
    counted: str
    standings: tuple[str, ...] = ()
    after: tuple[str, int, int] | None = None

    @property
    def once(self) -> bool:
        """Whether each service is in the list once, whatever number of needs it is for, as a row
        of a component counts it.
        """
        question = self.question
        by_component = question.by is By.COMPONENT and question.scope.component is not None
        return by_component and self.counted == Counted.SHARED


class Listed(NamedTuple):
    """A need of a service that a figure counts."""

    service_id: int
    sort_name: str
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    need_id: int
    need_slug: str | None
    need: str | None
    standing: str

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands in the list."""
        return self.sort_name, self.service_id * SPAN + self.need_id


class UsageOf(NamedTuple):
    """A usage behind a row."""

    id: int
    name: str | None
    component_slug: str | None
    status: str
    since: date | None
    until: date | None
    confirmed_on: date | None


def place_of(name: str, number: int) -> tuple[str, int, int]:
    """A place in the list, as the query takes it."""
    return name, *divmod(number, SPAN)


def listing(
    session: Session, query: ListQuery, needs: Collection[int], day: date, limit: int | None = None
) -> list[Listed]:
    """The needs of services that a figure counts, by the service's name.

    Args:
        needs: every need that services are asked for.
        day: today.
    """
    rows = reuse_rows.of(query.question, day)
    units = _units(rows, query) if query.counted else _unanswered(rows, query, needs)
    unit = units.subquery()
    s, o, c = Service, Organisation, Capability
    statement = (
        select(s.id, s.sort_name, s.slug, s.name, o.slug, o.name, unit.c.capability_id, c.slug,
               c.name, unit.c.best)
        .select_from(unit)
        .join(s, s.id == unit.c.service_id)
        .outerjoin(o, o.id == s.organisation_id)
        .outerjoin(c, c.id == unit.c.capability_id)
    )  # fmt: skip
    order = (s.sort_name, s.id, unit.c.capability_id)
    if query.after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*query.after))
    found: Any = session.execute(statement.order_by(*order).limit(limit))
    ranked = query.counted in MET
    return [Listed._make((*row[:9], BEST[row[9]].value if ranked else "")) for row in found]


def _units(rows: Subquery, query: ListQuery) -> Any:
    r, best = rows.c, func.min(rows.c.best)
    found = select(best.label("best")).where(*reuse_rows.narrowed(rows, query.question.scope))
    if query.once:
        nothing = literal(EVERY_NEED).label("capability_id")
        found = found.add_columns(r.service_id, nothing).group_by(r.service_id)
    else:
        found = found.add_columns(r.service_id, r.capability_id).group_by(
            r.service_id, r.capability_id
        )
    needed = Counted.NEEDED, *MET
    if query.counted == Counted.UNSAID:
        how = func.max(case((reuse_rows.shown(rows), 1), else_=0))
        return found.where(r.counted.in_(needed)).having(how == 0)
    if query.counted == Counted.NEEDED and query.question.scope.component is None:
        # On earlier days, a need that is met has no row that says so.
        return found.where(r.counted.in_(needed if query.question.on else needed[:1]))
    found = found.where(r.counted == query.counted)
    if not query.standings:
        return found
    ranks = [at for at, each in enumerate(BEST) if each.value in query.standings]
    return found.having(best.in_(ranks))


def _unanswered(rows: Subquery, query: ListQuery, needs: Collection[int]) -> Any:
    """Services that count, with each need of which they have not said whether they have it."""
    r, scope, said = rows.c, query.question.scope, rows.alias("said")
    asked = sorted(needs if scope.needs is None else scope.needs)
    answered = (
        select(said.c.service_id)
        .where(said.c.service_id == r.service_id, said.c.capability_id == Capability.id,
               said.c.counted != Counted.SERVICES)
        .correlate(rows, Capability)
    )  # fmt: skip
    nothing = literal(NOT_RANKED).label("best")
    return (
        select(r.service_id, Capability.id.label("capability_id"), nothing)
        .join(Capability, Capability.id.in_(asked))
        .where(r.counted == Counted.SERVICES,
               *reuse_rows.narrowed(rows, replace(scope, needs=None)), ~answered.exists())
    )  # fmt: skip


def total(session: Session, query: ListQuery, asked: int, day: date) -> int | None:
    """How many rows the list has, as the report counts them; None where it does not.

    Args:
        asked: of how many needs each service is asked.
    """
    question = query.question
    answer = reuse.answer(session, question, day)
    if query.once:
        numbers = answer.rows.get(question.scope.component or NO_COMPONENT, Numbers())
    else:
        numbers = replace(answer.total, asked=asked)
    if query.counted in MET:
        return numbers.standing(query.counted, *(query.standings or BEST))
    if not query.counted:
        return numbers.unanswered if question.scope.component is None else None
    figures = {
        Counted.SERVICES: numbers.services, Counted.NEEDED: numbers.needed,
        Counted.NOT_NEEDED: numbers.not_needed, Counted.UNSAID: numbers.unsaid,
    }  # fmt: skip
    return figures[Counted(query.counted)]


def every(
    session: Session, query: ListQuery, needs: Collection[int], day: date
) -> Iterator[Listed]:  # fmt: skip
    """The same for a download, some at a time."""
    if query.question.on is not None:
        yield from listing(session, query, needs, day)
        return
    while found := listing(session, query, needs, day, 500):
        yield from found
        query = replace(query, after=place_of(*found[-1].place))


def usages(
    session: Session, rows: Collection[Listed], counted: str, component: int | None
) -> dict[tuple[int, int], list[UsageOf]]:
    """The usages behind rows, by service and need; those that ended too, for rows of earlier days.

    Args:
        counted: the way that the figure counts; for others there are all usages of the need.
    """
    u, c = Usage, Component
    wanted = {(row.service_id, row.need_id) for row in rows}
    query = (
        select(u.service_id, u.capability_id, u.id, func.coalesce(c.name, u.product), c.slug,
               u.status, u.since, u.until, u.confirmed_on)
        .outerjoin(c, c.id == u.component_id)
        .order_by(u.id)
    )  # fmt: skip
    if counted in MET:
        how: Arrangement = _ARRANGEMENTS[Counted(counted)]
        query = query.where(u.arrangement == how)
    if component is not None:
        query = query.where(u.component_id == component)
    found: dict[tuple[int, int], list[UsageOf]] = {}
    for some in chunks(sorted({service for service, _ in wanted})):
        part: Any = session.execute(query.where(u.service_id.in_(some)))
        for service, need, *rest in part:
            of = EVERY_NEED if counted in MET and (service, EVERY_NEED) in wanted else need
            if (service, of) in wanted:
                found.setdefault((service, of), []).append(UsageOf(*rest))
    return found
