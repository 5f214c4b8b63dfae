"""Counts that are kept: rows of a table with one number each, changed by differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from portal.db import Base, insert_rows, table_of


def add(session: Session, model: Any, change: Mapping[Any, int]) -> None:
    """Add to counts.

    Args:
        session: one that writes.
        model: its key has the fields of the keys, its number is `many`.
        change: by named tuples.
    """
    rows = [{**key._asdict(), "many": by} for key, by in change.items() if by]
    if not rows:
        return
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = make(table_of(model))
    statement = statement.on_conflict_do_update(
        index_elements=list(rows[0])[:-1], set_={"many": model.many + statement.excluded.many}
    )
    session.execute(statement, rows)


def fill(session: Session, model: type[Base], found: Mapping[Any, int]) -> None:
    """Write all counts into the empty table."""
    insert_rows(session, model, [{**key._asdict(), "many": many} for key, many in found.items()])


def keep(session: Session, model: type[Base], found: Mapping[int, Any]) -> None:
    """Write the facts that counts follow from, each with the place of what it is of.

    Args:
        found: by service; each has a `place` and `facts`, all named tuples.
    """
    rows = [
        {**fact._asdict(), **each.place._asdict()}
        for each in found.values()
        for fact in each.facts
    ]  # fmt: skip
    insert_rows(session, model, rows)
