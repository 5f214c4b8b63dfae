"""In which ways services meet their needs now, read from the records as they are."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Arrangement
from portal.catalogue.models.components import ComponentCapability, ComponentExemption
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.usage import USING
from portal.catalogue.words import Phase
from portal.reports.rules.bands import band_of
from portal.reports.rules.duplication_counts import ALONE, Fact, Leave, on_day
from portal.reports.rules.reuse import NOBODY, Place
from portal.reports.store.reuse_facts import Which, has_no_parts
from portal.reports.words import Way

WAYS = {
    Arrangement.SHARED_COMPONENT: Way.SHARED,
    Arrangement.OWN_BUILD: Way.OWN,
    Arrangement.BOUGHT_PRODUCT: Way.BOUGHT,
}


class Counting(NamedTuple):
    """A service with ways that count, and where."""

    place: Place
    facts: list[Fact]


def read(session: Session, which: Which, day: date) -> dict[int, Counting]:
    """The ways of services that count on a day, by the service's id, in two statements at most."""
    u, s, o = Usage, Service, Organisation
    query: Any = (
        select(
            s.id, u.id, u.capability_id, u.arrangement, u.component_id, u.product, u.until,
            u.reason.is_not(None), u.contract_end, s.audience_set, s.yearly_transactions,
            s.organisation_id, o.kind, s.phase,
        )
        .join(s, s.id == u.service_id)
        .outerjoin(o, o.id == s.organisation_id)
        .where(which(s.id), u.status.in_(USING), u.arrangement.in_(WAYS), u.disputed_on.is_(None),
               s.phase != Phase.RETIRED, has_no_parts())
        .order_by(s.id, u.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    alone = any(WAYS[row.arrangement] in ALONE for row in rows)
    leaves = _leaves(session, which) if alone else {}
    found: dict[int, Counting] = {}
    for row in rows:
        service, usage, need, how, component, product, until, reasoned, end, *rest = row
        audience, volume, body, kind, phase = rest
        way, fact = WAYS[how], Fact(service, usage, need, WAYS[how].value)
        if way is Way.SHARED:
            fact = fact._replace(item=str(component))
        else:
            bought = product.lower() if way is Way.BOUGHT else ""
            alike = f"{audience} {band_of(volume).value}" if audience else ""
            fact = fact._replace(
                item=bought, alike=alike, reasoned=bool(reasoned), contract_end=end
            )  # fmt: skip
        now = on_day(fact, until, leaves.get((service, need), ()), day)
        if now is not None:
            place = Place(body or NOBODY, kind.value if kind else "", phase.value)
            found.setdefault(service, Counting(place, [])).facts.append(now)
    return found


def _leaves(session: Session, which: Which) -> dict[tuple[int, int], list[Leave]]:
    """Exemptions by service and by the need that the component meets."""
    e, c = ComponentExemption, ComponentCapability
    query = (
        select(e.service_id, c.capability_id, e.granted_on, e.expires_on, e.ended_on)
        .join(c, c.component_id == e.component_id)
        .where(which(e.service_id))
    )
    found: dict[tuple[int, int], list[Leave]] = {}
    for service, need, since, *ends in session.execute(query):
        until = min((end for end in ends if end is not None), default=None)
        found.setdefault((service, need), []).append(Leave(since, until))
    return found


def exempt_from(session: Session, components: list[int]) -> set[int]:
    """The services that have had leave not to use one of these."""
    e = ComponentExemption
    return set(session.scalars(select(e.service_id).where(e.component_id.in_(components))))
