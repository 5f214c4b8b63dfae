"""The rows of lists of reports: an assessment each. Statements are made once for each shape."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from portal.assessments.models.assessments import Assessment, AssessmentOwner, Report
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.rules.report_queries import NO_DAY, UNKNOWN, Cell, ReportQuery
from portal.assessments.rules.report_writing import address_of
from portal.assessments.store.report_checks import open_of
from portal.assessments.store.report_sets import COUNTS
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.rules.filters import Cursor
from portal.catalogue.store.paging import Slice, cut
from portal.digits import id_in

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
    open_checks: int

    @property
    def address(self) -> str:
        """Where it was published first: elsewhere, or here."""
        return self.source or address_of(self.slug)


class Fact(NamedTuple):
    """What an assessment that a search found is ordered and counted by."""

    report_id: int
    position: int
    id: int
    cell: Cell


def _plain(column: Any) -> Any:
    """A closed list's column as the text that it is."""
    return type_coerce(column, String)


def _standard() -> Any:
    """The version that an assessment is against, as addresses call it. As two tables more of a
    statement of eight it would take longer to plan than to read.
    """
    v = StandardVersion
    called = Standard.slug + "-" + cast(v.number, String)
    query = select(called).select_from(v).join(Standard, Standard.id == v.standard_id)
    return query.where(v.id == Assessment.standard_version_id).scalar_subquery()


def _rows() -> Any:
    a, r, o = Assessment, Report, AssessmentOwner
    others = select(func.count()).where(o.assessment_id == a.id, o.position > 0)
    return (
        select(
            a.id, a.report_id, r.slug, r.title, a.position, a.name, _plain(a.stage),
            _plain(a.kind), a.held_on, _plain(a.result), a.result_verbatim,
            _standard(), Service.slug, Service.name, Component.slug, Component.name,
            _first.published_name, _body.slug, _body.name,
            others.correlate(a).scalar_subquery(), r.source, r.summary, open_of(a.report_id),
        )
        .select_from(a)
        .join(r, r.id == a.report_id)
        .outerjoin(Service, Service.id == a.service_id)
        .outerjoin(Component, Component.id == a.component_id)
        .outerjoin(_first, and_(_first.assessment_id == a.id, _first.position == 0))
        .outerjoin(_body, _body.id == _first.organisation_id)
    )  # fmt: skip


def _narrowed(query: ReportQuery) -> tuple[list[Any], dict[str, Any], Hashable]:
    """The conditions of the facets, their values, and what tells them from others."""
    a, found, asked = Assessment, list[Any](), dict[str, Any]()
    for name, column, values in (
        ("stages", a.stage, query.stages), ("results", a.result, query.results),
        ("kinds", a.kind, query.kinds),
    ):  # fmt: skip
        if len(values) == 1:
            found.append(column == bindparam(name, type_=column.type))
            asked[name] = values[0]
        elif values:
            found.append(column.in_(bindparam(name, expanding=True, type_=column.type)))
            asked[name] = list(values)
    if query.years:
        found.append(or_(*(_in_year(at, each, asked) for at, each in enumerate(query.years))))
    for standard in query.standards:
        slug, _dash, number = standard.rpartition("-")
        found.append(a.standard_version_id.is_(None) if standard == UNKNOWN else _against())
        if standard != UNKNOWN:
            asked |= {"slug": slug, "number": id_in(number)}
    form = tuple((name, isinstance(value, list)) for name, value in asked.items())
    return found, asked, (form, UNKNOWN in query.years, query.standards == (UNKNOWN,))


def _against() -> Any:
    """The version is looked up first: the index of its assessments has them in their order."""
    v = StandardVersion
    wanted = select(v.id).join(Standard, Standard.id == v.standard_id)
    wanted = wanted.where(Standard.slug == bindparam("slug"), v.number == bindparam("number"))
    return Assessment.standard_version_id == wanted.scalar_subquery()


def _in_year(at: int, year: str, asked: dict[str, Any]) -> Any:
    held = Assessment.held_on
    if year == UNKNOWN:
        return held.is_(None)
    asked |= {f"from{at}": date(int(year), 1, 1), f"to{at}": date(int(year), 12, 31)}
    return held.between(
        bindparam(f"from{at}", type_=held.type), bindparam(f"to{at}", type_=held.type)
    )


