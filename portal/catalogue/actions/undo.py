"""Undo an import batch: every record goes back to what it said, and the history says so."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.audit import Act, HistoryEvent
from portal.catalogue.actions.importing import reindex
from portal.catalogue.store import imports, journeys, matches, organisations, pointing, services
from portal.db import Database
from portal.errors import Clash

TAG = "import undone"
SHOWN = 20


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
        made = [(e.thing, e.thing_id) for e in events if not e.before]
        touched = {(e.thing, e.thing_id) for e in events}
        _refuse(session, "These changed after the import", imports.changed_since(session, batch_id))
        _refuse(session, "These use what it brought", pointing.pointing_at(session, made, touched))
        undoing = _Undoing(session, act.in_batch(batch_id))
        organisations.unlink(session, [i for thing, i in made if thing == organisations.THING])
        for event in events:
            undoing.take_back(event)
        imports.recall(session, batch_id)
        batch.undone_at = act.at
        reindex(session)
        return undoing.counts


def _refuse(session: Session, why: str, references: list[tuple[str, int]]) -> None:
    if references:
        names = "; ".join(pointing.called(session, references[:SHOWN]))
        more = f"; and {len(references) - SHOWN} more" if len(references) > SHOWN else ""
        raise Clash("batch", f"{why}: {names}{more}")


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
        matches.discard(self.session, event.thing_id, self.act)
