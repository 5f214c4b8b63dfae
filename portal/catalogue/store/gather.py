"""Several selects in one statement, as text: how documents of many records are read at once.

An ORM load asks once for each list of a record (names, phases, owners...); here all of them come
back together, as plain rows. tests/store/test_documents.py holds the two ways to the same result.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal.catalogue.models.organisations import OrganisationIdentifier

#: A select; its columns' types are not worth spelling out, since all come as text.
Statement = Any
#: A record's parts by name, each a list of rows in order.
Parts = dict[str, list[tuple[str | None, ...]]]


def gather(session: Session, parts: Mapping[str, Statement]) -> dict[int, Parts]:
    """Run selects of (record id, order, value, ...) as one statement; values come as text.

    The first part has one row for each record; records come back in its order.
    """
    return collected(session, prepared(parts), list(parts))


def collected(
    session: Session, statement: Statement, names: Sequence[str], values: Mapping[str, Any] = {}
) -> dict[int, Parts]:
    """The same of parts that were prepared once.

    Args:
        statement: what `prepared` made.
        names: of the parts, the first of which has one row for each record.
        values: of the statement's parameters.
    """
    first = names[0]
    found: dict[int, Parts] = {}
    order: list[int] = []
    rows = session.connection().execute(statement, values).all()
    for part, record, _place, *values_ in rows:
        if record not in found:
            found[record] = {name: [] for name in names}
        found[record][part].append(tuple(values_))
        if part == first:
            order.append(record)
    return {record: found[record] for record in order}


def prepared(parts: Mapping[str, Statement]) -> Statement:
    """The one statement, of rows (part, record id, place, values...) in the order of places: for
    what is asked so often that making the statement counts.
    """
    width = max(len(part.selected_columns) for part in parts.values())
    rows = union_all(*(_as_text(name, part, width) for name, part in parts.items())).subquery()
    return select(rows).order_by(rows.c.place)


def _as_text(name: str, part: Statement, width: int) -> Statement:
    record, place, *values = part.selected_columns
    values += [null()] * (width - len(part.selected_columns))
    return part.with_only_columns(
        literal(name).label("part"),
        cast(record, Integer).label("record"),
        cast(place, Integer).label("place"),
        *(cast(value, Text).label(f"v{at}") for at, value in enumerate(values)),
    )


def lists_of(
    session: Session, owner: Any, order: Any, ids: Collection[int] | None, *columns: Any
) -> dict[int, list[Any]]:
    """The rows of one table by the record they are of, in order; of all records without `ids`."""
    query = select(owner, *columns).order_by(order)
    if ids is not None:
        query = query.where(owner.in_(ids))
    found: dict[int, list[Any]] = {}
    for id_, *values in session.execute(query):
        found.setdefault(id_, []).append(values)
    return found


def reference_of(organisation: Any) -> ColumnElement[str]:
    """How documents name an organisation, as a column; the same as `organisations.reference`."""
    first = (
        select(func.min(OrganisationIdentifier.identifier))
        .where(OrganisationIdentifier.organisation_id == organisation.id)
        .correlate(organisation)
        .scalar_subquery()
    )
    return func.coalesce(first, literal("slug:") + organisation.slug)


def truth(text: str | None) -> bool | None:
    """A boolean that came as text, from either database."""
    return None if text is None else text in ("1", "true")


def whole(text: str | None) -> int | None:
    """A number that came as text."""
    return None if text is None else int(text)
