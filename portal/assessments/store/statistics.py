"""All SQL behind the figures of assessments: kept counts, and what is counted once a version."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from portal.assessments.models.assessments import Assessment, AssessmentOwner, ReportCheck
from portal.assessments.models.counts import AssessmentCount, PointCount
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.rules.statistics import (
    AGAIN,
    NEVER_RATED,
    Again,
    Cell,
    First,
    Outcomes,
    Ratings,
    Retried,
    counted,
    holder,
    out_by_reason,
    outcomes,
    retried,
)
from portal.assessments.store.report_sets import COPIES, COUNTS
from portal.assessments.words import AssessmentKind, CheckState, Rating, Stage, VersionState
from portal.audit import kept
from portal.catalogue.models.organisations import Organisation, OrganisationSuccession
from portal.catalogue.models.services import Service

#: The value of a version that is not known in addresses.
UNKNOWN = "unknown"


class Version(NamedTuple):
    """A published version of a standard; `value` is what addresses call it."""

    id: int
    slug: str
    standard: str
    number: int
    title: str

    @property
    def value(self) -> str:
        """What addresses call it."""
        return f"{self.slug}-{self.number}" if self.id else UNKNOWN


class Point(NamedTuple):
    """A point of a version with its ratings."""

    number: int
    title: str
    ratings: Ratings


class Holding(NamedTuple):
    """An organisation with the results of what it owned, or holds today.

    `key` settles ties: the organisation's id, or 0. `slug` is None for a name in
    reports that is no organisation of the catalogue; `unsure` counts assessments of bodies that
    were split, which nobody can give to one of those that followed.
    """

    key: int
    slug: str | None
    name: str
    outcomes: Outcomes
    unsure: int


def versions(session: Session) -> list[Version]:
    """The versions that can be asked for, those of one standard together."""
    v, s = StandardVersion, Standard
    query = (
        select(v.id, s.slug, s.name, v.number, v.title)
        .join(s, s.id == v.standard_id)
        .where(v.state == VersionState.PUBLISHED)
        .order_by(s.name, s.id, v.number)
    )
    return kept(session, "versions", lambda: [Version(*row) for row in session.execute(query)])


def cells(session: Session) -> list[Cell]:
    """Every count of assessments, of all versions."""
    return kept(session, "assessment cells", lambda: _cells(session))


def _cells(session: Session) -> list[Cell]:
    c = AssessmentCount
    rows = session.execute(
        select(c.version_id, c.year, c.stage, c.kind, c.result, c.points, c.copy, c.many)
    )
    return [
        Cell(version, year, Stage(stage), AssessmentKind(kind), Rating(result), points,
             bool(copy), many)
        for version, year, stage, kind, result, points, copy, many in rows
    ]  # fmt: skip


def doubtful(session: Session) -> dict[tuple[int, Stage], int]:
    """How many assessments are in the figures although something of their report is still to be
    checked, by version (0: not known) and stage.
    """
    return kept(session, "doubtful assessments", lambda: _doubtful(session))


def _doubtful(session: Session) -> dict[tuple[int, Stage], int]:
    a, version = Assessment, func.coalesce(Assessment.standard_version_id, 0).label("of_version")
    open_ = select(ReportCheck.report_id).where(ReportCheck.state == CheckState.OPEN)
    query = (
        select(version, a.stage, func.count())
        .where(a.report_id.in_(open_), *_in_figures())
        .group_by(version, a.stage)
    )
    return {(id_, stage): many for id_, stage, many in session.execute(query)}


def _in_figures() -> tuple[Any, ...]:
    return (
        COUNTS,
        Assessment.kind.not_in(NEVER_RATED),
        Assessment.result != Rating.NOT_RATED,
    )


class Figures(NamedTuple):
    """What the counts of a version add up to, of all stages or of one."""

    cells: list[Cell]
    left_out: dict[str, int]
    stages: dict[Stage, Outcomes]
    all: Outcomes


def figures(session: Session, version_id: int, stage: Stage | None) -> Figures:
    """The figures of a version; nobody may change them."""
    return kept(session, ("figures", version_id, stage),
                lambda: _figures(cells(session), version_id, stage))  # fmt: skip


def _figures(known: list[Cell], version_id: int, stage: Stage | None) -> Figures:
    mine = [c for c in known if c.version == version_id and stage in (None, c.stage)]
    whole = outcomes(mine, lambda cell: None).get(None, Outcomes())
    return Figures(mine, out_by_reason(mine), outcomes(mine, lambda cell: cell.stage), whole)


def many(session: Session) -> dict[int, int]:
    """How many assessments are in the figures of each version that any is against."""
    return kept(session, "assessment versions", lambda: _many(cells(session)))


def _many(known: list[Cell]) -> dict[int, int]:
    found = dict.fromkeys((cell.version for cell in known), 0)
    for cell in counted(known):
        found[cell.version] += cell.many
    return found


def points(session: Session, version_id: int, stage: Stage | None, first: bool) -> list[Point]:
    """How the points of a version were rated.

    Args:
        stage: of assessments of this stage alone.
        first: of first assessments alone: in one that is held again, points may be carried.
    """
    key = "point cells", version_id, stage, first
    return kept(session, key, lambda: _points(session, version_id, stage, first))


def _points(session: Session, version_id: int, stage: Stage | None, first: bool) -> list[Point]:
    p, c = StandardPoint, PointCount
    titles: Any = session.execute(
        select(p.number, p.title).where(p.version_id == version_id).order_by(p.number)
    )
    found = {number: Point(number, title, Ratings()) for number, title in titles}
    query = select(c.number, c.rating, func.sum(c.many)).where(c.version_id == version_id)
    if stage:
        query = query.where(c.stage == stage)
    if first:
        query = query.where(c.kind.not_in(AGAIN))
    for number, rating, many in session.execute(query.group_by(c.number, c.rating)):
        point = found.setdefault(number, Point(number, "", Ratings()))
        point.ratings.add(Rating(rating), int(many))
    return [found[number] for number in sorted(found)]


def of_point(session: Session, point_id: int) -> tuple[Version, Point] | None:
    """How a point of a published version was rated; None where it never was."""
    p, v, s, c = StandardPoint, StandardVersion, Standard, PointCount
    key = v.id, s.slug, s.name, v.number, v.title, p.number, p.title
    rows = session.execute(
        select(*key, c.rating, func.sum(c.many))
        .join(v, v.id == p.version_id)
        .join(s, s.id == v.standard_id)
        .join(c, and_(c.version_id == v.id, c.number == p.number))
        .where(p.id == point_id, v.state == VersionState.PUBLISHED)
        .group_by(*key, c.rating)
    ).all()
    ratings = Ratings()
    for *_rest, rating, many in rows:
        ratings.add(Rating(rating), int(many))
    if not ratings.rated:
        return None
    return Version(*rows[0][:5]), Point(*rows[0][5:7], ratings)


def again(session: Session, failed: dict[tuple[int, Stage], int]) -> Any:
    """What became of first assessments that did not pass, by version and stage; see
    `rules.statistics.retried`.
    """
    return kept(session, "assessed again", lambda: _again(session, failed))


def _again(
    session: Session, failed: dict[tuple[int, Stage], int]
) -> dict[tuple[int, Stage], Retried]:
    a, before = Assessment, aliased(Assessment)
    rows: Any = session.execute(
        select(a.id, a.again_of_id, a.result, before.standard_version_id, before.stage,
               before.result, before.kind)
        .join(before, before.id == a.again_of_id)
        .where(COUNTS, before.report_id.not_in(COPIES))
    )  # fmt: skip
    later, firsts = [], dict[int, First]()
    for id_, of, result, version, stage, was, kind in rows:
        later.append(Again(id_, of, result))
        if kind not in AGAIN | NEVER_RATED:
            firsts[of] = First(of, version or 0, stage, was)
    return retried(firsts.values(), later, failed)


def by_organisation(
    session: Session, version_id: int, stage: Stage | None, today: bool
) -> list[Holding]:
    """The results of each organisation that was accountable, by name.

    Args:
        today: by who holds the service today, and else by who followed the organisation; without
            it by the organisation that the report names.
    """
    key = "assessed bodies", version_id, stage, today
    return kept(session, key, lambda: _by_organisation(session, version_id, stage, today))


def _by_organisation(
    session: Session, version_id: int, stage: Stage | None, today: bool
) -> list[Holding]:
    names, followed = _bodies(session)
    found: dict[int | str, Holding] = {}
    for body, published, holds, result, many in _owned(session, version_id, stage):
        sure = True
        if today and holds:
            body = holds
        elif today and body:
            body, sure = holder(body, followed)
        slug, name = names[body] if body else (None, published or "")
        key = body or name.casefold()
        row = found.setdefault(key, Holding(body or 0, slug, name, Outcomes(), 0))
        row.outcomes.results[result] += many
        found[key] = row._replace(unsure=row.unsure + (0 if sure else many))
    return sorted(found.values(), key=place)


def place(row: Holding) -> tuple[str, int]:
    """Where a row stands in the list."""
    return row.name.casefold(), row.key


def _owned(session: Session, version_id: int, stage: Stage | None) -> Any:
    """The first owner of each assessment that is in the figures, as (organisation's id, name in
    the report, who holds the service today, result, how many).
    """
    a, o, s = Assessment, AssessmentOwner, Service
    # A name counts only where it means no organisation, so that spellings fall together.
    name = case((o.organisation_id.is_(None), o.published_name)).label("unmatched")
    query = (
        select(o.organisation_id, name, s.organisation_id, a.result, func.count())
        .select_from(a)
        .outerjoin(o, and_(o.assessment_id == a.id, o.position == 0))
        .outerjoin(s, s.id == a.service_id)
        .where(
            *_in_figures(),
            a.standard_version_id == version_id if version_id else a.standard_version_id.is_(None),
        )
        .group_by(o.organisation_id, name, s.organisation_id, a.result)
    )
    return session.execute(query.where(a.stage == stage) if stage else query)


def _bodies(
    session: Session,
) -> tuple[dict[int, tuple[str, str]], dict[int, tuple[int, ...]]]:
    """What organisations are called, and what followed each that has ended."""
    s, o = OrganisationSuccession, Organisation
    rows: Any = session.execute(
        select(o.id, o.slug, o.name, s.successor_id)
        .outerjoin(s, and_(s.predecessor_id == o.id, o.end_date.is_not(None)))
        .order_by(o.id, s.successor_id)
        .distinct()
    )
    names, followed = dict[int, tuple[str, str]](), dict[int, tuple[int, ...]]()
    for id_, slug, name, next_ in rows:
        names[id_] = slug, name
        if next_ is not None:
            followed[id_] = (*followed.get(id_, ()), next_)
    return names, followed
