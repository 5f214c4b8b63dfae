"""All SQL about lists of reports: a row an assessment, the newest first or as the search ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, extract, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from portal import search
from portal.assessments.models.assessments import (
    Assessment,
    AssessmentOwner,
    AssessmentPoint,
    Report,
)
from portal.assessments.models.standards import (
    PointRelation,
    Standard,
    StandardPoint,
    StandardVersion,
)
from portal.assessments.rules.report_queries import (
    NO_DAY,
    UNKNOWN,
    Cell,
    ReportQuery,
    counts,
    total,
)
from portal.assessments.store.report_documents import THING
from portal.audit import kept
from portal.catalogue.component_words import MentionState
from portal.catalogue.models.components import Component
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.rules.filters import Cursor, Key
from portal.catalogue.store import hierarchy
from portal.catalogue.store.paging import Slice, by_rank, cut

PAGE_SIZE = 50
_first = aliased(AssessmentOwner)
_body = aliased(Organisation)


class Row(NamedTuple):
    """An assessment as lists show it; of several owners, the accountable one and how many more."""

    id: int
    report_id: int
    slug: str
    title: str
    position: int
    name: str
    stage: str
    kind: str
    held_on: date | None
    result: str
    result_verbatim: str | None
    standard: str | None
    standard_title: str | None
    service_slug: str | None
    service: str | None
    component_slug: str | None
    component: str | None
    owner: str | None
    owner_slug: str | None
    owner_name: str | None
    more_owners: int
    source: str | None
    summary: str | None


@dataclass(slots=True)
class Listing:
    """A page of the list, with how many each choice of each facet leaves."""

    rows: list[Row]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    previous: Key | None = None
    next: Key | None = None
    found: search.Found | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What an address asks for, looked up: the conditions that are no facets, and the ranks."""

    query: ReportQuery
    conditions: tuple[Any, ...]
    on: date
    ranks: Mapping[int, int] | None = None
    found: search.Found | None = None
    organisation: str | None = None


def scope(session: Session, query: ReportQuery, on: date) -> Scope:
    """Look up what a query asks for; what is not there finds nothing."""
    a, r = Assessment, Report
    where: list[Any] = [r.same_as_id.is_(None)]
    found, ranks, organisation = None, None, None
    if query.text:
        found = search.find(session, THING, query.text)
        ranks = {id_: at for at, id_ in enumerate(found.ids)}
        where.append(a.report_id.in_(found.ids))
    if query.organisation:
        body = select(Organisation.id, Organisation.name)
        row = session.execute(body.where(Organisation.slug == query.organisation)).first()
        organisation = row.name if row else None
        mine = hierarchy.family(row.id if row else 0, on)
        o = AssessmentOwner
        where.append(a.id.in_(select(o.assessment_id).where(o.organisation_id.in_(mine))))
    if query.component:
        naming = select(r.id).where(r.source.in_(_addresses(query.component)))
        where.append(a.report_id.in_(naming))
    if query.point or query.ratings:
        where.append(_rated(query))
    return Scope(query, tuple(where), on, ranks, found, organisation)


def _addresses(component: str) -> Any:
    """The addresses of the documents that name a component."""
    m, c = Mention, Component
    query = select(m.address).join(c, c.id == m.component_id)
    return query.where(c.slug == component, m.state != MentionState.REJECTED)


def _rated(query: ReportQuery) -> Any:
    """Which assessments have a point that is rated as asked for."""
    p, rated = AssessmentPoint, list[Any]()
    if query.ratings:
        rated.append(p.rating.in_(query.ratings))
    if query.point is None:
        return exists().where(p.assessment_id == Assessment.id, *rated)
    mine: Any = p.point_id.in_(_points(query))
    if query.standard == UNKNOWN:
        mine = and_(p.point_id.is_(None), p.number == query.point)
    return Assessment.id.in_(select(p.assessment_id).where(mine, *rated))


def _points(query: ReportQuery) -> Any:
    """The point that is asked for, with its counterparts where these count as well."""
    p, v, relation = StandardPoint, StandardVersion, PointRelation
    slug, _dash, number = (query.standard or "").rpartition("-")
    here = (
        select(p.id)
        .join(v, v.id == p.version_id)
        .join(Standard, Standard.id == v.standard_id)
        .where(Standard.slug == slug, p.number == query.point)
        .where(v.number == (int(number) if number.isdigit() else 0))
    )
    if not query.counterparts:
        return here
    newer = select(relation.newer_id).where(relation.older_id.in_(here))
    older = select(relation.older_id).where(relation.newer_id.in_(here))
    return union_all(here, newer, older)


