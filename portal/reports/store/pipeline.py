"""All SQL of the pipeline report: what the published assessments add up to, and what is open.

Nothing of a booking is read before its report is published.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, String, and_, case, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from portal.assessments.booking_words import State
from portal.assessments.models.assessments import Assessment, AssessmentPoint
from portal.assessments.models.bookings import Booking
from portal.assessments.models.counts import AssessmentCount, PointCount
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.rules import follow_ups
from portal.assessments.rules.follow_ups import Age
from portal.assessments.rules.statistics import AGAIN, NEVER_RATED, PASSED, Ratings
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.audit import kept
from portal.digits import id_in
from portal.fixed import Fixed
from portal.reports.models.pipeline import PipelineFact
from portal.reports.rules.pipeline import (
    Alike,
    Ended,
    Fact,
    Group,
    Scope,
    Times,
    Use,
    Wanted,
    by_quarter,
    compared,
    span,
)

_F = PipelineFact
#: Assessments whose result counts in shares.
_RATED = _F.kind.not_in(NEVER_RATED), _F.result != Rating.NOT_RATED


class Figures(NamedTuple):
    """What the assessments of a scope add up to.

    Attributes:
        many: how many there are.
        unplaced: how many of those with a result are not surely of a service, or have no day.
        all: the times of all quarters together.
    """

    many: int
    unplaced: int
    all: Times | None
    quarters: dict[str, Times]
    compared: dict[Group, dict[Use, Ended]]


def figures(session: Session, scope: Scope) -> Figures:
    """The figures of a scope; nobody may change them."""
    return kept(session, ("pipeline", scope), lambda: _figures(session, scope))


def _figures(session: Session, scope: Scope) -> Figures:
    """In one statement, each half of which an index has in the order in which it counts."""
    where = _within(scope)
    ended = select(
        _F.stage, _F.kind, _F.used, _F.result, literal(0, Integer), func.count()
    ).group_by(_F.stage, _F.kind, _F.used, _F.result)
    texts = [literal("", String).label(f"no_{n}") for n in range(2)]
    took = select(_F.published_in, *texts, null().cast(String), _F.days, func.count())
    took = took.where(_F.published_in.is_not(None)).group_by(_F.published_in, _F.days)
    alike, taken = list[Alike](), list[tuple[str, int, int]]()
    query: Any = union_all(ended.where(*where), took.where(*where))
    for first, kind, used, result, days, many in session.connection().execute(query):
        if result is None:
            taken.append((first, days, many))
        else:
            alike.append(Alike(Stage(first), AssessmentKind(kind), used and Use(used),
                               Rating(result), many))  # fmt: skip
    return Figures(
        sum(each.many for each in alike),
        sum(each.many for each in alike if each.rated and each.used is None),
        *by_quarter(taken),
        compared(alike),
    )


def _within(scope: Scope) -> list[Any]:
    found = list[Any]()
    found += [] if scope.bodies is None else [_F.organisation_id.in_(sorted(scope.bodies))]
    found += [_F.stage == scope.stage] if scope.stage else []
    found += [_F.kind == scope.kind] if scope.kind else []
    days = span(scope.period)
    return [*found, _F.held_on.between(*days)] if days else found


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a version of a standard with how it was rated in the assessments of a scope."""

    number: int
    title: str
    ratings: Ratings


def points(session: Session, version_id: int, scope: Scope) -> list[Point]:
    """How the points of a version were rated, in assessments whose result counts."""
    key = "pipeline points", version_id, scope
    return kept(session, key, lambda: _points(session, version_id, scope))


def _points(session: Session, version_id: int, scope: Scope) -> list[Point]:
    p, counts = StandardPoint, _counts(version_id, scope).subquery()
    title = select(p.title).where(p.version_id == version_id, p.number == counts.c.number)
    rows: Any = session.execute(select(counts, title.scalar_subquery()))
    found = dict[int, Point]()
    for number, rating, many, called in rows:
        point = found.setdefault(number, Point(number, called or "", Ratings()))
        point.ratings.add(Rating(rating), int(many))
    return [found[number] for number in sorted(found) if found[number].ratings.rated]


