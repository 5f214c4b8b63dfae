"""What goes with the retirement of a service: what it used, and the events of one act."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import HistoryEvent
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import services, usage

#: An act writes its events one after the other; none has more than this.
_MOST = 1_000


def open_usages(session: Session, service_id: int) -> list[Usage]:
    """The ways a service meets its needs now or soon, by id."""
    query = select(Usage.id).where(
        Usage.service_id == service_id, Usage.status != UsageStatus.STOPPED
    )
    return usage.load(session, list(session.scalars(query)))


def last(session: Session, service_id: int, tag: str) -> HistoryEvent | None:
    """The last event of a service with a tag."""
    e = HistoryEvent
    query = select(e).where(e.thing == services.THING, e.thing_id == service_id, e.tag == tag)
    return session.scalars(query.order_by(e.id.desc()).limit(1)).first()


def together(session: Session, event: HistoryEvent, tag: str) -> list[HistoryEvent]:
    """The events with a tag of the same act as another event, which came first; latest first."""
    e = HistoryEvent
    query = select(e).where(
        e.id > event.id, e.id <= event.id + _MOST, e.at == event.at, e.origin == event.origin,
        e.actor == event.actor, e.tag == tag,
    )  # fmt: skip
    return list(session.scalars(query.order_by(e.id.desc())))
