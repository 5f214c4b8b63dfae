"""Which of several data sets of one service or component counts, where they have the same figures:
of each period the oldest one that has the figure (`figures.put`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from portal.access import Kind
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import kinds
from portal.performance.words import Period, SetKind

_older = aliased(DataSet, name="older")


class First(NamedTuple):
    """A data set that counts before another one."""

    group: str
    type: str
    title: str
    period: Period


def first_of(session: Session, data_set: DataSet) -> First | None:
    """The oldest data set that has figures of this one, of the same periods; None where this one is
    the first, or counts nowhere anyway.
    """
    query = _these().where(DataSet.id == data_set.id, *_before()).order_by(_older.id)
    row = session.execute(query).first()
    return First(*row) if row else None


def there(session: Session, kind: Kind, id_: int, sort: SetKind) -> list[First]:
    """The data sets of a service or component that have figures of a sort, the oldest first."""
    of = _older.service_id if kind is Kind.SERVICE else _older.component_id
    query = _columns().where(
        of == id_, _older.kind.in_(kinds.with_figures_of(sort)), _older.published.is_(True),
        ~_older.open_schema,
    )  # fmt: skip
    return [First(*row) for row in session.execute(query.order_by(_older.id))]


def counts_after() -> Any:
    """The address of the data set that counts before a `DataSet`, as a column of a statement."""
    query = select(_older.group + "/" + _older.type).where(*_before())
    return query.order_by(_older.id).limit(1).correlate(DataSet).scalar_subquery()


def _columns() -> Any:
    return select(_older.group, _older.type, _older.title, _older.period)


def _these() -> Any:
    return _columns().select_from(DataSet).join(_older, _older.id < DataSet.id)


def _before() -> list[ColumnElement[bool]]:
    d = DataSet
    return [
        or_(_older.service_id == d.service_id, _older.component_id == d.component_id),
        _older.id < d.id, _older.period == d.period, ~_older.open_schema, ~d.open_schema,
        _older.published.is_(True), d.published.is_(True), _alike(),
    ]  # fmt: skip


def _alike() -> ColumnElement[bool]:
    """Whether both are of sorts with a figure in common; a team's own sort has none."""
    return or_(
        *(and_(DataSet.kind == kind, _older.kind.in_(kinds.with_figures_of(kind)))
          for kind in kinds.SORTS)
    )  # fmt: skip
