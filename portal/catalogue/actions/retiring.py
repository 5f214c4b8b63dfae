"""Retire a service with all that goes with it, and bring one back that was retired by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.audit import Act, HistoryEvent
from portal.catalogue.actions import editing
from portal.catalogue.rules import retiring
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.store import capabilities, components, editable, services, usage
from portal.catalogue.store import retiring as store
from portal.catalogue.store.editable import Record
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing

RETIRED, WITH_IT, BACK = "service.retired", "service.retired.with", "service.brought_back"


@dataclass(frozen=True, slots=True)
class Retirement:
    """How a service is retired.

    Attributes:
        on: the first day without it.
        successor: the address of the service that replaces it, if one does.
        ends_usages: whether the ways it met its needs end on the day as well.
    """

    on: date
    successor: str | None
    ends_usages: bool


def check(document: Document, slug: str, on: date, successor: str | None) -> None:
    """Raise Invalid where a service cannot be retired so: what `retire` would say, before it."""
    retiring.retired(document, on)
    if successor == slug:
        raise Invalid("successor", N_("A service cannot replace itself"))


def retire(database: Database, id_: int, how: Retirement, act: Act) -> None:
    """Retire a service: its phase, what it used, and what its successor says, all or nothing.

    Raises:
        Missing: there is no such service.
        Invalid: it is retired already, the day is before its present phase, or it is to replace
            itself.
    """
    with database.writing() as session:
        one_at_a_time(session)
        record = editable.load(session, services.THING, id_)
        after = retiring.retired(record.document, how.on)
        editing.save(session, record, editable.CLEAN[record.thing](after), act, RETIRED)
        if how.ends_usages:
            _end(session, id_, how.on, act)
        if how.successor:
            _replace(session, how.successor, record, act)


def _end(session: Session, service_id: int, on: date, act: Act) -> None:
    ids = _ids(session)
    for row in store.open_usages(session, service_id):
        before = usage.document_of(row)
        after = clean_usage(retiring.ended(before, on))
        usage.save(session, row, before, after, ids, act, WITH_IT)


def _ids(session: Session) -> usage.Ids:
    return usage.Ids(
        services.ids_by_slug(session),
        capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )


def _replace(session: Session, slug: str, gone: Record, act: Act) -> None:
    try:
        id_ = editable.id_at(session, services.THING, slug)
    except Missing:
        raise Invalid("successor", N_("There is no such service")) from None
    if id_ == gone.id:
        raise Invalid("successor", N_("A service cannot replace itself"))
    record = editable.load(session, services.THING, id_)
    after = retiring.replacing(record.document, gone.slug)
    editing.save(session, record, editable.CLEAN[record.thing](after), act, WITH_IT)


def bring_back(database: Database, id_: int, act: Act) -> int:
    """Take a retirement back: the phase before it holds again, and so does what ended with it,
    where nobody has changed that since.

    Returns:
        How many records that changed with the retirement stay as they are, since they were
        changed again.

    Raises:
        Missing: there is no such service.
        Invalid: it is not retired.
    """
    with database.writing() as session:
        one_at_a_time(session)
        record = editable.load(session, services.THING, id_)
        if not retiring.is_retired(record.document):
            raise Invalid("why", N_("The service is not retired"))
        event = store.last(session, id_, RETIRED)
        own = event is not None and _still(record.document, event.after)
        after = _before(record.document, event) if own and event else None
        after = after or retiring.brought_back(record.document)
        editing.save(session, record, editable.CLEAN[record.thing](after), act, BACK)
        return _restore(session, event, act) if own and event else 0


def _still(now: Document, after: Document) -> bool:
    """Whether a record still says what an event made it say."""
    return all(now.get(field) == value for field, value in after.items())


def _before(now: Document, event: HistoryEvent) -> Document:
    return {**now, **event.before}


def _restore(session: Session, event: HistoryEvent, act: Act) -> int:
    stays, ids = 0, _ids(session)
    for other in store.together(session, event, WITH_IT):
        if other.thing != usage.THING:
            stays += not _unlink(session, other, act)
            continue
        rows = usage.load(session, [other.thing_id])
        now = usage.document_of(rows[0]) if rows else {}
        if _still(now, other.after):
            usage.save(session, rows[0], now, _before(now, other), ids, act, BACK)
        else:
            stays += 1
    return stays


def _unlink(session: Session, other: HistoryEvent, act: Act) -> bool:
    """Take back that a service replaces the other; False where it says so no more."""
    try:
        record = editable.load(session, services.THING, other.thing_id)
    except Missing:
        return False
    added = [row for row in other.after["relations"] if row not in other.before["relations"]]
    left = [row for row in record.document["relations"] if row not in added]
    if left == record.document["relations"]:
        return False
    return editing.save(session, record, {**record.document, "relations": left}, act, BACK)