def by_day(session: Session, query: ReportQuery, conditions: Sequence[Any], size: int) -> Slice:
    """A page, the newest first. Those without a day come last, and are asked for apart: an index
    has the others in their order.

    Args:
        session: the database.
        query: the facets, and the place in the list.
        conditions: what else narrows it.
        size: rows on a page.
    """
    cursor = query.cursor
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
            found += _part(session, query, conditions, dated, here, size)
    rows, before, after = cut(found, cursor, size)
    return list(map(Row._make, rows)), before, after


#: Statements by their shape: making one takes longer than running it.
_parts: dict[Hashable, Any] = {}


def _part(
    session: Session, query: ReportQuery, conditions: Sequence[Any], dated: bool,
    cursor: Cursor | None, size: int,
) -> list[Any]:  # fmt: skip
    narrowed, asked, form = _narrowed(query)
    backwards = query.cursor is not None and query.cursor.backwards
    form = form, dated, cursor is not None, backwards, size
    # All lists ask that it is no copy; there is no end to the shapes with more, or with many years.
    plain = len(conditions) == 1 and len(query.years) < 3
    statement = _parts.get(form) if plain else None
    if statement is None:
        statement = _statement([*conditions, *narrowed], dated, cursor is not None, backwards)
        # Not as a parameter: for any number of rows PostgreSQL would plan it anew each time.
        statement = statement.limit(literal_column(str(size + 1)))
        if plain:
            _parts[form] = statement
    if cursor:
        asked |= {"edge_day": date.fromisoformat(str(cursor.key[0])), "edge_id": cursor.key[1]}
    return list(session.connection().execute(statement, asked))


def _statement(conditions: Sequence[Any], dated: bool, edged: bool, backwards: bool) -> Any:
    a, held = Assessment, Assessment.held_on
    statement = _rows().where(*conditions, held.is_not(None) if dated else held.is_(None))
    if edged:
        edge_id: Any = bindparam("edge_id", type_=a.id.type)
        place: Any = a.id
        edge: Any = edge_id
        if dated:
            day = bindparam("edge_day", type_=held.type)
            place, edge = tuple_(held, a.id), tuple_(day, edge_id)
        statement = statement.where(place > edge if backwards else place < edge)
    order = [held, a.id] if backwards else [held.desc(), a.id.desc()]
    return statement.order_by(*order)


_ONES = _rows().where(Assessment.id.in_(bindparam("ids", expanding=True)))


def ones(session: Session, ids: Sequence[int]) -> list[Row]:
    """These assessments, in this order."""
    found = {row[0]: Row._make(row) for row in session.connection().execute(_ONES, {"ids": ids})}
    return [found[id_] for id_ in ids]


# Ids as JSON: as parameters, a thousand of them take longer than the rest of the statement.
_AMONG = {
    "sqlite": "assessment.report_id IN (SELECT value FROM json_each(:found))",
    "postgresql": (
        "assessment.report_id = ANY (ARRAY(SELECT CAST(value AS integer) "
        "FROM json_array_elements_text(CAST(:found AS json)) AS listed (value)))"
    ),
}
_facts: dict[str, Any] = {}


def facts(session: Session, conditions: Sequence[Any], ranks: Mapping[int, int]) -> list[Fact]:
    """The assessments of the reports that a search found and the conditions leave, best first."""
    dialect = session.get_bind().dialect.name
    statement = _facts.get(dialect) if len(conditions) == 1 else None
    if statement is None:
        a, v = Assessment, StandardVersion
        columns = (a.report_id, a.position, a.id, _plain(a.stage), _plain(a.result),
                   _plain(a.kind), a.held_on, Standard.slug, v.number)  # fmt: skip
        statement = (
            select(*columns)
            .outerjoin(v, v.id == a.standard_version_id)
            .outerjoin(Standard, Standard.id == v.standard_id)
            .where(text(_AMONG[dialect]), COUNTS, *conditions[1:])
        )
        if len(conditions) == 1:
            _facts[dialect] = statement
    rows = session.connection().execute(statement, {"found": json.dumps(list(ranks))})
    found = [
        Fact(report, place, id_, Cell(
            stage, result, kind, str(held.year) if held else UNKNOWN,
            f"{slug}-{number}" if slug else UNKNOWN, 1,
        ))
        for report, place, id_, stage, result, kind, held, slug, number in rows
    ]  # fmt: skip
    return sorted(found, key=lambda fact: (ranks[fact.report_id], fact.position, fact.id))
