"""Figures and totals worked out afresh from the values, and compared with what is kept.

All by the database, some services at a time: five million values need no memory here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import groupby
from typing import Any

from sqlalchemy import (
    CTE,
    Exists,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.access import Kind
from portal.db import insert_rows
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.models.values import DataValue
from portal.performance.rules import kinds
from portal.performance.rules.entries import STATUSES, UNKNOWN
from portal.performance.rules.totals import Total
from portal.performance.store import data_sets, figures, folding, total_queries, totals
from portal.performance.words import Doubt, Figure, Period, SetKind, ValueState

#: So many data sets, services or components at a time.
MANY = 1_000
#: The same of those that do not show all: these are worked out here.
_HIDING = 50
#: Sums of fractions differ in their last digits by the order in which they are added.
_NEARLY = 1e-9
_KEY = ("kind", "of_id", "period", "figure", "start")
_COLUMNS = (*_KEY, "state", "number", "status", "definition", "doubt", "data_set_id")


def rebuild(session: Session) -> int:
    """Work out all figures and totals afresh; returns how many there are."""
    _clear(session)
    for some, hiding in _sets(session):
        if hiding:
            insert_rows(session, ThingFigure, list(_hiding(session, some).values()))
        else:
            session.execute(insert(ThingFigure).from_select(_COLUMNS, _expected(some)))
    kept = session.scalar(select(func.count()).select_from(ThingFigure)) or 0
    return kept + totals.rebuild(session)


def _clear(session: Session) -> None:
    """Delete all figures, some at a time: SQLite remembers each row that a statement deletes."""
    f = ThingFigure
    last = select(f.kind, func.max(f.of_id)).group_by(f.kind)
    for kind, highest in session.execute(last).all():
        for first in range(0, highest + 1, MANY):
            some = f.of_id.between(first, first + MANY - 1)
            session.execute(delete(f).where(f.kind == kind, some))


def wrong_figures(session: Session) -> int:
    """How many kept figures are not what the values say, or are missing, or too many."""
    f, wrong, right = ThingFigure, 0, 0
    for some, hiding in _sets(session):
        if hiding:
            there, agree, every = _compared(session, _hiding(session, some), some)
            wrong += every - agree
            right += there
            continue
        e = _expected(some).subquery()
        same = and_(*(getattr(f, name) == e.c[name] for name in _KEY))
        # On SQLite, `=` says nothing of what is missing.
        told = [getattr(f, name).is_not_distinct_from(e.c[name])
                for name in ("state", "status", "definition", "doubt", "data_set_id")]  # fmt: skip
        near = func.abs(f.number - e.c.number) <= _NEARLY * func.abs(e.c.number)
        told.append(or_(near, and_(f.number.is_(None), e.c.number.is_(None))))
        query = select(func.count(), func.count(f.of_id), func.sum(case((and_(*told), 1), else_=0)))
        every, there, agree = session.execute(query.select_from(e).outerjoin(f, same)).one()
        wrong += every - (agree or 0)
        right += there
    every = session.scalar(select(func.count()).select_from(f)) or 0
    return wrong + every - right


def _compared(
    session: Session, wanted: Mapping[tuple[Any, ...], dict[str, Any]], set_ids: list[int]
) -> tuple[int, int, int]:
    """How many of the figures wanted are kept, are right, and there are."""
    f, d = ThingFigure, DataSet
    there, agree = 0, 0
    column = case((d.service_id.is_not(None), d.service_id), else_=d.component_id)
    kind = case((d.service_id.is_not(None), Kind.SERVICE.value), else_=Kind.COMPONENT.value)
    things = select(kind, column).where(d.id.in_(set_ids))
    for row in session.scalars(select(f).where(tuple_(f.kind, f.of_id).in_(things))):
        each = wanted.get((row.kind, row.of_id, row.period, row.figure, row.start))
        if each is not None:
            there += 1
            agree += all(getattr(row, name) == each[name] for name in _COLUMNS)
    return there, agree, len(wanted)


def wrong_totals(session: Session) -> int:
    """How many kept totals are not what the figures say, or are missing, or too many."""
    wrong, government = 0, dict[figures.Place, Total]()
    names, known = totals.names_of(session), [figures.GOVERNMENT]
    for body, services in totals.bodies(session):
        wanted = dict[figures.Place, Total]()
        for query, values in total_queries.slices(session, names, body, services):
            rows: Any = session.execute(query, values)
            for _body, period, figure, start, *sums in rows:
                wanted[Period(period), figure, start] = Total(*sums)
        wrong += _differ(session, body, wanted)
        for at, each in wanted.items():
            government.setdefault(at, Total()).add(each)
        known.append(body)
    wrong += _differ(session, figures.GOVERNMENT, government)
    others = FigureTotal.organisation_id.not_in(known)
    return wrong + (session.scalar(select(func.count()).where(others)) or 0)


def _differ(session: Session, body: int, wanted: Mapping[figures.Place, Total]) -> int:
    t = FigureTotal
    kept = {
        (row.period, row.figure, row.start): figures.total_in(row)
        for row in session.scalars(select(t).where(t.organisation_id == body))
    }
    session.expunge_all()
    same = sum(at in kept and kept[at].nearly(each) for at, each in wanted.items())
    return len(kept.keys() | wanted.keys()) - same


def _sets(session: Session) -> Iterator[tuple[list[int], bool]]:
    """The data sets that figures follow from, those of one service or component together, and
    whether one of them has a number below which none is shown.
    """
    d = DataSet
    query = select(d.id, d.threshold, d.service_id, d.component_id).where(
        d.open_schema.is_(False),
        d.published,
        or_(d.service_id.is_not(None), d.component_id.is_not(None)),
    )
    rows = session.execute(query.order_by(d.service_id, d.component_id, d.id)).all()
    waiting: dict[bool, list[int]] = {True: [], False: []}
    for _thing, some in groupby(rows, lambda row: (row.service_id, row.component_id)):
        mine = list(some)
        hiding = any(row.threshold > 0 for row in mine)
        waiting[hiding] += [row.id for row in mine]
        if len(waiting[hiding]) >= (_HIDING if hiding else MANY):
            yield waiting[hiding], hiding
            waiting[hiding] = []
    yield from ((some, hiding) for hiding, some in waiting.items() if some)


def _counting() -> CTE:
    """What each value counts towards, as rules/kinds.py says."""
    rows = [
        select(
            literal(kind.value).label("sort"), literal(measure).label("measure"),
            literal(cell).label("cell"), literal(figure.value).label("figure"),
            literal(weight).label("weight"),
        )
        for kind, sort in kinds.SORTS.items()
        for cell, measure, figure, weight in sort.figures
    ]  # fmt: skip
    return union_all(*rows).cte("counting")


def _hiding(session: Session, set_ids: list[int]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The same of data sets of which some numbers are not shown, one at a time: which are not
    depends on every version that there was.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for set_id in sorted(set_ids):
        data_set, v = data_sets.get(session, set_id), DataValue
        thing, period = data_sets.thing_of(data_set), data_set.period
        if thing is None or period is None:
            continue
        starts = session.scalars(select(v.start).where(v.data_set_id == set_id).distinct()).all()
        for (start, figure), known in folding.folded(session, data_set, starts).items():
            key = (*thing, period, figure, start)
            row = {**dict(zip(_KEY, key, strict=True)), **asdict(known), "data_set_id": set_id}
            found.setdefault(key, row)
    return found


def _other_channels() -> Exists:
    """The condition that the data set has something of a period besides what is online."""
    other = aliased(DataValue)
    return (
        select(other.id)
        .where(
            other.data_set_id == DataSet.id,
            other.start == DataValue.start,
            other.current,
            other.cell != "online",
        )
        .correlate(DataSet, DataValue)
        .exists()
    )


def _expected(set_ids: list[int]) -> Select[Any]:
    """The figures that follow from the current values of data sets that show all: `entries.fold` in
    SQL.
    """
    d, m, v, counts = DataSet, DataMeasure, DataValue, _counting()
    named: Any = v.state, v.status, v.doubt

    def any_of(column: Any, word: Any) -> Any:
        return func.sum(case((column == word, 1), else_=0)) > 0

    state, status, doubt = named
    known = func.count(v.number)
    alone = and_(
        d.kind == SetKind.TRANSACTIONS, counts.c.figure == Figure.DIGITAL.value, ~_other_channels()
    )
    unknown = [(any_of(state, each), literal(each.value)) for each in UNKNOWN]
    counted = func.sum(v.number * counts.c.weight)
    service = d.service_id.is_not(None)
    thing = case((service, literal(Kind.SERVICE.value)), else_=literal(Kind.COMPONENT.value))
    folded = (
        select(
            thing.label("kind"),
            func.coalesce(d.service_id, d.component_id).label("of_id"),
            d.period.label("period"),
            counts.c.figure,
            v.start.label("start"),
            case(
                *unknown,
                (and_(known > 0, alone), literal(ValueState.NOT_PROVIDED.value)),
                (known > 0, literal(ValueState.NUMBER.value)),
                else_=literal(ValueState.NOT_APPLICABLE.value),
            ).label("state"),
            case((or_(alone, *(each for each, _ in unknown)), null()), else_=counted).label(
                "number"
            ),
            case(
                *((any_of(status, each), literal(each.value)) for each in STATUSES[:-1]),
                else_=literal(STATUSES[-1].value),
            ).label("status"),
            func.max(v.definition).label("definition"),
            case(*((any_of(doubt, each), literal(each.value)) for each in Doubt)).label("doubt"),
            d.id.label("data_set_id"),
        )
        .select_from(v)
        .join(d, d.id == v.data_set_id)
        .join(m, m.id == v.measure_id)
        .join(
            counts,
            and_(
                counts.c.sort == d.kind,
                counts.c.measure == m.key,
                or_(counts.c.cell == "", counts.c.cell == v.cell),
            ),
        )
        .where(v.current, v.data_set_id.in_(set_ids), d.period.is_not(None))
        .group_by(d.id, d.service_id, d.component_id, d.period, counts.c.figure, v.start)
        .subquery("folded")
    )
    place = func.row_number().over(
        partition_by=[folded.c[name] for name in _KEY], order_by=folded.c.data_set_id
    )
    ranked = select(folded, place.label("place")).subquery("ranked")
    return select(*(ranked.c[name] for name in _COLUMNS)).where(ranked.c.place == 1)