def _year() -> Any:
    return extract("year", Assessment.held_on)


def cells(session: Session, where: Scope) -> list[Cell]:
    """How many assessments there are of each mix of facets; kept but for searches."""
    query = where.query
    if query.text:
        return _cells(session, where)
    point = (query.standard, query.point, query.counterparts) if query.point else None
    key = ("report cells", query.organisation, query.component, point, query.ratings, where.on)
    return kept(session, key, lambda: _cells(session, where))


def _cells(session: Session, where: Scope) -> list[Cell]:
    a, v = Assessment, StandardVersion
    year = _year().label("year")
    query = (
        select(a.stage, a.result, a.kind, year, Standard.slug, v.number, func.count())
        .select_from(a)
        .join(Report, Report.id == a.report_id)
        .outerjoin(v, v.id == a.standard_version_id)
        .outerjoin(Standard, Standard.id == v.standard_id)
        .where(*where.conditions)
        .group_by(a.stage, a.result, a.kind, year, Standard.slug, v.number)
    )
    return [
        Cell(
            stage.value, result.value, kind.value, str(int(year)) if year else UNKNOWN,
            f"{slug}-{number}" if slug else UNKNOWN, many,
        )
        for stage, result, kind, year, slug, number, many in session.execute(query)
    ]  # fmt: skip


def _narrowed(where: Scope) -> list[Any]:
    """The conditions of the facets."""
    a, query, found = Assessment, where.query, list(where.conditions)
    for column, values in (
        (a.stage, query.stages), (a.result, query.results), (a.kind, query.kinds)
    ):  # fmt: skip
        if values:
            found.append(column.in_(values))
    if query.years:
        found.append(or_(*(_in_year(each) for each in query.years)))
    for standard in query.standards:
        slug, _dash, number = standard.rpartition("-")
        found.append(
            a.standard_version_id.is_(None)
            if standard == UNKNOWN
            else and_(
                Standard.slug == slug,
                StandardVersion.number == (int(number) if number.isdigit() else 0),
            )
        )
    return found


def _in_year(year: str) -> Any:
    held = Assessment.held_on
    if year == UNKNOWN:
        return held.is_(None)
    return held.between(date(int(year), 1, 1), date(int(year), 12, 31))


def _rows() -> Any:
    a, r, v, o = Assessment, Report, StandardVersion, AssessmentOwner
    others = select(func.count()).where(o.assessment_id == a.id, o.position > 0)
    return (
        select(
            a.id, a.report_id, r.slug, r.title, a.position, a.name, a.stage, a.kind, a.held_on,
            a.result, a.result_verbatim, Standard.slug.label("standard_slug"),
            v.number.label("version_number"), v.title.label("version_title"),
            Service.slug.label("service_slug"), Service.name.label("service_name"),
            Component.slug.label("component_slug"), Component.name.label("component_name"),
            _first.published_name, _body.slug.label("body_slug"), _body.name.label("body_name"),
            others.correlate(a).scalar_subquery().label("others"), r.source, r.summary,
        )
        .select_from(a)
        .join(r, r.id == a.report_id)
        .outerjoin(v, v.id == a.standard_version_id)
        .outerjoin(Standard, Standard.id == v.standard_id)
        .outerjoin(Service, Service.id == a.service_id)
        .outerjoin(Component, Component.id == a.component_id)
        .outerjoin(_first, and_(_first.assessment_id == a.id, _first.position == 0))
        .outerjoin(_body, _body.id == _first.organisation_id)
    )  # fmt: skip


def _row(r: Any) -> Row:
    standard = f"{r.standard_slug}-{r.version_number}" if r.standard_slug else None
    return Row(
        r.id, r.report_id, r.slug, r.title, r.position, r.name, r.stage.value, r.kind.value,
        r.held_on, r.result.value, r.result_verbatim, standard, r.version_title, r.service_slug,
        r.service_name, r.component_slug, r.component_name, r.published_name, r.body_slug,
        r.body_name, r.others, r.source, r.summary,
    )  # fmt: skip


def listing(session: Session, query: ReportQuery, on: date, size: int = PAGE_SIZE) -> Listing:
    """One page, the counts of each facet, and the keys of the pages around it."""
    where = scope(session, query, on)
    known = cells(session, where)
    rows, before, after = page(session, where, size)
    keys = [_key(where, row) for row in rows]
    return Listing(
        rows, total(known, query), counts(known, query),
        keys[0] if rows and before else None, keys[-1] if rows and after else None,
        where.found, where.organisation,
    )  # fmt: skip


