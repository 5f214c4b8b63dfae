"""All SQL about lists of reports: a row an assessment, the newest first or as the search ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, extract, func, select, union_all
from sqlalchemy.orm import Session

from portal import search
from portal.assessments.models.assessments import (
    Assessment,
    AssessmentOwner,
    AssessmentPoint,
    Report,
)
from portal.assessments.models.counts import AssessmentCount
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
    fits,
)
from portal.assessments.rules.report_writing import address_of
from portal.assessments.store import report_rows
from portal.assessments.store.report_documents import THING
from portal.assessments.store.report_rows import Fact, Row
from portal.assessments.store.report_sets import COUNTS, among
from portal.audit import kept
from portal.catalogue.component_words import MentionState
from portal.catalogue.models.components import Component
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.filters import Cursor, Key
from portal.catalogue.store import hierarchy
from portal.catalogue.store.paging import Slice, by_rank
from portal.digits import id_in

PAGE_SIZE = 50


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
    """What an address asks for, looked up: the conditions that are no facets, and what a search
    found, with the ranks of the reports.
    """

    query: ReportQuery
    conditions: tuple[Any, ...]
    on: date
    facts: list[Fact] | None = None
    ranks: Mapping[int, int] = field(default_factory=dict)
    found: search.Found | None = None
    organisation: str | None = None


def scope(session: Session, query: ReportQuery, on: date) -> Scope:
    """Look up what a query asks for; what is not there finds nothing."""
    a, r = Assessment, Report
    where: list[Any] = [r.same_as_id.is_(None)]
    found, ranks, organisation = None, dict[int, int](), None
    if query.text:
        found = search.find(session, THING, query.text)
        ranks = {id_: at for at, id_ in enumerate(found.ids)}
    if query.organisation:
        body = select(Organisation.id, Organisation.name)
        row = session.execute(body.where(Organisation.slug == query.organisation)).first()
        organisation = row.name if row else None
        mine = hierarchy.family(row.id if row else 0, on)
        o = AssessmentOwner
        where.append(a.id.in_(select(o.assessment_id).where(o.organisation_id.in_(mine))))
    if query.component:
        where.append(among(session, a.report_id, _naming(query.component)))
    if query.point or query.ratings:
        where.append(_rated(query))
    facts = report_rows.facts(session, where, ranks) if query.text else None
    return Scope(query, tuple(where), on, facts, ranks, found, organisation)


def _naming(component: str) -> Any:
    """The reports that name a component, by where they were published: elsewhere, or here."""
    m, c, r, here = Mention, Component, Report, address_of("")
    mine = select(m.address).join(c, c.id == m.component_id)
    mine = mine.where(c.slug == component, m.state != MentionState.REJECTED)
    slugs = mine.with_only_columns(func.substr(m.address, len(here) + 1))
    slugs = slugs.where(m.address.startswith(here))
    # Two statements in place of "or": each has its index.
    return union_all(select(r.id).where(r.source.in_(mine)), select(r.id).where(r.slug.in_(slugs)))


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
        .where(v.number == id_in(number))
    )
    if not query.counterparts:
        return here
    newer = select(relation.newer_id).where(relation.older_id.in_(here))
    older = select(relation.older_id).where(relation.newer_id.in_(here))
    return union_all(here, newer, older)


def cells(session: Session, where: Scope) -> Sequence[Cell]:
    """How many assessments there are of each mix of facets; kept but for searches."""
    query = where.query
    if where.facts is not None:
        return [fact.cell for fact in where.facts]
    if len(where.conditions) == 1:
        return kept(session, "report cells", lambda: _all_cells(session))
    point = (query.standard, query.point, query.counterparts) if query.point else None
    key = ("report cells", query.organisation, query.component, point, query.ratings, where.on)
    return kept(session, key, lambda: _cells(session, where))


def _all_cells(session: Session) -> list[Cell]:
    """The cells of all reports, from the counts that are kept with the writes."""
    c, v = AssessmentCount, StandardVersion
    keys = (c.stage, c.result, c.kind, c.year, Standard.slug, v.number)
    query = (
        select(*keys, func.sum(c.many))
        .outerjoin(v, v.id == c.version_id)
        .outerjoin(Standard, Standard.id == v.standard_id)
        .where(c.copy == 0)
        .group_by(*keys)
    )
    return list(map(_cell, session.connection().execute(query)))


def _cells(session: Session, where: Scope) -> list[Cell]:
    a, v = Assessment, StandardVersion
    year = extract("year", a.held_on).label("year")
    keys = (a.stage, a.result, a.kind, year, Standard.slug, v.number)
    query = (
        select(*keys, func.count())
        .outerjoin(v, v.id == a.standard_version_id)
        .outerjoin(Standard, Standard.id == v.standard_id)
        .where(COUNTS, *where.conditions[1:])
        .group_by(*keys)
    )
    return list(map(_cell, session.connection().execute(query)))


def _cell(row: Any) -> Cell:
    stage, result, kind, year, slug, number, many = row
    return Cell(
        str(stage), str(result), str(kind), str(int(year)) if year else UNKNOWN,
        f"{slug}-{number}" if slug else UNKNOWN, int(many),
    )  # fmt: skip


def listing(session: Session, query: ReportQuery, on: date, size: int = PAGE_SIZE) -> Listing:
    """One page, the counts of each facet, and the keys of the pages around it."""
    where = scope(session, query, on)
    many, facets = counts(cells(session, where), query)
    rows, before, after = page(session, where, size)
    keys = [_key(where, row) for row in (rows[0], rows[-1])] if rows else []
    return Listing(
        rows, many, facets, keys[0] if keys and before else None,
        keys[-1] if keys and after else None, where.found, where.organisation,
    )  # fmt: skip


def _key(where: Scope, row: Row) -> Key:
    if where.facts is not None:
        return where.ranks[row.report_id], row.id
    return (row.held_on or NO_DAY).isoformat(), row.id


def page(session: Session, where: Scope, size: int) -> Slice:
    """The rows of one page, and whether there are more before and after it."""
    if where.facts is None:
        return report_rows.by_day(session, where.query, where.conditions, size)
    ids = [fact.id for fact in where.facts if fits(fact.cell, where.query)]
    positions = {id_: at for at, id_ in enumerate(ids)}
    chosen, before, after = by_rank(ids, positions, where.query.cursor, size)
    return report_rows.ones(session, chosen), before, after


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
