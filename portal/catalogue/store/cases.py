"""What somebody who decides has to know of whoever asks: where a service is, what it uses, and what
was decided before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.mandates import PUBLIC
from portal.catalogue.rules.mandates import SAYING as OPEN
from portal.catalogue.store import exemptions, spending
from portal.catalogue.store.spending import SpendQuery

#: So many earlier decisions are shown, the newest first.
SHOWN = 10


class Asker(NamedTuple):
    """The service that asks."""

    slug: str
    name: str
    phase: str
    organisation_slug: str | None
    organisation: str | None
    transactions: int | None


class Way(NamedTuple):
    """A way in which the service meets a need now, or will."""

    usage: int
    need: str
    arrangement: str
    name: str | None
    status: str
    since: date | None
    contract_end: date | None
    reason: str | None


class Before(NamedTuple):
    """What was decided before: of an exemption, or of a request to spend."""

    href: str
    what: str
    decision: str
    labels: str
    on: date | None
    reason: str | None


def asker(session: Session, service_id: int) -> Asker:
    """The service that asks."""
    s, o = Service, Organisation
    query = (
        select(s.slug, s.name, s.phase, o.slug, o.name, s.yearly_transactions)
        .outerjoin(o, o.id == s.organisation_id)
        .where(s.id == service_id)
    )
    row = session.execute(query).one()
    return Asker(row[0], row[1], row[2].value, *row[3:])


def ways(session: Session, service_id: int, needs: Collection[str] = ()) -> list[Way]:
    """How it meets these needs now, or will; all of its needs where none are given."""
    u, c, n = Usage, Component, Capability
    query = (
        select(u.id, n.name, u.arrangement, c.name, u.product, u.status, u.since, u.contract_end,
               u.reason)
        .join(n, n.id == u.capability_id)
        .outerjoin(c, c.id == u.component_id)
        .where(u.service_id == service_id, u.status.in_(OPEN))
        .order_by(n.name, u.id)
    )  # fmt: skip
    if needs:
        query = query.where(n.slug.in_(list(needs)))
    return [_way(row) for row in session.execute(query)]


def _way(row: Any) -> Way:
    how, status, why = row[2].value, row[5].value, row[8] and row[8].value
    return Way(row[0], row[1], how, row[3] or row[4], status, row[6], row[7], why)


def decided(
    session: Session, service: Asker | None, service_id: int | None, body: str | None, seen: Any
) -> list[Before]:
    """What was decided before of what a service asked for, or an organisation; the newest first.

    Args:
        session: where to look.
        service: the one that asks, where it is one.
        service_id: its id.
        body: slug of the organisation that asks for no one service.
        seen: which requests to spend the reader may read, see `spending.seen_by`.
    """
    found: list[Before] = []
    if service_id is not None:
        for each in exemptions.of_service(session, service_id):
            if each.state in PUBLIC:
                found.append(
                    Before(f"/exemptions/{each.id}", each.component.name, each.state.value,
                           "exemption_state", each.decided_on, each.answer)
                )  # fmt: skip
    query = SpendQuery(service=service.slug) if service else SpendQuery(organisation=body)
    for row in spending.listing(session, query, seen, 4 * SHOWN):
        if row.decided_on and (service or row.service is None):
            found.append(
                Before(f"/spend-requests/{row.id}", row.what, row.decision, "spend_decision",
                       row.decided_on, row.reason)
            )  # fmt: skip
    return sorted(found, key=lambda each: each.on or date.min, reverse=True)[:SHOWN]
