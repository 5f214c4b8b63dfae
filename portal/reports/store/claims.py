"""All SQL that lists what a savings run claims."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.reports.models.runs import SavingsClaim
from portal.reports.rules.claim import of_components
from portal.reports.words import Backed, ClaimKind

#: So many of the amounts confirmed, declared and planned count.
MANY = {Backed.CONFIRMED: 1, Backed.WITH_DECLARED: 2}
#: Where a claim stands in its run.
Place = tuple[int, int, str, int]


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """What is asked of the claims of a run.

    Attributes:
        component: only claims that it has all of, and its part of those that it shares.
        kinds: only claims of these; None for any.
        year: only claims with an amount in this year of the run, and only that amount.
        without: components, by address, that a view leaves out, with their parts of claims.
        counted: only amounts of such use; None for any.
        rests: only claims with one of these assumptions; None for any.
    """

    run: int
    service: str | None = None
    component: str | None = None
    kinds: frozenset[ClaimKind] | None = None
    year: int | None = None
    without: tuple[str, ...] = ()
    counted: Backed | None = None
    rests: frozenset[str] | None = None
    after: Place | None = None

    def counts(self, pence: Sequence[int]) -> bool:
        """Whether there is such use in what is confirmed, declared and planned."""
        return self.counted is None or any(pence[: MANY[self.counted]])


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
    parts: list[list[Any]] | None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.service_id, self.capability_id, self.kind.value, self.platform_id

    @property
    def key(self) -> str:
        """Names the claim but for the financial year; of a platform's cost, the platform."""
        return "|".join([self.service or "", self.capability or self.component or "", self.kind])


class Kept(NamedTuple):
    """A claim as its run has it, whatever became of the records since."""

    service_id: int
    capability_id: int
    kind: ClaimKind
    platform_id: int
    component_id: int | None
    years: list[list[Any]]
    parts: list[list[Any]] | None
    usages: list[int]
    assumptions: list[str]

    @property
    def ids(self) -> tuple[int, int, ClaimKind, int]:
        """Its key after the run."""
        return self[:4]


def kept(session: Session, run: int, services: Collection[int]) -> list[Kept]:
    """The claims of some services; of what platforms cost with the id 0."""
    c = SavingsClaim
    rows = session.execute(
        select(
            c.service_id, c.capability_id, c.kind, c.platform_id, c.component_id, c.years, c.parts,
            c.usages, c.assumptions,
        ).where(c.run_id == run, c.service_id.in_(list(services)))
    )  # fmt: skip
    return [Kept._make(row) for row in rows]


def ids_of(session: Session, query: ClaimQuery) -> tuple[int | None, int | None]:
    """The ids of the service and the component that are asked for, by their addresses of today;
    None where there is none.
    """
    service = session.scalar(select(Service.id).where(Service.slug == query.service))
    component = session.scalar(select(Component.id).where(Component.slug == query.component))
    return service, component


def listing(session: Session, query: ClaimQuery, limit: int | None = None) -> Iterator[Claimed]:
    """The claims of a run in order of services and needs; what platforms cost comes first."""
    c, s = SavingsClaim, Service
    statement = (
        select(
            c.service_id, c.capability_id, c.kind, c.platform_id, s.slug, s.name, Capability.slug,
            Capability.name, Component.slug, Component.name, Organisation.slug, Organisation.name,
            c.years, c.assumptions, c.usages, c.parts,
        )
        .outerjoin(s, s.id == c.service_id)
        .outerjoin(Capability, Capability.id == c.capability_id)
        .outerjoin(Component, Component.id == c.component_id)
        .outerjoin(Organisation, Organisation.id == c.organisation_id)
        .where(c.run_id == query.run)
    )  # fmt: skip
    if query.service is not None:
        statement = statement.where(s.slug == query.service)
    if query.kinds is not None:
        statement = statement.where(c.kind.in_(sorted(query.kinds)))
        if query.kinds == {ClaimKind.PLATFORM}:
            # So says a constraint; the database finds them at once by it.
            statement = statement.where(c.service_id == 0)
    if query.rests is not None:
        statement = statement.where(_resting(session, query.rests))
    statement = statement.where(_of_components(session, query))
    order = c.service_id, c.capability_id, c.kind, c.platform_id
    if query.after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*query.after))
    rows = session.execute(statement.order_by(*order).limit(limit)).yield_per(500)
    names: dict[str, str | None] = {}
    return (_narrowed(session, Claimed._make(row), query, names) for row in rows)


