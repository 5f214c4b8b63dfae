"""Keyset pages: of a statement in the order of a column, and of ids as a search ranked them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Integer, bindparam, tuple_
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
    page = column_page(statement, column, id_, cursor, falling)
    return cut(list(session.execute(page, edge(cursor, size))), cursor, size)


def column_page(
    statement: Any, column: Any, id_: Any, cursor: Cursor | None, falling: bool = False
) -> Any:
    """The statement of a page; `edge` gives its parameters, so it serves all such pages."""
    down = falling != bool(cursor and cursor.backwards)
    statement = statement.add_columns(column.label("sort_value"))
    if cursor:
        place = tuple_(bindparam("edge_value", type_=column.type), bindparam("edge_id"))
        keys = tuple_(column, id_)
        statement = statement.where(keys < place if down else keys > place)
    order = [column.desc(), id_.desc()] if down else [column, id_]
    return statement.order_by(*order).limit(bindparam("most", type_=Integer))


def edge(cursor: Cursor | None, size: int) -> dict[str, Any]:
    """The parameters of a page: from where on, and how many rows to look at."""
    value, id_ = cursor.key if cursor else (None, None)
    return {"edge_value": value, "edge_id": id_, "most": size + 1}


def cut(found: list[Any], cursor: Cursor | None, size: int) -> Slice:
    """The rows of a page from those that were looked at."""
    more, rows = len(found) > size, found[:size]
    if cursor and cursor.backwards:
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
