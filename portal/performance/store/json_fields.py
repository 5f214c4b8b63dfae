"""The fields of records in SQL: as JSON text, as numbers, as text, on both databases."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    String,
    case,
    cast,
    func,
    literal,
    null,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from portal.performance.models.values import DataRecord


class Fields:
    """The fields of records, each by its name, which is one that a key may have.

    Args:
        session: says which database it is.
        hidden: the fields some of whose numbers are not told: nothing is sorted by them, and
            nothing is found by how they begin.
    """

    def __init__(self, session: Session, hidden: Collection[str] = ()) -> None:
        """Keep both."""
        self.sqlite = session.get_bind().dialect.name == "sqlite"
        self.hidden = hidden
        body: Any = DataRecord.body
        self._body: Any = type_coerce(body, String if self.sqlite else JSONB)

    def whole(self) -> ColumnElement[str]:
        """All fields of a record as text."""
        found: ColumnElement[str] = self._body if self.sqlite else cast(self._body, String)
        return found

    def json(self, key: str) -> ColumnElement[str]:
        """A field as JSON text: NULL where it is not there, `null` where it holds none."""
        if self.sqlite:
            found: ColumnElement[str] = self._body.op("->")(_path(key))
            return type_coerce(found, String)
        return cast(self._body.op("->")(key), String)

    def number(self, key: str) -> ColumnElement[Any]:
        """A field as a number, booleans as 0 and 1; NULL where it is not there or holds none. On
        SQLite texts stay texts: whoever sums asks for them first.
        """
        if self.sqlite:
            return func.json_extract(self._body, _path(key))
        kind, field = self._type(key), self._body.op("->")(key)
        true = type_coerce(literal("true"), String)
        return case(
            (kind == "number", cast(field, Numeric)),
            (kind == "boolean", case((cast(field, String) == true, 1), else_=0)),
        )

    def kind(self, key: str) -> ColumnElement[Any]:
        """What `is_text` needs to know beside the number: on SQLite nothing, since texts stay texts
        there.
        """
        return null() if self.sqlite else self._type(key)

    def is_text(self, number: ColumnElement[Any], kind: ColumnElement[Any]) -> ColumnElement[Any]:
        """1 where a field, of which these are `number` and `kind`, holds text, else 0."""
        if self.sqlite:
            return func.typeof(number) == "text"
        return case((kind == "string", 1), else_=0)

    def text(self, key: str) -> ColumnElement[str]:
        """A field as it is sorted by and begins with something; NULL where there is none."""
        if key in self.hidden:
            return cast(null(), String)
        if self.sqlite:
            # `true` and `false`: as text they are 1 and 0 here.
            kind, field = self._type(key), func.json_extract(self._body, _path(key))
            return case((kind.in_(("true", "false")), kind), else_=cast(field, String))
        found: ColumnElement[str] = self._body.op("->>", return_type=String())(key).collate("C")
        return found

    def equals(self, key: str, value: str | bool) -> ColumnElement[bool]:
        """Whether a field holds this text or boolean."""
        if self.sqlite:
            kind = self._type(key)
            if isinstance(value, bool):
                return kind == ("true" if value else "false")
            return (kind == "text") & (func.json_extract(self._body, _path(key)) == value)
        found: ColumnElement[bool] = self._body.contains({key: value})
        return found

    def _type(self, key: str) -> ColumnElement[str]:
        if self.sqlite:
            return func.json_type(self._body, _path(key))
        return func.jsonb_typeof(self._body.op("->")(key))


def _path(key: str) -> str:
    return f'$."{key}"'
