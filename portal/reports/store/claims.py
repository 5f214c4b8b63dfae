"""All SQL that lists what a savings run claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, cast, exists, func, or_, select, tuple_
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
    """What is asked of the claims of a run.

    Attributes:
        kinds: only claims of these; None for any.
        year: only claims with an amount in this year of the run, and only that amount.
        without: components, by address, whose claims a view leaves out.
    """

    run: int
    service: str | None = None
    component: str | None = None
    kinds: frozenset[ClaimKind] | None = None
    year: int | None = None
    without: tuple[str, ...] = ()
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
    if query.kinds is not None:
        statement = statement.where(c.kind.in_(sorted(query.kinds)))
        if query.kinds == {ClaimKind.PLATFORM}:
            # So says a constraint; the database finds them at once by it.
            statement = statement.where(c.service_id == 0)
    if query.without:
        left = Component.slug.not_in(query.without)
        statement = statement.where(or_(Component.slug.is_(None), left))
    if query.year is not None:
        statement = statement.where(_in_year(session, query.year))
    order = c.service_id, c.capability_id, c.kind, c.platform_id
    if query.after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*query.after))
    rows = session.execute(statement.order_by(*order).limit(limit)).yield_per(500)
    return (_narrowed(Claimed._make(row), query.year) for row in rows)


def _in_year(session: Session, year: int) -> ColumnElement[bool]:
    """Whether a claim has an amount in a year."""
    lists = SavingsClaim.years
    first: ColumnElement[int]
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(lists).table_valued("value")
        first = func.json_extract(each.c.value, "$[0]")
    else:
        each = func.jsonb_array_elements(lists).table_valued("value")
        first = cast(func.jsonb_extract_path_text(each.c.value, "0"), Integer)
    return exists(select(1).select_from(each).where(first == year))


def _narrowed(claim: Claimed, year: int | None) -> Claimed:
    if year is None:
        return claim
    return claim._replace(years=[each for each in claim.years if each[0] == year])
