"""All SQL that reads contracts and who controls what was bought or built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, text, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from portal import audit
from portal.catalogue.component_words import (
    Arrangement,
    ComponentKind,
    ExitPlan,
    Holder,
    Lifecycle,
    NotSharedReason,
    UsageStatus,
)
from portal.catalogue.models.components import Capability, Component, ComponentExemption
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import OPEN as NOT_STOPPED
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.advice import Advice, Case, advise, stage_of_need, usable
from portal.catalogue.rules.components import ENDING
from portal.catalogue.rules.mandates import About
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.store.mandates import began, live_on
from portal.catalogue.store.shared_options import Options
from portal.errors import Missing

#: So many names of frameworks and agreements are suggested.
SUGGESTED = 100
#: In these words, not with parameters, for the index on them to be taken.
OPEN: Any = text(f"usage.{NOT_STOPPED}")


class Held(NamedTuple):
    """A way of meeting a need, with its contract and who controls it.

    The last four are what mandates ask of the service: its phase, its audiences with commas, its
    first day, and the components that it is exempt from using, with commas.
    """

    usage: int
    sort_name: str
    service: str
    service_slug: str
    organisation: str | None
    organisation_slug: str | None
    organisation_kind: str | None
    capability_id: int
    capability: str
    capability_slug: str
    arrangement: Arrangement
    status: UsageStatus
    component: str | None
    component_slug: str | None
    lifecycle: Lifecycle | None
    product: str | None
    supplier: str | None
    supplier_slug: str | None
    supplier_key: str | None
    contract_group: str | None
    contract_end: date | None
    code_held_by: Holder | None
    data_held_by: Holder | None
    exit_plan: ExitPlan | None
    exit_reviewed_on: date | None
    exit_note: str | None
    reason: NotSharedReason | None
    yearly_cost: int | None
    source: str | None
    phase: str
    audiences: str | None
    began: date | None
    exempt: str | None


@dataclass(frozen=True, slots=True)
class ContractQuery:
    """What the list of contracts is asked for.

    Attributes:
        need: the address of a need.
        organisation: of one that is accountable for the service, or delivers it.
        group: the framework or agreement, as it is named.
        months: only what ends within so many months from today; 0 for what has ended.
        after: the end and the id of the last row before.
    """

    need: str | None = None
    organisation: str | None = None
    group: str | None = None
    months: int | None = None
    after: tuple[date, int] | None = None


class Choices(NamedTuple):
    """What a list can be narrowed by: (address, name) each."""

    needs: list[tuple[str, str]]
    organisations: list[tuple[str, str]]
    groups: list[tuple[str, str]]


def held(day: date) -> Any:
    """The statement that the rows of a day are read with; its conditions are still to come."""
    body = aliased(Organisation)
    return (
        select(
            Usage.id, Service.sort_name, Service.name, Service.slug, Organisation.name,
            Organisation.slug, Organisation.kind, Usage.capability_id, Capability.name,
            Capability.slug, Usage.arrangement, Usage.status, Component.name, Component.slug,
            Component.lifecycle, Usage.product, Usage.supplier, body.slug, Usage.supplier_key,
            Usage.contract_group, Usage.contract_end, Usage.code_held_by, Usage.data_held_by,
            Usage.exit_plan, Usage.exit_reviewed_on, Usage.exit_note, Usage.reason,
            Usage.yearly_cost, Usage.source, Service.phase, Service.audience_set, began(),
            _exempt(day),
        )
        .select_from(Usage)
        .join(Service, Service.id == Usage.service_id)
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .outerjoin(Component, Component.id == Usage.component_id)
        .outerjoin(body, body.id == Usage.supplier_id)
    )  # fmt: skip


def _exempt(day: date) -> Any:
    e, c = ComponentExemption, aliased(Component)
    return (
        select(func.aggregate_strings(c.slug, ","))
        .select_from(e)
        .join(c, c.id == e.component_id)
        .where(e.service_id == Usage.service_id, live_on(day))
        .correlate(Usage)
        .scalar_subquery()
    )


def of_usage(session: Session, usage_id: int, day: date) -> Held:
    """One way of meeting a need, as it stands on a day. Raises Missing."""
    row = session.execute(held(day).where(Usage.id == usage_id)).first()
    if row is None:
        raise Missing("There is no such usage")
    return Held(*row)


def advice(row: Held, options: Options, day: date) -> Advice | None:
    """What speaks for doing about it on a day; None where it has stopped."""
    if row.status is UsageStatus.STOPPED:
        return None
    offered = options.get(row.capability_id, [])
    exempt = (row.exempt or "").split(",")
    audiences = frozenset(filter(None, (row.audiences or "").split(",")))
    service = About(row.phase, row.organisation_kind, audiences, row.began)
    others = [
        option.asked_of(row.capability_slug, service, exempt, day)
        for option in offered
        if option.slug != row.component_slug
    ]
    may = usable(others, row.organisation_kind)
    case = Case(
        arrangement=row.arrangement,
        stage=stage_of_need(offered),
        shared=tuple(option for option in may if not option.framework),
        frameworks=tuple(option for option in may if option.framework),
        ends=row.lifecycle in ENDING,
        against=row.reason,
        code=row.code_held_by,
        data=row.data_held_by,
        exit_plan=row.exit_plan,
        contract_end=row.contract_end,
    )
    return advise(case, day)


def ends_within(months: int, day: date) -> ColumnElement[bool]:
    """Whether a contract ends from a day on within so many months; with 0, whether it has ended."""
    if not months:
        return Usage.contract_end < day
    return and_(Usage.contract_end >= day, Usage.contract_end <= add_months(day, months))


def run_by(organisation: str) -> ColumnElement[bool]:
    """Whether the organisation at an address is accountable for the service or delivers it."""
    body = select(Organisation.id).where(Organisation.slug == organisation).scalar_subquery()
    return or_(Service.organisation_id == body, Service.delivers_id == body)


def _conditions(query: ContractQuery, day: date) -> list[Any]:
    found: list[Any] = [Usage.contract_end.is_not(None), OPEN]
    if query.need:
        found.append(Capability.slug == query.need)
    if query.organisation:
        found.append(run_by(query.organisation))
    if query.group:
        found.append(Usage.contract_group == query.group)
    if query.months is not None:
        found.append(ends_within(query.months, day))
    return found


def listing(
    session: Session, query: ContractQuery, day: date, limit: int | None = None
) -> list[Held]:  # fmt: skip
    """Contracts of what has not stopped, by their end."""
    statement = held(day).where(*_conditions(query, day))
    if query.after is not None:
        statement = statement.where(tuple_(Usage.contract_end, Usage.id) > tuple_(*query.after))
    rows: Any = session.execute(statement.order_by(Usage.contract_end, Usage.id).limit(limit))
    return [Held(*row) for row in rows]


def every(session: Session, query: ContractQuery, day: date) -> Iterator[Held]:
    """The same for a download, some at a time."""
    while found := listing(session, query, day, 500):
        yield from found
        last = found[-1]
        if last.contract_end is not None:
            query = replace(query, after=(last.contract_end, last.usage))


def choices(session: Session) -> Choices:
    """What contracts can be narrowed by, in one statement."""
    return audit.kept(session, "contract choices", lambda: _choices(session))


def _choices(session: Session) -> Choices:
    return narrowed_by(session, Usage.contract_end.is_not(None), OPEN)


def narrowed_by(session: Session, *conditions: Any, groups: bool = True) -> Choices:
    """The needs, accountable organisations and, where asked for, contract groups of some usages,
    by name; in one statement.
    """
    mine = select(Usage.id).select_from(Usage).where(*conditions)
    bodies = mine.with_only_columns(Service.organisation_id).join(
        Service, Service.id == Usage.service_id
    )
    parts: list[Any] = [
        select(literal("needs"), Capability.slug, Capability.name)
        .where(Capability.id.in_(mine.with_only_columns(Usage.capability_id))),
        select(literal("organisations"), Organisation.slug, Organisation.name)
        .where(Organisation.id.in_(bodies)),
    ]  # fmt: skip
    if groups:
        named, group = mine.where(Usage.contract_group.is_not(None)), Usage.contract_group
        parts.append(named.with_only_columns(literal("groups"), group, group).distinct())
    found: dict[str, list[tuple[str, str]]] = {"needs": [], "organisations": [], "groups": []}
    for of, value, name in session.execute(union_all(*parts)):
        found[of].append((value, name))
    return Choices(*(sorted(rows, key=lambda row: row[1].casefold()) for rows in found.values()))


def groups(session: Session) -> list[str]:
    """The frameworks and agreements to suggest: those named most often, and the contracts among
    the components.
    """
    named = (
        select(Usage.contract_group, func.count().label("many"))
        .where(Usage.contract_group.is_not(None))
        .group_by(Usage.contract_group)
        .order_by(func.count().desc(), Usage.contract_group)
        .limit(SUGGESTED)
    )
    contracts = select(Component.name).where(Component.kind == ComponentKind.CONTRACT)
    found = [*(name for name, _many in session.execute(named)), *session.scalars(contracts)]
    return list(dict.fromkeys(found))