def _of_components(session: Session, query: ClaimQuery) -> ColumnElement[bool]:
    """Whether components that are asked for have anything of a claim, in the year asked for."""
    c, sqlite = SavingsClaim, session.get_bind().dialect.name == "sqlite"
    alone: list[ColumnElement[bool]] = []
    shared: list[ColumnElement[bool]] = [c.component_id.is_(None)]
    if query.component is not None:
        slug = select(Component.id).where(Component.slug == query.component).scalar_subquery()
        alone.append(c.component_id == slug)
    if query.without:
        left = select(Component.id).where(Component.slug.in_(query.without))
        alone.append(c.component_id.not_in(left))
    if query.year is not None or query.counted is not None:
        alone.append(_some(c.years, sqlite, lambda at: and_(*_amounts(query, at, 0))))
    if query.component is None and not query.without:
        return and_(*alone, true())
    shared.append(_some(c.parts, sqlite, lambda at: _asked(query, at)))
    if query.component is None:
        # Runs of before 0060 say nothing of parts: those claims are of all who share them.
        before = and_(c.component_id.is_(None), c.parts.is_(None), *alone[1:])
        return or_(and_(*alone), and_(*shared), before)
    return or_(and_(*alone), and_(*shared))


#: The member of a row at a place, of a type.
At = Callable[[int, type[TypeEngine[Any]]], ColumnElement[Any]]


def _asked(query: ClaimQuery, at: At) -> ColumnElement[bool]:
    component = at(0, String)
    found: list[ColumnElement[bool]] = [component.not_in(query.without)]
    if query.component is not None:
        found.append(component == query.component)
    return and_(*found, *_amounts(query, at, 1))


def _amounts(query: ClaimQuery, at: At, year: int) -> Iterator[ColumnElement[bool]]:
    """Whether a row is of the year asked for, and has such use; its amounts begin at place 2."""
    yield true()
    if query.year is not None:
        yield at(year, Integer) == query.year
    if query.counted is not None:
        yield or_(*(at(2 + each, BigInteger) != 0 for each in range(MANY[query.counted])))


def _resting(session: Session, keys: frozenset[str]) -> ColumnElement[bool]:
    """Whether a claim was worked out with one of these assumptions."""
    c = SavingsClaim
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(c.assumptions).table_valued("value")
    else:
        each = func.jsonb_array_elements_text(c.assumptions).table_valued("value")
    return exists(select(1).select_from(each).where(each.c.value.in_(sorted(keys))))


def _some(
    rows: InstrumentedAttribute[Any], sqlite: bool, which: Callable[[At], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Whether a column of JSON has a row that says so."""
    if sqlite:
        each = func.json_each(rows).table_valued("value")
        return exists(select(1).select_from(each).where(
            which(lambda at, _kind: func.json_extract(each.c.value, f"$[{at}]"))
        ))  # fmt: skip
    each = func.jsonb_array_elements(rows).table_valued("value")
    return exists(select(1).select_from(each).where(
        which(lambda at, kind: cast(func.jsonb_extract_path_text(each.c.value, str(at)), kind))
    ))  # fmt: skip


def _narrowed(
    session: Session, claim: Claimed, query: ClaimQuery, names: dict[str, str | None]
) -> Claimed:
    """What of a claim was asked for; one that a single component is left of is said to be its."""
    if claim.parts and (query.component is not None or query.without):
        years, usages, left = of_components(
            claim.years, claim.parts, query.component, query.without
        )
        claim = claim._replace(years=years, usages=usages)
        if len(left) == 1:
            [slug] = left
            if slug not in names:
                names[slug] = session.scalar(select(Component.name).where(Component.slug == slug))
            claim = claim._replace(component=slug, component_name=names[slug] or slug)
    years = [
        each for each in claim.years if query.year in (None, each[0]) and query.counts(each[2:])
    ]
    return claim._replace(years=years)
