"""Records read: one by one as text that is joined, or put together by SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import ColumnElement, DateTime, Select, String, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch, DataRecord
from portal.performance.rules import grouping, moments
from portal.performance.rules.grouping import Group, Part, Parts
from portal.performance.rules.queries import DEFAULT, Query
from portal.performance.rules.records import ID, TIMESTAMP
from portal.performance.store import hiding
from portal.performance.store.json_fields import Fields
from portal.performance.words import Unit

_STARTS = {f"_{name}_start_at": name for name in moments.STARTS}
UPDATED = "_updated_at"
#: The cell without dimensions: processes that are older than migration 0059 write NULL for it.
_NONE = ""


def mark(session: Session, data_set: DataSet) -> str:
    """Changes whenever what reads of a data set give may change."""
    query = select(func.max(DataBatch.id)).where(DataBatch.data_set_id == data_set.id)
    return f"{data_set.id}-{data_set.version}-{session.scalar(query)}"


#: Of which cells of which days some measures are not told.
Hidden = dict[tuple[date | None, str], frozenset[str]]


def _counted(data_set: DataSet) -> frozenset[str]:
    """The measures some of whose numbers are not told."""
    if data_set.open_schema or data_set.period is None or not data_set.threshold:
        return frozenset()
    return frozenset(m.key for m in data_set.measures if m.unit is Unit.COUNT)


def _hidden(session: Session, data_set: DataSet) -> Hidden:
    """What pages do not show is not told to programs either."""
    if not _counted(data_set):
        return {}
    found = Hidden()
    for day, cell, key in hiding.hidden_now(session, data_set):
        found[day, cell] = found.get((day, cell), frozenset()) | {key}
    return found


def _silent(data_set: DataSet, hidden: Hidden) -> frozenset[str]:
    """By which fields nothing is sorted or found."""
    return _counted(data_set).union(*hidden.values())


def texts(session: Session, data_set: DataSet, query: Query) -> Iterator[str]:
    """The records asked for, each as a JSON object, in the order asked for."""
    hidden = _hidden(session, data_set)
    fields = Fields(session, _silent(data_set, hidden))
    r: Any = DataRecord
    moment = (lambda column: type_coerce(column, String)) if fields.sqlite else (lambda c: c)
    whole: Any = fields.whole()
    columns: Select[Any] = select(whole, moment(r.at), moment(r.updated_at), r.day, r.cell)
    found = _limited(_filtered(columns, data_set, query, fields), query, fields)
    ends: dict[tuple[Any, Any], str] = {}
    for body, at, updated, day, cell in session.connection().execute(found):
        end = ends.get((at, updated))
        if end is None:
            end = ends[at, updated] = _ending(_moment(at), _moment(updated))
        gone = hidden.get((day, cell or _NONE)) if hidden else None
        yield (_without(body, gone) if gone else body)[:-1] + end


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC) if value is not None else None


def _ending(at: datetime | None, updated: datetime | None) -> str:
    told = {}
    if updated is not None:
        told[UPDATED] = updated.isoformat()
    if at is not None:
        told |= {key: moments.start_of(name, at).isoformat() for key, name in _STARTS.items()}
    return f",{orjson.dumps(told).decode()[1:]}" if told else "}"


def _without(body: str, gone: frozenset[str]) -> str:
    return orjson.dumps({**orjson.loads(body), **dict.fromkeys(gone)}).decode()


def _limited(found: Select[Any], query: Query, fields: Fields) -> Select[Any]:
    r = DataRecord
    if query.sort:
        key, descending = query.sort
        column = {TIMESTAMP: r.at, ID: r.record_id, UPDATED: r.updated_at}.get(key)
        by: Any = fields.text(key) if column is None else column
        if key in _STARTS:
            by = r.at
        # As PostgreSQL has it: what holds nothing is above everything.
        found = found.order_by(by.desc().nulls_first() if descending else by.asc().nulls_last())
    found = found.order_by(r.seq)
    return found.limit(query.limit) if query.limit else found


def _filtered(found: Select[Any], data_set: DataSet, query: Query, fields: Fields) -> Select[Any]:
    r = DataRecord
    found = found.where(r.data_set_id == data_set.id)
    if query.start:
        found = found.where(r.at >= query.start)
    if query.end:
        found = found.where(r.at <= query.end if query.inclusive else r.at < query.end)
    for key, value in query.filters:
        found = found.where(_equals(key, value, fields))
    for key, text in query.prefixes:
        column = r.record_id if key == ID else fields.text(key)
        # What LIKE would read as signs is text here, and letters are compared as they are.
        found = found.where(func.substr(column, 1, len(text)) == text)
    return found


def _equals(key: str, value: str | bool, fields: Fields) -> ColumnElement[bool]:
    r = DataRecord
    if key == ID and isinstance(value, str):
        return r.record_id == value
    if key not in (TIMESTAMP, UPDATED) and key not in _STARTS:
        return fields.equals(key, value)
    at = moments.read(value)
    # Moments are texts to whoever asks: only the one that is told is equal.
    if at is None or at.isoformat() != value:
        return r.seq < 0
    if key in _STARTS:
        name = _STARTS[key]
        if moments.start_of(name, at) != at:
            return r.seq < 0
        return (r.at >= at) & (r.at < moments.later(name, at))
    return (r.at if key == TIMESTAMP else r.updated_at) == at


def grouped(session: Session, data_set: DataSet, query: Query) -> list[grouping.Row]:
    """Records put together as asked for. Raises WrongQuery."""
    parts = _parts(session, data_set, query)
    grouping.check_length(query, parts)
    other = grouping.moved(query, parts)
    if other is not None:
        query, parts = other, _parts(session, data_set, other)
    return grouping.rows(query, parts)


def _parts(session: Session, data_set: DataSet, query: Query) -> Parts:
    hidden = _hidden(session, data_set)
    if hidden:
        return grouping.fold(_one_by_one(session, data_set, query, hidden), query.period)
    fields = Fields(session, _counted(data_set))
    summed = list(dict.fromkeys(k for k, method in query.collect if method in ("sum", "mean")))
    listed = list(dict.fromkeys(k for k, method in query.collect if method in ("set", DEFAULT)))
    columns = [_bucket(query.period, fields.sqlite).label("bucket")] if query.period else []
    columns += [fields.json(key).label(f"g{n}") for n, key in enumerate(query.group_by)]
    by, of = len(columns), len(columns) - len(query.group_by)
    for n, key in enumerate(summed):
        columns += [fields.number(key).label(f"n{n}"), fields.kind(key).label(f"k{n}")]
    inner = _dated(_filtered(select(*columns), data_set, query, fields), query)
    # Else a database works each field out again wherever it is named.
    each = inner.cte().prefix_with("MATERIALIZED")
    keys = [each.c[n] for n in range(by)]
    told: list[Any] = [func.count()]
    for n in range(len(summed)):
        number, is_text = each.c[f"n{n}"], fields.is_text(each.c[f"n{n}"], each.c[f"k{n}"])
        told += [func.sum(number), func.count(number), func.max(is_text)]
    rows = session.connection().execute(select(*keys, *told).group_by(*keys)).all()
    # Records without a field that is asked for are in no group.
    rows = [row for row in rows if row[by] and None not in row[of:by]]
    parts = [(*_place(row[:by], query), _part(row[by:], summed)) for row in rows]
    parts += _listed(session, data_set, query, fields, listed)
    return grouping.fold(parts, query.period)


def _one_by_one(
    session: Session, data_set: DataSet, query: Query, hidden: Hidden
) -> Iterator[tuple[Group, datetime | None, Part]]:
    """Each record as a part of its own, without the numbers that are not told."""
    r: Any = DataRecord
    fields = Fields(session, _silent(data_set, hidden))
    found = _filtered(select(r.at, r.day, r.cell, r.body), data_set, query, fields)
    for at, day, cell, body in session.execute(found):
        row = {**body, **dict.fromkeys(hidden.get((day, cell or _NONE), ()))}
        if any(key not in row for key in query.group_by):
            continue
        part = Part(1)
        for key, _ in query.collect:
            value = row.get(key)
            part.values[key] = {value}
            if isinstance(value, str):
                part.texts.add(key)
            part.sums[key] = (value, 1) if isinstance(value, (int, float)) else (0, 0)
        yield tuple(row[key] for key in query.group_by), at, part


def _listed(
    session: Session, data_set: DataSet, query: Query, fields: Fields, listed: list[str]
) -> Iterator[tuple[Group, datetime | None, Part]]:
    """The different values of fields, in parts that count nothing."""
    columns = [_bucket(query.period, fields.sqlite).label("bucket")] if query.period else []
    columns += [fields.json(key).label(f"g{n}") for n, key in enumerate(query.group_by)]
    for key in listed:
        value = fields.json(key).label("value")
        found = _grouped_only(select(*columns, value), query, fields)
        found = _filtered(found, data_set, query, fields).distinct()
        for row in session.connection().execute(found):
            part = Part(values={key: {_plain(row[-1])}})
            yield (*_place(row[:-1], query), part)


def _grouped_only(found: Select[Any], query: Query, fields: Fields) -> Select[Any]:
    for key in query.group_by:
        found = found.where(fields.json(key).is_not(None))
    return _dated(found, query)


def _dated(found: Select[Any], query: Query) -> Select[Any]:
    return found.where(DataRecord.at.is_not(None)) if query.period else found


def _bucket(period: str | None, sqlite: bool) -> ColumnElement[Any]:
    """The hour, day, week or month of a record: quarters and years are put together from months."""
    r: Any = DataRecord
    short = period if period in ("hour", "day", "week") else "month"
    if not sqlite:
        if short == "hour":
            return func.date_trunc("hour", func.timezone("UTC", r.at))
        return r.day if short == "day" else func.date_trunc(short, cast(r.day, DateTime))
    if short == "hour":
        return func.substr(type_coerce(r.at, String), 1, 13)
    day = type_coerce(r.day, String)
    if short == "week":
        return func.date(day, "-6 days", "weekday 1")
    return day if short == "day" else func.substr(day, 1, 7)


def _place(keys: Any, query: Query) -> tuple[Group, datetime | None]:
    if not query.period:
        return tuple(map(_plain, keys)), None
    return tuple(map(_plain, keys[1:])), _start(keys[0])


def _start(bucket: Any) -> datetime:
    if isinstance(bucket, str):
        text = f"{bucket}-01" if len(bucket) == 7 else bucket
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    if isinstance(bucket, datetime):
        return bucket.replace(tzinfo=UTC)
    day: date = bucket
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _plain(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)


def _part(told: Any, summed: list[str]) -> Part:
    part = Part(told[0])
    for n, key in enumerate(summed):
        total, many, has_text = told[1 + 3 * n : 4 + 3 * n]
        part.sums[key] = _number(total), many
        if has_text:
            part.texts.add(key)
    return part


def _number(total: Any) -> float:
    if isinstance(total, Decimal):
        return int(total) if total == total.to_integral_value() else float(total)
    return total or 0
