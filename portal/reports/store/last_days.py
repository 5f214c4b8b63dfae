"""The days after which nothing is used: a service was retired, a component closed."""

from __future__ import annotations

from datetime import date
from typing import Self

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Lifecycle
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service, ServicePhase
from portal.catalogue.words import Phase


class LastDays:
    """The first days without a service, and without a component, by their ids; None where nobody
    knows the day.
    """

    def __init__(
        self, services: dict[int, date | None], components: dict[int, date | None]
    ) -> None:
        """Keep them."""
        self._services, self._components = services, components

    @classmethod
    def read(cls, session: Session) -> Self:
        """Those of all services and components that have one."""
        s, p, c = Service, ServicePhase, Component
        open_phase = and_(p.service_id == s.id, p.until.is_(None), p.phase == Phase.RETIRED)
        services = select(s.id, p.since).join(p, open_phase).where(s.phase == Phase.RETIRED)
        ends = or_(c.lifecycle == Lifecycle.CLOSED, c.closes_on.is_not(None))
        components = select(c.id, c.closes_on).where(ends)
        return cls(
            dict(session.execute(services).all()),
            dict(session.execute(components).all()),
        )

    def of(self, service: int, component: int, began: date, until: date | None) -> date | None:
        """When a use ends, whatever is recorded of it: with its service or component at the latest.
        Where the day of that is not known, it is as if it had never begun.
        """
        days = [] if until is None else [until]
        for known, id_ in ((self._services, service), (self._components, component)):
            if id_ in known:
                days.append(known[id_] or began)
        return max(began, min(days)) if days else None
