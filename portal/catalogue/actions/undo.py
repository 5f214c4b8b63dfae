"""Undo an import batch: every record goes back to what it said, and the history says so."""

from __future__ import annotations

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit import Act, HistoryEvent, ImportBatch
from portal.catalogue.actions.importing import reindex
from portal.catalogue.models.imports import ImportedRecord
from portal.catalogue.models.organisations import (
    OrganisationMatch,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.store import imports, journeys, matches, organisations, services
from portal.db import Database
from portal.errors import Clash

TAG = "import undone"


def undo(database: Database, batch_id: int, act: Act) -> dict[str, int]:
    """Take a batch back, whole or not at all, in one transaction.

    Returns:
        How many records were removed and how many restored.

    Raises:
        Missing: no such batch.
        Clash: undone already; or records changed since or are needed by others, named one by one.
    """
    with database.writing() as session:
        batch = imports.batch(session, batch_id)
        if batch.undone_at is not None:
            raise Clash("batch", f"Import {batch_id} was undone already")
        events = imports.events_of(session, batch_id)
        _refuse_changed(session, batch_id)
        act = act.in_batch(batch_id)
        undoing = _Undoing(session, act)
        try:
            _unlink(session, events)
            for event in events:
                undoing.take_back(event)
        except IntegrityError as problem:
            raise Clash("batch", "Other records point at what this import made") from problem
        _forget(session, batch_id)
        batch.undone_at = act.at
        reindex(session)
        return undoing.counts


def _refuse_changed(session: Session, batch_id: int) -> None:
    """A record that changed after the batch would lose that change: say which, change none."""
    mine = select(HistoryEvent.thing, HistoryEvent.thing_id).where(
        HistoryEvent.batch_id == batch_id
    ).distinct().subquery()  # fmt: skip
    last = select(HistoryEvent.id).where(HistoryEvent.batch_id == batch_id)
    undone = select(ImportBatch.id).where(ImportBatch.undone_at.is_not(None))
    first_id = session.scalar(last.order_by(HistoryEvent.id).limit(1)) or 0
    later = session.execute(
        select(HistoryEvent.thing, HistoryEvent.thing_id)
        .join(mine, (mine.c.thing == HistoryEvent.thing)
              & (mine.c.thing_id == HistoryEvent.thing_id))
        .where(
            HistoryEvent.id > first_id,
            HistoryEvent.batch_id.is_distinct_from(batch_id),
            or_(HistoryEvent.batch_id.is_(None), HistoryEvent.batch_id.not_in(undone)),
        )
        .distinct()
        .order_by(HistoryEvent.thing, HistoryEvent.thing_id)
        .limit(20)
    ).all()  # fmt: skip
    if later:
        names = ", ".join(f"{thing} {thing_id}" for thing, thing_id in later)
        raise Clash("batch", f"These records changed after the import: {names}")


class _Undoing:
    """One undo under way, with what it needs looked up once."""

    def __init__(self, session: Session, act: Act) -> None:
        self.session = session
        self.act = act
        self.refs = organisations.ids_by_reference(session)
        self.slugs = services.ids_by_slug(session)
        self.counts = {"removed": 0, "restored": 0}

    def take_back(self, event: HistoryEvent) -> None:
        """Undo one event: remove what it made, or restore the fields it changed."""
        kinds = {
            services.THING: self._service,
            organisations.THING: self._organisation,
            journeys.THING: self._journey,
            matches.THING: self._match,
        }
        kinds[event.thing](event)
        if event.thing != matches.THING:
            self.counts["restored" if event.before else "removed"] += 1

    def _service(self, event: HistoryEvent) -> None:
        service = services.load(self.session, [event.thing_id])[0]
        if not event.before:
            services.remove(self.session, service, self.act, TAG)
            return
        now = services.document_of(service)
        after = {**now, **event.before}
        services.save(self.session, service, now, after, self.refs, self.act, TAG)
        services.save_relations(self.session, service.id, after["relations"], self.slugs)

    def _organisation(self, event: HistoryEvent) -> None:
        organisation = organisations.load(self.session, [event.thing_id])[0]
        if not event.before:
            organisations.remove(self.session, organisation, self.act, TAG)
            return
        now = organisations.document_of(organisation)
        after = {**now, **event.before}
        organisations.save(self.session, organisation, now, after, self.refs, self.act, TAG)

    def _journey(self, event: HistoryEvent) -> None:
        found = next(j for j in journeys.load(self.session) if j.id == event.thing_id)
        if not event.before:
            journeys.remove(self.session, found, self.act, TAG)
            return
        now = journeys.document_of(found)
        after = {**now, **event.before}
        journeys.save(self.session, found, now, after, self.slugs, self.act, TAG)

    def _match(self, event: HistoryEvent) -> None:
        row = self.session.get(OrganisationMatch, event.thing_id)
        if row is not None:
            matches.discard(self.session, row, self.act)


def _unlink(session: Session, events: list[HistoryEvent]) -> None:
    """What a batch made may point at each other in any order: drop those links first."""
    made = [e.thing_id for e in events if e.thing == organisations.THING and not e.before]
    for start in range(0, len(made), 500):
        ids = made[start : start + 500]
        session.execute(delete(OrganisationParent).where(OrganisationParent.child_id.in_(ids)))
        session.execute(
            delete(OrganisationSuccession).where(OrganisationSuccession.predecessor_id.in_(ids))
        )


def _forget(session: Session, batch_id: int) -> None:
    """Give each source back the memory it had before the batch."""
    rows = session.scalars(select(ImportedRecord).where(ImportedRecord.batch_id == batch_id)).all()
    gone = [r.id for r in rows if r.said_before is None]
    for row in rows:
        if row.said_before is not None:
            row.said, row.said_before = row.said_before, None
    session.execute(delete(ImportedRecord).where(ImportedRecord.id.in_(gone)))
