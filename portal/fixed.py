"""Statements that never change: made once for each kind of database, run on the driver's cursor.

For what a page asks at every request. SQLAlchemy looks up what it made of a statement, checks its
values and wraps its rows each time, which takes five times as long as SQLite takes to answer. What
it knows of the types of values and columns is used here as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Float
from sqlalchemy.orm import Session

from portal.db import as_sqlalchemy

Convert = Callable[[Any], Any]
Row = Sequence[Any]


class Fixed:
    """A select, or a union of some, of which nothing depends on who asks but values."""

    def __init__(self, statement: Any) -> None:
        """Keep the statement; what it binds has names."""
        self.statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, **values: Any) -> Sequence[Row]:
        """All rows, with the values of its columns' types.

        Raises:
            DBAPIError: as from any statement.
        """
        connection = session.connection()
        name = connection.dialect.name
        if name not in self._forms:
            self._forms[name] = _form(self.statement, connection.dialect)
        form = self._forms[name]
        rows = _run(connection, form, values)
        return [_read(row, form.read) for row in rows] if form.read else rows

    def row(self, session: Session, **values: Any) -> Row | None:
        """The first row, None where there is none."""
        return next(iter(self.rows(session, **values)), None)


class _Form(NamedTuple):
    """A statement as one kind of database takes it: its text, the names of its values in their
    order where the driver counts them, those that are always the same, and how values are written
    and columns read where the driver does not do that.
    """

    sql: str
    places: Sequence[str] | None
    constant: dict[str, Any]
    written: dict[str, Convert]
    read: list[tuple[int, Convert]]


def _form(statement: Any, dialect: Dialect) -> _Form:
    made = statement.compile(dialect=dialect)
    asked = [name for name, bound in made.binds.items() if bound.required]
    state = made.construct_expanded_state(dict.fromkeys(asked))
    written = dict[str, Any](state.processors)
    for name in state.parameters:
        if name in made.binds:
            written[name] = made.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
    constant = {
        name: written[name](value) if written.get(name) else value
        for name, value in state.parameters.items()
        if name not in asked
    }
    columns = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    # Both drivers give floats as they are; PostgreSQL's asks for more than there is to know here.
    read = [
        (at, type_.result_processor(dialect, None))
        for at, type_ in enumerate(columns)
        if not isinstance(type_, Float)
    ]
    return _Form(
        state.statement,
        state.positiontup,
        constant,
        {name: written[name] for name in asked if written[name]},
        [(at, convert) for at, convert in read if convert],
    )


def _run(connection: Connection, form: _Form, values: dict[str, Any]) -> list[Row]:
    sent = {**form.constant, **values}
    for name, convert in form.written.items():
        if name in values:
            sent[name] = convert(values[name])
    bound: Any = sent if form.places is None else [sent[name] for name in form.places]
    cursor: Any = connection.connection.cursor()
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, form.sql, bound, None, False)
    try:
        return list(cursor.execute(form.sql, bound).fetchall())
    except connection.dialect.loaded_dbapi.Error as problem:
        raise as_sqlalchemy(connection, form.sql, problem) from problem
    finally:
        cursor.close()


def _read(row: Row, how: list[tuple[int, Convert]]) -> Row:
    values = list(row)
    for at, convert in how:
        values[at] = convert(values[at])
    return values
