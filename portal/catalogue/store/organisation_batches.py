"""Many organisations written at once: what `organisations.save` does for one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.store import batches, hierarchy
from portal.catalogue.store.batches import Change, Kind
from portal.catalogue.store.hierarchy import Link
from portal.catalogue.store.organisations import LISTS, THING, columns_of, links_in, rows_of

_KIND = Kind(THING, Organisation, LISTS)


def change(
    id_: int, before: Document | None, after: Document, refs: dict[str, int],
    links: dict[int, list[Link]], act: Act,
) -> Change:  # fmt: skip
    """What is to be written for an organisation to say `after`, which differs from `before`.

    Args:
        before: its document now, None for one just added bare. Its address stays.
        after: a clean document.
        refs: organisation references to ids.
        links: the parents of every body; those of this one become its new ones.

    Raises:
        Invalid: a parent or successor is not in the database.
        Clash: the parents would make a ring.
    """
    if before and before["slug"] != after["slug"]:
        raise ValueError("many at once move no address")
    rows = rows_of(before, after, refs)
    if "parents" in rows:
        above = links_in(rows["parents"])
        hierarchy.refuse_ring(id_, above, lambda _: links)
        links[id_] = above
    return Change(id_, before, after, columns_of(after, act), rows)


def write(session: Session, changes: Sequence[Change], act: Act, tag: str) -> None:
    """Write changes, each to another organisation, with their history."""
    batches.write(session, _KIND, changes, act, tag)
