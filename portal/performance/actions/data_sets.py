"""Add, change, close and open data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access import Kind, Permission, Person, may
from portal.accounts.store import things
from portal.audit import Act, record
from portal.db import Database
from portal.errors import N_, Clash, Invalid, Missing, Stale
from portal.performance.models.data_sets import DataDimension, DataMeasure, DataSet
from portal.performance.rules import schemas
from portal.performance.rules.kinds import SORTS, Dimension, Measure
from portal.performance.rules.schemas import Schema
from portal.performance.store import data_sets, folding
from portal.performance.store.data_set_values import starts
from portal.performance.words import Period


@dataclass(frozen=True, slots=True)
class Kept:
    """How a data set is kept.

    Attributes:
        title: what pages call it.
        period: what each value covers; None for any record, where the schema is open.
        due_days: days after the end of a period by which its values are due; None for never.
        max_age_days: how old the end of the newest period may be; None for any age.
        threshold: numbers of things below it are not shown.
        published: whether everybody may read it.
        definition: the version of the definitions that its values follow.
    """

    title: str
    period: Period | None
    due_days: int | None
    max_age_days: int | None
    threshold: int
    published: bool
    definition: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A data set to add: of what it is, its address, and what it may hold."""

    kind: Kind
    of_id: int
    group: str
    type: str
    schema: Schema
    kept: Kept


def add(database: Database, wanted: Wanted, person: Person | None, act: Act) -> int:
    """Add a data set; returns its id.

    Args:
        person: who adds it, and answers for what it is of; None for a command.

    Raises:
        Invalid: the address cannot be one, or begins as that of a service or component does that
            the person does not answer for; or the schema measures nothing or too much.
        Clash: another data set has the address.
    """
    schemas.check_size(wanted.schema)
    sort, kept = SORTS.get(wanted.schema.kind), wanted.kept
    if sort is not None and wanted.kind.value not in sort.of:
        raise Invalid("kind", N_("This sort of data set is not for this"))
    row = DataSet(
        group=wanted.group, type=wanted.type, kind=wanted.schema.kind,
        service_id=wanted.of_id if wanted.kind is Kind.SERVICE else None,
        component_id=wanted.of_id if wanted.kind is Kind.COMPONENT else None,
    )  # fmt: skip
    _put(row, kept)
    try:
        with database.writing() as session:
            address = wanted.group, wanted.type
            for problem in wrong_address(session, wanted.kind, wanted.of_id, *address, person):
                raise problem
            schema = wanted.schema
            made = data_sets.add(
                session,
                row,
                map(_dimension, schema.dimensions),
                map(_measure, schema.measures),
                act,
            )
            return made.id
    except IntegrityError as problem:
        raise _taken() from problem


def wrong_address(
    session: Session, kind: Kind, of_id: int, group: str, type_: str, person: Person | None
) -> Iterator[Invalid]:
    """Everything that is wrong with the address of a new data set: as `add` says it."""
    found = list(schemas.wrong_address(group, type_))
    yield from found
    if not found and data_sets.find(session, group, type_) is not None:
        yield _taken()
    if person is None:
        return
    # Programs and readers take the first part for the service that it names.
    for other in (Kind.SERVICE, Kind.COMPONENT):
        try:
            thing = things.by_slug(session, other, group)
        except Missing:
            continue
        mine = (other, thing.id) == (kind, of_id)
        if not mine and not may(person, Permission.KEEP_FIGURES, thing):
            name = things.names(session, [(other, thing.id)])[other, thing.id].name
            why = N_("“%(name)s” has this address, and you do not answer for it: choose another")
            yield Invalid("group", why, name=name)


def _taken() -> Clash:
    return Clash("type", N_("Another data set has this address: choose another end"))


def _put(row: DataSet, kept: Kept) -> None:
    for name in ("title", "period", "due_days", "max_age_days", "threshold", "published",
                 "definition"):  # fmt: skip
        setattr(row, name, getattr(kept, name))


def _dimension(each: Dimension) -> DataDimension:
    values = [{"value": value, "title": title} for value, title in each.values.items()]
    return DataDimension(key=each.key, title=each.title, values=values)


def _measure(each: Measure) -> DataMeasure:
    return DataMeasure(
        key=each.key, title=each.title, unit=each.unit, summable=each.summable
    )  # fmt: skip


def change(database: Database, data_set_id: int, base: int, kept: Kept, act: Act) -> bool:
    """Change how a data set is kept; whether anything differs.

    Raises:
        Stale: somebody changed it since `base`.
        Invalid: the period changes although there are values.
    """

    def put(session: Session, row: DataSet) -> None:
        if kept.period is not row.period and row.first_start is not None:
            raise Invalid("period", N_("There are values already, so the period stays as it is"))
        shown, fewer = kept.published != row.published, kept.threshold != row.threshold
        _put(row, kept)
        session.flush()
        if shown and not kept.published:
            folding.withdraw(session, row)
        elif shown or fewer:
            folding.refold(session, row, starts(session, row.id, _ALL))

    return _change(database, data_set_id, base, put, "data_set.changed", act)


#: More periods than any data set has: a day each for 270 years.
_ALL = 100_000


def extend(database: Database, data_set_id: int, base: int, schema: Schema, act: Act) -> bool:
    """Let a data set of its team's own sort hold more: dimensions keep their values, and measures
    and values can only be added or called otherwise.

    Args:
        schema: with everything that the data set has, in its order, and then what is new.

    Raises:
        Stale: somebody changed it since `base`.
        Invalid: it would measure too much, or have other dimensions although there are values.
    """
    schemas.check_size(schema)

    def put(_session: Session, row: DataSet) -> None:
        had = {each.key: each for each in row.dimensions}
        if row.first_start is not None and set(had) != {d.key for d in schema.dimensions}:
            raise Invalid("dimensions", N_("There are values already, so no dimension is added"))
        for dimension in schema.dimensions:
            made = _dimension(dimension)
            if dimension.key in had:
                had[dimension.key].title, had[dimension.key].values = made.title, made.values
            else:
                row.dimensions.append(made)
        measures = {each.key: each for each in row.measures}
        for measure in schema.measures:
            if measure.key in measures:
                measures[measure.key].title = measure.title
            else:
                row.measures.append(_measure(measure))
        data_sets.in_order(row)

    return _change(database, data_set_id, base, put, "data_set.changed", act)


def close(database: Database, data_set_id: int, base: int, act: Act) -> bool:
    """Close a data set: it takes no more values, and nothing of it is due. Raises Stale."""
    return _close(database, data_set_id, base, act.day, "data_set.closed", act)


def open_again(database: Database, data_set_id: int, base: int, act: Act) -> bool:
    """Open a data set that was closed. Raises Stale."""
    return _close(database, data_set_id, base, None, "data_set.opened", act)


def _close(
    database: Database, data_set_id: int, base: int, on: date | None, tag: str, act: Act
) -> bool:
    def put(_session: Session, row: DataSet) -> None:
        if (row.closed_on is None) is (on is None):
            raise Stale
        row.closed_on = on

    return _change(database, data_set_id, base, put, tag, act)


def _change(
    database: Database, data_set_id: int, base: int,
    put: Callable[[Session, DataSet], None], tag: str, act: Act,
) -> bool:  # fmt: skip
    with database.writing() as session:
        row = data_sets.locked(session, data_set_id)
        if row.version != base:
            raise Stale
        before = data_sets.document(row)
        put(session, row)
        data_sets.set_due(row, act.day)
        row.version, row.edited_at = row.version + 1, act.at
        session.flush()
        return record(session, act, tag, data_sets.THING, row.id, before, data_sets.document(row))