def _counts(version_id: int, scope: Scope) -> Any:
    """The ratings by point: from the counts that are kept, where these tell them apart."""
    c = PointCount
    if scope.bodies is not None or "-" in scope.period:
        return _counted(version_id, scope)
    many = func.sum(c.many).label("many")
    query = select(c.number, c.rating, many).where(c.version_id == version_id)
    for column, value in ((c.stage, scope.stage), (c.kind, scope.kind), (c.year, scope.period)):
        if value:
            query = query.where(column == (int(value) if column is c.year else value))
    return query.group_by(c.number, c.rating)


def _counted(version_id: int, scope: Scope) -> Any:
    p, a = AssessmentPoint, Assessment
    query = (
        select(p.number, p.rating, func.count().label("many"))
        .select_from(_F)
        .join(a, a.id == _F.id)
        .join(p, p.assessment_id == _F.id)
        .where(a.standard_version_id == version_id, *_RATED, *_within(scope))
    )
    return query.group_by(p.number, p.rating)


class Open(NamedTuple):
    """Actions of published assessments that are open, alike in the rating of their point and their
    day.
    """

    rating: Rating
    due_on: date
    many: int


def ages(session: Session, scope: Scope, day: date) -> dict[Age, dict[Rating, int]]:
    """Open actions by how long they are over their day, and by how their point was rated."""
    found = {age: dict.fromkeys((Rating.MET_WITH_CONDITIONS, Rating.NOT_MET), 0) for age in Age}
    for each in kept(session, ("pipeline open", scope), lambda: _open(session, scope)):
        found[follow_ups.age(each.due_on, day)][each.rating] += each.many
    return found


def _open(session: Session, scope: Scope) -> list[Open]:
    columns = Section.rating, FollowUp.due_on
    query = _still(select(*columns, func.count())).where(*_within(scope)).group_by(*columns)
    return [Open(*row) for row in session.connection().execute(query)]


def _still(query: Any) -> Any:
    """A query of the actions that are open."""
    f, s, b, a = FollowUp, Section, Booking, Assessment
    return (
        query.select_from(f)
        .join(s, s.id == f.section_id)
        .join(b, b.id == f.booking_id)
        .join(a, a.report_id == b.report_id)
        .join(_F, _F.id == a.id)
        .where(
            f.state.in_(follow_ups.OPEN), f.due_on.is_not(None), b.state == State.PUBLISHED,
            s.rating.in_(follow_ups.RATINGS),
        )
    )  # fmt: skip


class Told(NamedTuple):
    """What there is to choose from: years, and organisations that were accountable.

    Attributes:
        versions: how many assessments with a result are against each version of a standard.
    """

    years: list[int]
    bodies: frozenset[int]
    versions: dict[int, int]


def _choices() -> Any:
    c, body = AssessmentCount, select(_F.organisation_id).distinct().subquery()
    rated = and_(c.kind.not_in(NEVER_RATED), c.result != Rating.NOT_RATED)
    many = func.sum(case((rated, c.many), else_=0))
    counted = select(null().cast(Integer), c.version_id, c.year, many)
    counted = counted.where(c.copy == 0, c.many > 0).group_by(c.version_id, c.year)
    return union_all(counted, select(body.c.organisation_id, *[literal(0, Integer)] * 3))


_CHOICES = Fixed(_choices())


def told(session: Session) -> Told:
    """Of all published assessments, the newest year first."""
    return kept(session, "pipeline told", lambda: _told(session))


def _told(session: Session) -> Told:
    years, bodies, versions = set[int](), set[int](), Counter[int]()
    for organisation, version, year, number in _CHOICES.rows(session):
        if organisation is not None:
            bodies.add(organisation)
        else:
            years.add(year)
            versions[version] += int(number)
    return Told(sorted(years - {0}, reverse=True), frozenset(bodies), dict(versions))


