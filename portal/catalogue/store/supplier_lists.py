"""Suppliers in numbers: what hangs on each, of what was bought or built by them and is in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, exists, func, null, select, text, tuple_, union_all
from sqlalchemy.orm import Session

from portal import audit
from portal.catalogue.component_words import Arrangement, ExitPlan, UsageStatus
from portal.catalogue.models.components import Capability
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import BOUGHT, Usage
from portal.catalogue.store.contracts import (
    OPEN,
    Choices,
    Held,
    ends_within,
    held,
    narrowed_by,
    run_by,
)
from portal.errors import Missing

#: In use, or being built in: it binds already.
BINDING = (UsageStatus.INTEGRATING, UsageStatus.LIVE, UsageStatus.STOPPING)
HAS_PLAN = (ExitPlan.WRITTEN, ExitPlan.TESTED)
#: In these words, not with parameters, for the index on them to be taken.
_COUNTED: tuple[Any, ...] = (Usage.status.in_(BINDING), text(f"usage.{BOUGHT}"))


@dataclass(frozen=True, slots=True)
class SupplierQuery:
    """What the list of suppliers is asked for: see `contracts.ContractQuery`."""

    need: str | None = None
    organisation: str | None = None
    months: int | None = None


class Supplier(NamedTuple):
    """A supplier in numbers.

    Attributes:
        slug: of the organisation that it is; None where only its name is known, by its `key`.
        cost: pounds a year, of the arrangements that state it: `costed`.
        next_end: of its contracts, from today on.
        exit_plans: arrangements with an exit plan that is written.
        id: of one of its arrangements, the same at every time of asking.
    """

    slug: str | None
    key: str | None
    name: str
    arrangements: int
    services: int
    organisations: int
    cost: int | None
    costed: int
    next_end: date | None
    exit_plans: int
    id: int


@dataclass(frozen=True, slots=True)
class Suppliers:
    """The suppliers that a query finds, in no order, and how many products were bought of which
    nobody says from whom.
    """

    rows: list[Supplier]
    unnamed: int


def suppliers(session: Session, query: SupplierQuery, day: date) -> Suppliers:
    """Who supplies what binds now, in two statements: a linked organisation counts as one supplier,
    else all the ways in which one name is written.
    """
    return audit.kept(
        session,
        ("suppliers", query, day),
        lambda: _suppliers(session, _conditions(query, day), day),
    )


def _conditions(query: SupplierQuery, day: date) -> list[Any]:
    found: list[Any] = [*_COUNTED]
    if query.need:
        need = select(Capability.id).where(Capability.slug == query.need).scalar_subquery()
        found.append(Usage.capability_id == need)
    if query.organisation:
        found.append(run_by(query.organisation))
    if query.months is not None:
        found.append(ends_within(query.months, day))
    return found


def _suppliers(session: Session, conditions: list[Any], day: date) -> Suppliers:
    u, o = Usage, Organisation
    linked, named = _sums(conditions, day, u.supplier_id), _sums(conditions, day, u.supplier_key)
    found = union_all(
        linked.add_columns(u.supplier_id.label("body"), null().label("key"))
        .where(u.supplier_id.is_not(None)),
        named.add_columns(null(), u.supplier_key).where(u.supplier_id.is_(None)),
    ).subquery()  # fmt: skip
    sums = list(found.c)[1:-2]
    rows: Any = session.execute(
        select(o.slug, found.c.key, func.coalesce(o.name, found.c.name), *sums).outerjoin(
            o, o.id == found.c.body
        )
    )
    silent = (
        select(func.count())
        .select_from(u)
        .join(Service, Service.id == u.service_id)
        .where(
            *conditions, u.arrangement == Arrangement.BOUGHT_PRODUCT, u.supplier_id.is_(None),
            u.supplier_key.is_(None),
        )
    )  # fmt: skip
    return Suppliers([_supplier(row) for row in rows], session.scalar(silent) or 0)


def _sums(conditions: list[Any], day: date, by: Any) -> Any:
    """The numbers of each supplier, by the column that tells them apart."""
    u = Usage
    to_come = case((u.contract_end >= day, u.contract_end))
    return (
        select(
            func.min(u.supplier).label("name"), func.count().label("arrangements"),
            func.count(u.service_id.distinct()).label("services"),
            func.count(Service.organisation_id.distinct()).label("organisations"),
            func.sum(u.yearly_cost).label("cost"), func.count(u.yearly_cost).label("costed"),
            func.min(to_come).label("next_end"),
            func.count(case((u.exit_plan.in_(HAS_PLAN), u.id))).label("exit_plans"),
            func.min(u.id).label("id"),
        )
        .select_from(u)
        .join(Service, Service.id == u.service_id)
        .where(*conditions, u.supplier_key.is_not(None))
        .group_by(by)
    )  # fmt: skip


def _supplier(row: Any) -> Supplier:
    slug, key, name, many, services, bodies, cost, *rest = row
    whole = int(cost) if cost is not None else None
    return Supplier._make([slug, key, name, many, services, bodies, whole, *rest])


def choices(session: Session) -> Choices:
    """What suppliers can be narrowed by."""
    return audit.kept(
        session, "supplier choices", lambda: narrowed_by(session, *_COUNTED, groups=False)
    )


class Of(NamedTuple):
    """A supplier: the organisation that it is, or what its name comes to."""

    organisation_id: int | None
    key: str | None
    name: str

    @property
    def mine(self) -> ColumnElement[bool]:
        """Whether a usage is of it."""
        if self.organisation_id is not None:
            return Usage.supplier_id == self.organisation_id
        return (Usage.supplier_key == self.key) & Usage.supplier_id.is_(None)


def by_slug(session: Session, slug: str) -> Of:
    """The organisation at an address as a supplier. Raises Missing where it supplies nothing."""
    row = session.execute(
        select(Organisation.id, Organisation.name).where(
            Organisation.slug == slug, exists().where(Usage.supplier_id == Organisation.id)
        )
    ).first()
    if row is None:
        raise Missing("There is no supplier at this address")
    return Of(row[0], None, row[1])


def by_key(session: Session, key: str) -> tuple[Of | None, str | None]:
    """The supplier whose name comes to a key; or the address of the organisation that it turned
    out to be. Raises Missing.
    """
    u = Usage
    rows = session.execute(
        select(u.supplier_id, Organisation.slug, func.min(u.supplier))
        .outerjoin(Organisation, Organisation.id == u.supplier_id)
        .where(u.supplier_key == key)
        .group_by(u.supplier_id, Organisation.slug)
        .order_by(u.supplier_id)
    ).all()
    unlinked = next((name for body, _slug, name in rows if body is None), None)
    if unlinked is not None:
        return Of(None, key, unlinked), None
    if not rows:
        raise Missing("There is no supplier at this address")
    return None, rows[0][1]


def arrangements(
    session: Session, of: Of, day: date, after: tuple[str, int] | None = None,
    limit: int | None = None,
) -> list[Held]:  # fmt: skip
    """What services have from a supplier, or plan to, by the service's name."""
    statement = held(day).where(of.mine, OPEN)
    if after is not None:
        statement = statement.where(tuple_(Service.sort_name, Usage.id) > tuple_(*after))
    rows: Any = session.execute(statement.order_by(Service.sort_name, Usage.id).limit(limit))
    return [Held(*row) for row in rows]


def every(session: Session, of: Of, day: date) -> Iterator[Held]:
    """The same for a download, some at a time."""
    after = None
    while found := arrangements(session, of, day, after, 500):
        yield from found
        after = (found[-1].sort_name, found[-1].usage)
