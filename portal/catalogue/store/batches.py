"""Many records of one kind written at once: a few statements for all of them, past the ORM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from portal.audit import Act, Document, record_all
from portal.db import Base, insert_rows, new_ids, table_of


class Kind(NamedTuple):
    """A kind of record.

    Attributes:
        lists: of each list that is a table of its own, the column that says whose row it is.
    """

    thing: str
    model: type[Base]
    lists: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A record that is to say something else; nothing about it can be refused any more.

    Attributes:
        id: None for one that is not in its table yet.
        before: its document now, None for a new one.
        after: its clean document from now on.
        columns: its own columns, all but the id and the version; the same ones in every change.
        rows: of each list that changes, its columns in order, without whose they are.
    """

    id: int | None
    before: Document | None
    after: Document
    columns: Document
    rows: dict[str, list[Document]]


def write(session: Session, kind: Kind, changes: Sequence[Change], act: Act, tag: str) -> list[int]:
    """Write changes, each to another record, with their history.

    Returns:
        The records' ids, in the order of the changes.
    """
    table = table_of(kind.model)
    added = iter(new_ids(session, kind.model, sum(each.id is None for each in changes)))
    ids = [next(added) if each.id is None else each.id for each in changes]
    new = [
        {"id": id_, "version": 1, **each.columns}
        for id_, each in zip(ids, changes, strict=True)
        if each.id is None
    ]
    insert_rows(session, kind.model, new)
    old = [{"id_": each.id, **each.columns} for each in changes if each.id is not None]
    if old:
        changing = update(table).where(table.c.id == bindparam("id_"))
        session.execute(changing.values(version=table.c.version + 1), old)
    written = list(zip(ids, changes, strict=True))
    for field, owner in kind.lists.items():
        _write_list(session, field, owner, written)
    record_all(session, act, tag, kind.thing, [(id_, c.before, c.after) for id_, c in written])
    return ids


def _write_list(
    session: Session, field: str, owner: Any, changes: Sequence[tuple[int, Change]]
) -> None:
    changed = [(id_, each) for id_, each in changes if field in each.rows]
    gone = [id_ for id_, each in changed if each.before is not None]
    if gone:
        session.execute(delete(owner.class_).where(owner.in_(gone)))
    rows = [{owner.key: id_, **row} for id_, each in changed for row in each.rows[field]]
    insert_rows(session, owner.class_, rows)
