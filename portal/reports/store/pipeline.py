"""All SQL of the pipeline report: what is known of each published assessment, and what is open.

Nothing of a booking is read before its report is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Date, String, and_, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from portal.assessments.booking_words import Nation, State
from portal.assessments.models.assessments import (
    Assessment,
    AssessmentOwner,
    AssessmentPoint,
    Report,
)
from portal.assessments.models.bookings import Booking
from portal.assessments.models.counts import PointCount
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.rules import follow_ups
from portal.assessments.rules.follow_ups import Age
from portal.assessments.rules.statistics import NEVER_RATED, Ratings
from portal.assessments.store import booking_settings
from portal.assessments.store.report_sets import COUNTS
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.audit import kept
from portal.catalogue.models.usage import Usage
from portal.digits import id_in
from portal.reports.rules.pipeline import (
    Ended,
    Fact,
    Group,
    Scope,
    Times,
    Use,
    by_quarter,
    compared,
    days_between,
    span,
    times,
    use_on,
)

_STAGES = {each.value: each for each in Stage}
_KINDS = {each.value: each for each in AssessmentKind}
_RATINGS = {each.value: each for each in Rating}


def facts(session: Session) -> dict[int, Fact]:
    """Every published assessment, the newest first, by id; those without a day come last."""
    return kept(session, "pipeline facts", lambda: _facts(session))


def _facts(session: Session) -> dict[int, Fact]:
    a, o = Assessment, AssessmentOwner
    published, nation = _published(session), _nations(session)
    query = (
        select(
            a.id, a.report_id, a.held_on, type_coerce(a.stage, String),
            type_coerce(a.kind, String), type_coerce(a.result, String), o.organisation_id,
            a.service_id, _newest(),
        )
        .outerjoin(o, and_(o.assessment_id == a.id, o.position == 0))
        .where(COUNTS)
    )  # fmt: skip
    found = list[Fact]()
    for row in session.connection().execute(query):
        id_, report, held, stage, kind, result, body, service, newest = row
        out = published.get(report)
        days = None
        if held is not None and out is not None and held <= out:
            days = days_between(held, out, nation(body))
        found.append(Fact(
            id_, held, out, days, _STAGES[stage], _KINDS[kind], _RATINGS[result], body or 0,
            use_on(held, newest) if service is not None else None,
        ))  # fmt: skip
    # The database would sort wider rows.
    found.sort(key=lambda fact: (fact.held_on or date.min, fact.id), reverse=True)
    return {fact.id: fact for fact in found}


def _nations(session: Session) -> Callable[[int | None], Nation]:
    """Whose bank holidays each organisation has."""
    held = booking_settings.held_by_each(session)
    return cache(lambda body: held(body).nation)


def _published(session: Session) -> dict[int, date]:
    """When reports were published, as far as that is known, from the index alone."""
    r = Report
    query: Any = select(r.id, r.published_on).where(r.published_on.is_not(None))
    return {id_: day for id_, day in session.connection().execute(query)}  # noqa: C416


def _newest() -> Any:
    """The newest confirmation among the shared components that the service used on the day of the
    assessment; `date.min` where it used some and none is confirmed.
    """
    u, a = Usage, Assessment
    said = func.coalesce(u.confirmed_on, literal(date.min, Date))
    return (
        select(func.max(said, type_=Date))
        .where(
            u.service_id == a.service_id, u.component_id.is_not(None), u.since <= a.held_on,
            or_(u.until.is_(None), u.until > a.held_on), u.disputed_on.is_(None),
        )
        .correlate(a)
        .scalar_subquery()
    )  # fmt: skip


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
    p = StandardPoint
    titles: Any = select(p.number, p.title).where(p.version_id == version_id).order_by(p.number)
    found = {number: Point(number, title, Ratings())
             for number, title in session.execute(titles)}  # fmt: skip
    for number, rating, many in session.execute(_counts(version_id, scope)):
        point = found.setdefault(number, Point(number, "", Ratings()))
        point.ratings.add(Rating(rating), int(many))
    return [found[number] for number in sorted(found) if found[number].ratings.rated]


def _counts(version_id: int, scope: Scope) -> Any:
    """The ratings by point: from the counts that are kept, where these tell them apart."""
    c = PointCount
    if scope.bodies is not None or "-" in scope.period:
        return _counted(version_id, scope)
    query = select(c.number, c.rating, func.sum(c.many)).where(c.version_id == version_id)
    for column, value in ((c.stage, scope.stage), (c.kind, scope.kind), (c.year, scope.period)):
        if value:
            query = query.where(column == (int(value) if column is c.year else value))
    return query.group_by(c.number, c.rating)


def _counted(version_id: int, scope: Scope) -> Any:
    p, a = AssessmentPoint, Assessment
    query = (
        select(p.number, p.rating, func.count())
        .join(a, a.id == p.assessment_id)
        .where(a.standard_version_id == version_id, *_rated(), *_within(scope))
    )
    return query.group_by(p.number, p.rating)


def _rated() -> tuple[Any, ...]:
    return COUNTS, Assessment.kind.not_in(NEVER_RATED), Assessment.result != Rating.NOT_RATED


def _within(scope: Scope) -> list[Any]:
    a, o, found = Assessment, AssessmentOwner, list[Any]()
    if scope.bodies is not None:
        of = select(o.assessment_id).where(o.position == 0)
        found.append(a.id.in_(of.where(o.organisation_id.in_(sorted(scope.bodies)))))
    found += [a.stage == scope.stage] if scope.stage else []
    found += [a.kind == scope.kind] if scope.kind else []
    days = span(scope.period)
    return [*found, a.held_on.between(*days)] if days else found


def with_point(session: Session, version: str, number: int, rating: Rating | None) -> set[int]:
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
    query = select(p.assessment_id).where(p.point_id == point.scalar_subquery(), met)
    return set(session.scalars(query))


class Open(NamedTuple):
    """Actions of one assessment that are open, alike in the rating of their point and their day."""

    assessment: int
    rating: Rating
    due_on: date
    many: int


def open_actions(session: Session) -> list[Open]:
    """What is still to be done after published assessments."""
    return kept(session, "pipeline open", lambda: _open(session))


def _open(session: Session) -> list[Open]:
    f, s, b, a = FollowUp, Section, Booking, Assessment
    query: Any = (
        select(a.id, s.rating, f.due_on, func.count())
        .select_from(f)
        .join(s, s.id == f.section_id)
        .join(b, b.id == f.booking_id)
        .join(a, a.report_id == b.report_id)
        .where(
            f.state.in_(follow_ups.OPEN), f.due_on.is_not(None), b.state == State.PUBLISHED,
            s.rating.in_(follow_ups.RATINGS), COUNTS,
        )
        .group_by(a.id, s.rating, f.due_on)
    )  # fmt: skip
    return [Open(*row) for row in session.execute(query)]


def ages(
    session: Session, scope: Scope, known: dict[int, Fact], day: date
) -> dict[Age, dict[Rating, int]]:
    """Open actions by how long they are over their day, and by how their point was rated."""
    found = {age: dict.fromkeys((Rating.MET_WITH_CONDITIONS, Rating.NOT_MET), 0) for age in Age}
    for each in open_actions(session):
        if each.assessment in known and scope.leaves(known[each.assessment]):
            found[follow_ups.age(each.due_on, day)][each.rating] += each.many
    return found


def with_open(session: Session, age: Age, rating: Rating | None, day: date) -> set[int]:
    """The assessments with open actions of an age."""
    return {
        each.assessment for each in open_actions(session)
        if follow_ups.age(each.due_on, day) is age and rating in (None, each.rating)
    }  # fmt: skip


class Told(NamedTuple):
    """What there is to choose from: years, and organisations that were accountable."""

    years: list[int]
    bodies: frozenset[int]


def told(session: Session) -> Told:
    """Of all published assessments, the newest year first."""
    return kept(session, "pipeline told", lambda: _told(facts(session).values()))


def _told(known: Iterable[Fact]) -> Told:
    years, bodies = set[int](), set[int]()
    for fact in known:
        bodies.add(fact.organisation_id)
        if fact.held_on is not None:
            years.add(fact.held_on.year)
    return Told(sorted(years, reverse=True), frozenset(bodies))


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
    return kept(session, ("pipeline", scope), lambda: _figures(facts(session).values(), scope))


def _figures(known: Iterable[Fact], scope: Scope) -> Figures:
    mine = [fact for fact in known if scope.leaves(fact)]
    return Figures(
        len(mine),
        sum(fact.rated and fact.use is None for fact in mine),
        times([fact.days for fact in mine if fact.days is not None]),
        by_quarter(mine),
        compared(mine),
    )