def listing(
    session: Session, scope: Scope, wanted: Wanted, day: date,
    after: tuple[date | None, int] | None = None, limit: int | None = None,
) -> list[tuple[Fact, int, int]]:  # fmt: skip
    """The assessments that a figure counts, the newest first, each with how many of its actions
    that are wanted are open, and how many assessments there are in all; those without a day come
    last.

    Args:
        day: today.
        after: the day and id of one: those that come after it.
    """
    where, still = [*_within(scope), *_wanted(wanted, day)], _open_of(wanted, day).subquery()
    every = select(func.count()).select_from(_F).where(*where).scalar_subquery()
    columns = [getattr(_F, name) for name in Fact._fields]
    query: Any = select(*columns, func.coalesce(still.c.many, 0), every)
    query = query.outerjoin(still, still.c.id == _F.id)
    query = query.where(*where, *([_after(*after)] if after else []))
    query = query.order_by(_F.held_on.desc().nulls_last(), _F.id.desc()).limit(limit)
    rows = session.connection().execute(query)
    return [(Fact._make(row[:-2]), *row[-2:]) for row in rows]


def _after(held_on: date | None, id_: int) -> Any:
    if held_on is None:
        return and_(_F.held_on.is_(None), _F.id < id_)
    same = and_(_F.held_on == held_on, _F.id < id_)
    return or_(_F.held_on.is_(None), _F.held_on < held_on, same)


def _wanted(wanted: Wanted, day: date) -> list[Any]:
    found = list[Any]()
    if days := span(wanted.published):
        found += [_F.published_in.is_not(None), _F.published_on.between(*days)]
    if wanted.timed is not None:
        found.append(_F.days.is_not(None) if wanted.timed else _F.days.is_(None))
    if wanted.placed is not None:
        found.append(_F.used.is_not(None) if wanted.placed else _F.used.is_(None))
    found += [_F.result.in_(PASSED)] if wanted.passed else []
    if wanted.again is not None:
        found.append(_F.kind.in_(AGAIN) if wanted.again else _F.kind.not_in(AGAIN))
    found += [_F.used == wanted.use] if wanted.use else []
    found += [_F.result == wanted.result] if wanted.result else []
    found += _RATED if wanted.rated else []
    found += [_F.id.in_(_with_point(*wanted.point, wanted.rating))] if wanted.point else []
    still = _open_of(wanted, day).subquery()
    return found + ([_F.id.in_(select(still.c.id))] if wanted.open else [])


def _with_point(version: str, number: int, rating: Rating | None) -> Any:
    """The assessments with a point of a version ("service-standard-3") that was rated so; None: was
    rated at all.
    """
    p, n, v = AssessmentPoint, StandardPoint, StandardVersion
    slug, _dash, of = version.rpartition("-")
    point = (
        select(n.id)
        .join(v, v.id == n.version_id)
        .join(Standard, Standard.id == v.standard_id)
        .where(Standard.slug == slug, v.number == id_in(of))
        .where(n.number == number)
    )
    met = p.rating == rating if rating else p.rating != Rating.NOT_RATED
    return select(p.assessment_id).where(p.point_id == point.scalar_subquery(), met)


def _open_of(wanted: Wanted, day: date) -> Any:
    """How many actions of assessments are open, by id: of an age, and from points that were rated
    so, where that is wanted.
    """
    query = _still(select(_F.id, func.count().label("many"))).group_by(_F.id)
    if wanted.open is None:
        return query
    first, last = follow_ups.between(wanted.open, day)
    query = query.where(FollowUp.due_on >= first) if first else query
    query = query.where(FollowUp.due_on <= last) if last else query
    return query.where(Section.rating == wanted.rating) if wanted.rating else query
