"""All SQL that lists what a savings run claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.reports.models.runs import SavingsClaim
from portal.reports.words import ClaimKind

#: Where a claim stands in its run.
Place = tuple[int, int, str, int]


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """What is asked of the claims of a run: of a service, a component, of one kind."""

    run: int
    service: str | None = None
    component: str | None = None
    kind: ClaimKind | None = None
    after: Place | None = None


class Claimed(NamedTuple):
    """A claim with the names of what it is of. `years` is as models/runs.py says."""

    service_id: int
    capability_id: int
    kind: ClaimKind
    platform_id: int
    service: str | None
    service_name: str | None
    capability: str | None
    capability_name: str | None
    component: str | None
    component_name: str | None
    organisation: str | None
    organisation_name: str | None
    years: list[list[Any]]
    assumptions: list[str]
    usages: list[int]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.service_id, self.capability_id, self.kind.value, self.platform_id

    @property
    def key(self) -> str:
        """Names the claim but for the financial year; of a platform's cost, the platform."""
        return "|".join([self.service or "", self.capability or self.component or "", self.kind])


def listing(session: Session, query: ClaimQuery, limit: int | None = None) -> Iterator[Claimed]:
    """The claims of a run in order of services and needs; what platforms cost comes first."""
    c, s = SavingsClaim, Service
    statement = (
        select(
            c.service_id, c.capability_id, c.kind, c.platform_id, s.slug, s.name, Capability.slug,
            Capability.name, Component.slug, Component.name, Organisation.slug, Organisation.name,
            c.years, c.assumptions, c.usages,
        )
        .outerjoin(s, s.id == c.service_id)
        .outerjoin(Capability, Capability.id == c.capability_id)
        .outerjoin(Component, Component.id == c.component_id)
        .outerjoin(Organisation, Organisation.id == c.organisation_id)
        .where(c.run_id == query.run)
    )  # fmt: skip
    if query.service is not None:
        statement = statement.where(s.slug == query.service)
    if query.component is not None:
        statement = statement.where(Component.slug == query.component)
    if query.kind is not None:
        statement = statement.where(c.kind == query.kind)
    order = c.service_id, c.capability_id, c.kind, c.platform_id
    if query.after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*query.after))
    rows = session.execute(statement.order_by(*order).limit(limit)).yield_per(500)
    return (Claimed._make(row) for row in rows)
