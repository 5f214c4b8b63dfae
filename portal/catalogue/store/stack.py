"""What a service stands on, need by need, in one statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Capability, Component, ComponentEvolution
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.stack import Block
from portal.catalogue.store.claims import reviewed, standing_of


def blocks(session: Session, service_id: int, day: date) -> list[Block]:
    """Every need of the tree in its order, with what a service says of it: once for each way in
    which it meets the need now or is about to; how that stands on a day.
    """
    group, u = aliased(Capability), Usage
    stage = (
        select(ComponentEvolution.stage)
        .where(ComponentEvolution.component_id == Component.id, ComponentEvolution.since <= day)
        .order_by(ComponentEvolution.since.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = reviewed(
        select(
            group.name, group.slug, Capability.name, Capability.slug, CapabilityNeed.answer, u.id,
            u.arrangement, func.coalesce(Component.name, u.product), Component.slug,
            Component.kind, Component.lifecycle, stage, u.status, standing_of(day),
            u.confirmed_on, u.disputed_on,
        )
        .select_from(Capability)
        .join(group, group.id == Capability.parent_id)
        .outerjoin(
            u,
            and_(
                u.capability_id == Capability.id,
                u.service_id == service_id,
                u.status != UsageStatus.STOPPED,
            ),
        )
        .outerjoin(Component, Component.id == u.component_id)
        .outerjoin(
            CapabilityNeed,
            and_(
                CapabilityNeed.capability_id == Capability.id,
                CapabilityNeed.service_id == service_id,
            ),
        )
    )  # fmt: skip
    rows: Any = session.execute(
        statement.order_by(group.position, Capability.position, u.since, u.id)
    )
    return [_block(row) for row in rows]


def _block(row: Any) -> Block:
    block = Block(*row)
    return block if block.usage is not None else replace(block, standing=None)
