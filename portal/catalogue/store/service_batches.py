"""Many services written at once: what `services.save` does for one, a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.models.services import Service
from portal.catalogue.store import batches, service_counts
from portal.catalogue.store.batches import Change, Kind
from portal.catalogue.store.service_rows import LISTS, columns_of, place_of, rows_of
from portal.catalogue.store.services import THING, review

_KIND = Kind(THING, Service, LISTS)


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
    return Change(id_, before, after, columns_of(after, refs, act), rows_of(before, after, refs))


def write(
    session: Session, changes: Sequence[Change], refs: dict[str, int], act: Act, tag: str
) -> list[int]:
    """Write changes, each to another service, with their history.

    Relations are left to `services.save_relations`.

    Returns:
        The services' ids, in the order of the changes.
    """
    ids = batches.write(session, _KIND, changes, act, tag)
    with service_counts.together(session):
        for each in changes:
            was = place_of(each.before, refs) if each.before else None
            service_counts.moved(session, was, place_of(each.after, refs))
    review(session, [(i, c.before, c.after) for i, c in zip(ids, changes, strict=True)], act)
    return ids
