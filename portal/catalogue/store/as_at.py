"""Records as they were recorded on a day, from what they say now and their history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Document, HistoryEvent
from portal.catalogue.models.components import Capability
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed
from portal.catalogue.rules.as_at import rebuilt
from portal.catalogue.store import (
    capabilities,
    component_documents,
    components,
    journeys,
    organisations,
    reviews,
    service_documents,
    services,
)
from portal.catalogue.words import Reviewed


@dataclass(frozen=True, slots=True)
class Stood:
    """A record at the end of a day.

    Attributes:
        document: what it said (rules/documents.py); a service's has its `needs` as well, the
            answers by capability, as its history has them.
        last: the last change until then.
    """

    document: Document
    last: HistoryEvent


def stood(session: Session, thing: str, id_: int, now: Document, day: date) -> Stood | None:
    """What a record said at the end of a day in London, None where it came later; in at most two
    statements.

    Args:
        now: its document, as `NOW` gives it.
    """
    last = audit.last_before(session, thing, id_, audit.end_of(day))
    if last is None:
        return None
    return Stood(rebuilt(now, audit.changes_after(session, thing, id_, last.id)), last)


def _service(session: Session, slug: str) -> tuple[int, Document]:
    document = service_documents.by_slug(session, slug)
    s, n, c, r = Service, CapabilityNeed, Capability, Review
    query = (
        select(s.id, r.confirmed_at, c.slug, n.answer, n.note, n.source)
        .outerjoin(n, n.service_id == s.id)
        .outerjoin(c, c.id == n.capability_id)
        .outerjoin(r, reviews.of(Reviewed.SERVICE, s.id))
        .where(s.slug == slug)
        .order_by(c.slug)
    )
    rows: Any = session.execute(query).all()
    needs = {
        need: {"answer": answer.value, "note": note, "source": source}
        for _, _, need, answer, note, source in rows
        if need is not None
    }
    return rows[0].id, {**document, "needs": needs, **_confirmed(rows[0].confirmed_at)}


def _confirmed(at: datetime | None) -> Document:
    return {"confirmed_on": at and audit.london_day(at).isoformat()}


def _organisation(session: Session, slug: str) -> tuple[int, Document]:
    found = organisations.by_slug(session, slug)
    return found.id, organisations.document_of(found)


def _journey(session: Session, slug: str) -> tuple[int, Document]:
    found = journeys.by_slug(session, slug)
    return found.id, journeys.document_of(found)


def _component(session: Session, slug: str) -> tuple[int, Document]:
    found = component_documents.by_slug(session, slug)
    review = reviews.standing(session, Reviewed.COMPONENT, found.id)
    return found.id, {**found.document, **_confirmed(review.confirmed_at if review else None)}


def _capability(session: Session, slug: str) -> tuple[int, Document]:
    found = capabilities.by_slug(session, slug)
    return found.id, capabilities.document_of(found)


#: The id and the whole document of a record at an address; each raises Missing.
NOW: dict[str, Callable[[Session, str], tuple[int, Document]]] = {
    services.THING: _service,
    organisations.THING: _organisation,
    journeys.THING: _journey,
    components.THING: _component,
    capabilities.THING: _capability,
}
