"""Records that people edit, whatever their kind: found, loaded with the mark of their last change,
saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit import Act, Document, HistoryEvent
from portal.catalogue.models.journeys import Journey
from portal.catalogue.rules.as_at import rebuilt
from portal.catalogue.rules.component_documents import clean_component
from portal.catalogue.rules.documents import clean_journey, clean_organisation, clean_service
from portal.catalogue.store import (
    capabilities,
    components,
    journeys,
    organisation_names,
    organisations,
    records,
    services,
)
from portal.errors import Missing

CLEAN: dict[str, Callable[[Document], Document]] = {
    services.THING: clean_service,
    journeys.THING: clean_journey,
    organisations.THING: clean_organisation,
    components.THING: clean_component,
}
_DOCUMENT_OF: dict[str, Callable[[Any], Document]] = {
    services.THING: services.document_of,
    journeys.THING: journeys.document_of,
    organisations.THING: organisations.document_of,
    components.THING: components.document_of,
}


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is now.

    Attributes:
        base: the id of its last event: what a form made from it is based on.
        row: the loaded record, for `save`.
    """

    thing: str
    id: int
    document: Document
    base: int
    row: Any

    @property
    def slug(self) -> str:
        """Its part of the address."""
        return str(self.document["slug"])

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.document["name"])


def id_at(session: Session, thing: str, slug: str) -> int:
    """The id of the record at an address, or at what was its address. Raises Missing."""
    try:
        return records.TITLES[thing](session, slug)[0]
    except Missing:
        now = records.SLUG_NOW[thing](session, slug) if thing in records.SLUG_NOW else None
        if now is None:
            raise
        return records.TITLES[thing](session, now)[0]


def load(session: Session, thing: str, id_: int) -> Record:
    """A record with all that its document needs. Raises Missing."""
    # The mark first: what is committed between the two statements then shows as a change that the
    # form does not know. The other way round it would be overwritten.
    base, found = base_of(session, thing, id_), _rows(session, thing, id_)
    if not found:
        raise Missing("There is no such record")
    return Record(thing, id_, _DOCUMENT_OF[thing](found[0]), base, found[0])


def base_of(session: Session, thing: str, id_: int) -> int:
    """The id of a record's last event; 0 where it has none."""
    mine = (HistoryEvent.thing == thing, HistoryEvent.thing_id == id_)
    return session.scalar(select(func.max(HistoryEvent.id)).where(*mine)) or 0


def since(session: Session, record: Record, base: int) -> list[HistoryEvent]:
    """The events of a record after the one that a form was based on, newest first."""
    if base >= record.base:
        return []
    query = select(HistoryEvent).where(
        HistoryEvent.thing == record.thing,
        HistoryEvent.thing_id == record.id,
        HistoryEvent.id > base,
    )
    return list(session.scalars(query.order_by(HistoryEvent.id.desc())))


def at_base(record: Record, later: Iterable[HistoryEvent]) -> Document:
    """What a record said before these events, the newest of them first."""
    return rebuilt(record.document, [(event.before, event.after) for event in later])


def _rows(session: Session, thing: str, id_: int) -> Sequence[Any]:
    if thing == services.THING:
        return services.load(session, [id_])
    if thing == organisations.THING:
        return organisations.load(session, [id_])
    if thing == components.THING:
        return components.load(session, [id_])
    slug = session.scalar(select(Journey.slug).where(Journey.id == id_))
    return [journeys.by_slug(session, slug)] if slug else []


def save(session: Session, record: Record, after: Document, act: Act, tag: str) -> bool:
    """Make a loaded record say `after`, which is clean; False if it did.

    Raises:
        Invalid: it speaks of something that is not in the catalogue.
    """
    before, row = record.document, record.row
    if record.thing == services.THING:
        refs = _references(session, [o["organisation"] for o in after["owners"]])
        changed = services.save(session, row, before, after, refs, act, tag)
        if before["relations"] != after["relations"]:
            known = services.ids_by_slug(session)
            services.save_relations(session, record.id, after["relations"], known)
        return changed
    if record.thing == journeys.THING:
        return journeys.save(
            session, row, before, after, services.ids_by_slug(session), act, tag
        )  # fmt: skip
    if record.thing == organisations.THING:
        bodies = [r["organisation"] for r in after["parents"]]
        refs = _references(session, [*bodies, *(r["successor"] for r in after["successions"])])
        return organisations.save(session, row, before, after, refs, act, tag)
    needs, refs = capabilities.ids_by_slug(session), _references(session, [after["provider"]])
    changed = components.save(session, row, before, after, refs, needs, act, tag)
    if before["successor"] != after["successor"]:
        components.save_successor(session, row, after["successor"])
    return changed


def _references(session: Session, wanted: Iterable[str | None]) -> dict[str, int]:
    refs = [ref for ref in wanted if ref]
    return {
        ref: called.id for ref, called in organisation_names.by_reference(session, refs).items()
    }


def free_slug(session: Session, wanted: str, own: int) -> str:
    """An address for a service that no other has or had; its own former ones are free for it."""
    known = services.ids_by_slug(session)
    slug, number = wanted, 1
    while known.get(slug, own) != own or services.former(session, slug) not in (None, own):
        number += 1
        slug = f"{wanted}-{number}"
    return slug