def _key(where: Scope, row: Row) -> Key:
    if where.ranks is not None:
        return where.ranks[row.report_id], row.id
    return (row.held_on or NO_DAY).isoformat(), row.id


def page(session: Session, where: Scope, size: int) -> Slice:
    """The rows of one page, and whether there are more before and after it."""
    if where.ranks is not None:
        return _ranked(session, where, size)
    cursor = where.query.cursor
    rows, before, after = cut(_looked_at(session, where, size), cursor, size)
    return [_row(row) for row in rows], before, after


def _looked_at(session: Session, where: Scope, size: int) -> list[Any]:
    """The rows from a place in the list on, one more than a page has. Those without a day come
    last, and are asked for apart: an index has the others in their order.
    """
    cursor = where.query.cursor
    backwards = cursor is not None and cursor.backwards
    day = date.fromisoformat(str(cursor.key[0])) if cursor else date.max
    parts: tuple[bool, ...] = (False, True) if backwards else (True, False)
    if day == NO_DAY and not backwards:
        parts = (False,)
    if day != NO_DAY and backwards:
        parts = (True,)
    found: list[Any] = []
    for dated in parts:
        here = cursor if cursor and dated == (day != NO_DAY) else None
        if len(found) <= size:
            found += _part(session, where, dated, here, size - len(found), backwards)
    return found


def _part(
    session: Session, where: Scope, dated: bool, cursor: Cursor | None, size: int, backwards: bool
) -> list[Any]:  # fmt: skip
    a, held = Assessment, Assessment.held_on
    statement = _rows().where(*_narrowed(where), held.is_not(None) if dated else held.is_(None))
    if cursor:
        day, id_ = date.fromisoformat(str(cursor.key[0])), cursor.key[1]
        place = tuple_(held, a.id) if dated else tuple_(a.id)
        edge = tuple_(day, id_) if dated else tuple_(id_)
        statement = statement.where(place > edge if backwards else place < edge)
    order = [held, a.id] if backwards else [held.desc(), a.id.desc()]
    return list(session.execute(statement.order_by(*order).limit(size + 1)))


def _ranked(session: Session, where: Scope, size: int) -> Slice:
    """A page in the order in which the search ranks the reports."""
    ranks, a = where.ranks or {}, Assessment
    query = (
        select(a.id, a.report_id, a.position)
        .join(Report, Report.id == a.report_id)
        .outerjoin(StandardVersion, StandardVersion.id == a.standard_version_id)
        .outerjoin(Standard, Standard.id == StandardVersion.standard_id)
        .where(*_narrowed(where))
    )
    found = sorted((ranks[report], place, id_) for id_, report, place in session.execute(query))
    positions = {id_: at for at, (_, _, id_) in enumerate(found)}
    chosen, before, after = by_rank(list(positions), positions, where.query.cursor, size)
    rows = {row.id: _row(row) for row in session.execute(_rows().where(a.id.in_(chosen)))}
    return [rows[id_] for id_ in chosen], before, after


def every(session: Session, query: ReportQuery, on: date, size: int = 500) -> Iterator[list[Row]]:
    """All rows for a download, some at a time."""
    where = scope(session, replace(query, cursor=None), on)
    while True:
        rows, _before, after = page(session, where, size)
        yield rows
        if not after:
            return
        key = _key(where, rows[-1])
        where = replace(where, query=replace(query, cursor=Cursor(key)))


def owners_of(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[str, str | None]]]:
    """Who owned the services of these assessments: the published name, and whose slug it is."""
    o = AssessmentOwner
    query = (
        select(o.assessment_id, o.published_name, Organisation.slug)
        .outerjoin(Organisation, Organisation.id == o.organisation_id)
        .where(o.assessment_id.in_(ids))
        .order_by(o.assessment_id, o.position)
    )
    found: dict[int, list[tuple[str, str | None]]] = {}
    for id_, name, slug in session.execute(query):
        found.setdefault(id_, []).append((name, slug))
    return found


def naming(session: Session, component: str, addresses: Sequence[str | None]) -> dict[str, bool]:
    """Which of these addresses are of documents that name a component; whether a person says so."""
    m, c = Mention, Component
    query = (
        select(m.address, m.state)
        .join(c, c.id == m.component_id)
        .where(c.slug == component, m.state != MentionState.REJECTED, m.address.in_(addresses))
    )
    found: dict[str, bool] = {}
    for address, state in session.execute(query):
        found[address] = found.get(address, False) or state is MentionState.CONFIRMED
    return found
