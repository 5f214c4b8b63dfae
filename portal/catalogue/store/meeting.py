"""What a team records of how its service meets its needs: the rows behind its pages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import NeedAnswer, UsageStatus
from portal.catalogue.models.components import Capability, Component, ComponentCapability
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.components import ENDING
from portal.catalogue.rules.meeting import Beside
from portal.catalogue.store import capabilities, components, usage
from portal.errors import Missing


def leaves(session: Session) -> list[str]:
    """The slugs of all needs that can be met, in the order of the tree."""
    return [leaf.slug for top in capabilities.tree(session) for leaf in top.below]


def answers(session: Session, service_id: int) -> dict[str, NeedAnswer]:
    """What a service said of its needs, by their slugs."""
    rows: Any = session.execute(
        select(Capability.slug, CapabilityNeed.answer)
        .join(Capability, Capability.id == CapabilityNeed.capability_id)
        .where(CapabilityNeed.service_id == service_id)
    )
    return dict(map(tuple, rows))


def met_now(session: Session, service_id: int) -> set[str]:
    """The needs of which it is recorded how a service meets them, or will."""
    query = (
        select(Capability.slug)
        .join(Usage, Usage.capability_id == Capability.id)
        .where(Usage.service_id == service_id, Usage.status != UsageStatus.STOPPED)
    )
    return set(session.scalars(query))


def arrangements(session: Session, service_id: int, need: str) -> list[Usage]:
    """How a service meets, met or will meet a need, with what their documents need, by id."""
    query = (
        select(Usage.id)
        .join(Capability, Capability.id == Usage.capability_id)
        .where(Usage.service_id == service_id, Capability.slug == need)
    )
    return usage.load(session, list(session.scalars(query)))


def arrangement(session: Session, service_id: int, need: str, usage_id: int) -> Usage:
    """One of them. Raises Missing."""
    for row in arrangements(session, service_id, need):
        if row.id == usage_id:
            return row
    raise Missing("There is no use of a component at this address")


def beside(rows: list[Usage], usage_id: int | None = None) -> dict[int, Beside]:
    """Loaded arrangements as the rules see them, without one of them."""
    return {
        row.id: Beside(usage.document_of(row), row.replaces_id)
        for row in rows
        if row.id != usage_id
    }


def offering(session: Session, need: str) -> dict[str, tuple[str, str, bool]]:
    """Name, summary and whether it ends of every component that meets a need, by slug: first those
    open to new services, each in the order of names.
    """
    c = Component
    query = (
        select(c.slug, c.name, c.summary, c.lifecycle)
        .join(ComponentCapability, ComponentCapability.component_id == c.id)
        .join(Capability, Capability.id == ComponentCapability.capability_id)
        .where(Capability.slug == need)
        .order_by(c.sort_name, c.id)
    )
    rows = [(slug, (name, summary, phase in ENDING))
            for slug, name, summary, phase in session.execute(query)]  # fmt: skip
    return dict(sorted(rows, key=lambda row: row[1][2]))


def offerings(
    session: Session, needs: Collection[str]
) -> dict[str, dict[str, tuple[str, str, bool]]]:
    """The same for several needs in one statement, by need; nothing for one that none meets."""
    c = Component
    query = (
        select(Capability.slug, c.slug, c.name, c.summary, c.lifecycle)
        .join(ComponentCapability, ComponentCapability.component_id == c.id)
        .join(Capability, Capability.id == ComponentCapability.capability_id)
        .where(Capability.slug.in_(list(needs)))
        .order_by(c.sort_name, c.id)
    )
    found: dict[str, dict[str, tuple[str, str, bool]]] = {}
    for need, slug, name, summary, phase in session.execute(query):
        found.setdefault(need, {})[slug] = (name, summary, phase in ENDING)
    return found


def ids(session: Session, service: str, service_id: int) -> usage.Ids:
    """The ids behind the addresses in documents of one service's usages."""
    return usage.Ids(
        {service: service_id}, capabilities.ids_by_slug(session), components.ids_by_slug(session)
    )


def follower(session: Session, usage_id: int) -> Usage | None:
    """What took the place of an arrangement."""
    found = session.scalar(select(Usage.id).where(Usage.replaces_id == usage_id))
    return usage.load(session, [found])[0] if found else None
