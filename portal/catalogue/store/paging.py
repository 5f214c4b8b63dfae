"""Keyset pages: of a statement in the order of a column, and of ids as a search ranked them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import literal, tuple_
from sqlalchemy.orm import Session

from portal.catalogue.rules.filters import Cursor

#: The rows of a page, and whether there are more before and after it.
Slice = tuple[list[Any], bool, bool]


def by_column(
    session: Session, statement: Any, column: Any, id_: Any, cursor: Cursor | None, size: int,
    falling: bool = False,
) -> Slice:  # fmt: skip
    """A page in the order of a column, then of the id; each row's `sort_value` leads onwards.

    Args:
        statement: selects the rows of all pages; its filters are set, its order is not.
        column: what to order by; never null.
        id_: the column that settles ties.
        cursor: the place in the list, None for its start.
        size: rows on a page.
        falling: True for the largest first.
    """
    backwards = bool(cursor and cursor.backwards)
    down = falling != backwards
    statement = statement.add_columns(column.label("sort_value"))
    if cursor:
        edge = tuple_(*(literal(part) for part in cursor.key))
        keys = tuple_(column, id_)
        statement = statement.where(keys < edge if down else keys > edge)
    order = [column.desc(), id_.desc()] if down else [column, id_]
    found = list(session.execute(statement.order_by(*order).limit(size + 1)))
    more, rows = len(found) > size, found[:size]
    if backwards:
        return rows[::-1], more, True
    return rows, cursor is not None, more


def by_rank(
    ids: Iterable[int], positions: Mapping[int, int], cursor: Cursor | None, size: int
) -> Slice:
    """A page of found ids, best first.

    Args:
        ids: what the filters left of what was found, in any order.
        positions: the rank of each found id, from 0.
        cursor: the rank and id of the row at the edge, None for the start.
        size: ids on a page.
    """
    ranked = sorted(ids, key=positions.__getitem__)
    start, end = 0, size
    if cursor:
        edge = positions.get(cursor.key[1], -1)
        before = sum(positions[i] < edge for i in ranked)
        upto = sum(positions[i] <= edge for i in ranked)
        start, end = (max(0, before - size), before) if cursor.backwards else (upto, upto + size)
    return ranked[start:end], start > 0, end < len(ranked)
