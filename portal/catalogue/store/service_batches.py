"""Many services written at once: what `services.save` does for one, a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from portal.audit import Act, Document, record_all
from portal.catalogue.models.services import Service
from portal.catalogue.store import service_counts
from portal.catalogue.store.service_counts import Place
from portal.catalogue.store.service_rows import LISTS, columns_of, place_of, rows_of
from portal.catalogue.store.services import THING
from portal.db import insert_rows, table_of

_SERVICE = table_of(Service)
_CHANGE = (
    update(_SERVICE).where(_SERVICE.c.id == bindparam("id_")).values(version=_SERVICE.c.version + 1)
)
_ADD = insert(_SERVICE).returning(_SERVICE.c.id, sort_by_parameter_order=True)


@dataclass(frozen=True, slots=True)
class Change:
    """A service that is to say something else; nothing about it can be refused any more.

    Attributes:
        id: None for a new one.
        was: what it counted as, None for a new one.
        rows: the lists that change, see `service_rows.rows_of`.
    """

    id: int | None
    before: Document | None
    after: Document
    was: Place | None
    now: Place
    columns: Document
    rows: dict[str, list[Document]]


def change(
    id_: int | None, before: Document | None, after: Document, refs: dict[str, int], act: Act
) -> Change:
    """What is to be written for a service to say `after`, which differs from `before`.

    Args:
        id_: None for a new one.
        before: its document now, None for a new one. Its address stays; `services.save` moves one.
        after: a clean document.
        refs: organisation references to ids.

    Raises:
        Invalid: an owner is not in the database, or a phase or owner starts or ends after the
            day of the act.
    """
    if before and before["slug"] != after["slug"]:
        raise ValueError("many at once move no address")
    columns, rows = columns_of(after, refs, act), rows_of(before, after, refs)
    was = place_of(before, refs) if before else None
    return Change(id_, before, after, was, place_of(after, refs), columns, rows)


def write(session: Session, changes: Sequence[Change], act: Act, tag: str) -> list[int]:
    """Write changes, each to another service, with their history.

    Relations are left to `services.save_relations`.

    Returns:
        The services' ids, in the order of the changes.
    """
    new = [{**each.columns, "version": 1} for each in changes if each.id is None]
    added = iter(session.scalars(_ADD, new) if new else ())
    written = [(next(added) if each.id is None else each.id, each) for each in changes]
    old = [{"id_": each.id, **each.columns} for each in changes if each.id is not None]
    if old:
        session.execute(_CHANGE, old)
    for field, model in LISTS.items():
        gone = [each.id for each in changes if each.id is not None and field in each.rows]
        if gone:
            session.execute(delete(model).where(model.service_id.in_(gone)))
        rows = [{"service_id": id_, **row} for id_, c in written for row in c.rows.get(field, ())]
        insert_rows(session, model, rows)
    with service_counts.together(session):
        for each in changes:
            service_counts.moved(session, each.was, each.now)
    record_all(session, act, tag, THING, [(id_, c.before, c.after) for id_, c in written])
    return [id_ for id_, _ in written]
