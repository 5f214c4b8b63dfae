"""What a map of components on a day is drawn from: stages, dependants, groups of needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.catalogue.component_words import DateBasis, EvolutionStage, Lifecycle, UsageStatus
from portal.catalogue.models.components import (
    Capability,
    Component,
    ComponentCapability,
    ComponentEvolution,
)
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.components import ENDING
from portal.catalogue.store.usage import USING


@dataclass(frozen=True, slots=True)
class Step:
    """A stage that a component reached."""

    stage: EvolutionStage
    since: date
    rationale: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A component as the map has it.

    Attributes:
        users: services in the catalogue that used it on the day.
        unknown: usages of which nobody knows whether they had begun.
        closed: whether it had closed by the day; one without a day had, as far as is known.
        successor: what takes over and does not end itself, and `successor_slug` its address.
        steps: the stages it reached by the day, in order.
    """

    id: int
    slug: str
    name: str
    lifecycle: str
    has_interface: bool
    closes_on: date | None
    provider: str
    sectors: list[str]
    eligibility_note: str | None
    successor: str | None
    successor_slug: str | None
    closed: bool
    users: int
    unknown: int
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Found:
    """The components of a day, those without a known stage too, and the groups to filter by.

    `closed` are those that had closed by the day.
    """

    components: list[Mapped]
    closed: list[Mapped]
    groups: list[tuple[str, str]]


def components(session: Session, on: date, group: str | None, now: bool) -> Found:
    """The components that had not closed by a day, and those that had, by name.

    Args:
        on: the day.
        group: the address of a group of needs, or None for all.
        now: the day is today: a usage counts by its status, else by its dates.
    """
    top = Capability.parent_id.is_(None)
    groups: Any = session.execute(
        select(Capability.slug, Capability.name).where(top).order_by(Capability.position)
    )
    successor = aliased(Component)
    rows = session.execute(
        select(
            Component.id, Component.slug, Component.name, Component.lifecycle,
            Component.has_interface, Component.closes_on, Organisation.name.label("provider"),
            Component.sectors, Component.eligibility_note, successor.name.label("successor"),
            successor.slug.label("successor_slug"), _open(on).label("open"),
        )
        .join(Organisation, Organisation.id == Component.provider_id)
        .outerjoin(
            successor,
            # Nothing sends anybody to what ends itself.
            and_(successor.id == Component.successor_id, successor.lifecycle.not_in(ENDING)),
        )
        .where(*([_in(group)] if group else []))
        .order_by(Component.sort_name, Component.id)
    ).all()  # fmt: skip
    users, steps = _users(session, on, now), _steps(session, on)
    found = [
        Mapped(r.id, r.slug, r.name, r.lifecycle.value, r.has_interface, r.closes_on, r.provider,
               r.sectors, r.eligibility_note, r.successor, r.successor_slug, not r.open,
               *users.get(r.id, (0, 0)), steps.get(r.id, []))
        for r in rows
    ]  # fmt: skip
    return Found(
        components=[c for c in found if not c.closed],
        closed=[c for c in found if c.closed],
        groups=[tuple(row) for row in groups],
    )


def _open(on: date) -> Any:
    """Not closed by the day; a component that closed on a day nobody knows counts as closed."""
    return or_(
        Component.closes_on > on,
        Component.closes_on.is_(None) & (Component.lifecycle != Lifecycle.CLOSED),
    )


def _in(group: str) -> Any:
    parent = select(Capability.id).where(Capability.slug == group).scalar_subquery()
    return Component.id.in_(
        select(ComponentCapability.component_id)
        .join(Capability, Capability.id == ComponentCapability.capability_id)
        .where(Capability.parent_id == parent)
    )


def _users(session: Session, on: date, now: bool) -> dict[int, tuple[int, int]]:
    """How many services used each component on the day, and usages that may have begun or not.

    A first trace after the day, or no first day at all, leaves that open.
    """
    using: Any
    unknown: Any
    if now:
        using, unknown = Usage.status.in_(USING), false()
    else:
        going = or_(Usage.until.is_(None), Usage.until > on)
        using = (Usage.since <= on) & going
        open_start = Usage.since.is_(None) & Usage.status.in_((*USING, UsageStatus.STOPPED))
        seen_later = (Usage.since > on) & (Usage.since_basis == DateBasis.SEEN)
        unknown = or_(open_start, seen_later) & going
    rows = session.execute(
        select(
            Usage.component_id,
            func.count(case((using, Usage.service_id)).distinct()),
            func.count(case((unknown, Usage.id))),
        )
        .where(Usage.component_id.is_not(None), or_(using, unknown))
        .group_by(Usage.component_id)
    )
    return {id_: (many, maybe) for id_, many, maybe in rows if id_ is not None}


def _steps(session: Session, on: date) -> dict[int, list[Step]]:
    rows = session.execute(
        select(
            ComponentEvolution.component_id, ComponentEvolution.stage, ComponentEvolution.since,
            ComponentEvolution.rationale, ComponentEvolution.source,
        )
        .where(ComponentEvolution.since <= on)
        .order_by(ComponentEvolution.component_id, ComponentEvolution.since)
    )  # fmt: skip
    found: dict[int, list[Step]] = {}
    for id_, stage, since, rationale, source in rows:
        found.setdefault(id_, []).append(Step(stage, since, rationale, source))
    return found
